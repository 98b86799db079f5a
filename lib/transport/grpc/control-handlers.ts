/**
 * The calls of the control API, as Nest's gRPC server wants its handlers: requests in bytes, answers in bytes.
 *
 * H1. A caller that goes away, or whose deadline has passed, aborts the call (A2 of control-port.ts).
 * H2. A stream is pulled: the next item is asked for when the last one has left, so that a slow reader costs the node no memory (R43).
 * H3. Every error is a status with the RaftoralError in its metadata; one that is none tells nothing but its text.
 * Tests: grpc-control.spec.ts.
 */
import type { Metadata, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { Observable, from } from 'rxjs';
import type { ControlApi, ControlContext } from '../../client/control-port.js';
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
import { decodeRequest, encodeResponse } from './control-codec.js';
import { ERROR_METADATA, statusOf } from './error-status.js';
import type { GrpcModule } from './modules.js';
import type { ControlRpc } from './proto.js';

/** What Nest calls: request, metadata, call. */
export type RpcHandler<Call> = (request: Buffer, metadata: Metadata, call: Call) => Observable<Buffer>;

/** null: the node is not ready for clients yet. */
export type ControlSource = () => ControlApi | null;

/** An error as grpc-js takes it. */
class StatusError extends Error {
  constructor(
    readonly code: number,
    readonly details: string,
    readonly metadata: Metadata,
  ) {
    super(details);
  }
}

export function unaryHandler(grpc: GrpcModule, rpc: ControlRpc, control: ControlSource): RpcHandler<ServerUnaryCall<Buffer, Buffer>> {
  const answer = async (request: Buffer, call: ServerUnaryCall<Buffer, Buffer>): Promise<Buffer> => {
    const context = contextOf(call);
    const result = await ready(rpc, control).call(rpc.method.name, decodeRequest(rpc, request), context);
    return encodeResponse(rpc, result);
  };
  return (request, _metadata, call) =>
    from(
      answer(request, call).catch((error: unknown) => {
        throw statusError(grpc, rpc, error);
      }),
    );
}

export function streamHandler(grpc: GrpcModule, rpc: ControlRpc, control: ControlSource): RpcHandler<ServerWritableStream<Buffer, Buffer>> {
  const run = async (request: Buffer, call: ServerWritableStream<Buffer, Buffer>): Promise<void> => {
    const context = contextOf(call);
    const items = ready(rpc, control).stream(rpc.method.name, decodeRequest(rpc, request), context);
    // Tells the caller that it is listened to, also while nothing happens.
    call.sendMetadata(new grpc.Metadata());
    for await (const item of items) {
      if (context.signal.aborted) return;
      await written(call, encodeResponse(rpc, item), context.signal);
    }
  };
  return (request, _metadata, call) =>
    // Nest's own loop would gather what a slow reader does not take; so the items are written here, and it only learns of the end.
    new Observable<Buffer>((subscriber) => {
      run(request, call).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(statusError(grpc, rpc, error)),
      );
    });
}

function ready(rpc: ControlRpc, control: ControlSource): ControlApi {
  const api = control();
  if (api !== null) return api;
  throw new RaftoralError(
    'NOT_MEMBER',
    `${rpc.method.name}: this node is starting, and answers no calls yet; try again, or ask another node.`,
  );
}

type AnyCall = ServerUnaryCall<Buffer, Buffer> | ServerWritableStream<Buffer, Buffer>;

function contextOf(call: AnyCall): ControlContext {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort());
  if (call.cancelled) gone.abort();
  const deadline = call.getDeadline();
  const dueAt = deadline instanceof Date ? deadline.getTime() : deadline;
  return { signal: gone.signal, ...(Number.isFinite(dueAt) ? { timeoutMs: Math.max(1, dueAt - Date.now()) } : {}) };
}

/** Resolves when the item has been taken by the network, or the caller is gone. */
function written(call: ServerWritableStream<Buffer, Buffer>, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    call.write(bytes, done);
  });
}

function statusError(grpc: GrpcModule, rpc: ControlRpc, error: unknown): StatusError {
  const known = isRaftoralError(error)
    ? error
    : new RaftoralError('INVARIANT_VIOLATED', `${rpc.method.name}: ${error instanceof Error ? error.message : String(error)}`);
  const { code, details, bytes } = statusOf(known);
  const metadata = new grpc.Metadata();
  metadata.set(ERROR_METADATA, bytes);
  return new StatusError(code, details, metadata);
}

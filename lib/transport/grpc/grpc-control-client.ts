/**
 * The control API of a node over gRPC: for the command line, and for programs that are no node themselves.
 *
 * K1. Errors are the RaftoralErrors of the node. Without an answer: NO_ROUTE when nothing was sent, else OUTCOME_UNKNOWN, with the requestId to ask again.
 * K2. A writing call without a requestId gets one here, before it is sent: sent again by a person or a program, it is done once.
 * K3. A secret travels as itself over TLS or within the machine, and as a signature elsewhere.
 * Tests: grpc-control.spec.ts.
 */
import type { ClientReadableStream, Metadata, ServiceError, StatusObject } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { ControlClient, JsonObject } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';
import { parseAddress } from '../security/loopback.js';
import { decodeResponse, encodeRequest } from './control-codec.js';
import { dialClient, type ClientTls, type DialedClient } from './dial-client.js';
import { ERROR_METADATA, GrpcStatus, errorOf } from './error-status.js';
import { GRPC_LIMITS } from './limits.js';
import { loadGrpc, type GrpcModules } from './modules.js';
import type { ControlRpc } from './proto.js';

/** How much longer the client waits than the node: the node's own answer, which knows more, comes first. */
const DEADLINE_GRACE_MS = 1_000;
const asBytes = (bytes: Buffer): Buffer => bytes;

export interface GrpcControlClientParts {
  /** `host:port` of a node. */
  readonly address: string;
  /** Value of the metadata `authorization` for a call (security/client-auth.ts); absent: none is sent. */
  readonly authorize?: (target: string, body: Uint8Array) => string;
  /** Absent: no TLS. `serverName`: what the node's certificate must bear, where that is not the host of the address. */
  readonly tls?: ClientTls & { readonly serverName?: string };
}

export class GrpcControlClient implements ControlClient {
  #opening: Promise<Opened> | null = null;
  #isClosed = false;

  constructor(private readonly parts: GrpcControlClientParts) {
    parseAddress(parts.address, 'address');
  }

  async call(method: string, request: JsonObject, options: { readonly timeoutMs?: number } = {}): Promise<JsonObject> {
    const {
      dialed: { client },
      modules,
    } = await this.#open(method);
    const rpc = rpcOf(modules, method, false);
    const { timeoutMs } = options;
    const asked = {
      ...('requestId' in rpc.method.request ? { requestId: randomUUID() } : {}),
      ...('timeoutMs' in rpc.method.request && timeoutMs !== undefined ? { timeoutMs } : {}),
      ...request,
    } as JsonObject;
    const requestId = typeof asked['requestId'] === 'string' ? asked['requestId'] : undefined;
    const body = encodeRequest(rpc, asked);
    const deadline = timeoutMs === undefined ? Infinity : Date.now() + timeoutMs + DEADLINE_GRACE_MS;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        rpc.path,
        asBytes,
        asBytes,
        body,
        this.#metadata(modules, rpc, body),
        { deadline },
        (error: ServiceError | null, answer?: Buffer) => {
          if (error !== null) reject(this.#errorOf(rpc, error, requestId));
          else resolve(decodeResponse(rpc, answer ?? Buffer.alloc(0)));
        },
      );
    });
  }

  async *stream(method: string, request: JsonObject, signal: AbortSignal): AsyncGenerator<JsonObject> {
    const {
      dialed: { client },
      modules,
    } = await this.#open(method);
    const rpc = rpcOf(modules, method, true);
    const body = encodeRequest(rpc, request);
    if (signal.aborted) return;
    const call: ClientReadableStream<Buffer> = client.makeServerStreamRequest(
      rpc.path,
      asBytes,
      asBytes,
      body,
      this.#metadata(modules, rpc, body),
      {},
    );
    const cancel = (): void => call.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      for await (const bytes of call) yield decodeResponse(rpc, bytes as Buffer);
    } catch (error) {
      if (!signal.aborted) throw isStatus(error) ? this.#errorOf(rpc, error, undefined) : error;
    } finally {
      signal.removeEventListener('abort', cancel);
      call.on('error', () => undefined); // 'cancelled', which is asked for here
      call.cancel();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const opening = this.#opening;
    this.#opening = null;
    if (opening !== null) (await opening).dialed.close();
  }

  async #open(method: string): Promise<Opened> {
    if (this.#isClosed) throw new RaftoralError('SHUTTING_DOWN', `${method}: this client was closed; make another one.`);
    this.#opening ??= loadGrpc().then((modules) => {
      const { address, tls } = this.parts;
      const dialed = dialClient(modules.grpc, {
        address: parseAddress(address, 'address'),
        tls: tls ?? null,
        serverName: tls?.serverName,
        limits: GRPC_LIMITS,
      });
      return { dialed, modules };
    });
    return this.#opening;
  }

  #metadata({ grpc }: GrpcModules, rpc: ControlRpc, body: Uint8Array): Metadata {
    const metadata = new grpc.Metadata();
    const { authorize } = this.parts;
    if (authorize !== undefined) metadata.set('authorization', authorize(rpc.path, body));
    return metadata;
  }

  #errorOf(rpc: ControlRpc, status: StatusObject, requestId: string | undefined): RaftoralError {
    const [bytes] = status.metadata?.get(ERROR_METADATA) ?? [];
    const { code, details } = status;
    const what = `${rpc.method.name} at ${this.parts.address}`;
    return errorOf(what, { code, details, bytes: Buffer.isBuffer(bytes) ? bytes : undefined }, requestId);
  }
}

interface Opened {
  readonly dialed: DialedClient;
  readonly modules: GrpcModules;
}

function rpcOf({ proto }: GrpcModules, method: string, isStream: boolean): ControlRpc {
  const rpc = proto.byName.get(method);
  if (rpc === undefined || (rpc.method.isStream === true) !== isStream)
    throw new RaftoralError('INVALID_ARGUMENT', `${method} is no ${isStream ? 'stream' : 'call'} of the control API.`);
  return rpc;
}

function isStatus(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && error.code !== GrpcStatus.OK && 'details' in error;
}

/**
 * What one call may make the server hold before it is known who calls. grpc-js has one bound for the messages of all calls of a server, that of the largest
 * request; each of its calls keeps it in fields of its own, which are set here.
 *
 * I1. A message above the bound of its call is refused when its length is read, before its bytes are kept; a compressed one when it grows beyond it.
 * I2. Requests that are still to be verified have a bound together, and a time to arrive: what exceeds either is refused.
 * Source: grpc-js 1.14, server-interceptors (BaseServerInterceptingCall) and stream-decoder; its version is pinned, and the spec sees whether they still
 * hold. Tests: grpc-bounds.spec.ts.
 */
import type { ServerInterceptingCallInterface } from '@grpc/grpc-js';
import type { Readable } from 'node:stream';
import { RaftoralError } from '../../errors/index.js';
import { invariant } from '../../errors/invariant.js';

/** The fields of grpc-js. */
interface BoundedCall {
  maxReceiveMessageSize: number;
  readonly decoder: { maxReadMessageLength: number };
  readonly stream: Readable;
}

export function limitMessages(call: ServerInterceptingCallInterface, bytesMax: number): void {
  const fields = fieldsOf(call);
  fields.maxReceiveMessageSize = bytesMax;
  fields.decoder.maxReadMessageLength = bytesMax;
}

function fieldsOf(call: ServerInterceptingCallInterface): BoundedCall {
  const fields = call as unknown as Partial<BoundedCall>;
  invariant(
    typeof fields.maxReceiveMessageSize === 'number' && typeof fields.decoder?.maxReadMessageLength === 'number',
    'this version of grpc-js bounds the messages of a call in another way',
  );
  return fields as BoundedCall;
}

/** Requests of one server that are not verified yet. */
export class UnverifiedRequests {
  #bytes = 0;

  constructor(private readonly limits: { readonly unverifiedBytesMax: number; readonly unverifiedTimeoutMs: number }) {}

  /** Counts what comes until the returned function is called; `refuse` is called at most once, never inside. */
  watch(call: ServerInterceptingCallInterface, refuse: (error: RaftoralError) => void): () => void {
    const { unverifiedBytesMax, unverifiedTimeoutMs } = this.limits;
    const { stream } = fieldsOf(call);
    let own = 0;
    const forget = (): void => {
      clearTimeout(timer);
      stream.off('data', count);
      stream.off('close', forget);
      this.#bytes -= own;
      own = 0;
    };
    const count = ({ length }: Uint8Array): void => {
      own += length;
      this.#bytes += length;
      if (this.#bytes <= unverifiedBytesMax) return;
      forget();
      refuse(new RaftoralError('OVERLOADED', `requests of ${unverifiedBytesMax} bytes wait to be verified; send it later`));
    };
    const timer = setTimeout(() => {
      forget();
      refuse(
        new RaftoralError(
          'UNAUTHENTICATED',
          `the request did not arrive within ${unverifiedTimeoutMs} ms, so its signature could not be checked`,
        ),
      );
    }, unverifiedTimeoutMs);
    timer.unref();
    stream.on('data', count);
    stream.once('close', forget);
    return forget;
  }
}

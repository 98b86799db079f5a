/**
 * Reads bodies of requests and responses, whole, within bounds. Owns the count of bytes that are being received by one process.
 *
 * D1. A body is never longer than its bound, and all bodies under way together never longer than `bytesMax`: what exceeds it is refused, not cut.
 * D2. What is refused is read no further.
 */
import type { IncomingMessage } from 'node:http';
import { RaftoralError } from '../../errors/index.js';

export class BodyBudget {
  private used = 0;

  constructor(private readonly bytesMax: number) {}

  /** Rejects with PAYLOAD_TOO_LARGE, OVERLOADED, or MALFORMED_FRAME if the body ends before its end. */
  read(message: IncomingMessage, max: number, isIncoming = true): Promise<Uint8Array<ArrayBuffer>> {
    const announced = Number(message.headers['content-length'] ?? 0);
    if (announced > max) return Promise.reject(tooLarge(max));
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      let settled = false;
      const settle = (report: () => void): void => {
        if (settled) return;
        settled = true;
        this.used -= bytes;
        message.off('data', onData);
        report();
      };
      const onData = (chunk: Uint8Array): void => {
        bytes += chunk.length;
        this.used += chunk.length;
        if (bytes > max) settle(() => reject(tooLarge(max)));
        else if (isIncoming && this.used > this.bytesMax)
          settle(() =>
            reject(new RaftoralError('OVERLOADED', `bodies of ${this.bytesMax} bytes are being received at once; send it later`)),
          );
        else chunks.push(chunk);
      };
      message.on('data', onData);
      message.on('end', () => settle(() => resolve(joined(chunks, bytes))));
      message.on('close', () => settle(() => reject(new RaftoralError('MALFORMED_FRAME', 'the body ended before its end'))));
      message.on('error', (cause) => settle(() => reject(new RaftoralError('MALFORMED_FRAME', 'the body could not be read', { cause }))));
    });
  }
}

/** In a buffer of its own: a chunk is a view of the socket's pool. */
function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(bytes);
  let position = 0;
  for (const chunk of chunks) {
    body.set(chunk, position);
    position += chunk.length;
  }
  return body;
}

function tooLarge(max: number): RaftoralError {
  return new RaftoralError('PAYLOAD_TOO_LARGE', `the body has more than ${max} bytes, which is the most that is taken here`);
}

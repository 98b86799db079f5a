/**
 * Reads bodies of requests and responses, whole, within bounds. Owns the count of bytes that are being received by one process.
 *
 * D1. A body is never longer than its bound, and all bodies under way together never longer than `bytesMax`: what exceeds it is refused, not cut.
 * D2. What is refused is read no further.
 * D3. Strangers have a count of their own, and little time: what they send takes no room from anybody who has shown who it is.
 * Tests: http-bounds.spec.ts, http-parts.spec.ts.
 */
import type { IncomingMessage } from 'node:http';
import { RaftoralError } from '../../errors/index.js';

/** Whose body it is: of somebody known, of a stranger, or the answer to a request of our own. */
export type BodyOf = 'known' | 'stranger' | 'answer';

export interface BodyBudgetOptions {
  readonly bytesMax: number;
  /** Default: `bytesMax`. */
  readonly strangersBytesMax?: number;
  /** Of a stranger's body, ms. Default: none. */
  readonly strangerTimeoutMs?: number;
}

export class BodyBudget {
  private readonly used: Record<BodyOf, number> = { known: 0, stranger: 0, answer: 0 };
  private readonly most: Readonly<Record<BodyOf, number>>;

  constructor(private readonly options: BodyBudgetOptions) {
    const { bytesMax, strangersBytesMax = bytesMax } = options;
    this.most = { known: bytesMax, stranger: strangersBytesMax, answer: Infinity };
  }

  /** Rejects with PAYLOAD_TOO_LARGE, OVERLOADED, UNAUTHENTICATED (a stranger's took too long), or MALFORMED_FRAME if the body ends before its end. */
  read(message: IncomingMessage, max: number, whose: BodyOf = 'known'): Promise<Uint8Array<ArrayBuffer>> {
    const announced = Number(message.headers['content-length'] ?? 0);
    if (announced > max) return Promise.reject(tooLarge(max));
    const { used } = this;
    const most = this.most[whose];
    const { strangerTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      let settled = false;
      const settle = (report: () => void): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        used[whose] -= bytes;
        message.off('data', onData);
        report();
      };
      const onData = (chunk: Uint8Array): void => {
        bytes += chunk.length;
        used[whose] += chunk.length;
        if (bytes > max) settle(() => reject(tooLarge(max)));
        else if (used[whose] > most)
          settle(() => reject(new RaftoralError('OVERLOADED', `bodies of ${most} bytes are being received at once; send it later`)));
        else chunks.push(chunk);
      };
      const timer =
        whose === 'stranger' && strangerTimeoutMs !== undefined
          ? setTimeout(() => settle(() => reject(tooSlow(strangerTimeoutMs))), strangerTimeoutMs)
          : undefined;
      timer?.unref();
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

function tooSlow(withinMs: number): RaftoralError {
  return new RaftoralError('UNAUTHENTICATED', `the body did not arrive within ${withinMs} ms, and nobody has shown yet who sends it`);
}

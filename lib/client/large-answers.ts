/**
 * Answers that are larger than a frame should be: the first part travels at once, the rest is kept until it is asked for, part by part.
 *
 * L1. What is kept is bounded in bytes and in time. An answer beyond it is OVERLOADED; one that was dropped is OUTCOME_UNKNOWN to who asks for the rest,
 *     and the call is made again.
 * L2. Only the node that asked may fetch the rest.
 * Form: u8 0, then the answer; or u8 1, u32 token, u32 bytes of the whole (both little endian), then the first part.
 * Tests: large-answers.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { RaftoralError } from '../errors/index.js';

const WHOLE = 0;
const FIRST_PART = 1;
const PART_HEAD_BYTES = 9;
/** Of one part: a frame of this size holds up no heartbeat. */
export const PART_BYTES = 1024 * 1024;
const KEPT_BYTES_MAX = 256 * 1024 * 1024;
const KEPT_MS = 30_000;

interface Kept {
  readonly to: number;
  readonly body: Uint8Array;
  timer: Timer;
}

export class LargeAnswers {
  private readonly kept = new Map<number, Kept>();
  private bytes = 0;
  private lastToken = 0;

  constructor(
    private readonly clock: Pick<Clock, 'setTimer'>,
    private readonly bytesMax = KEPT_BYTES_MAX,
  ) {}

  /** Bytes that wait to be fetched. */
  get keptBytes(): number {
    return this.bytes;
  }

  /** What goes out now. Throws OVERLOADED. */
  send(to: number, body: Uint8Array): Uint8Array {
    if (body.length <= PART_BYTES) return Buffer.concat([Uint8Array.of(WHOLE), body]);
    if (this.bytes + body.length > this.bytesMax)
      throw new RaftoralError('OVERLOADED', `An answer of ${body.length} bytes has no room beside the ones that wait; ask again later.`, {
        details: { limit: 'largeAnswers' },
      });
    const token = (this.lastToken = (this.lastToken + 1) >>> 0);
    this.bytes += body.length;
    this.kept.set(token, { to, body, timer: this.expiry(token) });
    const head = Buffer.alloc(PART_HEAD_BYTES);
    head.writeUInt8(FIRST_PART, 0);
    head.writeUInt32LE(token, 1);
    head.writeUInt32LE(body.length, 5);
    return Buffer.concat([head, body.subarray(0, PART_BYTES)]);
  }

  /** A further part; the last one ends the keeping. Throws OUTCOME_UNKNOWN where nothing is kept any more. */
  part(to: number, request: Uint8Array): Uint8Array {
    if (request.length !== 8)
      throw new RaftoralError('MALFORMED_FRAME', 'A request for a part of an answer has 8 bytes: token and offset.');
    const view = Buffer.from(request.buffer, request.byteOffset, request.byteLength);
    const [token, offset] = [view.readUInt32LE(0), view.readUInt32LE(4)];
    const kept = this.kept.get(token);
    if (kept === undefined || kept.to !== to || offset >= kept.body.length)
      throw new RaftoralError('OUTCOME_UNKNOWN', 'The rest of this answer is not kept any more; make the call again.');
    const end = offset + PART_BYTES;
    kept.timer.cancel();
    if (end < kept.body.length) kept.timer = this.expiry(token);
    else this.drop(token);
    return kept.body.subarray(offset, end);
  }

  private expiry(token: number): Timer {
    return this.clock.setTimer(KEPT_MS, () => this.drop(token), { unref: true });
  }

  private drop(token: number): void {
    const kept = this.kept.get(token);
    if (kept === undefined) return;
    this.kept.delete(token);
    this.bytes -= kept.body.length;
  }
}

/** The whole answer; `fetch` asks for a part. Throws MALFORMED_FRAME. */
export async function receiveAnswer(first: Uint8Array, fetch: (request: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array> {
  const kind = first[0];
  if (kind === WHOLE) return first.subarray(1);
  if (kind !== FIRST_PART || first.length < PART_HEAD_BYTES) throw malformed(`it begins with ${String(kind)}`);
  const head = Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  const [token, total] = [head.readUInt32LE(1), head.readUInt32LE(5)];
  const parts = [first.subarray(PART_HEAD_BYTES)];
  let offset = parts[0]!.length;
  while (offset < total) {
    const request = Buffer.alloc(8);
    request.writeUInt32LE(token, 0);
    request.writeUInt32LE(offset, 4);
    const part = await fetch(request);
    if (part.length === 0 || offset + part.length > total) throw malformed(`a part of ${part.length} bytes at ${offset} of ${total}`);
    parts.push(part);
    offset += part.length;
  }
  return Buffer.concat(parts);
}

function malformed(why: string): RaftoralError {
  return new RaftoralError('MALFORMED_FRAME', `Malformed answer of a forwarded call: ${why}; look for a node of another version.`);
}

/**
 * Messages that wait to leave in a batch. Owns their order and their bytes.
 *
 * Q1. take() gives them in the order of push(), each once, at most `batchBytesMax` bytes of a body, but always one message.
 * Q2. `bytes` is what waits plus what take() gave out and taken() has not confirmed.
 * Q3. isDrained() is true once for each fall of `bytes` below the low-water mark.
 */
import { LENGTH_BYTES } from './batch-codec.js';

export class MessageQueue {
  private messages: Uint8Array[] = [];
  private waitingBytes = 0;
  private leavingBytes = 0;
  private wasAbove = false;

  constructor(
    private readonly batchBytesMax: number,
    private readonly lowWaterBytes: number,
  ) {}

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }

  get bytes(): number {
    return this.waitingBytes + this.leavingBytes;
  }

  /** Of one body that held all that waits. */
  get bodyBytes(): number {
    return this.waitingBytes + this.messages.length * LENGTH_BYTES;
  }

  push(message: Uint8Array): void {
    this.messages.push(message);
    this.waitingBytes += message.length;
    if (this.bytes >= this.lowWaterBytes) this.wasAbove = true;
  }

  take(): readonly Uint8Array[] {
    let bytes = 0;
    let count = 0;
    for (const message of this.messages) {
      if (count > 0 && bytes + message.length + (count + 1) * LENGTH_BYTES > this.batchBytesMax) break;
      bytes += message.length;
      count++;
    }
    const taken = count === this.messages.length ? this.messages : this.messages.slice(0, count);
    this.messages = count === this.messages.length ? [] : this.messages.slice(count);
    this.waitingBytes -= bytes;
    this.leavingBytes += bytes;
    return taken;
  }

  /** What the last take() gave out has left. */
  taken(): void {
    this.leavingBytes = 0;
  }

  isDrained(): boolean {
    if (!this.wasAbove || this.bytes >= this.lowWaterBytes) return false;
    this.wasAbove = false;
    return true;
  }

  clear(): void {
    this.messages = [];
    this.waitingBytes = 0;
    this.leavingBytes = 0;
    this.wasAbove = false;
  }
}

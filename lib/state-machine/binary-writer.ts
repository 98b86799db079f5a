/**
 * Binary writer of every codec of commands, events and snapshots. Pure. Owns the primitive encodings, with binary-reader.ts:
 *
 *   uint    safe integer ≥ 0, little-endian base 128, shortest form only
 *   u53     safe integer ≥ 0 in 7 bytes, little endian (digests)
 *   f64     IEEE 754, little endian, finite (times and durations, ms)
 *   text    uint byte length, then well-formed UTF-8
 *   id      0x00 and 16 bytes where the text is a UUID in lower case, else text with 1 added to its length
 *   bytes   uint length, then the bytes
 *
 * W1. What a writer accepts, a reader with the same limits accepts, and gives back unchanged.
 * W2. What it refuses is INVALID_ARGUMENT, with the field; the next reset() forgets what was half written.
 * Tests: binary.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { EMPTY, isWellFormed, textOfUtf8, utf8 } from './text.js';

const SCRATCH_BYTES_INITIAL = 1024;
/** A scratch that once held a huge value is given back. */
const SCRATCH_BYTES_KEPT_MAX = 1024 * 1024;
/** Block that small frames are cut from, and the longest frame that is. */
const POOL_BYTES = 8 * 1024;
const POOLED_BYTES_MAX = 1024;
const ASCII_LOOP_CHARS_MAX = 64;
const UUID_CHARS = 36;
export const UUID_TAG = 0;

const f64Scratch = new DataView(new ArrayBuffer(8));

/** Value of a lower-case hexadecimal digit by char code, else -1. */
const NIBBLE = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) NIBBLE['0123456789abcdef'.charCodeAt(i)] = i;

export class BinaryWriter {
  private buffer = new Uint8Array(SCRATCH_BYTES_INITIAL);
  private position = 0;
  private pool: Uint8Array = EMPTY;
  private pooled = POOL_BYTES;

  get length(): number {
    return this.position;
  }

  reset(): void {
    this.position = 0;
    if (this.buffer.length > SCRATCH_BYTES_KEPT_MAX) this.buffer = new Uint8Array(SCRATCH_BYTES_INITIAL);
  }

  /** What was written since reset(): a view that the next call of this writer invalidates. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.position);
  }

  /** A copy of what was written since reset(), in memory of its own. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.position);
  }

  /**
   * The same, but small ones share blocks of memory: an ArrayBuffer of its own costs more than all the rest of a small frame, in time
   * and in garbage. Whoever keeps one byte of it keeps a block.
   */
  finishPooled(): Uint8Array {
    const length = this.position;
    if (length > POOLED_BYTES_MAX) return this.finish();
    if (length > POOL_BYTES - this.pooled) {
      this.pool = new Uint8Array(POOL_BYTES);
      this.pooled = 0;
    }
    const frame = this.pool.subarray(this.pooled, this.pooled + length);
    frame.set(this.buffer.subarray(0, length));
    this.pooled += length;
    return frame;
  }

  u8(value: number): void {
    this.reserve(1);
    this.buffer[this.position++] = value;
  }

  boolean(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  u32(value: number): void {
    this.reserve(4);
    const buffer = this.buffer;
    buffer[this.position] = value;
    buffer[this.position + 1] = value >>> 8;
    buffer[this.position + 2] = value >>> 16;
    buffer[this.position + 3] = value >>> 24;
    this.position += 4;
  }

  uint(value: number, field: string): void {
    if (!Number.isSafeInteger(value) || value < 0) refuse(field, `${value} is not a safe integer of at least 0`);
    this.reserve(8);
    const buffer = this.buffer;
    while (value > 0x7fffffff) {
      buffer[this.position++] = (value % 128) | 0x80;
      value = Math.floor(value / 128);
    }
    while (value > 0x7f) {
      buffer[this.position++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    buffer[this.position++] = value;
  }

  u53(value: number, field: string): void {
    if (!Number.isSafeInteger(value) || value < 0) refuse(field, `${value} is not a safe integer of at least 0`);
    const high = Math.floor(value / 0x1_0000_0000);
    this.u32(value >>> 0);
    this.reserve(3);
    const buffer = this.buffer;
    buffer[this.position] = high;
    buffer[this.position + 1] = high >>> 8;
    buffer[this.position + 2] = high >>> 16;
    this.position += 3;
  }

  f64(value: number, field: string): void {
    if (!Number.isFinite(value)) refuse(field, `${value} is not a finite number`);
    this.reserve(8);
    f64Scratch.setFloat64(0, value, true);
    for (let i = 0; i < 8; i++) this.buffer[this.position + i] = f64Scratch.getUint8(i);
    this.position += 8;
  }

  /** A time or a duration: f64 of 0 or more. */
  ms(value: number, field: string): void {
    if (value < 0) refuse(field, `${value} is negative`);
    this.f64(value, field);
  }

  uintFrom(min: number, value: number, field: string): void {
    if (value < min) refuse(field, `${value} is less than ${min}`);
    this.uint(value, field);
  }

  bytes(value: Uint8Array): void {
    this.uint(value.length, 'length');
    this.raw(value);
  }

  /** Without a length. */
  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.position);
    this.position += value.length;
  }

  /** Refuses a text that is longer than `bytesMax` in UTF-8, or not well formed, with INVALID_ARGUMENT. */
  text(value: string, field: string, bytesMax: number): void {
    this.textShifted(value, field, bytesMax, 0);
  }

  /** For people only: what UTF-8 can not carry becomes U+FFFD. */
  prose(value: string): void {
    this.textShifted(isWellFormed(value) ? value : textOfUtf8(utf8(value)), 'text', Number.MAX_SAFE_INTEGER, 0);
  }

  id(value: string, field: string, bytesMax: number): void {
    if (value.length === UUID_CHARS && this.uuid(value)) return;
    this.textShifted(value, field, bytesMax, 1);
  }

  /** `shift` is added to the length prefix: id() keeps 0 for UUIDs. */
  private textShifted(value: string, field: string, bytesMax: number, shift: number): void {
    const chars = value.length;
    if (chars <= ASCII_LOOP_CHARS_MAX && chars <= bytesMax) {
      this.reserve(chars + 1);
      const buffer = this.buffer;
      const start = this.position + 1;
      let i = 0;
      for (; i < chars; i++) {
        const unit = value.charCodeAt(i);
        if (unit > 0x7f) break;
        buffer[start + i] = unit;
      }
      if (i === chars) {
        buffer[this.position] = chars + shift;
        this.position = start + chars;
        return;
      }
    }
    if (!isWellFormed(value)) refuse(field, 'it holds a lone surrogate, which UTF-8 can not carry');
    const encoded = utf8(value);
    if (encoded.length > bytesMax) refuse(field, `it has ${encoded.length} bytes, and at most ${bytesMax} are allowed`);
    this.uint(encoded.length + shift, field);
    this.raw(encoded);
  }

  /** Writes nothing and answers false unless `value` is a UUID in lower case. */
  private uuid(value: string): boolean {
    this.reserve(17);
    const buffer = this.buffer;
    let at = this.position + 1;
    for (let i = 0; i < UUID_CHARS; i += 2) {
      if (i === 8 || i === 13 || i === 18 || i === 23) {
        if (value.charCodeAt(i) !== 0x2d) return false;
        i++;
      }
      const high = value.charCodeAt(i);
      const low = value.charCodeAt(i + 1);
      if ((high | low) > 0x7f) return false;
      const byte = (NIBBLE[high]! << 4) | NIBBLE[low]!;
      if (byte < 0) return false;
      buffer[at++] = byte;
    }
    buffer[this.position] = UUID_TAG;
    this.position = at;
    return true;
  }

  private reserve(extra: number): void {
    const needed = this.position + extra;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.position));
    this.buffer = grown;
  }
}

function refuse(field: string, why: string): never {
  throw new RaftoralError('INVALID_ARGUMENT', `${field} can not be encoded: ${why}.`, { details: { field } });
}

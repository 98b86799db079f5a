/**
 * Binary writer and reader that every codec of commands, events and snapshots shares. Pure. Owns the primitive encodings:
 *
 *   uint    safe integer ≥ 0, little-endian base 128, shortest form only
 *   u53     safe integer ≥ 0 in 7 bytes, little endian (digests)
 *   f64     IEEE 754, little endian, finite (times and durations, ms)
 *   text    uint byte length, then well-formed UTF-8
 *   id      0x00 and 16 bytes where the text is a UUID in lower case, else text with 1 added to its length
 *   bytes   uint length, then the bytes
 *
 * W1. What a writer accepts, a reader with the same limits accepts, and gives back unchanged.
 * W2. A reader never reads outside its bytes and allocates nothing that the bytes did not already pay for: every length is checked
 *     against what is left. Each refusal is MALFORMED_FRAME with offset and field (P8).
 * W3. bytes() of a reader is a view: the caller promises that the frame never changes, or copies.
 */
import { RaftoralError } from '../errors/index.js';

const SCRATCH_BYTES_INITIAL = 1024;
/** A scratch that once held a huge value is given back. */
const SCRATCH_BYTES_KEPT_MAX = 1024 * 1024;
/** Block that small frames are cut from, and the longest frame that is. */
const POOL_BYTES = 8 * 1024;
const POOLED_BYTES_MAX = 1024;
const ASCII_LOOP_CHARS_MAX = 64;
const UUID_CHARS = 36;
const UUID_TAG = 0;

export const EMPTY: Uint8Array = new Uint8Array(0);

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const f64Scratch = new DataView(new ArrayBuffer(8));

/** Value of a lower-case hexadecimal digit by char code, else -1. */
const NIBBLE = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) NIBBLE['0123456789abcdef'.charCodeAt(i)] = i;
const HEX_CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** False for a string with a lone surrogate: UTF-8 can not carry it. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit > 0xdbff) return false;
    const next = text.charCodeAt(++i); // NaN at the end of the text
    if (!(next >= 0xdc00 && next <= 0xdfff)) return false;
  }
  return true;
}

/** Bytes of `text` in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

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
    this.textShifted(isWellFormed(value) ? value : decoder.decode(encoder.encode(value)), 'text', Number.MAX_SAFE_INTEGER, 0);
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
    const encoded = encoder.encode(value);
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

export class BinaryReader {
  private buffer: Uint8Array = EMPTY;
  private position = 0;

  /** @param what names the kind of frame in error messages. */
  constructor(private readonly what: string) {}

  /** Starts over with other bytes. */
  open(bytes: Uint8Array, offset = 0): this {
    this.buffer = bytes;
    this.position = offset;
    return this;
  }

  /** Forgets the bytes, so that a reader that is kept does not keep them. */
  close(): void {
    this.buffer = EMPTY;
    this.position = 0;
  }

  get offset(): number {
    return this.position;
  }

  get remaining(): number {
    return this.buffer.length - this.position;
  }

  fail(field: string, why: string): never {
    throw new RaftoralError('MALFORMED_FRAME', `Malformed ${this.what}: ${field} at offset ${this.position}: ${why}.`, {
      details: { frame: this.what, field, offset: this.position },
    });
  }

  end(): void {
    if (this.position !== this.buffer.length) this.fail('end', `${this.remaining} bytes too many`);
  }

  u8(field: string): number {
    if (this.position >= this.buffer.length) this.fail(field, 'the frame ends here');
    return this.buffer[this.position++]!;
  }

  boolean(field: string): boolean {
    const value = this.u8(field);
    if (value > 1) this.fail(field, `${value} is neither 0 nor 1`);
    return value === 1;
  }

  u32(field: string): number {
    this.need(4, field);
    const { buffer, position } = this;
    this.position += 4;
    return (buffer[position]! | (buffer[position + 1]! << 8) | (buffer[position + 2]! << 16) | (buffer[position + 3]! << 24)) >>> 0;
  }

  uint(field: string): number {
    const first = this.u8(field);
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 128;
    for (;;) {
      const byte = this.u8(field);
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) this.fail(field, 'the number is no safe integer');
      if (byte < 0x80) {
        if (byte === 0) this.fail(field, 'the number is not in its shortest form');
        return value;
      }
      scale *= 128;
      if (scale > Number.MAX_SAFE_INTEGER) this.fail(field, 'the number is too long');
    }
  }

  /** A uint of `min` or more. */
  uintFrom(min: number, field: string): number {
    const value = this.uint(field);
    if (value < min) this.fail(field, `${value} is less than ${min}`);
    return value;
  }

  u53(field: string): number {
    this.need(7, field);
    const low = this.u32(field);
    const { buffer, position } = this;
    const high = buffer[position]! | (buffer[position + 1]! << 8) | (buffer[position + 2]! << 16);
    this.position += 3;
    if (high > 0x1f_ffff) this.fail(field, 'the number is no safe integer');
    return high * 0x1_0000_0000 + low;
  }

  f64(field: string): number {
    this.need(8, field);
    for (let i = 0; i < 8; i++) f64Scratch.setUint8(i, this.buffer[this.position + i]!);
    const value = f64Scratch.getFloat64(0, true);
    if (!Number.isFinite(value)) this.fail(field, `${value} is not a finite number`);
    this.position += 8;
    return value;
  }

  /** A time or a duration: f64 of 0 or more. */
  ms(field: string): number {
    const value = this.f64(field);
    if (value < 0) this.fail(field, `${value} is negative`);
    return value;
  }

  bytes(field: string): Uint8Array {
    return this.raw(this.uint(field), field);
  }

  raw(length: number, field: string): Uint8Array {
    this.need(length, field);
    const start = this.position;
    this.position += length;
    return length === 0 ? EMPTY : this.buffer.subarray(start, this.position);
  }

  text(field: string, bytesMax: number): string {
    return this.textOf(this.uint(field), field, bytesMax);
  }

  prose(field: string): string {
    return this.textOf(this.uint(field), field, Number.MAX_SAFE_INTEGER);
  }

  id(field: string, bytesMax: number): string {
    const prefix = this.uint(field);
    if (prefix !== UUID_TAG) return this.textOf(prefix - 1, field, bytesMax);
    this.need(16, field);
    const text = uuidText(this.buffer, this.position);
    this.position += 16;
    return text;
  }

  /** A count of items of at least `itemBytesMin` bytes each: never more than the bytes left can hold. */
  count(field: string, itemBytesMin: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const count = this.uint(field);
    if (count > max || count * itemBytesMin > this.remaining) this.fail(field, `${count} items are too many`);
    return count;
  }

  private textOf(length: number, field: string, bytesMax: number): string {
    if (length > bytesMax) this.fail(field, `${length} bytes are more than the ${bytesMax} allowed`);
    this.need(length, field);
    if (length === 0) return '';
    const start = this.position;
    if (length <= INTERNED_CHARS_MAX) {
      const interned = internAscii(this.buffer, start, length);
      if (interned !== undefined) {
        this.position += length;
        return interned;
      }
    }
    try {
      const text = decoder.decode(this.buffer.subarray(start, start + length));
      this.position += length;
      return text;
    } catch {
      return this.fail(field, 'the text is not UTF-8');
    }
  }

  private need(length: number, field: string): void {
    if (length > this.buffer.length - this.position) this.fail(field, `${length} bytes are needed, ${this.remaining} are left`);
  }
}

// Two direct-mapped caches of decoded strings. Keys and run ids come again with each command of a run: finding the string that was
// made before costs a tenth of making it, and its hash is already known to the maps of the state machine. A pure memo: no result
// depends on what it holds.

const INTERNED_CHARS_MAX = 32;
const INTERNED_SLOTS = 1024;
const interned: string[] = new Array<string>(INTERNED_SLOTS).fill('');

/** undefined when a byte is not ASCII. */
function internAscii(buffer: Uint8Array, start: number, length: number): string | undefined {
  let hash = length;
  let all = 0;
  for (let i = start; i < start + length; i++) {
    const byte = buffer[i]!;
    all |= byte;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  if (all > 0x7f) return undefined;
  const slot = (hash ^ (hash >>> 15)) & (INTERNED_SLOTS - 1);
  const candidate = interned[slot]!;
  if (candidate.length === length) {
    let i = 0;
    while (i < length && candidate.charCodeAt(i) === buffer[start + i]!) i++;
    if (i === length) return candidate;
  }
  const text = decoder.decode(buffer.subarray(start, start + length));
  interned[slot] = text;
  return text;
}

const UUID_SLOTS = 4096;
const uuidWords = new Int32Array(UUID_SLOTS * 4);
const uuidTexts: string[] = new Array<string>(UUID_SLOTS).fill('');
const uuidCodes = new Uint8Array(UUID_CHARS).fill(0x2d);

function word(buffer: Uint8Array, at: number): number {
  return buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
}

function uuidText(buffer: Uint8Array, at: number): string {
  const a = word(buffer, at);
  const b = word(buffer, at + 4);
  const c = word(buffer, at + 8);
  const d = word(buffer, at + 12);
  const mixed = Math.imul(a ^ (b << 7) ^ (c << 13) ^ d, 0x9e3779b1);
  const slot = mixed >>> 20;
  const base = slot * 4;
  const known = uuidTexts[slot]!;
  if (known !== '' && uuidWords[base] === a && uuidWords[base + 1] === b && uuidWords[base + 2] === c && uuidWords[base + 3] === d)
    return known;
  for (let i = 0, out = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) out++;
    uuidCodes[out++] = HEX_CODES[buffer[at + i]! >>> 4]!;
    uuidCodes[out++] = HEX_CODES[buffer[at + i]! & 15]!;
  }
  const text = decoder.decode(uuidCodes);
  uuidWords[base] = a;
  uuidWords[base + 1] = b;
  uuidWords[base + 2] = c;
  uuidWords[base + 3] = d;
  uuidTexts[slot] = text;
  return text;
}

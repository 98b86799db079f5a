/**
 * Plain values as bytes, for the rows of a simulated database: numbers, texts, bytes, booleans, null, and lists and objects of them.
 *
 * B1. Equal values have equal bytes, in every process and at any time. (v8.serialize writes the same number in two bytes or in nine, by how the
 *     hidden classes of the process happen to keep the field: the size of a file then depends on what ran before.)
 * B2. What is read equals what was written; an object has its keys in the same order. Bytes are views of what is read.
 * Tests: row-bytes.spec.ts.
 */
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
/** A safe integer of at least 0, base 128. */
const UINT = 3;
const F64 = 4;
const TEXT = 5;
const BYTES = 6;
const LIST = 7;
/** Its keys as one text, joined by commas; then their values. */
const OBJECT = 8;

const SCRATCH_BYTES = 4096;

/** Behind `before` bytes of zero. Throws on what is none of these values. */
export function bytesOfRow(row: object, before = 0): Buffer {
  const writer = new RowWriter();
  writer.value(row);
  return writer.finish(before);
}

/** Of bytes that bytesOfRow() wrote. */
export function rowOfBytes(bytes: Buffer): unknown {
  return new RowReader(bytes).value();
}

/** Grows; used for one row at a time, from its begin to its end. */
let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);

class RowWriter {
  private at = 0;

  value(value: unknown): void {
    switch (typeof value) {
      case 'number':
        return this.number(value);
      case 'string':
        this.tag(TEXT);
        return this.text(value);
      case 'boolean':
        return this.tag(value ? TRUE : FALSE);
      case 'object':
        return this.object(value);
      default:
        throw new TypeError(`a row holds a ${typeof value}`);
    }
  }

  /** A copy. */
  finish(before: number): Buffer {
    const bytes = Buffer.allocUnsafe(before + this.at);
    bytes.fill(0, 0, before);
    scratch.copy(bytes, before, 0, this.at);
    return bytes;
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
      this.tag(UINT);
      this.uint(value);
      return;
    }
    this.tag(F64);
    this.reserve(8);
    this.at = scratch.writeDoubleLE(value, this.at);
  }

  private object(value: object | null): void {
    if (value === null) return this.tag(NULL);
    if (value instanceof Uint8Array) {
      this.tag(BYTES);
      this.uint(value.length);
      this.reserve(value.length);
      scratch.set(value, this.at);
      this.at += value.length;
    } else if (Array.isArray(value)) {
      this.tag(LIST);
      this.uint(value.length);
      for (const item of value) this.value(item);
    } else {
      const keys = Object.keys(value);
      this.tag(OBJECT);
      this.text(keys.join());
      for (const key of keys) this.value((value as Record<string, unknown>)[key]);
    }
  }

  private text(text: string): void {
    // Three bytes for a unit of UTF-16 at most.
    this.reserve(3 * text.length + 4);
    const start = this.at;
    const length = scratch.write(text, start + 4);
    scratch.writeUInt32LE(length, start);
    this.at = start + 4 + length;
  }

  private tag(tag: number): void {
    this.reserve(1);
    scratch[this.at++] = tag;
  }

  private uint(value: number): void {
    this.reserve(8);
    let left = value;
    for (; left > 0x7f; left = Math.floor(left / 128)) scratch[this.at++] = (left % 128) | 0x80;
    scratch[this.at++] = left;
  }

  private reserve(bytes: number): void {
    if (this.at + bytes <= scratch.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.at + bytes, scratch.length * 2));
    scratch.copy(grown, 0, 0, this.at);
    scratch = grown;
  }
}

/** Lists of keys by their text: a table has rows of one form. */
const keysOf = new Map<string, readonly string[]>();

class RowReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  value(): unknown {
    const tag = this.bytes[this.at++];
    switch (tag) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case UINT:
        return this.uint();
      case F64:
        this.at += 8;
        return this.bytes.readDoubleLE(this.at - 8);
      case TEXT:
        return this.text();
      case BYTES: {
        const length = this.uint();
        this.at += length;
        return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + this.at - length, length);
      }
      case LIST:
        return Array.from({ length: this.uint() }, () => this.value());
      case OBJECT:
        return this.object();
      default:
        throw new TypeError(`no value of a row begins with ${tag}`);
    }
  }

  private object(): Record<string, unknown> {
    const text = this.text();
    let keys = keysOf.get(text);
    if (keys === undefined) keysOf.set(text, (keys = text === '' ? [] : text.split(',')));
    const row: Record<string, unknown> = {};
    for (const key of keys) row[key] = this.value();
    return row;
  }

  private text(): string {
    const start = this.at + 4;
    this.at = start + this.bytes.readUInt32LE(this.at);
    return this.bytes.toString('utf8', start, this.at);
  }

  private uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }
}

/**
 * Binary reader of every codec: the other side of binary-writer.ts, which describes the encodings. Pure.
 *
 * R1. It never reads outside its bytes and allocates nothing that the bytes did not already pay for: every length is checked against
 *     what is left.
 * R2. Each refusal is MALFORMED_FRAME with offset and field (P8).
 * R3. bytes() is a view: the caller promises that the frame never changes, or copies.
 * Tests: binary.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { UUID_TAG } from './binary-writer.js';
import { INTERNED_CHARS_MAX, internAscii, uuidText } from './string-memo.js';
import { EMPTY, textOfUtf8 } from './text.js';
const f64Scratch = new DataView(new ArrayBuffer(8));
export class BinaryReader {
    what;
    buffer = EMPTY;
    position = 0;
    /** @param what names the kind of frame in error messages. */
    constructor(what) {
        this.what = what;
    }
    /** Starts over with other bytes. */
    open(bytes, offset = 0) {
        this.buffer = bytes;
        this.position = offset;
        return this;
    }
    /** Forgets the bytes, so that a reader that is kept does not keep them. */
    close() {
        this.buffer = EMPTY;
        this.position = 0;
    }
    get offset() {
        return this.position;
    }
    get remaining() {
        return this.buffer.length - this.position;
    }
    fail(field, why) {
        throw new RaftoralError('MALFORMED_FRAME', `Malformed ${this.what}: ${field} at offset ${this.position}: ${why}.`, {
            details: { frame: this.what, field, offset: this.position },
        });
    }
    end() {
        if (this.position !== this.buffer.length)
            this.fail('end', `${this.remaining} bytes too many`);
    }
    u8(field) {
        if (this.position >= this.buffer.length)
            this.fail(field, 'the frame ends here');
        return this.buffer[this.position++];
    }
    boolean(field) {
        const value = this.u8(field);
        if (value > 1)
            this.fail(field, `${value} is neither 0 nor 1`);
        return value === 1;
    }
    u32(field) {
        this.need(4, field);
        const { buffer, position } = this;
        this.position += 4;
        return (buffer[position] | (buffer[position + 1] << 8) | (buffer[position + 2] << 16) | (buffer[position + 3] << 24)) >>> 0;
    }
    uint(field) {
        const first = this.u8(field);
        if (first < 0x80)
            return first;
        let value = first & 0x7f;
        let scale = 128;
        for (;;) {
            const byte = this.u8(field);
            value += (byte & 0x7f) * scale;
            if (value > Number.MAX_SAFE_INTEGER)
                this.fail(field, 'the number is no safe integer');
            if (byte < 0x80) {
                if (byte === 0)
                    this.fail(field, 'the number is not in its shortest form');
                return value;
            }
            scale *= 128;
            if (scale > Number.MAX_SAFE_INTEGER)
                this.fail(field, 'the number is too long');
        }
    }
    /** A uint of `min` or more. */
    uintFrom(min, field) {
        const value = this.uint(field);
        if (value < min)
            this.fail(field, `${value} is less than ${min}`);
        return value;
    }
    u53(field) {
        this.need(7, field);
        const low = this.u32(field);
        const { buffer, position } = this;
        const high = buffer[position] | (buffer[position + 1] << 8) | (buffer[position + 2] << 16);
        this.position += 3;
        if (high > 0x1f_ffff)
            this.fail(field, 'the number is no safe integer');
        return high * 0x1_0000_0000 + low;
    }
    f64(field) {
        this.need(8, field);
        for (let i = 0; i < 8; i++)
            f64Scratch.setUint8(i, this.buffer[this.position + i]);
        const value = f64Scratch.getFloat64(0, true);
        if (!Number.isFinite(value))
            this.fail(field, `${value} is not a finite number`);
        this.position += 8;
        return value;
    }
    /** A time or a duration: f64 of 0 or more. */
    ms(field) {
        const value = this.f64(field);
        if (value < 0)
            this.fail(field, `${value} is negative`);
        return value;
    }
    bytes(field) {
        return this.raw(this.uint(field), field);
    }
    raw(length, field) {
        this.need(length, field);
        const start = this.position;
        this.position += length;
        return length === 0 ? EMPTY : this.buffer.subarray(start, this.position);
    }
    text(field, bytesMax) {
        return this.textOf(this.uint(field), field, bytesMax);
    }
    prose(field) {
        return this.textOf(this.uint(field), field, Number.MAX_SAFE_INTEGER);
    }
    id(field, bytesMax) {
        const prefix = this.uint(field);
        if (prefix !== UUID_TAG)
            return this.textOf(prefix - 1, field, bytesMax);
        this.need(16, field);
        const text = uuidText(this.buffer, this.position);
        this.position += 16;
        return text;
    }
    /** A count of items of at least `itemBytesMin` bytes each: never more than the bytes left can hold. */
    count(field, itemBytesMin, max = Number.MAX_SAFE_INTEGER) {
        const count = this.uint(field);
        if (count > max || count * itemBytesMin > this.remaining)
            this.fail(field, `${count} items are too many`);
        return count;
    }
    textOf(length, field, bytesMax) {
        if (length > bytesMax)
            this.fail(field, `${length} bytes are more than the ${bytesMax} allowed`);
        this.need(length, field);
        if (length === 0)
            return '';
        const start = this.position;
        if (length <= INTERNED_CHARS_MAX) {
            const interned = internAscii(this.buffer, start, length);
            if (interned !== undefined) {
                this.position += length;
                return interned;
            }
        }
        try {
            const text = textOfUtf8(this.buffer.subarray(start, start + length));
            this.position += length;
            return text;
        }
        catch {
            return this.fail(field, 'the text is not UTF-8');
        }
    }
    need(length, field) {
        if (length > this.buffer.length - this.position)
            this.fail(field, `${length} bytes are needed, ${this.remaining} are left`);
    }
}
//# sourceMappingURL=binary-reader.js.map
/**
 * Bytes in and out, for the envelope codec. Owns: varints, strings, and the refusal of what is not well formed.
 *
 * I1. A whole number is a canonical varint (7 bits a byte, low first) of a safe integer ≥ 0, at most 8 bytes; no BigInt, and no 32-bit
 *     operation on a value that may be larger.
 * I2. A reader never reads outside its bytes; whatever is wrong is MALFORMED_FRAME with the field's name and its offset.
 * I3. Bytes that a reader hands out are a copy unless they are most of the frame: a small view would pin a large receive buffer.
 * Tests: envelope-codec.spec.ts.
 */
import { invariant, RaftoralError } from '../errors/index.js';
const SAFE_MAX = Number.MAX_SAFE_INTEGER;
const VARINT_BYTES_MAX = 8;
const START_BYTES = 4096;
/** A writer that grew beyond this for one frame gives its buffer back. */
const KEPT_BYTES_MAX = 1024 * 1024;
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
export class ByteWriter {
    bytes = new Uint8Array(START_BYTES);
    view = new DataView(this.bytes.buffer);
    position = 0;
    u8(value) {
        this.ensure(1);
        this.bytes[this.position++] = value;
    }
    bool(value) {
        this.u8(value ? 1 : 0);
    }
    f64(value) {
        this.ensure(8);
        this.view.setFloat64(this.position, value, true);
        this.position += 8;
    }
    varint(value) {
        this.ensure(VARINT_BYTES_MAX);
        if (value >= 0 && value < 0x80) {
            this.bytes[this.position++] = value;
            return;
        }
        invariant(Number.isSafeInteger(value) && value >= 0, () => `a frame carries whole numbers from 0 to 2^53-1, not ${value}`);
        let rest = value;
        while (rest >= 0x80) {
            this.bytes[this.position++] = (rest % 0x80) + 0x80;
            rest = Math.floor(rest / 0x80);
        }
        this.bytes[this.position++] = rest;
    }
    blob(value) {
        this.varint(value.length);
        this.ensure(value.length);
        this.bytes.set(value, this.position);
        this.position += value.length;
    }
    text(value) {
        this.blob(utf8Encoder.encode(value));
    }
    /** A copy of what was written, with so many zero bytes around it for the caller to fill; the writer is empty afterwards. */
    take(bytesBefore = 0, bytesAfter = 0) {
        const taken = new Uint8Array(bytesBefore + this.position + bytesAfter);
        taken.set(this.bytes.subarray(0, this.position), bytesBefore);
        this.reset();
        return taken;
    }
    reset() {
        this.position = 0;
        if (this.bytes.length > KEPT_BYTES_MAX)
            this.replace(new Uint8Array(START_BYTES));
    }
    get length() {
        return this.position;
    }
    ensure(more) {
        if (this.position + more <= this.bytes.length)
            return;
        const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.position + more));
        grown.set(this.bytes.subarray(0, this.position));
        this.replace(grown);
    }
    replace(bytes) {
        this.bytes = bytes;
        this.view = new DataView(bytes.buffer);
    }
}
export class ByteReader {
    bytes;
    position = 0;
    constructor(bytes) {
        this.bytes = bytes;
    }
    get remaining() {
        return this.bytes.length - this.position;
    }
    malformed(field, why, offset = this.position) {
        return new RaftoralError('MALFORMED_FRAME', `frame of ${this.bytes.length} bytes: ${field} at offset ${offset} ${why}`, {
            details: { field, offset },
        });
    }
    u8(field) {
        if (this.position >= this.bytes.length)
            throw this.malformed(field, 'is missing');
        return this.bytes[this.position++];
    }
    bool(field) {
        const value = this.u8(field);
        if (value > 1)
            throw this.malformed(field, `is ${value}, expected 0 or 1`, this.position - 1);
        return value === 1;
    }
    f64(field) {
        if (this.remaining < 8)
            throw this.malformed(field, 'is cut off');
        const value = new DataView(this.bytes.buffer, this.bytes.byteOffset + this.position, 8).getFloat64(0, true);
        if (!Number.isFinite(value))
            throw this.malformed(field, 'is not a finite number');
        this.position += 8;
        return value;
    }
    varint(field, max = SAFE_MAX) {
        const start = this.position;
        let value = 0;
        let factor = 1;
        for (let count = 1;; count++) {
            if (this.position >= this.bytes.length)
                throw this.malformed(field, 'is cut off', start);
            const byte = this.bytes[this.position++];
            value += (byte & 0x7f) * factor;
            if (byte < 0x80) {
                if (byte === 0 && count > 1)
                    throw this.malformed(field, 'is not in its shortest form', start);
                break;
            }
            if (count === VARINT_BYTES_MAX)
                throw this.malformed(field, 'is longer than a safe integer', start);
            factor *= 0x80;
        }
        if (value > max)
            throw this.malformed(field, `is ${value}, more than ${max}`, start);
        return value;
    }
    /** A count whose items take at least `itemBytesMin` bytes each, so that a lying count allocates nothing. */
    count(field, max, itemBytesMin) {
        const start = this.position;
        const value = this.varint(field, max);
        if (value * itemBytesMin > this.remaining)
            throw this.malformed(field, `is ${value}, but only ${this.remaining} bytes follow`, start);
        return value;
    }
    blob(field) {
        const view = this.view(field, SAFE_MAX);
        return view.length * 2 >= this.bytes.length ? view : new Uint8Array(view);
    }
    text(field, bytesMax) {
        const start = this.position;
        const view = this.view(field, bytesMax);
        let text = '';
        for (let i = 0; i < view.length; i++) {
            const byte = view[i];
            if (byte >= 0x80)
                return this.utf8(view, field, start);
            text += String.fromCharCode(byte);
        }
        return text;
    }
    end() {
        if (this.remaining !== 0)
            throw this.malformed('end', `was expected, but ${this.remaining} bytes follow`);
    }
    utf8(view, field, start) {
        try {
            return utf8Decoder.decode(view);
        }
        catch {
            throw this.malformed(field, 'is not well-formed UTF-8', start);
        }
    }
    view(field, bytesMax) {
        const start = this.position;
        const length = this.varint(`${field} length`, bytesMax);
        if (length > this.remaining)
            throw this.malformed(field, `has ${length} bytes, but only ${this.remaining} follow`, start);
        const view = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + this.position, length);
        this.position += length;
        return view;
    }
}
//# sourceMappingURL=byte-io.js.map
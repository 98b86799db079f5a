/**
 * Bytes in and out, for the envelope codec. Owns: varints, strings, and the refusal of what is not well formed.
 *
 * I1. A whole number is a canonical varint (7 bits a byte, low first) of a safe integer ≥ 0, at most 8 bytes; no BigInt, and no 32-bit
 *     operation on a value that may be larger.
 * I2. A reader never reads outside its bytes; whatever is wrong is MALFORMED_FRAME with the field's name and its offset.
 * I3. Bytes that a reader hands out are a copy unless they are most of the frame: a small view would pin a large receive buffer.
 * Tests: envelope-codec.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
export declare class ByteWriter {
    private bytes;
    private view;
    private position;
    u8(value: number): void;
    bool(value: boolean): void;
    f64(value: number): void;
    varint(value: number): void;
    blob(value: Uint8Array): void;
    text(value: string): void;
    /** A copy of what was written, with so many zero bytes around it for the caller to fill; the writer is empty afterwards. */
    take(bytesBefore?: number, bytesAfter?: number): Uint8Array;
    reset(): void;
    get length(): number;
    private ensure;
    private replace;
}
export declare class ByteReader {
    private readonly bytes;
    position: number;
    constructor(bytes: Uint8Array);
    get remaining(): number;
    malformed(field: string, why: string, offset?: number): RaftoralError;
    u8(field: string): number;
    bool(field: string): boolean;
    f64(field: string): number;
    varint(field: string, max?: number): number;
    /** A count whose items take at least `itemBytesMin` bytes each, so that a lying count allocates nothing. */
    count(field: string, max: number, itemBytesMin: number): number;
    blob(field: string): Uint8Array;
    text(field: string, bytesMax: number): string;
    end(): void;
    private utf8;
    private view;
}

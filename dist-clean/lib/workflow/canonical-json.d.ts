/** Canonical text of `value`. `what` names the value in the error ("the input", "result of 'inventory'"). */
export declare function canonicalText(value: unknown, what: string): string;
/** Canonical bytes of `value`: UTF-8 of canonicalText. */
export declare function encodeCanonical(value: unknown, what: string): Uint8Array;
/** May share a pool with others: whoever keeps the bytes copies them, as encoding a command does. */
export declare function bytesOfText(text: string): Uint8Array;
export declare function textOfBytes(bytes: Uint8Array): string;
/** A fresh value: nothing of it is shared with any other decode (R7). */
export declare function decodeText(text: string): unknown;
export declare function decodeCanonical(bytes: Uint8Array): unknown;

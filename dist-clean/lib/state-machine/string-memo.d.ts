export declare const INTERNED_CHARS_MAX = 32;
/** Text of at most INTERNED_CHARS_MAX bytes; undefined when one of them is not ASCII. */
export declare function internAscii(buffer: Uint8Array, start: number, length: number): string | undefined;
/** The UUID in 16 bytes at `at`, in lower case. */
export declare function uuidText(buffer: Uint8Array, at: number): string;

export declare const EMPTY: Uint8Array;
/** False for a string with a lone surrogate: UTF-8 can not carry it. */
export declare function isWellFormed(text: string): boolean;
/** Bytes of `text` in UTF-8; a lone surrogate becomes U+FFFD. */
export declare function utf8(text: string): Uint8Array;
/** Throws TypeError for bytes that are not UTF-8. A byte order mark is text. */
export declare function textOfUtf8(bytes: Uint8Array): string;

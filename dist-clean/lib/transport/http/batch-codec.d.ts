export declare const LENGTH_BYTES = 4;
/** Bytes that a batch of these messages has. */
export declare function batchBytes(messages: readonly Uint8Array[]): number;
export declare function encodeBatch(messages: readonly Uint8Array[]): Uint8Array;
/** @param body owned by the caller of this and given up by it: a sole message is a view of it. */
export declare function decodeBatch(body: Uint8Array, messageBytesMax: number): Uint8Array[];
export declare function tooLarge(length: number, max: number): string;

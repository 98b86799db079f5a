/**
 * Conf changes to and from the payload of a log entry. Pure.
 * V1. An empty payload is the empty V2 change: leaving a joint configuration costs no bytes of the uncommitted limit.
 * V2. Whatever the decoder accepts, the encoder writes back to the same bytes; anything else is a ConfChangeDecodeError.
 * Format, integers as little-endian base-128 varints:
 *   V1: 1, type, node id, context length, context.   V2: 2, transition, count, (type, node id)*, context length, context.
 */
import { type ConfChange, type ConfChangeV2 } from './conf-change.js';
import { EntryType } from './types.js';
export declare const CONF_CHANGES_MAX = 1024;
export declare const CONF_CHANGE_CONTEXT_BYTES_MAX: number;
export declare const ConfChangeDecodeCode: {
    readonly Truncated: 1;
    readonly TrailingBytes: 2;
    readonly NumberTooLarge: 3;
    readonly UnknownTag: 4;
    readonly TooMany: 5;
    readonly NotMinimal: 6;
};
export type ConfChangeDecodeCode = (typeof ConfChangeDecodeCode)[keyof typeof ConfChangeDecodeCode];
export declare class ConfChangeDecodeError extends Error {
    readonly name = "ConfChangeDecodeError";
    readonly code: ConfChangeDecodeCode;
    readonly offset: number;
    constructor(code: ConfChangeDecodeCode, offset: number);
}
export declare function confChangeEntryType(change: ConfChange | ConfChangeV2): EntryType;
/** Throws ConfChangeDecodeError if the change exceeds what the decoder would take back. */
export declare function encodeConfChange(change: ConfChange | ConfChangeV2): Uint8Array;
/** `type` is the entry's type, which must agree with the payload. The context is a copy. */
export declare function decodeConfChange(type: EntryType, data: Uint8Array): ConfChange | ConfChangeV2;

/**
 * The one error class that crosses a public boundary. Owns: code, message, retryable, requestId, details, cause.
 *
 * E1. `retryable` always agrees with the table in codes.ts.
 */
import { type RaftoralErrorCode } from './codes.js';
export interface RaftoralErrorOptions {
    readonly cause?: unknown;
    /** Present on every error of a writing call whose outcome may be unknown: send again with it. */
    readonly requestId?: string;
    /** Machine-readable facts that the message speaks of: plain JSON values. */
    readonly details?: Readonly<Record<string, unknown>>;
}
export declare class RaftoralError extends Error {
    readonly code: RaftoralErrorCode;
    readonly name: string;
    readonly retryable: boolean;
    readonly requestId: string | undefined;
    readonly details: Readonly<Record<string, unknown>>;
    /** @param message names the thing that is wrong and the remedy, in one or two sentences. */
    constructor(code: RaftoralErrorCode, message: string, options?: RaftoralErrorOptions);
    /** Status that RaftoralExceptionFilter answers with. */
    get httpStatus(): number;
    /** What a log or an answer may hold: the message too, which JSON.stringify leaves out of errors; no stack, no cause. */
    toJSON(): Record<string, unknown>;
}
/** True for a RaftoralError, of the given code if one is given; works across copies of the package. */
export declare function isRaftoralError(error: unknown, code?: RaftoralErrorCode): error is RaftoralError;

/**
 * The one error class that crosses a public boundary. Owns: code, message, retryable, requestId, details, cause.
 *
 * E1. `retryable` always agrees with the table in codes.ts.
 */
import { ERROR_CODES } from './codes.js';
export class RaftoralError extends Error {
    code;
    name = 'RaftoralError';
    retryable;
    requestId;
    details;
    /** @param message names the thing that is wrong and the remedy, in one or two sentences. */
    constructor(code, message, options = {}) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.code = code;
        this.retryable = ERROR_CODES[code].retryable;
        this.requestId = options.requestId;
        this.details = options.details ?? {};
    }
    /** Status that RaftoralExceptionFilter answers with. */
    get httpStatus() {
        return ERROR_CODES[this.code].httpStatus;
    }
    /** What a log or an answer may hold: the message too, which JSON.stringify leaves out of errors; no stack, no cause. */
    toJSON() {
        const { name, code, message, retryable, requestId, details } = this;
        return { name, code, message, retryable, ...(requestId === undefined ? {} : { requestId }), details };
    }
}
/** True for a RaftoralError, of the given code if one is given; works across copies of the package. */
export function isRaftoralError(error, code) {
    if (!(error instanceof Error) || !('code' in error) || !('retryable' in error))
        return false;
    return code === undefined ? String(error.code) in ERROR_CODES : error.code === code;
}
//# sourceMappingURL=raftoral-error.js.map
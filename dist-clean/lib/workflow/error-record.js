/**
 * Errors of user code ↔ their committed form. Pure.
 *
 * E1. Two records are the same failure when name, code and message agree, causes included; a stack is never compared (R10).
 * E2. Every replica gets a fresh Error from the record: never the object that was thrown (R7).
 * E3. A record is bounded: causes to a depth of 8, texts to a length, so that a failure can always be committed (R30).
 */
import { ERROR_CODES, RaftoralError } from '../errors/index.js';
import { isWellFormed, textOfUtf8, utf8 } from '../state-machine/index.js';
const CAUSE_DEPTH_MAX = 8;
const MESSAGE_LENGTH_MAX = 16 * 1024;
const STACK_LENGTH_MAX = 8 * 1024;
/** Thrown by a compute body: no further attempt is made, whatever the retry options say. */
export class NonRetryableError extends Error {
    name = 'NonRetryableError';
}
/** The committed form of anything thrown. `withStack` only where one node alone ran the code. */
export function toErrorRecord(thrown, withStack, depth = 0) {
    if (!(thrown instanceof Error))
        return { name: 'Error', message: cut(describeThrown(thrown), MESSAGE_LENGTH_MAX), code: '', stack: '', cause: null };
    const code = thrown.code;
    const cause = thrown.cause;
    return {
        name: cut(String(thrown.name), 256),
        message: cut(String(thrown.message), MESSAGE_LENGTH_MAX),
        code: typeof code === 'string' ? cut(code, 256) : '',
        stack: withStack ? cut(String(thrown.stack ?? ''), STACK_LENGTH_MAX) : '',
        cause: cause === undefined || cause === null || depth >= CAUSE_DEPTH_MAX ? null : toErrorRecord(cause, withStack, depth + 1),
    };
}
const BUILT_IN = {
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    URIError,
    EvalError,
    NonRetryableError,
};
/** A fresh error of a record: a RaftoralError where it was one, the built-in class where there is one, else an Error of that name. */
export function fromErrorRecord(record) {
    const cause = record.cause === null ? undefined : fromErrorRecord(record.cause);
    if (record.name === 'RaftoralError' && record.code in ERROR_CODES) {
        return new RaftoralError(record.code, record.message, cause === undefined ? {} : { cause });
    }
    const error = new (BUILT_IN[record.name] ?? Error)(record.message);
    if (error.name !== record.name)
        Object.defineProperty(error, 'name', { value: record.name, configurable: true, writable: true });
    if (record.code !== '')
        Object.defineProperty(error, 'code', { value: record.code, configurable: true, enumerable: true, writable: true });
    if (cause !== undefined)
        error.cause = cause;
    if (record.stack !== '')
        error.stack = record.stack;
    return error;
}
export function sameError(a, b) {
    if (a === null || b === null)
        return a === b;
    return a.name === b.name && a.code === b.code && a.message === b.message && sameError(a.cause, b.cause);
}
/** One line, for messages. */
export function describeError(record) {
    return `${record.name}${record.code === '' ? '' : ` ${record.code}`}: ${record.message}`;
}
function describeThrown(thrown) {
    if (typeof thrown === 'string')
        return thrown;
    try {
        return JSON.stringify(thrown) ?? String(thrown);
    }
    catch {
        return Object.prototype.toString.call(thrown);
    }
}
/** Also well formed, as the committed bytes will be: a replica compares its own record with what UTF-8 could carry (R10). */
function cut(text, lengthMax) {
    const short = text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
    return isWellFormed(short) ? short : textOfUtf8(utf8(short));
}
//# sourceMappingURL=error-record.js.map
/**
 * Errors of user code ↔ their committed form. Pure.
 *
 * E1. Two records are the same failure when name, code and message agree, causes included; a stack is never compared (R10).
 * E2. Every replica gets a fresh Error from the record: never the object that was thrown (R7).
 * E3. A record is bounded: causes to a depth of 8, texts to a length, so that a failure can always be committed (R30).
 */
import { ERROR_CODES, RaftoralError, type RaftoralErrorCode } from '../errors/index.js';
import { CHILD_ERROR_NAME, ChildWorkflowError, type ChildErrorCode } from './child-error.js';
import { isWellFormed, textOfUtf8, utf8 } from '../state-machine/index.js';
import type { ErrorRecord } from './event.js';

const CAUSE_DEPTH_MAX = 8;
const MESSAGE_LENGTH_MAX = 16 * 1024;
const STACK_LENGTH_MAX = 8 * 1024;

/** Thrown by a compute body: no further attempt is made, whatever the retry options say. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
}

/** The stack that is committed with an error. */
export type StackOf = (error: Error) => string;

/** The committed form of anything thrown. `stack`: true for its own, only where one node alone ran the code; false for none. */
export function toErrorRecord(thrown: unknown, stack: boolean | StackOf, depth = 0): ErrorRecord {
  if (!(thrown instanceof Error))
    return { name: 'Error', message: cut(describeThrown(thrown), MESSAGE_LENGTH_MAX), code: '', stack: '', cause: null };
  const code = (thrown as { code?: unknown }).code;
  const cause = thrown.cause;
  return {
    name: cut(String(thrown.name), 256),
    message: cut(String(thrown.message), MESSAGE_LENGTH_MAX),
    code: typeof code === 'string' ? cut(code, 256) : '',
    stack: stack === false ? '' : cut(String((stack === true ? thrown.stack : stack(thrown)) ?? ''), STACK_LENGTH_MAX),
    cause: cause === undefined || cause === null || depth >= CAUSE_DEPTH_MAX ? null : toErrorRecord(cause, stack, depth + 1),
  };
}

const BUILT_IN: Readonly<Record<string, new (message: string) => Error>> = {
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
export function fromErrorRecord(record: ErrorRecord): Error {
  const cause = record.cause === null ? undefined : fromErrorRecord(record.cause);
  if (record.name === 'RaftoralError' && record.code in ERROR_CODES) {
    return new RaftoralError(record.code as RaftoralErrorCode, record.message, cause === undefined ? {} : { cause });
  }
  if (record.name === CHILD_ERROR_NAME && record.code in ERROR_CODES) {
    return new ChildWorkflowError(record.code as ChildErrorCode, record.message, cause === undefined ? {} : { cause });
  }
  const error = new (BUILT_IN[record.name] ?? Error)(record.message);
  if (error.name !== record.name) Object.defineProperty(error, 'name', { value: record.name, configurable: true, writable: true });
  if (record.code !== '')
    Object.defineProperty(error, 'code', { value: record.code, configurable: true, enumerable: true, writable: true });
  if (cause !== undefined) error.cause = cause;
  if (record.stack !== '') error.stack = record.stack;
  return error;
}

export function sameError(a: ErrorRecord | null, b: ErrorRecord | null): boolean {
  if (a === null || b === null) return a === b;
  return a.name === b.name && a.code === b.code && a.message === b.message && sameError(a.cause, b.cause);
}

/** One line, for messages. */
export function describeError(record: ErrorRecord): string {
  return `${record.name}${record.code === '' ? '' : ` ${record.code}`}: ${record.message}`;
}

function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

/** Also well formed, as the committed bytes will be: a replica compares its own record with what UTF-8 could carry (R10). */
function cut(text: string, lengthMax: number): string {
  const short = text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`;
  return isWellFormed(short) ? short : textOfUtf8(utf8(short));
}

/**
 * The one error class that crosses a public boundary. Owns: code, message, retryable, requestId, details, cause.
 *
 * E1. `retryable` always agrees with the table in codes.ts.
 */
import { ERROR_CODES, type RaftoralErrorCode } from './codes.js';

export interface RaftoralErrorOptions {
  readonly cause?: unknown;
  /** Present on every error of a writing call whose outcome may be unknown: send again with it. */
  readonly requestId?: string;
  /** Machine-readable facts that the message speaks of: plain JSON values. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export class RaftoralError extends Error {
  override readonly name: string = 'RaftoralError';
  readonly retryable: boolean;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  /** @param message names the thing that is wrong and the remedy, in one or two sentences. */
  constructor(
    readonly code: RaftoralErrorCode,
    message: string,
    options: RaftoralErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = ERROR_CODES[code].retryable;
    this.requestId = options.requestId;
    this.details = options.details ?? {};
  }

  /** Status that RaftoralExceptionFilter answers with. */
  get httpStatus(): number {
    return ERROR_CODES[this.code].httpStatus;
  }

  /** What a log or an answer may hold: the message too, which JSON.stringify leaves out of errors; no stack, no cause. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, retryable, requestId, details } = this;
    return { name, code, message, retryable, ...(requestId === undefined ? {} : { requestId }), details };
  }
}

/** True for a RaftoralError, of the given code if one is given; works across copies of the package. */
export function isRaftoralError(error: unknown, code?: RaftoralErrorCode): error is RaftoralError {
  if (!(error instanceof Error) || !('code' in error) || !('retryable' in error)) return false;
  return code === undefined ? String(error.code) in ERROR_CODES : error.code === code;
}

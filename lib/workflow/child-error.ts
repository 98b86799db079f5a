/**
 * How a child workflow ended, if not with a result: what executeChild(), startChild() and ChildHandle.result() reject with.
 */
import { RaftoralError } from '../errors/index.js';

export type ChildErrorCode = 'CHILD_FAILED' | 'CHILD_CANCELLED' | 'CHILD_TERMINATED' | 'CHILD_NOT_STARTED';

export const CHILD_ERROR_NAME = 'ChildWorkflowError';

/** `cause`: the error of the child's code, or why the child can not be started. */
export class ChildWorkflowError extends RaftoralError {
  override readonly name: string = CHILD_ERROR_NAME;

  constructor(code: ChildErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(code, message, options);
  }
}

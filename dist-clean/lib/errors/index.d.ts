/** The door of lib/errors. */
export { ERROR_CODES, type ErrorCodeInfo, type RaftoralErrorCode } from './codes.js';
export { RaftoralError, isRaftoralError, type RaftoralErrorOptions } from './raftoral-error.js';
export { invariant } from './invariant.js';

/** The door of lib/errors. */
export { ERROR_CODES } from './codes.js';
export { RaftoralError, isRaftoralError } from './raftoral-error.js';
export { invariant } from './invariant.js';
//# sourceMappingURL=index.js.map
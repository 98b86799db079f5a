/** The only door of @raftoral/nestjs. */
export { ERROR_CODES, RaftoralError, isRaftoralError, type ErrorCodeInfo, type RaftoralErrorCode } from './errors/index.js';

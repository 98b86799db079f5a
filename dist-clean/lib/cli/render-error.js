/**
 * What went wrong, on stderr: code, message, remedy, and the request id where sending again with it is safe. Pure.
 */
import { ERROR_CODES, isRaftoralError } from '../errors/index.js';
import { UsageError } from './usage-error.js';
import { visible } from './text-table.js';
const CAUSES_MAX = 4;
/** Lines without a line break at the end. */
export function renderError(error) {
    if (error instanceof UsageError)
        return `error: ${error.message}`;
    if (!isRaftoralError(error))
        return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    const lines = [`error ${error.code}: ${error.message.split('\n').map(visible).join('\n')}`];
    let cause = error.details['cause'];
    for (let depth = 0; depth < CAUSES_MAX && typeof cause === 'object' && cause !== null; depth++) {
        lines.push(`  caused by ${visible(`${String(cause.name)}: ${String(cause.message)}`)}`);
        cause = cause.cause;
    }
    lines.push(`  ${ERROR_CODES[error.code].remedy}`);
    if (error.requestId !== undefined && error.retryable)
        lines.push(`  To send the same request again: --request-id ${visible(error.requestId)}`);
    return lines.join('\n');
}
/** For `--json`: one document, on stderr. */
export function errorDocument(error, exitCode) {
    if (!isRaftoralError(error))
        return {
            error: {
                code: error instanceof UsageError ? 'USAGE' : 'UNEXPECTED',
                message: error instanceof Error ? error.message : String(error),
            },
            exitCode,
        };
    const { code, message, retryable, requestId, details } = error;
    return {
        error: { code, message, retryable, remedy: ERROR_CODES[code].remedy, ...(requestId === undefined ? {} : { requestId }), details },
        exitCode,
    };
}
//# sourceMappingURL=render-error.js.map
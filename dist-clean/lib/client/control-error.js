/**
 * Errors on their way out of the control API: every one a RaftoralError, with what its cause says in its details, because a cause itself does not
 * travel. Pure.
 */
import { RaftoralError, isRaftoralError } from '../errors/index.js';
const CAUSE_DEPTH_MAX = 8;
/** `added`: facts for the details that the caller of the API can use. */
export function controlError(method, thrown, added = {}, requestId) {
    if (!isRaftoralError(thrown)) {
        const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
        return new RaftoralError('INVARIANT_VIOLATED', `${method} failed in a way that it should not: ${text}`, {
            cause: thrown,
            details: { ...added },
        });
    }
    const cause = thrown.cause instanceof Error ? { cause: causeOf(thrown.cause, 0) } : {};
    const id = thrown.requestId ?? requestId;
    return new RaftoralError(thrown.code, thrown.message, {
        cause: thrown.cause,
        details: { ...added, ...thrown.details, ...cause },
        ...(id === undefined ? {} : { requestId: id }),
    });
}
/** Name, message, code and causes; no stack: it is for the history. */
function causeOf(error, depth) {
    const { code } = error;
    return {
        name: String(error.name),
        message: String(error.message),
        ...(typeof code === 'string' ? { code } : {}),
        ...(error.cause instanceof Error && depth < CAUSE_DEPTH_MAX ? { cause: causeOf(error.cause, depth + 1) } : {}),
    };
}
//# sourceMappingURL=control-error.js.map
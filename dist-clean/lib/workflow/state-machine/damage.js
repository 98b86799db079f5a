/**
 * Rows that do not say what they should. Pure.
 */
import { RaftoralError, isRaftoralError } from '../../errors/index.js';
/** What a codec says of a row, as an error of the storage; any other error as it is. `what` names the row. */
export function damaged(groupId, what, cause) {
    if (!isRaftoralError(cause) || cause.code !== 'MALFORMED_FRAME')
        return cause;
    return new RaftoralError('STORAGE_DAMAGED', `Group ${groupId}, ${what} can not be read: ${cause.message}`, {
        cause,
        details: { groupId },
    });
}
//# sourceMappingURL=damage.js.map
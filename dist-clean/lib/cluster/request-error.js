/**
 * Errors of one node to another, as JSON, and back. Pure.
 *
 * Q1. What is not a RaftoralError on the far side arrives as INVARIANT_VIOLATED with its text: nothing is swallowed.
 * Q2. A code that this version does not know is kept in the message.
 */
import { ERROR_CODES, RaftoralError, isRaftoralError } from '../errors/index.js';
export function encodeError(error) {
    const known = isRaftoralError(error);
    const code = known ? error.code : 'INVARIANT_VIOLATED';
    const message = error instanceof Error ? error.message : String(error);
    return Buffer.from(JSON.stringify({ code, message, details: known ? error.details : {} }), 'utf8');
}
export function decodeError(body) {
    try {
        const parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
        const code = String(parsed.code);
        const details = typeof parsed.details === 'object' && parsed.details !== null ? parsed.details : {};
        if (Object.hasOwn(ERROR_CODES, code))
            return new RaftoralError(code, String(parsed.message), { details });
        return new RaftoralError('MALFORMED_FRAME', `the peer answered with an error of unknown code ${code}: ${String(parsed.message)}`, {
            details,
        });
    }
    catch (cause) {
        return new RaftoralError('MALFORMED_FRAME', 'the error of a peer is not JSON; look for a peer of another version', { cause });
    }
}
//# sourceMappingURL=request-error.js.map
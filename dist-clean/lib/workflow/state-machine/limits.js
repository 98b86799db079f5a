import { errorBytes } from '../record-codec.js';
export function tooLargeMessage(what, bytes, limits) {
    return `${what} has ${bytes} bytes, and at most ${limits.payloadBytesMax} are allowed: store the bulk elsewhere and pass a reference, or raise limits.payloadBytesMax.`;
}
/** The error that stands for `value` or `error` in the history, if one of them is too large; else null. */
export function tooLarge(limits, what, value, error) {
    let bytes = value.length;
    if (bytes <= limits.payloadBytesMax) {
        if (error === null)
            return null;
        bytes = errorBytes(error);
        if (bytes <= limits.payloadBytesMax)
            return null;
    }
    return { name: 'RaftoralError', message: tooLargeMessage(what, bytes, limits), code: 'PAYLOAD_TOO_LARGE', stack: '', cause: null };
}
//# sourceMappingURL=limits.js.map
/**
 * Compares what a replica's code did with what was committed (R10). Pure.
 *
 * D1. Compared are: the call itself, argument digest, call position, canonical value of a deterministic checkpoint, errors by
 *     name, code and message, and the finish. Nothing else.
 * D2. A position that differs is a divergence between equal builds, and a warning between different ones.
 * D3. What only the owner can decide (a value above the payload limit) is not compared.
 */
import { describeError, sameError } from './error-record.js';
import { EventKind, } from './event.js';
import { textOfBytes } from './canonical-json.js';
import { digestOfText } from './digest.js';
const TEXT_SHOWN_MAX = 200;
export function finishDigest(outcome, text, error) {
    let form = `${outcome}\n${text}`;
    for (let at = error; at !== null; at = at.cause)
        form += `\n${at.name}\n${at.code}\n${at.message}`;
    return digestOfText(form);
}
/** The event's call is absent after its drained window (R11). */
export function absentCall(event, waitingFor) {
    return { method: event.key, committed: describeRecord(event), computed: `no such call; the code ${waitingFor}` };
}
export function compareArguments(event, operation) {
    if (event.argumentsDigest === operation.argumentsDigest)
        return null;
    return {
        method: operation.label,
        committed: `${describeRecord(event)} with arguments digest ${hex(event.argumentsDigest)}`,
        computed: `the same call with arguments digest ${hex(operation.argumentsDigest)}`,
    };
}
export function comparePosition(event, operation) {
    const committed = event.position;
    const own = operation.position;
    if (committed.wseq === own.wseq && committed.ordinal === own.ordinal)
        return null;
    return {
        method: operation.label,
        committed: `called as operation ${committed.ordinal} of window ${committed.wseq}`,
        computed: `called as operation ${own.ordinal} of window ${own.wseq}`,
    };
}
/** `committedText`: the event's value, decoded to text by the caller, who needs it anyway. */
export function compareValue(event, committedText, operation) {
    if (event.error === null && operation.error === null && committedText === operation.valueText)
        return null;
    if (event.error !== null && (event.error.code === 'PAYLOAD_TOO_LARGE' || sameError(event.error, operation.error)))
        return null;
    return {
        method: operation.label,
        committed: event.error === null ? show(committedText) : describeError(event.error),
        computed: operation.error === null ? show(operation.valueText) : describeError(operation.error),
    };
}
/** `own` null: the code has not ended on this replica. */
export function compareFinish(event, own, waitingFor, strictPosition) {
    if (event.outcome === 'terminated')
        return null;
    const committed = `${event.outcome}${event.error === null ? ` ${show(textOfBytes(event.result))}` : ` ${describeError(event.error)}`}, after event ${event.consumedWseq}`;
    if (own === null)
        return { method: 'run', committed, computed: `has not ended; the code ${waitingFor}` };
    if (event.outcome === 'failed' && event.error?.code === 'PAYLOAD_TOO_LARGE')
        return null;
    if (own.outcome === event.outcome && own.digest === event.digest && (own.consumedWseq === event.consumedWseq || !strictPosition))
        return null;
    return {
        method: 'run',
        committed,
        computed: `${own.outcome} ${own.error === null ? show(own.text) : describeError(own.error)}, after event ${own.consumedWseq}`,
    };
}
export function describeRecord(event) {
    const what = event.kind === EventKind.CHECKPOINT ? 'checkpoint' : event.kind === EventKind.COMPUTE_RESULT ? 'compute' : 'sleep';
    return `${what} '${event.key}' #${event.occurrence}`;
}
function show(text) {
    if (text === '')
        return 'undefined';
    return text.length <= TEXT_SHOWN_MAX ? text : `${text.slice(0, TEXT_SHOWN_MAX)}…`;
}
function hex(digest) {
    return (digest >>> 0).toString(16).padStart(8, '0');
}
//# sourceMappingURL=divergence.js.map
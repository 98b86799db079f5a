/**
 * About how much memory a resident run takes. Pure; estimates, for the budget of RunTable alone.
 *
 * W1. A constant for the code's side of a run, a constant for each event, and the bytes that its events carry.
 * Tests: run-weight.spec.ts.
 */
import { EventKind } from './event.js';
/** An instance of the workflow class with its execution: 2.8 kB were measured for an idle run whose class has two fields. */
export const RUN_BYTES = 3072;
/** An event object without what it carries. */
export const EVENT_BYTES = 160;
export function weightOfEvent(event) {
    switch (event.kind) {
        case EventKind.STARTED:
            return EVENT_BYTES + event.input.length;
        case EventKind.CHECKPOINT:
        case EventKind.COMPUTE_RESULT:
            return EVENT_BYTES + event.value.length + weightOfError(event.error);
        case EventKind.SIGNAL:
            return EVENT_BYTES + event.payload.length;
        case EventKind.ATTEMPT_FAILED:
            return EVENT_BYTES + weightOfError(event.error);
        case EventKind.FINISHED:
            return EVENT_BYTES + event.result.length + weightOfError(event.error);
        default:
            return EVENT_BYTES;
    }
}
/** Of a run whose history is in memory as a whole. */
export function weightOfRun(history) {
    let bytes = RUN_BYTES;
    for (let wseq = history.firstInMemory; wseq <= history.length; wseq++)
        bytes += weightOfEvent(history.event(wseq));
    return bytes;
}
function weightOfError(error) {
    let bytes = 0;
    for (let at = error; at !== null; at = at.cause)
        bytes += at.message.length + at.stack.length;
    return bytes;
}
//# sourceMappingURL=run-weight.js.map
import { sendAppend } from './replication.js';
import { TraceEvent } from './trace.js';
import { MessageType, NONE } from './types.js';
export function handleTransferRequest(core, target) {
    const sink = core.sink;
    if (target.isLearner) {
        if (sink !== null)
            sink.trace(TraceEvent.TransferToLearnerIgnored, core.id, null, target.id);
        return;
    }
    const previous = core.transferee;
    if (previous !== NONE) {
        if (previous === target.id) {
            if (sink !== null)
                sink.trace(TraceEvent.TransferInProgress, core.id, null, core.term, target.id);
            return;
        }
        core.transferee = NONE;
        if (sink !== null)
            sink.trace(TraceEvent.TransferReplaced, core.id, null, core.term, previous);
    }
    if (target.id === core.id) {
        if (sink !== null)
            sink.trace(TraceEvent.TransferToSelfIgnored, core.id, null);
        return;
    }
    if (sink !== null)
        sink.trace(TraceEvent.TransferStarted, core.id, null, core.term, target.id);
    // It has one election timeout.
    core.electionElapsed = 0;
    core.transferee = target.id;
    if (target.match === core.log.lastIndex) {
        sendTimeoutNow(core, target.id);
        if (sink !== null)
            sink.trace(TraceEvent.TimeoutNowSentAtOnce, core.id, null, target.id);
    }
    else {
        sendAppend(core, target);
    }
}
export function sendTimeoutNow(core, to) {
    core.send(core.message(MessageType.TimeoutNow, to));
}
//# sourceMappingURL=transfer.js.map
import { broadcastHeartbeat } from './replication.js';
import { TraceEvent } from './trace.js';
import { Message, MessageType, NONE, ReadResult, ReadState } from './types.js';
/** A read request at the leader, its own or a forwarded one. */
export function readOnLeader(core, request) {
    if (core.tracker.isSingleton() && core.hasCommittedInTerm()) {
        answer(core, request, core.log.committed);
        return ReadResult.Accepted;
    }
    const isLease = core.config.readOnly === 'lease';
    const waits = !isLease || !core.hasCommittedInTerm();
    if (waits && core.readOnly.count >= core.config.pendingReadsMax) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.ReadsDroppedFull, core.id, null);
        return ReadResult.TooManyPending;
    }
    if (!core.hasCommittedInTerm()) {
        core.readOnly.postponed.push(request);
        return ReadResult.Accepted;
    }
    register(core, request);
    return ReadResult.Accepted;
}
/** The first entry of the term was committed: reads that came before it may proceed. */
export function releasePostponedReads(core) {
    if (core.readOnly.postponed.length === 0 || !core.hasCommittedInTerm())
        return;
    const postponed = core.readOnly.takePostponed();
    for (const request of postponed)
        register(core, request);
}
/** A quorum may have confirmed more rounds: after an acknowledgement, or after the configuration changed. */
export function releaseConfirmedReads(core) {
    if (core.readOnly.waiting.length === 0)
        return;
    const confirmed = core.readOnly.takeConfirmed(core.tracker.readRound());
    for (const read of confirmed)
        answer(core, read.request, read.index);
}
/** A follower passes the read on to the leader it knows. */
export function forwardRead(core, from, entries) {
    if (core.lead === NONE) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.ReadDroppedNoLeader, core.id, null, core.term);
        return ReadResult.NoLeader;
    }
    const message = new Message(MessageType.ReadIndex, core.lead, from, 0);
    message.entries = entries;
    core.send(message);
    return ReadResult.Accepted;
}
function register(core, request) {
    if (core.config.readOnly === 'lease' || core.tracker.isSingleton()) {
        answer(core, request, core.log.committed);
        return;
    }
    broadcastHeartbeat(core, core.readOnly.add(core.log.committed, request));
}
function answer(core, request, index) {
    if (request.from === NONE || request.from === core.id) {
        core.readStates.push(new ReadState(index, request.entries[0].data));
        return;
    }
    const message = core.message(MessageType.ReadIndexResp, request.from);
    message.index = index;
    message.entries = request.entries;
    core.send(message);
}
//# sourceMappingURL=reads.js.map
import { Campaign, hup } from './election.js';
import { forwardRead } from './reads.js';
import { handleSnapshot } from './snapshot.js';
import { TraceEvent } from './trace.js';
import { Message, MessageType, NONE, ProposeResult, ReadState, StepResult } from './types.js';
export function stepFollower(core, message) {
    switch (message.type) {
        case MessageType.Append:
            hearLeader(core, message.from);
            handleAppend(core, message);
            break;
        case MessageType.Heartbeat:
            hearLeader(core, message.from);
            handleHeartbeat(core, message);
            break;
        case MessageType.Snap:
            hearLeader(core, message.from);
            if (message.snapshot !== null)
                handleSnapshot(core, message, message.snapshot);
            break;
        case MessageType.Propose: {
            const result = forwardProposal(core, message.from, message.entries);
            return result === ProposeResult.Forwarded ? StepResult.Ok : StepResult.ProposalDropped;
        }
        case MessageType.TransferLeader:
            forwardTransfer(core, message);
            break;
        case MessageType.ForgetLeader:
            forgetLeader(core);
            break;
        case MessageType.TimeoutNow:
            if (core.sink !== null)
                core.sink.trace(TraceEvent.TimeoutNowReceived, core.id, null, core.term, message.from);
            // No pre-vote: the leader itself asked for it.
            hup(core, Campaign.Transfer);
            break;
        case MessageType.ReadIndex:
            forwardRead(core, message.from, message.entries);
            break;
        case MessageType.ReadIndexResp:
            if (message.entries.length === 1)
                core.readStates.push(new ReadState(message.index, message.entries[0].data));
            else if (core.sink !== null) {
                core.sink.trace(TraceEvent.ReadResponseMalformed, core.id, null, message.from, message.entries.length);
            }
            break;
        default: // nothing to a follower
    }
    return StepResult.Ok;
}
export function handleAppend(core, message) {
    const log = core.log;
    const response = core.message(MessageType.AppendResp, message.from);
    if (message.index < log.committed) {
        response.index = log.committed;
        core.sendAfterAppend(response);
        return;
    }
    const matched = log.maybeAppend(message.index, message.logTerm, message.entries, message.commit);
    if (matched >= 0) {
        response.index = matched;
        core.sendAfterAppend(response);
        return;
    }
    if (core.sink !== null) {
        core.sink.trace(TraceEvent.AppendRejected, core.id, null, log.termOrZero(message.index), message.index, message.logTerm, message.from);
    }
    const last = log.lastIndex;
    const hint = log.findConflictByTerm(message.index < last ? message.index : last, message.logTerm);
    response.index = message.index;
    response.reject = true;
    response.rejectHint = hint;
    response.logTerm = log.termOrZero(hint);
    core.sendAfterAppend(response);
}
export function handleHeartbeat(core, message) {
    core.log.commitTo(message.commit);
    const response = core.message(MessageType.HeartbeatResp, message.from);
    response.context = message.context;
    core.send(response);
}
/** Passes proposed entries on to the leader, if there is one and forwarding is allowed. */
export function forwardProposal(core, from, entries) {
    if (core.lead === NONE) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.ProposalDroppedNoLeader, core.id, null, core.term);
        return ProposeResult.DroppedNoLeader;
    }
    if (core.config.disableProposalForwarding) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.ProposalDroppedNoForwarding, core.id, null, core.lead, core.term);
        return ProposeResult.DroppedForwardingDisabled;
    }
    const message = new Message(MessageType.Propose, core.lead, from, 0);
    message.entries = entries;
    core.send(message);
    return ProposeResult.Forwarded;
}
function hearLeader(core, from) {
    core.electionElapsed = 0;
    core.lead = from;
}
/** The transfer's target travels as `from`. */
function forwardTransfer(core, message) {
    if (core.lead === NONE) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.TransferDroppedNoLeader, core.id, null, core.term);
        return;
    }
    core.send(new Message(MessageType.TransferLeader, core.lead, message.from, core.term));
}
function forgetLeader(core) {
    if (core.config.readOnly === 'lease') {
        // A lease holder relies on followers that refuse votes while they know it.
        if (core.sink !== null)
            core.sink.trace(TraceEvent.ForgetLeaderRefused, core.id, null);
        return;
    }
    if (core.lead === NONE)
        return;
    if (core.sink !== null)
        core.sink.trace(TraceEvent.LeaderForgotten, core.id, null, core.lead, core.term);
    core.lead = NONE;
}
//# sourceMappingURL=follower.js.map
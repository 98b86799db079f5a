import { ProgressState } from './progress.js';
import { proposeOnLeader } from './propose.js';
import { readOnLeader, releaseConfirmedReads, releasePostponedReads } from './reads.js';
import { broadcastAppend, broadcastHeartbeat, maybeCommit, sendAppend, sendRemaining } from './replication.js';
import { becomeFollower } from './roles.js';
import { TraceEvent } from './trace.js';
import { handleTransferRequest, sendTimeoutNow } from './transfer.js';
import { isDropped, MessageType, NONE, StepResult } from './types.js';
export function stepLeader(core, message) {
    switch (message.type) {
        case MessageType.Beat:
            broadcastHeartbeat(core, core.readOnly.lastWaitingRound());
            return StepResult.Ok;
        case MessageType.CheckQuorum:
            checkQuorum(core);
            return StepResult.Ok;
        case MessageType.Propose:
            return isDropped(proposeOnLeader(core, message.entries)) ? StepResult.ProposalDropped : StepResult.Ok;
        case MessageType.ReadIndex:
            readOnLeader(core, message);
            return StepResult.Ok;
        case MessageType.ForgetLeader:
            return StepResult.Ok;
        default: // of a peer
    }
    const peer = core.tracker.get(message.from);
    if (peer === null) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.NoProgress, core.id, null, message.from);
        return StepResult.Ok;
    }
    switch (message.type) {
        case MessageType.AppendResp:
            // Nobody can hold, in this term, what the leader does not.
            if (message.index > core.log.lastIndex)
                return StepResult.Malformed;
            peer.recentActive = true;
            if (message.reject)
                handleRejection(core, peer, message);
            else
                handleAcknowledgement(core, peer, message.index);
            break;
        case MessageType.HeartbeatResp:
            handleHeartbeatResponse(core, peer, message.context);
            break;
        case MessageType.SnapStatus:
            handleSnapshotStatus(core, peer, message.reject);
            break;
        case MessageType.Unreachable:
            if (peer.state === ProgressState.Replicate)
                peer.becomeProbe();
            if (core.sink !== null)
                core.sink.trace(TraceEvent.PeerUnreachable, core.id, peer, peer.id);
            break;
        case MessageType.TransferLeader:
            handleTransferRequest(core, peer);
            break;
        default: // nothing to a leader
    }
    return StepResult.Ok;
}
export function tickLeader(core) {
    core.heartbeatElapsed++;
    core.electionElapsed++;
    if (core.electionElapsed >= core.config.electionTimeoutTicks) {
        core.electionElapsed = 0;
        if (core.config.checkQuorum && !checkQuorum(core))
            return;
        core.transferee = NONE;
    }
    if (core.heartbeatElapsed >= core.config.heartbeatTimeoutTicks) {
        core.heartbeatElapsed = 0;
        broadcastHeartbeat(core, core.readOnly.lastWaitingRound());
    }
}
/** Returns whether this node is still the leader. */
function checkQuorum(core) {
    const isActive = core.tracker.quorumActive();
    if (!isActive) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.QuorumInactive, core.id, null);
        becomeFollower(core, core.term, NONE);
    }
    const peers = core.tracker.peers;
    for (let i = 0; i < peers.length; i++) {
        if (peers[i].id !== core.id)
            peers[i].recentActive = false;
    }
    return isActive;
}
function handleRejection(core, peer, message) {
    const { sink, log } = core;
    if (sink !== null) {
        sink.trace(TraceEvent.AppendRejectionReceived, core.id, null, message.rejectHint, message.logTerm, peer.id, message.index);
    }
    // Positions of a later term than the peer's at the hint cannot match either.
    const probe = message.logTerm > 0 ? log.findConflictByTerm(message.rejectHint, message.logTerm) : message.rejectHint;
    if (!peer.maybeDecrease(message.index, probe))
        return;
    if (sink !== null)
        sink.trace(TraceEvent.ProgressDecreased, core.id, peer, peer.id);
    if (peer.state === ProgressState.Replicate)
        peer.becomeProbe();
    sendAppend(core, peer);
}
function handleAcknowledgement(core, peer, index) {
    const isProbe = peer.state === ProgressState.Probe;
    // A probing peer goes on to replicate even if the acknowledgement is no news.
    if (!peer.maybeUpdate(index) && !(isProbe && peer.match === index))
        return;
    if (peer.state === ProgressState.Replicate) {
        peer.inflights.freeTo(index);
    }
    else if (isProbe) {
        peer.becomeReplicate();
    }
    else if (peer.match + 1 >= core.log.firstIndex) {
        // Whatever snapshot it was that the peer installed: from here the log can take over.
        if (core.sink !== null)
            core.sink.trace(TraceEvent.SnapshotRecovered, core.id, peer, peer.id);
        peer.becomeProbe();
        peer.becomeReplicate();
    }
    const isOther = peer.id !== core.id;
    if (maybeCommit(core)) {
        releasePostponedReads(core);
        broadcastAppend(core);
    }
    else if (isOther && peer.canBumpCommit(core.log.committed)) {
        sendAppend(core, peer);
    }
    if (!isOther)
        return;
    sendRemaining(core, peer);
    if (peer.id === core.transferee && peer.match === core.log.lastIndex) {
        if (core.sink !== null)
            core.sink.trace(TraceEvent.TimeoutNowSentAfterAppend, core.id, null, peer.id);
        sendTimeoutNow(core, peer.id);
    }
}
function handleHeartbeatResponse(core, peer, readRound) {
    peer.recentActive = true;
    peer.appendPaused = false;
    // Also to a peer that is probed though it lacks nothing: the answer lets it replicate again.
    if (peer.match < core.log.lastIndex || peer.state === ProgressState.Probe)
        sendAppend(core, peer);
    if (readRound > peer.readRound && readRound <= core.readOnly.lastRound) {
        peer.readRound = readRound;
        releaseConfirmedReads(core);
    }
}
function handleSnapshotStatus(core, peer, isFailed) {
    if (peer.state !== ProgressState.Snapshot)
        return;
    if (isFailed)
        peer.pendingSnapshot = 0;
    peer.becomeProbe();
    if (core.sink !== null) {
        core.sink.trace(isFailed ? TraceEvent.SnapshotFailed : TraceEvent.SnapshotSucceeded, core.id, peer, peer.id);
    }
    // After success: wait for the acknowledgement. After failure: wait for a heartbeat before the next try.
    peer.appendPaused = true;
}
//# sourceMappingURL=leader.js.map
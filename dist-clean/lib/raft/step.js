/**
 * The entrance for messages and ticks: what the term of a message means, then the role's handler. Pure.
 * ST1. A message of a lower term never reaches a role's handler.
 * ST2. A message of a higher term makes any role a follower of that term, except pre-votes and votes refused by the lease.
 * ST3. A write acknowledged under another term does not make entries stable: they may have been overwritten since.
 * Source: Raft thesis §3.3, §4.2.3, §9.6.
 */
import { stepCandidate } from './candidate.js';
import { Campaign, handleVote, hup, isInLease, rejectStalePreVote } from './election.js';
import { stepFollower } from './follower.js';
import { stepLeader, tickLeader } from './leader.js';
import { appliedTo } from './propose.js';
import { reduceUncommitted } from './replication.js';
import { becomeFollower } from './roles.js';
import { appliedSnapshot } from './snapshot.js';
import { TraceEvent } from './trace.js';
import { entryBytes, MessageType, NONE, payloadBytes, Role, StepResult } from './types.js';
export function step(core, message) {
    if (message.term !== core.term && message.term !== 0) {
        if (message.term > core.term) {
            if (!enterHigherTerm(core, message))
                return StepResult.Ok;
        }
        else {
            handleLowerTerm(core, message);
            return StepResult.Ok;
        }
    }
    switch (message.type) {
        case MessageType.Hup:
            hup(core, core.config.preVote ? Campaign.PreElection : Campaign.Election);
            return StepResult.Ok;
        case MessageType.StorageAppendResp:
            if (message.index !== 0)
                core.log.unstable.stableTo(message.index, message.logTerm);
            if (message.snapshot !== null)
                appliedSnapshot(core, message.snapshot);
            return StepResult.Ok;
        case MessageType.StorageApplyResp:
            handleApplied(core, message);
            return StepResult.Ok;
        case MessageType.Vote:
        case MessageType.PreVote:
            handleVote(core, message);
            return StepResult.Ok;
        default: // what it means depends on the role
    }
    if (core.role === Role.Leader)
        return stepLeader(core, message);
    if (core.role === Role.Follower)
        return stepFollower(core, message);
    return stepCandidate(core, message);
}
export function tick(core) {
    if (core.role === Role.Leader) {
        tickLeader(core);
        return;
    }
    core.electionElapsed++;
    if (core.electionElapsed >= core.randomizedElectionTimeout && core.isPromotable()) {
        core.electionElapsed = 0;
        hup(core, core.config.preVote ? Campaign.PreElection : Campaign.Election);
    }
}
/** Returns false if the message is to be ignored. */
function enterHigherTerm(core, message) {
    const type = message.type;
    if ((type === MessageType.Vote || type === MessageType.PreVote) && isInLease(core, message))
        return false;
    // A pre-vote, asked or granted, is about a term that nobody has entered. A refusal comes from one that has.
    if (type === MessageType.PreVote || (type === MessageType.PreVoteResp && !message.reject))
        return true;
    traceTerm(core, TraceEvent.HigherTermReceived, message);
    const isFromLeader = type === MessageType.Append || type === MessageType.Heartbeat || type === MessageType.Snap;
    becomeFollower(core, message.term, isFromLeader ? message.from : NONE);
    return true;
}
function handleLowerTerm(core, message) {
    const type = message.type;
    const isLeaderProbe = type === MessageType.Heartbeat || type === MessageType.Append;
    if (isLeaderProbe && (core.config.checkQuorum || core.config.preVote)) {
        // This node got ahead in term, and its vote requests may be ignored: the answer brings the leader to a term that fits.
        core.sendAfterAppend(core.message(MessageType.AppendResp, message.from));
    }
    else if (type === MessageType.PreVote) {
        rejectStalePreVote(core, message);
    }
    else if (type === MessageType.StorageAppendResp) {
        if (message.index !== 0 && core.sink !== null) {
            core.sink.trace(TraceEvent.LowerTermAppendIgnored, core.id, null, core.term, type, message.term);
        }
        // A snapshot is committed state: its term does not matter.
        if (message.snapshot !== null)
            appliedSnapshot(core, message.snapshot);
    }
    else {
        traceTerm(core, TraceEvent.LowerTermIgnored, message);
    }
}
function handleApplied(core, message) {
    const entries = message.entries;
    if (entries.length === 0)
        return;
    appliedTo(core, entries[entries.length - 1].index, entryBytes(entries));
    reduceUncommitted(core, payloadBytes(entries));
}
function traceTerm(core, event, message) {
    if (core.sink !== null)
        core.sink.trace(event, core.id, null, core.term, message.type, message.from, message.term);
}
//# sourceMappingURL=step.js.map
import { fail } from './invariant.js';
import { becomeCandidate, becomePreCandidate } from './roles.js';
import { TraceEvent } from './trace.js';
import { CAMPAIGN_TRANSFER, EntryType, MessageType, NONE, Role } from './types.js';
export const Campaign = { PreElection: 0, Election: 1, Transfer: 2 };
/** Scanning for conf changes reads the log in pages of this size if no limit for applying is set. */
const SCAN_PAGE_BYTES = 1 << 20;
/** Starts an election if this node may be elected. */
export function hup(core, kind) {
    const sink = core.sink;
    if (core.role === Role.Leader) {
        if (sink !== null)
            sink.trace(TraceEvent.AlreadyLeader, core.id, null);
        return;
    }
    if (!core.isPromotable()) {
        if (sink !== null)
            sink.trace(TraceEvent.Unpromotable, core.id, null);
        return;
    }
    if (hasUnappliedConfChange(core)) {
        if (sink !== null)
            sink.trace(TraceEvent.CampaignBlockedByConfChange, core.id, null, core.term);
        return;
    }
    if (sink !== null)
        sink.trace(TraceEvent.ElectionStarted, core.id, null, core.term);
    campaign(core, kind);
}
export function campaign(core, kind) {
    const isPre = kind === Campaign.PreElection;
    if (isPre)
        becomePreCandidate(core);
    else
        becomeCandidate(core);
    // A pre-vote asks for the term that would come, without entering it.
    const term = isPre ? core.term + 1 : core.term;
    const type = isPre ? MessageType.PreVote : MessageType.Vote;
    const lastIndex = core.log.lastIndex;
    const lastTerm = core.log.lastTerm;
    for (const id of core.tracker.voterIds) {
        if (id === core.id) {
            // The own vote counts once it is durable, like any other.
            const own = core.message(responseType(type), id);
            own.term = term;
            core.sendAfterAppend(own);
            continue;
        }
        if (core.sink !== null)
            core.sink.trace(TraceEvent.VoteRequested, core.id, null, lastTerm, lastIndex, type, id, core.term);
        const request = core.message(type, id);
        request.term = term;
        request.index = lastIndex;
        request.logTerm = lastTerm;
        if (kind === Campaign.Transfer)
            request.context = CAMPAIGN_TRANSFER;
        core.send(request);
    }
}
/** Counts a vote response and says how the election stands. */
export function poll(core, response) {
    const { sink, tracker } = core;
    if (sink !== null) {
        const event = response.reject ? TraceEvent.VoteRejectionReceived : TraceEvent.VoteReceived;
        sink.trace(event, core.id, null, response.type, response.from, core.term);
    }
    tracker.recordVote(response.from, !response.reject);
    const result = tracker.tallyVotes();
    if (sink !== null)
        sink.trace(TraceEvent.VotesCounted, core.id, null, tracker.granted, response.type, tracker.rejected);
    return result;
}
/** Answers a (pre-)vote request of the current or, for a pre-vote, a later term. */
export function handleVote(core, request) {
    const isPre = request.type === MessageType.PreVote;
    const canVote = core.vote === request.from || (core.vote === NONE && core.lead === NONE) || (isPre && request.term > core.term);
    const isGranted = canVote && core.log.isUpToDate(request.index, request.logTerm);
    traceVote(core, isGranted ? TraceEvent.VoteCast : TraceEvent.VoteRejected, request);
    const response = core.message(responseType(request.type), request.from);
    response.reject = !isGranted;
    // A grant answers in the term asked for: a candidate ahead of this node would take the own, lower term for stale.
    if (isGranted)
        response.term = request.term;
    core.sendAfterAppend(response);
    if (isGranted && !isPre) {
        core.electionElapsed = 0;
        core.vote = request.from;
    }
}
/** A pre-vote request of a lower term is answered, so that a node that is ahead in term cannot block the others. */
export function rejectStalePreVote(core, request) {
    traceVote(core, TraceEvent.VoteRejected, request);
    const response = core.message(MessageType.PreVoteResp, request.from);
    response.reject = true;
    core.sendAfterAppend(response);
}
/** Whether the request must be ignored because the leader was heard lately. */
export function isInLease(core, request) {
    const ticks = core.config.electionTimeoutTicks;
    if (request.context === CAMPAIGN_TRANSFER || !core.config.checkQuorum)
        return false;
    if (core.lead === NONE || core.electionElapsed >= ticks)
        return false;
    traceVote(core, TraceEvent.VoteIgnoredInLease, request, ticks - core.electionElapsed);
    return true;
}
function hasUnappliedConfChange(core) {
    const log = core.log;
    const pageBytes = log.applyingBytesMax === Infinity ? SCAN_PAGE_BYTES : log.applyingBytesMax;
    let index = log.applied + 1;
    while (index <= log.committed) {
        const page = log.slice(index, log.committed + 1, pageBytes);
        if (page === null)
            fail('committed entries were compacted before they were applied', { index, committed: log.committed });
        for (let i = 0; i < page.length; i++) {
            if (page[i].type !== EntryType.Normal)
                return true;
        }
        index += page.length;
    }
    return false;
}
function responseType(type) {
    return type === MessageType.Vote ? MessageType.VoteResp : MessageType.PreVoteResp;
}
function traceVote(core, event, request, remaining = 0) {
    if (core.sink === null)
        return;
    const { log, vote, term } = core;
    const { type, from, logTerm, index } = request;
    core.sink.trace(event, core.id, null, log.lastTerm, log.lastIndex, vote, type, from, logTerm, index, term, remaining);
}
//# sourceMappingURL=election.js.map
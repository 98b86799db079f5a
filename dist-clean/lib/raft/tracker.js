import { Inflights } from './inflights.js';
import { Progress } from './progress.js';
import { VoteResult, committedOfCounted, jointVote, voteOf } from './quorum.js';
import { EMPTY_CONF_STATE } from './types.js';
export class Tracker {
    selfId;
    confState = EMPTY_CONF_STATE;
    peers = [];
    /** Progress of this node itself, if it is a member. */
    self = null;
    /** Ids that are a voter in either half, ascending. */
    voterIds = [];
    granted = 0;
    rejected = 0;
    incoming = [];
    outgoing = [];
    byId = new Map();
    votes = new Map();
    scratch = [];
    inflightMessagesMax;
    inflightBytesMax;
    constructor(selfId, inflightMessagesMax, inflightBytesMax) {
        this.selfId = selfId;
        this.inflightMessagesMax = inflightMessagesMax;
        this.inflightBytesMax = inflightBytesMax;
    }
    get(id) {
        return this.byId.get(id) ?? null;
    }
    /** Installs a configuration. Fresh members start to be probed at the last index. */
    install(change, lastIndex) {
        const peers = [];
        for (const member of change.members) {
            const known = member.isFresh ? undefined : this.byId.get(member.id);
            if (known !== undefined) {
                known.isLearner = member.isLearner;
                peers.push(known);
                continue;
            }
            const inflights = new Inflights(this.inflightMessagesMax, this.inflightBytesMax);
            // Counted as active, so that a check of the quorum does not hit before it had a chance to answer.
            peers.push(new Progress(member.id, 0, Math.max(lastIndex, 1), member.isLearner, true, inflights));
        }
        this.confState = change.confState;
        this.peers = peers;
        this.byId.clear();
        for (const peer of peers)
            this.byId.set(peer.id, peer);
        this.self = this.byId.get(this.selfId) ?? null;
        this.incoming = peers.filter((peer) => change.confState.voters.includes(peer.id));
        this.outgoing = peers.filter((peer) => change.confState.votersOutgoing.includes(peer.id));
        this.voterIds = peers.filter((peer) => this.incoming.includes(peer) || this.outgoing.includes(peer)).map((peer) => peer.id);
    }
    isVoter(id) {
        return this.voterIds.includes(id);
    }
    /** True if one voter decides alone. */
    isSingleton() {
        return this.incoming.length === 1 && this.outgoing.length === 0;
    }
    /** Highest index that a quorum has acknowledged. */
    committed() {
        const incoming = this.committedOfHalf(this.incoming);
        if (this.outgoing.length === 0)
            return incoming;
        const outgoing = this.committedOfHalf(this.outgoing);
        return incoming < outgoing ? incoming : outgoing;
    }
    /** Highest read round that a quorum has acknowledged. */
    readRound() {
        const incoming = this.readRoundOfHalf(this.incoming);
        if (this.outgoing.length === 0)
            return incoming;
        const outgoing = this.readRoundOfHalf(this.outgoing);
        return incoming < outgoing ? incoming : outgoing;
    }
    /** Whether a quorum was active since the last check; this node counts as it is marked. */
    quorumActive() {
        const incoming = voteOf(this.incoming.length, countActive(this.incoming), this.incoming.length - countActive(this.incoming));
        const outgoing = voteOf(this.outgoing.length, countActive(this.outgoing), this.outgoing.length - countActive(this.outgoing));
        return jointVote(incoming, outgoing) === VoteResult.Won;
    }
    resetVotes() {
        this.votes.clear();
        this.granted = 0;
        this.rejected = 0;
    }
    /** Counts a vote; only the first one of each node counts. */
    recordVote(id, isGranted) {
        if (!this.votes.has(id))
            this.votes.set(id, isGranted);
    }
    /** Recounts. `granted` and `rejected` count members that are not learners. */
    tallyVotes() {
        this.granted = 0;
        this.rejected = 0;
        for (const peer of this.peers) {
            if (peer.isLearner)
                continue;
            const vote = this.votes.get(peer.id);
            if (vote === true)
                this.granted++;
            else if (vote === false)
                this.rejected++;
        }
        return jointVote(this.voteOfHalf(this.incoming), this.voteOfHalf(this.outgoing));
    }
    committedOfHalf(half) {
        const scratch = this.scratch;
        for (let i = 0; i < half.length; i++)
            scratch[i] = half[i].match;
        return committedOfCounted(scratch, half.length);
    }
    readRoundOfHalf(half) {
        const scratch = this.scratch;
        for (let i = 0; i < half.length; i++)
            scratch[i] = half[i].readRound;
        return committedOfCounted(scratch, half.length);
    }
    voteOfHalf(half) {
        let granted = 0;
        let rejected = 0;
        for (const peer of half) {
            const vote = this.votes.get(peer.id);
            if (vote === true)
                granted++;
            else if (vote === false)
                rejected++;
        }
        return voteOf(half.length, granted, rejected);
    }
}
function countActive(half) {
    let active = 0;
    for (const peer of half)
        if (peer.recentActive)
            active++;
    return active;
}
//# sourceMappingURL=tracker.js.map
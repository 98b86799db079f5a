import { fail } from './invariant.js';
import { RaftLog } from './log.js';
import { ReadOnly } from './read-only.js';
import { Tracker } from './tracker.js';
import { Message, NONE, Role } from './types.js';
export class RaftCore {
    config;
    id;
    sink;
    log;
    tracker;
    readOnly = new ReadOnly();
    term = 0;
    vote = NONE;
    lead = NONE;
    role = Role.Follower;
    /** Target of the leadership transfer in progress. */
    transferee = NONE;
    /** No conf change at or below applied is pending; one may be at or below this index. */
    pendingConfIndex = 0;
    /** Payload bytes of proposals of this leader that are not yet applied. */
    uncommittedBytes = 0;
    /** Ticks since the leader was heard, or (leader) since the last quorum check. */
    electionElapsed = 0;
    heartbeatElapsed = 0;
    /** Drawn anew from [electionTimeoutTicks, 2 × electionTimeoutTicks) at every change of role or term. */
    randomizedElectionTimeout = 0;
    /** May leave before anything is durable. */
    outbox = [];
    /** Must wait until everything handed out so far is durable. */
    afterAppend = [];
    readStates = [];
    /** Position of the first entry of the last proposal appended here. */
    proposedIndex = 0;
    proposedTerm = 0;
    constructor(config) {
        this.config = config;
        this.id = config.id;
        this.sink = config.trace;
        this.log = new RaftLog({
            nodeId: config.id,
            storage: config.storage,
            applyingBytesMax: config.committedBytesPerReadyMax,
            trace: config.trace,
        });
        this.tracker = new Tracker(config.id, config.inflightMessagesMax, config.inflightBytesMax);
    }
    /** A message of the current term from this node. */
    message(type, to) {
        return new Message(type, to, this.id, this.term);
    }
    /** Sends what may leave before the disk. */
    send(message) {
        if (message.to === this.id)
            fail('message to self would not wait for the disk', { type: message.type, to: message.to });
        this.outbox.push(message);
    }
    /** Sends what vouches for durable state; may be addressed to this node. */
    sendAfterAppend(message) {
        this.afterAppend.push(message);
    }
    /** Only a voter that has its whole configuration installed may become leader. */
    isPromotable() {
        const self = this.tracker.self;
        return self !== null && !self.isLearner && !this.log.hasPendingSnapshot();
    }
    /** Whether an entry of the current term is committed, so that the commit index is known to be the cluster's. */
    hasCommittedInTerm() {
        return this.log.termOrZero(this.log.committed) === this.term;
    }
    drawElectionTimeout() {
        const ticks = this.config.electionTimeoutTicks;
        const drawn = this.config.random(ticks);
        if (!(drawn >= 0 && drawn < ticks && Number.isInteger(drawn)))
            fail('random source out of range', { drawn, ticks });
        this.randomizedElectionTimeout = ticks + drawn;
    }
}
//# sourceMappingURL=core.js.map
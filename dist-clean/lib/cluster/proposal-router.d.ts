/**
 * Brings commands into the log and their answers back (R37, R38). One per group and node.
 *
 * R1. A command is live from propose()/submit() until it settles: queued, placed (its index and term are known), or asked (sent to the leader,
 *     one hop, no answer yet). Number and bytes of live client commands are bounded: OVERLOADED names the limit.
 * R2. It is answered by the local state machine, when the entry at its index is applied in its term. Another term there, or a later term
 *     anywhere, says that it was superseded: it is sent again.
 * R3. What may have been sent is never called failed: a deadline ends in OUTCOME_UNKNOWN then, else in NO_LEADER. Sending again after an unknown
 *     outcome is safe, because state machines know a repeated request id and a stale owner epoch (R18, R26).
 * R4. The leader alone stamps (R23), never behind its last stamp. It stamps a copy of whatever is stamped already or is not its own:
 *     entries of the log share their bytes.
 * R5. Nothing that another node sent enters the log before the state machine has looked at it (P8): one malformed frame refuses those that came
 *     with it, named by its place; its proposer gets MALFORMED_FRAME and sends the others again.
 * R6. Nothing waits for a tick while a leader is known and takes commands; two nodes that point at each other make no endless loop.
 * Tests: test/cluster/proposals.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type RawNode } from '../raft/index.js';
import { type Envelope, type ProposeAnswerEnvelope, type ProposeEnvelope } from '../transport/transport.js';
import type { Clock } from './clock.js';
import type { DeadlineHeap } from './deadline-heap.js';
import type { Applied, ProposeOptions } from './group.js';
import type { RaftHostTuning } from './host-options.js';
import { Proposal, type ProposalOwner } from './proposal.js';
export declare const AnswerStatus: {
    readonly OK: 0;
    readonly NOT_LEADER: 1;
    readonly OVERLOADED: 2;
    readonly NOT_MEMBER: 3;
    readonly MALFORMED: 4;
};
export interface RouterContext {
    readonly groupId: number;
    readonly nodeId: number;
    readonly firstCallId: number;
    readonly raw: RawNode;
    readonly clock: Clock;
    /** Time of the log as applied here, ms. */
    readonly logTimeMs: () => number;
    readonly deadlines: DeadlineHeap;
    readonly tuning: RaftHostTuning;
    readonly appliedIndex: number;
    /** Throws for a frame that apply() could not take. */
    check(frame: Uint8Array): void;
    warn(text: string): void;
    send(to: number, envelope: Envelope): void;
    /** The core may have something ready. */
    changed(): void;
    /** Ask for flush() in this turn or the next microtask. */
    wantFlush(): void;
    /** Ask for flush() in the next macrotask, or, for a command that is alone, as wantFlush() does. */
    gatherFlush(isAlone: boolean): void;
}
export declare class ProposalRouter<Result> implements ProposalOwner<Result> {
    private readonly context;
    /** Entries that were applied, and had been proposed here. */
    ownApplied: number;
    private queue;
    private readonly placed;
    private readonly asked;
    private readonly recent;
    private liveCount;
    private liveBytes;
    private lastCallId;
    private lastStampMs;
    private appliedTerm;
    /** The leader refused to append for now: tried again as soon as something was applied, or leadership changed. */
    private isBlocked;
    /** Where a node that does not lead said the leader is; 0 = ask the one the core knows. */
    private hintedLeader;
    /** Hints followed since the last tick or change of leadership: two nodes that point at each other make no loop. */
    private hintsFollowed;
    private closedBy;
    private readonly logClock;
    constructor(context: RouterContext);
    /** Nothing waits for an answer here. */
    get isIdle(): boolean;
    /** One command is queued, and nothing is under way that it could be gathered with. */
    private get isAlone();
    get live(): {
        readonly count: number;
        readonly bytes: number;
    };
    propose(frame: Uint8Array, options: ProposeOptions | undefined): Promise<Applied<Result>>;
    submit(frame: Uint8Array, cancelled: (() => boolean) | undefined): void;
    /** In a turn: sends what is queued, if anybody may take it. */
    flush(): void;
    /** In a turn: the entry at `index` was applied. `result` is undefined for entries without a command. */
    applied(index: number, term: number, result: Result | undefined): void;
    /** After a batch was applied: there may be room again. */
    appliedBatch(): void;
    /** The core has another leader, role or term. What was asked of the old one may have been lost with it. */
    leadershipChanged(): void;
    tick(): void;
    /** R36: state up to `index` came as a snapshot; what was placed in it is answered by nobody. */
    restored(index: number, term: number): void;
    /** Rejects everything with the code and message, now and from now on. */
    close(error: RaftoralError): void;
    /** On the leader (or one who was): commands of another node. */
    onPropose(from: number, envelope: ProposeEnvelope): void;
    onAnswer(from: number, envelope: ProposeAnswerEnvelope): void;
    expire(proposal: Proposal<Result>): void;
    /** The place of the first frame that must not enter the log; -1 if there is none. */
    private findMalformed;
    private refusal;
    private noFrame;
    private overloaded;
    private appendQueued;
    private askLeader;
    /** Settled already, or no longer wanted: it is not sent (again). */
    private isDropped;
    private placeAnswered;
    private refused;
    /** Where what was refused goes next. Else it waits for the core to hear of a leader, which says so; not to ask the same node in a circle. */
    private followHint;
    /** No leader takes these bytes: not sent again, whoever asked for it. */
    private malformed;
    /** Queues it once more. `isUnknown`: the last send may still take effect. */
    private sendAgain;
    /** An entry of a later term was applied: none of an earlier term can follow it. */
    private termApplied;
    private sendSuperseded;
    private remember;
    private resolve;
    private fail;
    private release;
    private nextStamp;
}

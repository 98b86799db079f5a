/**
 * State of one Raft node, and its outbox. The roles' handlers are functions over it, in files of their own. Pure.
 * N1. `term` never falls; `vote` changes only from none to a node within a term.
 * N2. A message that vouches for durable state (AppendResp, VoteResp, PreVoteResp) goes to `afterAppend` and leaves only
 *     once everything handed out so far is durable, rejections included.
 * N3. No message in `outbox` is addressed to this node.
 * Source: Raft thesis §3, §3.8, §10.2.1.
 */
import type { ResolvedConfig } from './config.js';
import { RaftLog } from './log.js';
import { ReadOnly } from './read-only.js';
import type { TraceSink } from './trace.js';
import { Tracker } from './tracker.js';
import { Message, MessageType, Role, type ReadState } from './types.js';
export declare class RaftCore {
    readonly config: ResolvedConfig;
    readonly id: number;
    readonly sink: TraceSink | null;
    readonly log: RaftLog;
    readonly tracker: Tracker;
    readonly readOnly: ReadOnly;
    term: number;
    vote: number;
    lead: number;
    role: Role;
    /** Target of the leadership transfer in progress. */
    transferee: number;
    /** No conf change at or below applied is pending; one may be at or below this index. */
    pendingConfIndex: number;
    /** Payload bytes of proposals of this leader that are not yet applied. */
    uncommittedBytes: number;
    /** Ticks since the leader was heard, or (leader) since the last quorum check. */
    electionElapsed: number;
    heartbeatElapsed: number;
    /** Drawn anew from [electionTimeoutTicks, 2 × electionTimeoutTicks) at every change of role or term. */
    randomizedElectionTimeout: number;
    /** May leave before anything is durable. */
    outbox: Message[];
    /** Must wait until everything handed out so far is durable. */
    afterAppend: Message[];
    readStates: ReadState[];
    /** Position of the first entry of the last proposal appended here. */
    proposedIndex: number;
    proposedTerm: number;
    constructor(config: ResolvedConfig);
    /** A message of the current term from this node. */
    message(type: MessageType, to: number): Message;
    /** Sends what may leave before the disk. */
    send(message: Message): void;
    /** Sends what vouches for durable state; may be addressed to this node. */
    sendAfterAppend(message: Message): void;
    /** Only a voter that has its whole configuration installed may become leader. */
    isPromotable(): boolean;
    /** Whether an entry of the current term is committed, so that the commit index is known to be the cluster's. */
    hasCommittedInTerm(): boolean;
    drawElectionTimeout(): void;
}

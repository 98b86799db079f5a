/**
 * The configuration in force, with the progress of every member and the votes of the running election. Pure.
 * K1. `peers` is ascending by id and holds exactly the members of the configuration.
 * K2. The cached voter arrays are rebuilt with every configuration and at no other time.
 * K3. A peer that stays a member keeps its Progress object across a change.
 * Source: Raft thesis §4.
 */
import { type Change } from './changer.js';
import { Progress } from './progress.js';
import { VoteResult } from './quorum.js';
import { type ConfState } from './types.js';
export declare class Tracker {
    readonly selfId: number;
    confState: ConfState;
    peers: Progress[];
    /** Progress of this node itself, if it is a member. */
    self: Progress | null;
    /** Ids that are a voter in either half, ascending. */
    voterIds: number[];
    granted: number;
    rejected: number;
    private incoming;
    private outgoing;
    private readonly byId;
    private readonly votes;
    private readonly scratch;
    private readonly inflightMessagesMax;
    private readonly inflightBytesMax;
    constructor(selfId: number, inflightMessagesMax: number, inflightBytesMax: number);
    get(id: number): Progress | null;
    /** Installs a configuration. Fresh members start to be probed at the last index. */
    install(change: Change, lastIndex: number): void;
    isVoter(id: number): boolean;
    /** True if one voter decides alone. */
    isSingleton(): boolean;
    /** Highest index that a quorum has acknowledged. */
    committed(): number;
    /** Highest read round that a quorum has acknowledged. */
    readRound(): number;
    /** Whether a quorum was active since the last check; this node counts as it is marked. */
    quorumActive(): boolean;
    resetVotes(): void;
    /** Counts a vote; only the first one of each node counts. */
    recordVote(id: number, isGranted: boolean): void;
    /** Recounts. `granted` and `rejected` count members that are not learners. */
    tallyVotes(): VoteResult;
    private committedOfHalf;
    private readRoundOfHalf;
    private voteOfHalf;
}

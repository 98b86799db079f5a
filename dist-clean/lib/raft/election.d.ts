/**
 * Elections: campaigning, counting, voting. Pure.
 * W1. At most one vote a term; a repeated request of the same candidate is granted again.
 * W2. A vote goes only to a log at least as complete as the own one. A learner votes too: it may have been promoted unknown to itself.
 * W3. No campaign by a non-voter, while a snapshot is pending, or while a committed conf change is not applied.
 * W4. A pre-vote changes neither term nor vote of anyone.
 * W5. With check-quorum, a vote is refused while the leader was heard within an election timeout, unless it belongs to a transfer.
 * Source: Raft thesis §3.4, §3.6.1, §4.2.3, §6.4.1, §9.6.
 */
import type { RaftCore } from './core.js';
import type { VoteResult } from './quorum.js';
import { type Message } from './types.js';
export declare const Campaign: {
    readonly PreElection: 0;
    readonly Election: 1;
    readonly Transfer: 2;
};
export type Campaign = (typeof Campaign)[keyof typeof Campaign];
/** Starts an election if this node may be elected. */
export declare function hup(core: RaftCore, kind: Campaign): void;
export declare function campaign(core: RaftCore, kind: Campaign): void;
/** Counts a vote response and says how the election stands. */
export declare function poll(core: RaftCore, response: Message): VoteResult;
/** Answers a (pre-)vote request of the current or, for a pre-vote, a later term. */
export declare function handleVote(core: RaftCore, request: Message): void;
/** A pre-vote request of a lower term is answered, so that a node that is ahead in term cannot block the others. */
export declare function rejectStalePreVote(core: RaftCore, request: Message): void;
/** Whether the request must be ignored because the leader was heard lately. */
export declare function isInLease(core: RaftCore, request: Message): boolean;

/**
 * Majorities: which index a quorum has acknowledged, and what a vote amounts to. Pure leaf.
 * Q1. The committed index of n voters is the largest that floor(n/2)+1 of them have reached; of none it is Infinity.
 * Q2. An empty majority wins every vote, so that a joint quorum with an empty half equals the other half.
 * Q3. A joint quorum needs both halves: the smaller index, and a vote lost by either is lost.
 * Source: Raft thesis §3.3, §3.4, §4.3.
 */
export declare const VoteResult: {
    readonly Pending: 1;
    readonly Lost: 2;
    readonly Won: 3;
};
export type VoteResult = (typeof VoteResult)[keyof typeof VoteResult];
/** Number of voters that make a majority of n. */
export declare function majority(n: number): number;
/** Sorts the first `count` values of `values` in place and returns the one that a majority has reached. */
export declare function committedOfCounted(values: number[], count: number): number;
/** Committed index of one majority; unknown acknowledgements are passed as 0. */
export declare function committedOf(acknowledged: readonly number[]): number;
/** Result of one majority of `voters` voters. */
export declare function voteOf(voters: number, granted: number, rejected: number): VoteResult;
export declare function jointVote(incoming: VoteResult, outgoing: VoteResult): VoteResult;

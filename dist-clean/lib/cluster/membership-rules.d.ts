/**
 * Which membership changes are refused, and why. Pure.
 *
 * B1. A refusal names the node and the remedy. What is refused here never reaches the log.
 * B2. No change is let through whose configuration would have no live majority now.
 */
import { type ConfChangeV2, type ConfState } from '../raft/index.js';
export type MembershipOperation = {
    readonly type: 'add-learner';
    readonly node: number;
} | {
    readonly type: 'promote';
    readonly node: number;
} | {
    readonly type: 'remove';
    readonly node: number;
}
/** `node` takes the place of `lost`, in one joint change. */
 | {
    readonly type: 'replace';
    readonly node: number;
    readonly lost: number;
};
export interface MembershipView {
    readonly confState: ConfState;
    isLive(node: number): boolean;
    /** Entries of the leader's log that the node lacks; Infinity if nothing is known. */
    lag(node: number): number;
    readonly promoteLagEntriesMax: number;
}
export interface Refusal {
    readonly reason: 'already' | 'unknown-node' | 'lagging' | 'last-voter' | 'no-quorum' | 'under-way' | 'invalid';
    readonly message: string;
}
export declare function isMember(confState: ConfState, node: number): boolean;
export declare function isJointState(confState: ConfState): boolean;
/** Whether the operation's outcome stands already. */
export declare function isDone(operation: MembershipOperation, confState: ConfState): boolean;
export declare function refusalOf(operation: MembershipOperation, view: MembershipView): Refusal | null;
/** The change for the log. */
export declare function changeOf(operation: MembershipOperation, confState: ConfState): ConfChangeV2;

/**
 * Arithmetic of configuration changes: from a configuration and changes to the next one, or a refusal. Pure leaf.
 * H1. The input is never modified; a refusal leaves no trace.
 * H2. Without a joint configuration at most one voter changes.
 * H3. Voters and learners are disjoint; learnersNext are voters of the outgoing half that become learners when it is left.
 * H4. Removing and adding again makes the peer unknown (fresh), unless the outgoing half still counts it.
 * Source: Raft thesis §4.1, §4.3.
 */
import { type ConfChangeSingle } from './conf-change.js';
import type { ConfState } from './types.js';
export declare const ChangeRefusal: {
    readonly AlreadyJoint: 1;
    readonly JointNeedsVoter: 2;
    readonly NotJoint: 3;
    readonly SimpleInJoint: 4;
    readonly MoreThanOneVoter: 5;
    readonly NoVoterLeft: 6;
    readonly UnknownType: 7;
    readonly Inconsistent: 8;
};
export type ChangeRefusal = (typeof ChangeRefusal)[keyof typeof ChangeRefusal];
/** A peer of the next configuration. `isFresh`: nothing that was known of it before holds any more. */
export interface Member {
    readonly id: number;
    readonly isLearner: boolean;
    readonly isFresh: boolean;
}
export interface Change {
    readonly confState: ConfState;
    /** Ascending by id. */
    readonly members: readonly Member[];
}
export type ChangeOutcome = Change | ChangeRefusal;
export declare function isRefusal(outcome: ChangeOutcome): outcome is ChangeRefusal;
export declare function isJoint(config: ConfState): boolean;
/** Applies changes that alter at most one voter. */
export declare function simpleChange(config: ConfState, changes: readonly ConfChangeSingle[]): ChangeOutcome;
/** Makes the present voters the outgoing half and applies the changes to the incoming one. */
export declare function enterJoint(config: ConfState, autoLeave: boolean, changes: readonly ConfChangeSingle[]): ChangeOutcome;
/** Drops the outgoing half; voters that were to become learners do so. */
export declare function leaveJoint(config: ConfState): ChangeOutcome;
/** Checks a configuration that comes from a snapshot or from storage; all its members are fresh. */
export declare function restoreConfiguration(config: ConfState): ChangeOutcome;

/**
 * Who owns a run. Pure; reads only the state of its own group (R13).
 *
 * W1. Eligible (R14): a voter of the configuration in force (the incoming one while it is joint), whose hello has the version, that is
 *     neither draining nor marked down and has not declined the run in its present incarnation.
 * W2. Every change of owner raises the epoch by one and is an event (R16); a run without an owner is blocked, with a reason.
 * W3. Choices are deterministic: fewest open runs, ties by the lowest id; several runs in the order in which they were started.
 */
import type { ConfState } from '../../raft/index.js';
import type { OwnerPolicy } from '../command.js';
import { type BlockedReason, type OwnerChangeCause } from '../event.js';
import { type GroupState } from './group-state.js';
import type { RunRecord } from './run-record.js';
export declare function isEligible(state: GroupState, run: RunRecord, node: number): boolean;
/** Ascending. */
export declare function eligibleNodes(state: GroupState, run: RunRecord): number[];
/** The eligible node with the fewest open runs; 0 if there is none. */
export declare function leastLoaded(state: GroupState, run: RunRecord): number;
/** Owner of a new run (R15); 0 if no node is eligible. */
export declare function firstOwner(state: GroupState, run: RunRecord, policy: OwnerPolicy, starter: number, leaderHint: number): number;
/** Why a run that nobody is eligible for is blocked. */
export declare function blockedReasonOf(state: GroupState, run: RunRecord): BlockedReason;
/** A majority of the voters declined as diverged, in their present incarnation (R19). */
export declare function majorityDiverged(state: GroupState, run: RunRecord): boolean;
export declare function buildIdOf(state: GroupState, node: number): string;
/** Gives an open run another owner, or none: then it is blocked for `reason`. */
export declare function changeOwner(state: GroupState, run: RunRecord, owner: number, cause: OwnerChangeCause, reason: BlockedReason | null): void;
export declare function appendBlocked(state: GroupState, run: RunRecord, reason: BlockedReason): void;
/** The best eligible node, or none. */
export declare function reassign(state: GroupState, run: RunRecord, cause: OwnerChangeCause): void;
/**
 * The process that owned these runs is gone (R16, R20). `heir` is preferred, if eligible: the next incarnation of the same node.
 */
export declare function ownerDied(state: GroupState, runs: readonly RunRecord[], heir: number): void;
/** Committed progress of the owner: the run does not kill its owners (R20). */
export declare function noteProgress(run: RunRecord): void;
/** Blocked runs get an owner as soon as one is eligible (R19). Crash suspects and those that a majority found diverged wait for a reset. */
export declare function reconsiderBlocked(state: GroupState, cause: OwnerChangeCause): void;
/** The membership in force from here on (R16). Nothing moves while it is joint. */
export declare function changeMembership(state: GroupState, membership: ConfState): void;

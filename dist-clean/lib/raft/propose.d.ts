/**
 * Proposals at the leader, and the automatic step out of a joint configuration. Pure.
 * E1. At most one conf change is pending: one that may be, or that does not fit, is replaced by an empty entry.
 * E2. A change that the configuration would refuse when applied does not enter the log (unless validation is off).
 * E3. Entries of a message are copied: the same message may be delivered twice.
 * Source: Raft thesis §4.1, §4.3.
 */
import { type ConfChangeV2 } from './conf-change.js';
import { type ChangeOutcome } from './changer.js';
import type { RaftCore } from './core.js';
import { Entry, ProposeResult, type ConfState } from './types.js';
/** Appends the proposed entries (their types and payloads) under the leader's term and sends them out. */
export declare function proposeOnLeader(core: RaftCore, proposed: readonly Entry[]): ProposeResult;
/** The same for one payload of this node's own: nothing to copy or to decode. */
export declare function proposePayload(core: RaftCore, data: Uint8Array): ProposeResult;
/** What a conf change makes of a configuration. */
export declare function changeOutcome(config: ConfState, change: ConfChangeV2): ChangeOutcome;
/** The state machine has applied up to `index`. May start to leave a joint configuration. */
export declare function appliedTo(core: RaftCore, index: number, bytes: number): void;

/**
 * Port: what a Raft group replicates. Pure: no clock, no timer, no promise, no randomness.
 *
 * S1. apply() is called once per committed normal entry, in index order, and is synchronous.
 * S2. apply() never throws for a command it can decode: a stale, unknown or refused command has a result that says so.
 *     It throws RaftoralError GROUP_HALTED for a command of a kind or version that it does not know (R31): the host then
 *     stops the group on this node. Likewise STATE_DIVERGED, for an entry that says that this replica differs from the others.
 * S3. Two machines that were restored from the same snapshot and fed the same entries have equal snapshots, byte for byte.
 */
import type { ConfState } from '../raft/index.js';

export interface StateMachine<Result = unknown> {
  /** Time of the last entry that was applied, as its leader stamped it, ms; absent: this machine keeps no time. */
  readonly logTimeMs?: number;
  /** Applies one committed command frame (see command-frame.ts) and returns its answer. */
  apply(index: number, term: number, frame: Uint8Array): Result;
  /**
   * Throws for a frame that apply() could not take, and changes nothing. The leader asks before it appends what another node sent: a frame
   * in the log can't be refused any more (P8).
   */
  check?(frame: Uint8Array): void;
  /** Tells of the membership in force from `index` on. Called at each applied change and after a restore (R16). */
  applyMembership(index: number, membership: ConfState): void;
  /** Everything, as versioned bytes. The bytes are never touched again by either side. */
  snapshot(): Uint8Array;
  /** Replaces everything by `bytes`. Throws MALFORMED_FRAME and leaves the state as it was. */
  restore(index: number, bytes: Uint8Array): void;
}

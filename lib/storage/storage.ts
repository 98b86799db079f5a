/**
 * Port: where the groups of a node keep their logs and snapshots. One store per node, one writer.
 *
 * L1. Reads of a group's log are synchronous: what a group may still send stands in memory.
 * L2. write() takes what one turn of the host has for all groups and makes it durable as a whole before it resolves; returning nothing says
 *     "already durable". It never calls back into the host. Calls may overlap; they take effect, and resolve, in the order of the calls.
 * L3. Once a write has resolved, the reads reflect it; before that they may or may not (the core keeps what is in flight itself).
 * L4. Entries of a write replace whatever stands at or after the first one's index (R35).
 * L5. A snapshot is installed in this order (R36): saveSnapshot() is durable, then write() with `reset` drops the log up to it.
 * L6. compact() drops entries only at or below the index of the latest saved snapshot (R34).
 * L7. After a failed write the store is poisoned: every later call fails with the same error.
 */
import type { Entry, HardState, LogStorage, Snapshot } from '../raft/index.js';

/** What the reads answer for a term that is not there: the core's numbers. */
export const TERM_COMPACTED = -1;
export const TERM_UNAVAILABLE = -2;

export interface StorageIdentity {
  readonly deployment: string;
  readonly nodeId: number;
  /** Of this start of the process; a store that lasts refuses one that it has seen (R13). */
  readonly incarnation: number;
}

/** What a turn has for one group: one row of the log, in order of the flush sequence of the group (R35). */
export interface GroupWrite {
  readonly groupId: number;
  /** null: unchanged. */
  readonly hardState: HardState | null;
  readonly entries: readonly Entry[];
  /** Forget the log and start behind this position; its snapshot was saved before. */
  readonly reset: Snapshot | null;
  /** False: nothing that anyone was promised depends on it (a commit index only). */
  readonly mustSync: boolean;
}

export interface RaftStorage {
  /** The content ends with the process: the node needs a new id at every start (R42). */
  readonly volatile: boolean;
  /** Loads every group. Rejects with MALFORMED_FRAME or STORAGE_FAILED, naming group and index. */
  open(identity: StorageIdentity): Promise<void>;
  /** The log of a group; an empty one if the group is new here. */
  log(groupId: number): LogStorage;
  write(batch: readonly GroupWrite[]): void | Promise<void>;
  /** Makes the state of a group durable. The bytes of the snapshot are not touched again by either side. */
  saveSnapshot(groupId: number, snapshot: Snapshot): void | Promise<void>;
  /** Forgets entries up to and including `index`; its term stays known. */
  compact(groupId: number, index: number): void | Promise<void>;
  /** Resolves when nothing is in flight and nothing is held. */
  close(): Promise<void>;
}

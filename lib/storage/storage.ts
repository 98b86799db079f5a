/**
 * Port: where the groups of a node keep their logs and snapshots. One store per node, one writer.
 *
 * L1. Reads of a group's log are synchronous: what a group may still send stands in memory.
 * L2. write() takes what one turn of the host has for all groups and makes it durable as a whole before it resolves; returning nothing says
 *     "already durable". It never calls back into the host. Calls may overlap; they take effect, and resolve, in the order of the calls.
 * L3. Once a write has resolved, the reads reflect it; before that they may or may not (the core keeps what is in flight itself).
 * L4. Entries of a write replace whatever stands at or after the first one's index (R35).
 * L5. A snapshot is installed in this order (R36): the state is durable (saveSnapshot(), or replace() of the state store), then write() with
 *     `reset` drops the log up to it.
 * L6. compact() drops entries only at or below the position of the durable state (R34).
 * L7. After a failed write, sync or flush the store is poisoned: every later call fails with the same error, and nothing is written again.
 * L8. State changes of one group take effect in the order of the calls.
 * L9. open() leaves a file as it was if it refuses it. What is there and does not fit is refused: STORAGE_LOCKED, STORAGE_READ_ONLY, STORAGE_FULL,
 *     STORAGE_DAMAGED, STORAGE_FORMAT, STORAGE_FOREIGN, STORAGE_MISMATCH, each naming file and, where there is one, group and index.
 * L10. A group that is destroyed is gone as a whole: a crash half-way leaves what the next open() finishes, and never a part that a group could begin with.
 *     Whoever destroys it has no call of it under way, and makes none until it is done.
 */
import type { Entry, HardState, LogStorage, Snapshot } from '../raft/index.js';
import type { StateCut, StateImage, StatePosition, StateSource, StoredState } from '../state-machine/rows.js';

/** What the reads answer for a term that is not there: the core's numbers. */
export const TERM_COMPACTED = -1;
export const TERM_UNAVAILABLE = -2;

export interface StorageIdentity {
  readonly deployment: string;
  readonly nodeId: number;
  /** Proposed for this start of the process; a store that lasts raises it above every one that it has seen (R13). */
  readonly incarnation: number;
}

/** Whose the content is. */
export interface StorageOwner {
  readonly deployment: string;
  readonly nodeId: number;
}

export interface OpenedStorage {
  /** Of this start: durable before open() resolves, never seen before. */
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
  /** False: nothing that anyone was promised depends on it yet (a commit index only). It is durable once anything later of the group is (E2 of removal.ts). */
  readonly mustSync: boolean;
}

/**
 * Where the stream of a snapshot stands while it is received: bytes, appended one call after the other and read again. Not durable; whatever is left
 * of it after a crash is gone when the storage is open again. A failure is the matter of that snapshot alone, not of the storage (L7): STORAGE_FULL and
 * its like, and the spool can only be discarded then.
 */
export interface SnapshotSpool {
  append(bytes: Uint8Array): Promise<void>;
  /** Exactly so many bytes, which were appended before. The caller's to keep. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Frees the room. Twice is once; never rejects. */
  discard(): Promise<void>;
}

/** `details.reason` of a REJOIN_REFUSED that another node id would not meet. */
export const REJOIN_NEEDS_NEW_ID = 'needs-new-id';

export interface RaftStorage {
  /** The content ends with the process: the node needs a new id at every start (R42). */
  readonly volatile: boolean;
  /** Where the state of the groups stands; null: whole snapshots, by saveSnapshot(). */
  readonly state: StateStore | null;
  /**
   * Looks whose the content is, before open(), and changes nothing; null: nobody's, there is nothing yet. Absent where nothing lasts. Rejects with
   * STORAGE_DAMAGED and the like if something is there and does not say whose.
   */
  owner?(): Promise<StorageOwner | null>;
  /** Loads and verifies the log of every group (L9). */
  open(identity: StorageIdentity): Promise<OpenedStorage>;
  /** The log of a group; an empty one if the group is new here. With a state store, its snapshot() has no data: it is the position of the durable state. */
  log(groupId: number): LogStorage;
  write(batch: readonly GroupWrite[]): void | Promise<void>;
  /** Makes the state of a group durable. The bytes of the snapshot are not touched again by either side. Only without a state store. */
  saveSnapshot(groupId: number, snapshot: Snapshot): void | Promise<void>;
  /** Forgets entries up to and including `index`; its term stays known. */
  compact(groupId: number, index: number): void | Promise<void>;
  /** Ids of the groups of which something is stored, ascending. */
  groups(): readonly number[];
  /** Deletes all that is stored of the group, log and state (L10). Resolves when it is durably gone; of a group that is not there: at once. */
  destroyGroup(groupId: number): Promise<void>;
  /** A new one, with nothing in it. */
  spool(groupId: number): SnapshotSpool;
  /** Resolves when nothing is in flight and nothing is held. */
  close(): Promise<void>;
}

/** Durable state of the groups, in rows. One writer: flushes and replacements are carried out one after the other, in the order of the calls. */
export interface StateStore {
  /** null: nothing is stored of this group. */
  load(groupId: number): Promise<StoredState | null>;
  source(groupId: number): StateSource;
  /** Writes a cut as one transaction, slice by slice, and calls its done(). Resolves when it is durable and log(groupId).snapshot() says so. */
  flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void>;
  /** Replaces all that is stored of the group, as one transaction; closes the image. The log is reset to the position afterwards (L5). */
  replace(groupId: number, position: StatePosition, image: StateImage): Promise<void>;
  /** The state as of the latest flush. To be closed. */
  image(groupId: number): Promise<StateImage>;
}

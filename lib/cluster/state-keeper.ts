/**
 * How the state of a group becomes durable, and its log shorter: by whole snapshots (here), or by flushes of rows (state-flusher.ts).
 *
 * K1. The log is compacted only up to a state that is durable (R34).
 * K2. A snapshot is taken between two entries, one at a time.
 * Tests: test/cluster/snapshots.spec.ts.
 */
import { Snapshot, type ConfState } from '../raft/index.js';
import type { StateMachine } from '../state-machine/index.js';
import type { RaftStorage } from '../storage/storage.js';
import type { RaftHostTuning } from './host-options.js';

export interface StateKeeper {
  /** Between announce() and restored(), where that takes memory and time: another snapshot had better wait. */
  readonly isInstalling: boolean;
  /** In a turn, after a batch: commands of `bytes` were applied since the last call. */
  applied(index: number, term: number, bytes: number): void;
  /** A received snapshot is about to be saved: nothing older is made durable from now on. Throws what the state machine has against it. */
  announce(snapshot: Snapshot): void;
  /** Makes an announced snapshot the durable state. Nothing says "already durable". */
  save(snapshot: Snapshot): void | Promise<void>;
  /** The snapshot is durable, so is the log behind it, and the state machine holds it. */
  restored(snapshot: Snapshot): void;
  /** The durable state, as of now; null while it is being made durable: ask again. */
  renew(): Snapshot | null;
  /** A durable state with its bytes, at this position or a later one; null: it has them. */
  complete(snapshot: Snapshot): Promise<Snapshot> | null;
  /** At a graceful stop: leaves little to replay. null: nothing to do. */
  settle(): Promise<void> | null;
}

export interface WholeSnapshotsOptions {
  readonly groupId: number;
  readonly stateMachine: StateMachine;
  readonly storage: RaftStorage;
  readonly tuning: RaftHostTuning;
  readonly membership: () => ConfState;
  readonly failed: (error: unknown) => void;
}

export class WholeSnapshots implements StateKeeper {
  readonly isInstalling = false;
  private index: number;
  private term: number;
  private snapshotIndex: number;
  private bytesSinceSnapshot = 0;
  private lastSnapshotBytes: number;
  private isSaving = false;

  constructor(
    private readonly options: WholeSnapshotsOptions,
    start: Snapshot | null,
  ) {
    this.index = this.snapshotIndex = start === null ? 0 : start.index;
    this.term = start === null ? 0 : start.term;
    this.lastSnapshotBytes = start === null ? 0 : start.data.length;
  }

  applied(index: number, term: number, bytes: number): void {
    const { tuning } = this.options;
    this.index = index;
    this.term = term;
    this.bytesSinceSnapshot += bytes;
    // A snapshot costs what the state is worth, however little changed: so the log first grows by as much as the last one took.
    // Then the cost of all snapshots together stays in proportion to what was written. The byte bound holds in any case.
    const isDue =
      (index - this.snapshotIndex >= tuning.snapshotEntriesMax && this.bytesSinceSnapshot >= this.lastSnapshotBytes) ||
      this.bytesSinceSnapshot >= tuning.snapshotLogBytesMax;
    if (isDue && !this.isSaving) this.take();
  }

  announce(): void {
    // The storage has room for two: the one that is being saved and this one.
  }

  save(snapshot: Snapshot): void | Promise<void> {
    return this.options.storage.saveSnapshot(this.options.groupId, snapshot);
  }

  restored(snapshot: Snapshot): void {
    this.index = this.snapshotIndex = snapshot.index;
    this.term = snapshot.term;
    this.bytesSinceSnapshot = 0;
    this.lastSnapshotBytes = snapshot.data.length;
  }

  renew(): Snapshot | null {
    const { groupId, storage } = this.options;
    if (!this.isSaving && this.index > this.snapshotIndex) this.take();
    return this.isSaving ? null : storage.log(groupId).snapshot();
  }

  complete(): null {
    return null;
  }

  settle(): null {
    return null;
  }

  private take(): void {
    const { groupId, stateMachine, storage, tuning, membership, failed } = this.options;
    const { index } = this;
    const covered = index - this.snapshotIndex;
    // Entries that are large enough to force a snapshot by their bytes are not kept by number.
    const keep =
      this.bytesSinceSnapshot >= tuning.snapshotLogBytesMax
        ? Math.min(tuning.compactionKeepEntries, covered >> 1)
        : tuning.compactionKeepEntries;
    const snapshot = new Snapshot(index, this.term, membership(), stateMachine.snapshot());
    this.snapshotIndex = index;
    this.bytesSinceSnapshot = 0;
    this.lastSnapshotBytes = snapshot.data.length;
    const compact = (): void | Promise<void> => (index > keep ? storage.compact(groupId, index - keep) : undefined);
    try {
      const saved = storage.saveSnapshot(groupId, snapshot);
      if (saved === undefined) {
        const compacted = compact();
        if (compacted !== undefined) compacted.catch(failed);
        return;
      }
      this.isSaving = true;
      void saved
        .then(compact)
        .then(() => (this.isSaving = false))
        .catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

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
import type { ReceivedSnapshot } from './snapshot-received.js';
import type { SnapshotContent } from './snapshot-stream.js';
import { withRows } from './whole-rows.js';

export interface StateKeeper {
  /** Between announce() and restored(), where that takes room and time: another snapshot had better wait. */
  readonly isInstalling: boolean;
  /** In a turn, after a batch: commands of `bytes` were applied since the last call. */
  applied(index: number, term: number, bytes: number): void;
  /** Checks what was received, and keeps it for the snapshot that is answered: announce(), or release(), is called with that. */
  prepare(received: ReceivedSnapshot): Promise<Snapshot>;
  /** The core has no use for it. Twice is once. */
  release(snapshot: Snapshot): void;
  /** A received snapshot is about to be saved: nothing older is made durable from now on. Throws what the state machine has against it. */
  announce(snapshot: Snapshot): void;
  /** Makes an announced snapshot the durable state. Nothing says "already durable". */
  save(snapshot: Snapshot): void | Promise<void>;
  /** The snapshot is durable, and so is the log behind it: the state machine takes it over. Throws what it has against it. */
  restore(snapshot: Snapshot): void;
  /** It has. */
  restored(snapshot: Snapshot): void;
  /** The durable state, as of now; null while it is being made durable: ask again. */
  renew(): Snapshot | null;
  /** What a peer gets: a durable state, at this position or a later one. */
  open(snapshot: Snapshot): SnapshotContent | Promise<SnapshotContent>;
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
  private saving: Promise<void> | null = null;

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

  async prepare(received: ReceivedSnapshot): Promise<Snapshot> {
    const { index, term, confState } = received.header.position;
    try {
      const bytes = received.isRows ? await withRows(this.options.stateMachine).bytesOf(received.image()) : await received.whole();
      return new Snapshot(index, term, confState, bytes);
    } finally {
      await received.discard();
    }
  }

  release(): void {
    // It holds nothing but memory.
  }

  announce(): void {
    // The storage has room for two: the one that is being saved and this one.
  }

  save(snapshot: Snapshot): void | Promise<void> {
    return this.options.storage.saveSnapshot(this.options.groupId, snapshot);
  }

  restore({ index, data }: Snapshot): void {
    // An empty one is the one that a group begins with: the state machine's initial state.
    if (data.length > 0) this.options.stateMachine.restore(index, data);
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

  open(snapshot: Snapshot): SnapshotContent {
    return { snapshot, image: null };
  }

  settle(): Promise<void> | null {
    return this.saving;
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
      this.saving = saved
        .then(compact)
        .then(() => {
          this.isSaving = false;
          this.saving = null;
        })
        .catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

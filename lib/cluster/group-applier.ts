/**
 * From committed entries to the state machine; snapshots of it, and compaction behind them. One per group and node.
 *
 * A1. Entries are applied once, in order, without gap; a payload-free entry reaches nobody's state machine.
 * A2. Whatever apply throws ends the group on this node at that index (R31): nothing after it is applied or skipped.
 * A3. A snapshot is taken between two entries; the log is compacted only up to a snapshot that is durable (R34).
 * A4. Nobody is called back during apply but the owner of this object, who takes note.
 * Tests: test/cluster/snapshots.spec.ts, proposals.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { EntryType, Snapshot, decodeConfChange, type ConfState, type Entry, type RawNode } from '../raft/index.js';
import type { StateMachine } from '../state-machine/index.js';
import type { RaftStorage } from '../storage/storage.js';
import type { RaftHostTuning } from './host-options.js';
import { IndexWaiters } from './index-waiters.js';

export interface ApplierOptions<Result> {
  readonly groupId: number;
  readonly raw: RawNode;
  readonly stateMachine: StateMachine<Result>;
  readonly storage: RaftStorage;
  readonly tuning: RaftHostTuning;
  /** `result` is undefined for an entry without a command. */
  readonly onEntry: (index: number, term: number, result: Result | undefined) => void;
  readonly onMembership: (index: number, membership: ConfState) => void;
  readonly onStorageFailed: (error: unknown) => void;
}

export class GroupApplier<Result> {
  appliedIndex: number;
  appliedTerm: number;
  readonly waiters = new IndexWaiters();
  private snapshotIndex: number;
  private bytesSinceSnapshot = 0;
  private lastSnapshotBytes = 0;
  private isSaving = false;

  /** `start`: what the state machine holds when the group is opened. */
  constructor(
    private readonly options: ApplierOptions<Result>,
    start: Snapshot | null,
  ) {
    this.appliedIndex = start === null ? 0 : start.index;
    this.appliedTerm = start === null ? 0 : start.term;
    this.snapshotIndex = this.appliedIndex;
    this.lastSnapshotBytes = start === null ? 0 : start.data.length;
    if (start !== null) loadSnapshot(options.stateMachine, start);
  }

  /** Throws GROUP_HALTED, naming group and index. */
  apply(entries: readonly Entry[]): void {
    const { stateMachine, onEntry } = this.options;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i]!;
      const { index, term, data } = entry;
      if (index !== this.appliedIndex + 1) this.outOfOrder(index);
      let result: Result | undefined;
      if (entry.type !== EntryType.Normal) this.applyConfChange(entry);
      else if (data.length > 0) {
        try {
          result = stateMachine.apply(index, term, data);
        } catch (cause) {
          throw this.halted(index, cause);
        }
        this.bytesSinceSnapshot += data.length;
      }
      this.appliedIndex = index;
      this.appliedTerm = term;
      onEntry(index, term, result);
    }
  }

  /** After a batch: wakes who waits, takes a snapshot if it is time. */
  batchApplied(): void {
    this.waiters.applied(this.appliedIndex);
    const { tuning } = this.options;
    // A snapshot costs what the state is worth, however little changed: so the log first grows by as much as the last one took.
    // Then the cost of all snapshots together stays in proportion to what was written. The byte bound holds in any case.
    const isDue =
      (this.appliedIndex - this.snapshotIndex >= tuning.snapshotEntriesMax && this.bytesSinceSnapshot >= this.lastSnapshotBytes) ||
      this.bytesSinceSnapshot >= tuning.snapshotLogBytesMax;
    if (isDue && !this.isSaving) this.takeSnapshot();
  }

  /** R36: the snapshot is durable, and so is the log behind it. Throws GROUP_HALTED if the state machine refuses it. */
  restore(snapshot: Snapshot): void {
    try {
      loadSnapshot(this.options.stateMachine, snapshot);
    } catch (cause) {
      throw this.halted(snapshot.index, cause);
    }
    this.appliedIndex = snapshot.index;
    this.appliedTerm = snapshot.term;
    this.snapshotIndex = snapshot.index;
    this.bytesSinceSnapshot = 0;
    this.lastSnapshotBytes = snapshot.data.length;
    this.waiters.applied(snapshot.index);
  }

  /** A snapshot of the state as it is now, once it is durable; null while it is being saved: ask again. */
  renewSnapshot(): Snapshot | null {
    const { groupId, storage } = this.options;
    if (!this.isSaving && this.appliedIndex > this.snapshotIndex) this.takeSnapshot();
    return this.isSaving ? null : storage.log(groupId).snapshot();
  }

  private applyConfChange(entry: Entry): void {
    const membership = this.options.raw.applyConfChange(decodeConfChange(entry.type, entry.data));
    try {
      this.options.stateMachine.applyMembership(entry.index, membership);
    } catch (cause) {
      throw this.halted(entry.index, cause);
    }
    this.options.onMembership(entry.index, membership);
  }

  private takeSnapshot(): void {
    const { groupId, raw, stateMachine, storage, tuning, onStorageFailed } = this.options;
    const index = this.appliedIndex;
    const covered = index - this.snapshotIndex;
    // Entries that are large enough to force a snapshot by their bytes are not kept by number.
    const keep =
      this.bytesSinceSnapshot >= tuning.snapshotLogBytesMax
        ? Math.min(tuning.compactionKeepEntries, covered >> 1)
        : tuning.compactionKeepEntries;
    const snapshot = new Snapshot(index, this.appliedTerm, raw.confState, stateMachine.snapshot());
    this.snapshotIndex = index;
    this.bytesSinceSnapshot = 0;
    this.lastSnapshotBytes = snapshot.data.length;
    const compact = (): void | Promise<void> => (index > keep ? storage.compact(groupId, index - keep) : undefined);
    try {
      const saved = storage.saveSnapshot(groupId, snapshot);
      if (saved === undefined) {
        const compacted = compact();
        if (compacted !== undefined) compacted.catch(onStorageFailed);
        return;
      }
      this.isSaving = true;
      void saved
        .then(compact)
        .then(() => (this.isSaving = false))
        .catch(onStorageFailed);
    } catch (error) {
      onStorageFailed(error);
    }
  }

  private outOfOrder(index: number): never {
    throw new RaftoralError('INVARIANT_VIOLATED', `group ${this.options.groupId}: entry ${index} to apply after ${this.appliedIndex}`);
  }

  private halted(index: number, cause: unknown): RaftoralError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new RaftoralError('GROUP_HALTED', `group ${this.options.groupId} halted at index ${index}: ${why}`, {
      cause,
      details: { groupId: this.options.groupId, index },
    });
  }
}

/** An empty snapshot is the one that a group begins with: the state machine's initial state. */
function loadSnapshot<Result>(stateMachine: StateMachine<Result>, snapshot: Snapshot): void {
  if (snapshot.data.length > 0) stateMachine.restore(snapshot.index, snapshot.data);
  stateMachine.applyMembership(snapshot.index, snapshot.confState);
}

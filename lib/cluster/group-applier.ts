/**
 * From committed entries to the state machine. One per group and node.
 *
 * A1. Entries are applied once, in order, without gap; a payload-free entry reaches nobody's state machine.
 * A2. Whatever apply throws ends the group on this node at that index (R31): nothing after it is applied or skipped.
 * A3. Nobody is called back during apply but the owner of this object, who takes note.
 * Tests: test/cluster/snapshots.spec.ts, proposals.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { EMPTY_CONF_STATE, EntryType, decodeConfChange, type ConfState, type Entry, type RawNode, type Snapshot } from '../raft/index.js';
import type { StateMachine } from '../state-machine/index.js';
import { IndexWaiters } from './index-waiters.js';
import { saysMore } from './storage-failure.js';
import type { StateKeeper } from './state-keeper.js';

export interface ApplierOptions<Result> {
  readonly groupId: number;
  readonly raw: RawNode;
  readonly stateMachine: StateMachine<Result>;
  /** `result` is undefined for an entry without a command. */
  readonly onEntry: (index: number, term: number, result: Result | undefined) => void;
  readonly onMembership: (index: number, before: ConfState, membership: ConfState) => void;
}

export class GroupApplier<Result> {
  appliedIndex: number;
  appliedTerm: number;
  /** In force at the last applied entry; the core may know of a snapshot behind it. */
  membership: ConfState;
  readonly waiters = new IndexWaiters();
  /** Of all commands that were applied here. */
  appliedBytes = 0;
  private batchBytes = 0;

  /** `start`: what the group is opened with; the state machine holds it already if it is `isLoaded`. */
  constructor(
    private readonly options: ApplierOptions<Result>,
    start: Snapshot | null,
    isLoaded: boolean,
  ) {
    this.appliedIndex = start === null ? 0 : start.index;
    this.appliedTerm = start === null ? 0 : start.term;
    this.membership = start === null ? EMPTY_CONF_STATE : start.confState;
    if (start === null) return;
    if (!isLoaded) loadSnapshot(options.stateMachine, start);
    options.stateMachine.applyMembership(start.index, start.confState);
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
        this.batchBytes += data.length;
      }
      this.appliedIndex = index;
      this.appliedTerm = term;
      onEntry(index, term, result);
    }
  }

  /** After a batch: wakes who waits, and tells whoever makes the state durable. */
  batchApplied(keeper: StateKeeper): void {
    this.waiters.applied(this.appliedIndex);
    keeper.applied(this.appliedIndex, this.appliedTerm, this.batchBytes);
    this.appliedBytes += this.batchBytes;
    this.batchBytes = 0;
  }

  /** R36: the snapshot is durable, and so is the log behind it. Throws GROUP_HALTED if the state machine refuses it. */
  restore(snapshot: Snapshot, keeper: StateKeeper): void {
    const { index, term, confState } = snapshot;
    try {
      keeper.restore(snapshot);
      this.options.stateMachine.applyMembership(index, confState);
    } catch (cause) {
      throw this.halted(index, cause);
    }
    this.appliedIndex = index;
    this.appliedTerm = term;
    this.membership = confState;
    this.waiters.applied(index);
  }

  private applyConfChange(entry: Entry): void {
    const membership = this.options.raw.applyConfChange(decodeConfChange(entry.type, entry.data));
    try {
      this.options.stateMachine.applyMembership(entry.index, membership);
    } catch (cause) {
      throw this.halted(entry.index, cause);
    }
    const before = this.membership;
    this.membership = membership;
    this.options.onMembership(entry.index, before, membership);
  }

  private outOfOrder(index: number): never {
    throw new RaftoralError('INVARIANT_VIOLATED', `group ${this.options.groupId}: entry ${index} to apply after ${this.appliedIndex}`);
  }

  halted(index: number, cause: unknown): RaftoralError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new RaftoralError(
      saysMore(cause) ? cause.code : 'GROUP_HALTED',
      `group ${this.options.groupId} halted at index ${index}: ${why}`,
      {
        cause,
        details: { groupId: this.options.groupId, index },
      },
    );
  }
}

/** An empty snapshot is the one that a group begins with: the state machine's initial state. */
function loadSnapshot<Result>(stateMachine: StateMachine<Result>, snapshot: Snapshot): void {
  if (snapshot.data.length > 0) stateMachine.restore(snapshot.index, snapshot.data);
}

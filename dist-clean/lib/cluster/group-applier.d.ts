/**
 * From committed entries to the state machine. One per group and node.
 *
 * A1. Entries are applied once, in order, without gap; a payload-free entry reaches nobody's state machine.
 * A2. Whatever apply throws ends the group on this node at that index (R31): nothing after it is applied or skipped.
 * A3. Nobody is called back during apply but the owner of this object, who takes note.
 * Tests: test/cluster/snapshots.spec.ts, proposals.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type ConfState, type Entry, type RawNode, type Snapshot } from '../raft/index.js';
import type { StateMachine } from '../state-machine/index.js';
import { IndexWaiters } from './index-waiters.js';
import type { StateKeeper } from './state-keeper.js';
export interface ApplierOptions<Result> {
    readonly groupId: number;
    readonly raw: RawNode;
    readonly stateMachine: StateMachine<Result>;
    /** `result` is undefined for an entry without a command. */
    readonly onEntry: (index: number, term: number, result: Result | undefined) => void;
    readonly onMembership: (index: number, membership: ConfState) => void;
}
export declare class GroupApplier<Result> {
    private readonly options;
    appliedIndex: number;
    appliedTerm: number;
    /** In force at the last applied entry; the core may know of a snapshot behind it. */
    membership: ConfState;
    readonly waiters: IndexWaiters;
    /** Of all commands that were applied here. */
    appliedBytes: number;
    private batchBytes;
    /** `start`: what the group is opened with; the state machine holds it already if it is `isLoaded`. */
    constructor(options: ApplierOptions<Result>, start: Snapshot | null, isLoaded: boolean);
    /** Throws GROUP_HALTED, naming group and index. */
    apply(entries: readonly Entry[]): void;
    /** After a batch: wakes who waits, and tells whoever makes the state durable. */
    batchApplied(keeper: StateKeeper): void;
    /** R36: the snapshot is durable, and so is the log behind it. Throws GROUP_HALTED if the state machine refuses it. */
    restore(snapshot: Snapshot, keeper: StateKeeper): void;
    private applyConfChange;
    private outOfOrder;
    halted(index: number, cause: unknown): RaftoralError;
}

/**
 * TestCluster over storages with a state store: nodes that crash and come back on their disks, and a state machine that is stored in rows.
 */
import type { RaftHostTuning } from '../../lib/cluster/index.js';
import type { ConfState } from '../../lib/raft/index.js';
import type { RowStateMachine, StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../lib/state-machine/index.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';
import { TestCluster, TextMachine, type TestNode, type TestNodeOptions } from './raft-cluster.js';
import { MemoryDisk, RowStorage, type RowStorageOptions } from './row-storage.js';
/** A text is a run. A text that begins with 'fetch' must be fetched before it is applied. */
export declare class RowTextMachine extends TextMachine implements RowStateMachine<string> {
    /** Indexes of all that was applied in this process. */
    readonly applied: number[];
    readonly cuts: number[];
    loadedAt: number;
    /** Fetches that were not let through yet. */
    readonly fetches: Array<{
        readonly texts: readonly string[];
        resolve(): void;
        reject(error: Error): void;
    }>;
    private index;
    private cutOpen;
    private clean;
    private fetched;
    private installs;
    apply(index: number, term: number, bytes: Uint8Array): string;
    applyMembership(index: number, membership: ConfState): void;
    restore(index: number, bytes: Uint8Array): void;
    cut(): StateCut;
    load(stored: StoredState, _source: StateSource): void;
    prefetch(frames: readonly Uint8Array[]): Promise<void> | null;
    rowsOf(position: StatePosition, bytes: Uint8Array): StateImage;
    expectRows(_position: StatePosition, _group: Uint8Array): void;
    bytesOf(image: StateImage): Promise<Uint8Array>;
}
export interface RowNodeOptions extends Omit<TestNodeOptions, 'storage' | 'onTime' | 'tuning'>, Omit<RowStorageOptions, 'disk' | 'time'> {
    readonly tuning?: Partial<RaftHostTuning>;
    /** A state machine without rows. */
    readonly isPlain?: boolean;
    readonly onStorage?: (storage: RowStorage) => void;
}
export declare class RowCluster {
    private readonly options;
    readonly cluster: TestCluster;
    readonly disks: Map<number, MemoryDisk>;
    readonly storages: Map<number, RowStorage>;
    /** Clock of the node that was added last, as soon as it has one. */
    lastTime: VirtualNode | null;
    constructor(options?: RowNodeOptions);
    static start(ids: readonly number[], options?: RowNodeOptions): Promise<RowCluster>;
    get time(): TestCluster['time'];
    disk(id: number): MemoryDisk;
    storage(id: number): RowStorage;
    machine(id: number): RowTextMachine;
    /** Starts a node on its disk, for the first time or again. */
    add(id: number, more?: RowNodeOptions): Promise<TestNode>;
    /** The same, while time is moved by somebody else. */
    open(id: number, more?: RowNodeOptions): Promise<TestNode>;
    crash(id: number): void;
    restart(id: number, more?: RowNodeOptions): Promise<TestNode>;
}

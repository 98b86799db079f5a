import type { StateImage } from '../state-machine/index.js';
import type { GroupLog } from '../storage/group-log.js';
import type { GroupWrite, OpenedStorage, RaftStorage, StorageIdentity, StorageOwner } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import { SimulatedSpool } from './simulated-disk-spool.js';
import { SimulatedStateStore } from './simulated-disk-state.js';
import type { SimulatedDisk } from './simulated-disk.js';
import type { VirtualNode } from './virtual-time.js';
export declare const LOG_DATABASE = "log.db";
export declare const STATE_DATABASE = "state.db";
/** For tests of the simulator itself: what a storage could do wrong. */
export interface StorageSabotage {
    readonly answersBeforeSync?: boolean;
    /** At a start, the entries of a row do not replace those that stand at their indexes: what was truncated is back. */
    readonly resurrectsTail?: boolean;
    /** A flush of the state is two commits, and the first one says that all of it is there. */
    readonly tearsFlush?: boolean;
}
export interface SimulatedDiskStorageOptions extends StorageSabotage {
    readonly disk: SimulatedDisk;
    readonly process: VirtualNode;
    readonly random: SeededRandom;
    readonly checkpointFrames: number;
    /** The state of a received snapshot is durable, and the log is not reset to it yet (R36). */
    readonly onReplaced?: () => void;
    /** A state is about to be sent to another node. */
    readonly onImage?: (image: StateImage) => Promise<void>;
}
export declare class SimulatedDiskStorage implements RaftStorage {
    private readonly options;
    readonly volatile = false;
    readonly counts: {
        logFlushes: number;
        rowsDeleted: number;
        mergedWrites: number;
        finishedInstalls: number;
    };
    private readonly groups;
    private logDatabase;
    private stateDatabase;
    private stateStore;
    private failure;
    private pending;
    private isFlushing;
    constructor(options: SimulatedDiskStorageOptions);
    get state(): SimulatedStateStore;
    /** What it has done, for the summary of a run. */
    get work(): Readonly<Record<string, number>>;
    owner(): Promise<StorageOwner | null>;
    open({ deployment, nodeId, incarnation: proposed }: StorageIdentity): Promise<OpenedStorage>;
    log(groupId: number): GroupLog;
    write(batch: readonly GroupWrite[]): Promise<void>;
    /** L5: with a state store, replace() does it. */
    saveSnapshot(groupId: number): void;
    compact(groupId: number, index: number): Promise<void>;
    spool(groupId: number): SimulatedSpool;
    close(): Promise<void>;
    private flushAll;
    private flush;
    private takeDeletable;
    private recover;
    private group;
    /** G3. */
    private fail;
}

import type { StateCut, StateImage, StatePosition, StateSource, StoredState } from '../state-machine/index.js';
import type { StateStore } from '../storage/storage.js';
import type { SeededRandom } from './seeded-random.js';
import { type SimulatedDatabase } from './simulated-disk-database.js';
import type { VirtualNode } from './virtual-time.js';
/** Row of a group. */
export interface StoredGroup {
    readonly position: StatePosition;
    readonly group: Uint8Array;
    readonly requestsExpiredMs: number;
    readonly sweptMs: number;
    /** The log has not been reset to this position yet, as far as is known. */
    readonly installing: boolean;
    readonly lastOrder: number;
}
export interface StateStoreParts {
    readonly database: SimulatedDatabase;
    readonly process: VirtualNode;
    readonly random: SeededRandom;
    /** The state of the group is durable at this position. */
    readonly onDurable: (groupId: number, position: StatePosition) => void;
    /** Called when a replacement is durable, a turn before whoever asked for it hears of that: for who wants to strike between state and log. */
    readonly onReplaced: (() => void) | undefined;
    /** Gets a reading of every image that is asked for, before it is handed out: for who compares what a node sends. */
    readonly onImage: ((image: StateImage) => Promise<void>) | undefined;
    /** For tests of the simulator: a flush is more than one commit. */
    readonly tearsFlush: boolean;
}
export declare class SimulatedStateStore implements StateStore {
    private readonly parts;
    readonly counts: {
        flushes: number;
        replacements: number;
        images: number;
        historyReads: number;
        closedReads: number;
    };
    private queue;
    private pending;
    constructor(parts: StateStoreParts);
    get isBusy(): boolean;
    /** Rows of all groups, by group id. Throws STORAGE_DAMAGED. */
    groups(): Map<number, StoredGroup>;
    load(groupId: number): Promise<StoredState | null>;
    source(groupId: number): StateSource;
    flush(groupId: number, position: StatePosition, cut: StateCut): Promise<void>;
    replace(groupId: number, position: StatePosition, image: StateImage): Promise<void>;
    image(groupId: number): Promise<StateImage>;
    private inOrder;
    private deleteSwept;
    private turn;
    private delay;
}

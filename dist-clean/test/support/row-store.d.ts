/**
 * A store of one group's rows in memory, which does what the ports ask and complains of whatever breaks their rules: cuts are atomic, a run
 * stands in one slice, ranges of history follow each other, sequences ascend. Slices and moments are the test's.
 */
import type { ClosedIndexRow, HistoryRow, RequestRow, RowStateMachine, RunQuery, RunRow, StateCut, StateImage, StatePosition, StateSource, StoredState } from '../../lib/state-machine/index.js';
interface Rows {
    position: StatePosition;
    group: Uint8Array;
    requests: RequestRow[];
    closed: ClosedIndexRow[];
    runs: Map<number, RunRow>;
    history: Map<number, HistoryRow[]>;
    lastOrder: number;
}
/** A flush under way: nothing of it is there before commit(). */
export declare class OpenFlush {
    private readonly store;
    private readonly position;
    readonly cut: StateCut;
    private readonly next;
    private readonly seen;
    private readAll;
    constructor(store: RowStore, position: StatePosition, cut: StateCut, before: Rows);
    /** Reads one slice; false: there are no more. */
    step(runsMax: number): boolean;
    /** Durable, with whatever was not read yet. `sweeps` deletes at leisure. */
    commit(sweeps: boolean): void;
}
export declare class RowStore {
    /** How often a read yields before it looks. */
    private readonly ticks;
    private rows;
    private flushing;
    /** Reads since the store was made. */
    reads: number;
    constructor(position: StatePosition, 
    /** How often a read yields before it looks. */
    ticks?: () => number);
    get position(): StatePosition;
    load(): StoredState;
    readonly source: StateSource;
    flush(position: StatePosition, cut: StateCut): OpenFlush;
    committed(flush: OpenFlush, rows: Rows): void;
    /** The process ended: what was being written is not there. */
    crash(): void;
    replace(position: StatePosition, image: StateImage): Promise<void>;
    /** Swept runs that are still on disk among them. */
    image(runsPerSlice?: number): StateImage;
    /** Changes what is stored, as damage would. */
    damage(change: (rows: {
        runs: Map<number, RunRow>;
        history: Map<number, HistoryRow[]>;
    }) => void): void;
    private read;
}
export declare function listed<T extends Pick<RunRow, 'runId' | 'name' | 'version' | 'status' | 'startedMs' | 'closedMs'>>(runs: readonly T[], query: RunQuery): T[];
/** Writes all that changed, at once. */
export declare function flushWhole(store: RowStore, machine: RowStateMachine, position: StatePosition): void;
export {};

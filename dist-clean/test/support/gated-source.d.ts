/**
 * Reads of a stored state that take as long as a test wants: each waits for a macrotask, and for the gate. Counts how many are under way.
 */
import type { StateSource } from '../../lib/state-machine/index.js';
export declare class GatedSource implements StateSource {
    private readonly source;
    /** Histories that are being read: now, and at most at once. */
    historyReads: number;
    historyReadsMax: number;
    historyReadsTotal: number;
    /** Thrown by reads of histories, if set. */
    failure: Error | null;
    private waiting;
    private isShut;
    constructor(source: StateSource);
    /** True when a read will end without the test's doing. */
    get busy(): boolean;
    shut(): void;
    open(): void;
    history(range: Parameters<StateSource['history']>[0]): ReturnType<StateSource['history']>;
    closedRuns(by: Parameters<StateSource['closedRuns']>[0]): ReturnType<StateSource['closedRuns']>;
    list(query: Parameters<StateSource['list']>[0]): ReturnType<StateSource['list']>;
    private pass;
}

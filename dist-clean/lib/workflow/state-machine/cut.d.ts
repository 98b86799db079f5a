import { type ClosedIndexRow, type RequestRow, type RunSlice, type StateCut } from '../../state-machine/index.js';
import type { GroupState } from './group-state.js';
import type { RunRecord } from './run-record.js';
export declare class Cut implements StateCut {
    private readonly whenDone;
    readonly index: number;
    readonly group: Uint8Array;
    readonly closed: readonly ClosedIndexRow[];
    readonly requestsExpiredMs: number;
    readonly sweptMs: number;
    /** Number of the newest closing that is in this cut, or in one before. */
    readonly closings: number;
    readonly runs: readonly RunRecord[];
    private readonly answers;
    private readonly firstSequence;
    private requestRows;
    private at;
    private early;
    /** @param closedBefore number of the newest closing that is in the cut before. */
    constructor(state: GroupState, closedBefore: number, whenDone: (cut: Cut) => void);
    /** Encoded when they are asked for: answers do not change. */
    get requests(): readonly RequestRow[];
    next(runsMax: number): RunSlice | null;
    /** C1. */
    willChange(run: RunRecord): void;
    done(): void;
    private encode;
}

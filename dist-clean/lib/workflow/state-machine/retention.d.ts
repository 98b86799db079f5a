import type { RunRecord } from './run-record.js';
export declare class ClosedRuns {
    private runs;
    private head;
    get size(): number;
    oldest(): RunRecord | undefined;
    add(run: RunRecord): void;
    /** In the order of their closing. */
    [Symbol.iterator](): IterableIterator<RunRecord>;
    /** Those that closed at or before. */
    takeUntil(cutoffMs: number): RunRecord[];
    /** Those up to a number of closing (see closed-ring.ts). */
    takeThrough(closing: number): RunRecord[];
    private takeFirst;
}

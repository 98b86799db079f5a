/**
 * Pending timers of all runs of a group, by (dueMs, runId, timerId). Pure.
 *
 * T1. A timer is pending from the command that sets it until it fires, its run closes, or (a sleep) its run is cancelled, or (a retry)
 *     its operation settles: never longer, so firing one that is not pending is the ignored duplicate of R24.
 */
import { type HeapItem } from './heap.js';
export type TimerPurpose = 'sleep' | 'retry';
export declare class Timer implements HeapItem {
    readonly dueMs: number;
    readonly runId: string;
    readonly timerId: number;
    readonly purpose: TimerPurpose;
    readonly key: string;
    readonly occurrence: number;
    heapIndex: number;
    constructor(dueMs: number, // log time
    runId: string, timerId: number, // 1, 2, … per run
    purpose: TimerPurpose, key: string, occurrence: number);
}
export declare class TimerQueue {
    private readonly heap;
    get size(): number;
    add(timer: Timer): void;
    remove(timer: Timer): void;
    next(): Timer | undefined;
    /** The first `limit` timers that are due at `ms`, in order. */
    due(ms: number, limit: number): Timer[];
}

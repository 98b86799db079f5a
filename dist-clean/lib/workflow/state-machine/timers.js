/**
 * Pending timers of all runs of a group, by (dueMs, runId, timerId). Pure.
 *
 * T1. A timer is pending from the command that sets it until it fires, its run closes, or (a sleep) its run is cancelled, or (a retry)
 *     its operation settles: never longer, so firing one that is not pending is the ignored duplicate of R24.
 */
import { IndexedHeap } from './heap.js';
export class Timer {
    dueMs;
    runId;
    timerId;
    purpose;
    key;
    occurrence;
    heapIndex = -1;
    constructor(dueMs, // log time
    runId, timerId, // 1, 2, … per run
    purpose, key, occurrence) {
        this.dueMs = dueMs;
        this.runId = runId;
        this.timerId = timerId;
        this.purpose = purpose;
        this.key = key;
        this.occurrence = occurrence;
    }
}
function firesBefore(a, b) {
    if (a.dueMs !== b.dueMs)
        return a.dueMs < b.dueMs;
    if (a.runId !== b.runId)
        return a.runId < b.runId;
    return a.timerId < b.timerId;
}
export class TimerQueue {
    heap = new IndexedHeap(firesBefore);
    get size() {
        return this.heap.size;
    }
    add(timer) {
        this.heap.push(timer);
    }
    remove(timer) {
        this.heap.remove(timer);
    }
    next() {
        return this.heap.peek();
    }
    /** The first `limit` timers that are due at `ms`, in order. */
    due(ms, limit) {
        return this.heap.firstWhile((timer) => timer.dueMs <= ms, limit);
    }
}
//# sourceMappingURL=timers.js.map
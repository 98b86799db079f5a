/**
 * Pending timers of all runs of a group, by (dueMs, runId, timerId). Pure.
 *
 * T1. A timer is pending from the command that sets it until it fires, its run closes, or (a sleep) its run is cancelled, or (a retry)
 *     its operation settles: never longer, so firing one that is not pending is the ignored duplicate of R24.
 */
import { IndexedHeap, type HeapItem } from './heap.js';

export type TimerPurpose = 'sleep' | 'retry';

export class Timer implements HeapItem {
  heapIndex = -1;

  constructor(
    readonly dueMs: number, // log time
    readonly runId: string,
    readonly timerId: number, // 1, 2, … per run
    readonly purpose: TimerPurpose,
    readonly key: string,
    readonly occurrence: number,
  ) {}
}

function firesBefore(a: Timer, b: Timer): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  if (a.runId !== b.runId) return a.runId < b.runId;
  return a.timerId < b.timerId;
}

export class TimerQueue {
  private readonly heap = new IndexedHeap<Timer>(firesBefore);

  get size(): number {
    return this.heap.size;
  }

  add(timer: Timer): void {
    this.heap.push(timer);
  }

  remove(timer: Timer): void {
    this.heap.remove(timer);
  }

  next(): Timer | undefined {
    return this.heap.peek();
  }

  /** The first `limit` timers that are due at `ms`, in order. */
  due(ms: number, limit: number): Timer[] {
    return this.heap.firstWhile((timer) => timer.dueMs <= ms, limit);
  }
}

/**
 * All deadlines of a host, behind one timer. Owns: the heap, the timer.
 *
 * D1. An item is in at most one heap, and knows its place: removal costs O(log n), and nothing settled stays behind.
 * D2. One timer at most is set, for the earliest item or before it; an empty heap sets none anew.
 * D3. onDue() is called once per add(), outside of add() and remove(); it may add items.
 * D4. When the event loop stood still for longer than `stallMs` past a deadline, the network is read before anything is called due: the answer may
 *     wait in a socket.
 * Tests: deadline-heap.spec.ts.
 */
import type { Clock } from './clock.js';
import { type Scheduler } from './scheduler.js';
export interface DeadlineItem {
    /** Monotonic clock, ms. Must not change while the item is in the heap. */
    dueAt: number;
    /** Owned by the heap; -1 while the item is outside. */
    heapIndex: number;
    onDue(): void;
}
export declare class DeadlineHeap {
    private readonly clock;
    private readonly scheduler;
    private readonly stallMs;
    private readonly items;
    private timer;
    private timerAt;
    private isStopped;
    constructor(clock: Clock, scheduler: Scheduler, stallMs: number);
    get size(): number;
    add(item: DeadlineItem): void;
    remove(item: DeadlineItem): void;
    /** Nothing is due any more, ever. */
    stop(): void;
    private arm;
    private readonly fire;
    private callDue;
    private siftUp;
    private siftDown;
}

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
import type { Clock, Timer } from './clock.js';
import { afterReading, type Scheduler } from './scheduler.js';

export interface DeadlineItem {
  /** Monotonic clock, ms. Must not change while the item is in the heap. */
  dueAt: number;
  /** Owned by the heap; -1 while the item is outside. */
  heapIndex: number;
  onDue(): void;
}

export class DeadlineHeap {
  private readonly items: DeadlineItem[] = [];
  private timer: Timer | null = null;
  private timerAt = Infinity;
  private isStopped = false;

  constructor(
    private readonly clock: Clock,
    private readonly scheduler: Scheduler,
    private readonly stallMs: number,
  ) {}

  get size(): number {
    return this.items.length;
  }

  add(item: DeadlineItem): void {
    if (this.isStopped) return;
    item.heapIndex = this.items.length;
    this.items.push(item);
    this.siftUp(item.heapIndex);
    if (item.dueAt < this.timerAt) this.arm(item.dueAt);
  }

  remove(item: DeadlineItem): void {
    const at = item.heapIndex;
    if (at < 0) return;
    item.heapIndex = -1;
    const last = this.items.pop()!;
    if (last === item) return;
    last.heapIndex = at;
    this.items[at] = last;
    this.siftUp(at);
    this.siftDown(last.heapIndex);
  }

  /** Nothing is due any more, ever. */
  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
    this.timer = null;
    for (const item of this.items) item.heapIndex = -1;
    this.items.length = 0;
  }

  private arm(dueAt: number): void {
    this.timer?.cancel();
    this.timerAt = dueAt;
    this.timer = this.clock.setTimer(Math.max(0, dueAt - this.clock.monotonic()), this.fire, { unref: true });
  }

  private readonly fire = (): void => {
    this.timer = null;
    if (this.clock.monotonic() - this.timerAt <= this.stallMs) {
      this.callDue();
      return;
    }
    // Nothing that is added meanwhile needs a timer of its own.
    this.timerAt = -Infinity;
    afterReading(this.scheduler, () => this.callDue());
  };

  private callDue(): void {
    this.timerAt = Infinity;
    const now = this.clock.monotonic();
    while (this.items.length > 0 && this.items[0]!.dueAt <= now) {
      const item = this.items[0]!;
      this.remove(item);
      item.onDue();
    }
    const next = this.items[0];
    if (next !== undefined && next.dueAt < this.timerAt) this.arm(next.dueAt);
  }

  private siftUp(start: number): void {
    const items = this.items;
    const item = items[start]!;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]!.dueAt <= item.dueAt) break;
      items[at] = items[parent]!;
      items[at]!.heapIndex = at;
      at = parent;
    }
    items[at] = item;
    item.heapIndex = at;
  }

  private siftDown(start: number): void {
    const items = this.items;
    const length = items.length;
    const item = items[start]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && items[child + 1]!.dueAt < items[child]!.dueAt) child++;
      if (items[child]!.dueAt >= item.dueAt) break;
      items[at] = items[child]!;
      items[at]!.heapIndex = at;
      at = child;
    }
    items[at] = item;
    item.heapIndex = at;
  }
}

/**
 * A clock that moves only when a test says so.
 */
import type { Clock, Timer } from '../../lib/cluster/clock.js';

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  private nowMs: number;
  private order = 0;
  private readonly entries = new Set<Entry>();

  constructor(startMs = 1_700_000_000_000) {
    this.nowMs = startMs;
  }

  now(): number {
    return this.nowMs;
  }

  monotonic(): number {
    return this.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const entry: Entry = { dueMs: this.nowMs + Math.max(0, delayMs), order: this.order++, callback };
    this.entries.add(entry);
    return { cancel: () => this.entries.delete(entry) };
  }

  get timerCount(): number {
    return this.entries.size;
  }

  /** Moves to the next timer at or before `untilMs` and runs it; false when there is none, and the clock stands at `untilMs`. */
  step(untilMs: number): boolean {
    let next: Entry | null = null;
    for (const entry of this.entries) {
      if (entry.dueMs > untilMs) continue;
      if (next === null || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order)) next = entry;
    }
    if (next === null) {
      this.nowMs = Math.max(this.nowMs, untilMs);
      return false;
    }
    this.entries.delete(next);
    this.nowMs = Math.max(this.nowMs, next.dueMs);
    next.callback();
    return true;
  }
}

/**
 * Closed runs that are in memory, in the order of their closing (R28). Pure.
 *
 * C1. Log time never runs backwards, so the order of closing is the order of closedMs: a sweep takes a prefix.
 */
import { invariant } from '../../errors/index.js';
import type { RunRecord } from './run-record.js';

const COMPACTION_LENGTH_MIN = 1024;

export class ClosedRuns {
  private runs: RunRecord[] = [];
  private head = 0;

  get size(): number {
    return this.runs.length - this.head;
  }

  oldest(): RunRecord | undefined {
    return this.runs[this.head];
  }

  add(run: RunRecord): void {
    const last = this.runs.at(-1);
    invariant(
      this.size === 0 || last === undefined || last.closedMs <= run.closedMs,
      () => `run ${run.runId} closed at ${run.closedMs}, before ${last?.closedMs}`,
    );
    this.runs.push(run);
  }

  /** In the order of their closing. */
  *[Symbol.iterator](): IterableIterator<RunRecord> {
    for (let i = this.head; i < this.runs.length; i++) yield this.runs[i]!;
  }

  /** Those that closed at or before, and before `beforeMs`. */
  takeUntil(cutoffMs: number, beforeMs: number): RunRecord[] {
    let end = this.head;
    while (end < this.runs.length && this.runs[end]!.closedMs <= cutoffMs && this.runs[end]!.closedMs < beforeMs) end++;
    return this.takeFirst(end);
  }

  /** Those up to a number of closing (see closed-ring.ts). */
  takeThrough(closing: number): RunRecord[] {
    let end = this.head;
    while (end < this.runs.length && this.runs[end]!.closing <= closing) end++;
    return this.takeFirst(end);
  }

  private takeFirst(end: number): RunRecord[] {
    const taken = this.runs.slice(this.head, end);
    this.head = end;
    if (this.head === this.runs.length) {
      this.runs = [];
      this.head = 0;
    } else if (this.head >= COMPACTION_LENGTH_MIN && this.head * 2 >= this.runs.length) {
      this.runs = this.runs.slice(this.head);
      this.head = 0;
    } else {
      // Until then the places that were taken must not keep their runs.
      for (let i = end - taken.length; i < end; i++) this.runs[i] = undefined as unknown as RunRecord;
    }
    return taken;
  }
}

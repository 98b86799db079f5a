/**
 * History of one run, as far as it is in memory. Pure.
 *
 * H1. Events are numbered from 1 without gap (R2); `length` counts all of them, also those that are on disk only.
 * H2. In memory stands a suffix: firstInMemory … length. It loses a prefix when that is durable and no code here has still to consume it, and gets it
 *     back when some has.
 * H3. An event never changes.
 */
import { invariant } from '../../errors/index.js';
import type { RunEvent } from '../event.js';
import type { HistoryView } from '../state.js';

export class RunHistory implements HistoryView {
  private suffix: RunEvent[] = [];

  /** @param dropped events that are on disk only. */
  constructor(private dropped = 0) {}

  get length(): number {
    return this.dropped + this.suffix.length;
  }

  get firstInMemory(): number {
    return this.dropped + 1;
  }

  event(wseq: number): RunEvent {
    const event = this.suffix[wseq - this.dropped - 1];
    invariant(event !== undefined, () => this.missing(wseq));
    return event;
  }

  last(): RunEvent | undefined {
    return this.suffix[this.suffix.length - 1];
  }

  events(from = 1, to = this.length): RunEvent[] {
    invariant(from > this.dropped || to < from, () => this.missing(from));
    return this.suffix.slice(from - this.dropped - 1, to - this.dropped);
  }

  push(event: RunEvent): void {
    invariant(event.wseq === this.length + 1, () => `event ${event.wseq} after ${this.length} events`);
    this.suffix.push(event);
  }

  /** Forgets events up to and including `wseq`. */
  drop(wseq: number): void {
    const count = Math.min(wseq, this.length) - this.dropped;
    if (count <= 0) return;
    this.suffix = this.suffix.slice(count);
    this.dropped += count;
  }

  /** Takes back what was dropped: events that end right before firstInMemory. */
  prepend(events: readonly RunEvent[]): void {
    if (events.length === 0) return;
    const first = events[0]!.wseq;
    invariant(
      first >= 1 && events[events.length - 1]!.wseq === this.dropped && this.dropped - first + 1 === events.length,
      () => `events ${first}..${events[events.length - 1]!.wseq} do not end at ${this.dropped}`,
    );
    this.suffix = events.concat(this.suffix);
    this.dropped = first - 1;
  }

  private missing(wseq: number): string {
    return `event ${wseq} is not in memory: ${this.firstInMemory}..${this.length} are`;
  }
}

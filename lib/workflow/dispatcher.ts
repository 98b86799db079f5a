/**
 * Feeds runs their events: one event per run and turn, many runs share a turn (R3). Owns: which windows are open.
 *
 * D1. Between the delivery of an event to a run and the end of its window lies one Scheduler.turn, so that all microtasks and
 *     nextTicks which the event set going have drained.
 * D2. A turn's deliveries and what they set going take at most about `sliceMs`: the batch shrinks when a turn took longer, so the
 *     replay of long histories never holds the loop (R33).
 * Tests: dispatcher.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { Scheduler } from '../cluster/scheduler.js';

/** A run, as the dispatcher sees it. */
export interface Dispatched {
  queued: boolean;
  readonly hasMore: boolean;
  advance(): boolean;
  closeWindow(): void;
}

const BATCH_MAX = 4096;
const BATCH_FIRST = 256;
/** Reading the clock costs more than a small batch. */
const UNTIMED = -1;

export class Dispatcher {
  private ready: Dispatched[] = [];
  private open: Dispatched[] = [];
  private boundaryScheduled = false;
  private batchMax = BATCH_FIRST;
  private stopped = false;
  /** When the deliveries of the open windows began. */
  private pumpedMs = UNTIMED;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly clock: Clock,
    private readonly sliceMs: number = 10,
  ) {}

  /** Deliveries that one turn makes at most, as it is now. */
  get batchSize(): number {
    return this.batchMax;
  }

  enqueue(run: Dispatched): void {
    if (run.queued || !run.hasMore) return;
    run.queued = true;
    this.ready.push(run);
  }

  /** Delivers the next event to runs that wait for one. Called after a batch was applied, and at each boundary. */
  pump(): void {
    if (this.stopped) return;
    const ready = this.ready;
    const startedMs = ready.length > 16 || this.batchMax < BATCH_FIRST ? this.clock.monotonic() : UNTIMED;
    if (ready.length !== 0) {
      const room = this.batchMax - this.open.length;
      if (ready.length <= room) this.ready = [];
      else this.ready = ready.splice(Math.max(0, room));
      for (let i = 0; i < ready.length; i++) {
        const run = ready[i]!;
        run.queued = false;
        if (run.advance()) this.open.push(run);
        if (startedMs !== UNTIMED && (i & 15) === 15 && this.clock.monotonic() - startedMs > this.sliceMs) {
          this.ready = ready.slice(i + 1).concat(this.ready);
          break;
        }
      }
    }
    if ((this.open.length !== 0 || this.ready.length !== 0) && !this.boundaryScheduled) {
      this.boundaryScheduled = true;
      this.pumpedMs = startedMs;
      this.scheduler.turn(this.boundary);
    }
  }

  private readonly boundary = (): void => {
    this.boundaryScheduled = false;
    if (this.stopped) return;
    const closing = this.open;
    this.open = [];
    this.adapt(closing.length);
    for (const run of closing) {
      run.closeWindow();
      this.enqueue(run);
    }
    this.pump();
  };

  private adapt(delivered: number): void {
    if (this.pumpedMs === UNTIMED) return;
    const tookMs = this.clock.monotonic() - this.pumpedMs;
    if (tookMs > this.sliceMs) this.batchMax = Math.max(1, Math.min(this.batchMax, delivered) >>> 1);
    else if (tookMs < this.sliceMs / 4) this.batchMax = Math.min(BATCH_MAX, this.batchMax * 2);
  }

  stop(): void {
    this.stopped = true;
    this.ready = [];
    this.open = [];
  }
}

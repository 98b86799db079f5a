/**
 * The one timer of a host. Owns: when it fires, what a stall is, and how much of it is made up for.
 *
 * T1. Ticks come on a grid of `tickMs`; a timer that fires late gives the ticks that it missed, at most `catchUpTicksMax`.
 * T2. After a stall (later than a whole tick) the tick comes two macrotasks later: the event loop reads the network in between, so that nobody is
 *     called silent whose frames wait in a socket. The stall itself is told at once, before anything that waited is looked at.
 * T3. A slow timer (nothing ticks, peers are watched) fires every `slowMs`.
 * T4. Who asks between two firings learns of a stall that the timer has not come to tell yet: work that waited may run before it.
 * Tests: tick-timer.spec.ts.
 */
import type { Clock, Timer } from './clock.js';
import { afterReading, type Scheduler } from './scheduler.js';

export interface TickTimerOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly tickMs: number;
  readonly slowMs: number;
  readonly catchUpTicksMax: number;
  /** The loop stood still for so long that others may have given up this node, ms: a long stall. */
  readonly longStallMs: number;
  readonly onTick: (ticks: number) => void;
  /** `stalledMs`: how much later than due. */
  readonly onStall: (stalledMs: number, isLong: boolean) => void;
}

export type TickPace = 'off' | 'slow' | 'tick';

export class TickTimer {
  /** Lateness of the last firing, the worst so far, and how many were stalls. */
  lagMs = 0;
  lagMsMax = 0;
  stalls = 0;
  private longStallsTold = 0;
  private pace: TickPace = 'off';
  private timer: Timer | null = null;
  private dueAt = 0;
  /** When it was last known to run. */
  private firedAt = 0;

  constructor(private readonly options: TickTimerOptions) {}

  /** So far, one that goes on until now included. */
  get longStalls(): number {
    if (this.pace === 'off') return this.longStallsTold;
    return this.longStallsTold + (this.isLong(this.options.clock.monotonic()) ? 1 : 0);
  }

  setPace(pace: TickPace): void {
    if (pace === this.pace) return;
    const { clock } = this.options;
    const now = clock.monotonic();
    if (this.pace === 'off') this.firedAt = now;
    this.pace = pace;
    // A change of pace hides no stall: a timer that is overdue is to tell of it.
    if (pace !== 'off' && this.timer !== null && now - this.dueAt > this.options.tickMs) return;
    this.timer?.cancel();
    this.timer = null;
    if (pace === 'off') return;
    this.dueAt = now + this.periodMs;
    this.arm();
  }

  private get periodMs(): number {
    return this.pace === 'slow' ? this.options.slowMs : this.options.tickMs;
  }

  private isLong(now: number): boolean {
    return now - this.firedAt >= this.options.longStallMs;
  }

  private arm(): void {
    const { clock } = this.options;
    this.timer = clock.setTimer(Math.max(0, this.dueAt - clock.monotonic()), this.fire, { unref: true });
  }

  private readonly fire = (): void => {
    const { clock, scheduler, tickMs, catchUpTicksMax, onTick, onStall } = this.options;
    this.timer = null;
    const now = clock.monotonic();
    this.lagMs = Math.max(0, now - this.dueAt);
    this.lagMsMax = Math.max(this.lagMsMax, this.lagMs);
    const ticks = Math.min(catchUpTicksMax, 1 + Math.floor(this.lagMs / tickMs));
    const isStall = this.lagMs > tickMs;
    const isLong = this.isLong(now);
    this.dueAt = isStall ? now + this.periodMs : this.dueAt + this.periodMs;
    this.firedAt = now;
    this.arm();
    if (!isStall) {
      onTick(ticks);
      return;
    }
    this.stalls++;
    if (isLong) this.longStallsTold++;
    onStall(this.lagMs, isLong);
    afterReading(scheduler, () => {
      if (this.pace !== 'off') onTick(ticks);
    });
  };
}

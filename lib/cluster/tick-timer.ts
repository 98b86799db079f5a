/**
 * The one timer of a host. Owns: when it fires, what a stall is, and how much of it is made up for.
 *
 * T1. Ticks come on a grid of `tickMs`; a timer that fires late gives the ticks that it missed, at most `catchUpTicksMax`.
 * T2. After a stall (later than a whole tick) the tick comes a macrotask later: the event loop reads the network in between, so that nobody is
 *     called silent whose frames wait in a socket.
 * T3. A slow timer (nothing ticks, peers are watched) fires every `slowMs`.
 * Tests: tick-timer.spec.ts.
 */
import type { Clock, Timer } from './clock.js';
import type { Scheduler } from './scheduler.js';

export interface TickTimerOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly tickMs: number;
  readonly slowMs: number;
  readonly catchUpTicksMax: number;
  /** `stalledMs`: how much later than due, 0 unless it is a stall. */
  readonly onTick: (ticks: number, stalledMs: number) => void;
}

export type TickPace = 'off' | 'slow' | 'tick';

export class TickTimer {
  /** Lateness of the last firing, the worst so far, and how many were stalls. */
  lagMs = 0;
  lagMsMax = 0;
  stalls = 0;
  private pace: TickPace = 'off';
  private timer: Timer | null = null;
  private dueAt = 0;

  constructor(private readonly options: TickTimerOptions) {}

  setPace(pace: TickPace): void {
    if (pace === this.pace) return;
    this.pace = pace;
    this.timer?.cancel();
    this.timer = null;
    if (pace === 'off') return;
    this.dueAt = this.options.clock.monotonic() + this.periodMs;
    this.arm();
  }

  private get periodMs(): number {
    return this.pace === 'slow' ? this.options.slowMs : this.options.tickMs;
  }

  private arm(): void {
    const { clock } = this.options;
    this.timer = clock.setTimer(Math.max(0, this.dueAt - clock.monotonic()), this.fire, { unref: true });
  }

  private readonly fire = (): void => {
    const { clock, scheduler, tickMs, catchUpTicksMax, onTick } = this.options;
    this.timer = null;
    const now = clock.monotonic();
    this.lagMs = Math.max(0, now - this.dueAt);
    this.lagMsMax = Math.max(this.lagMsMax, this.lagMs);
    const ticks = Math.min(catchUpTicksMax, 1 + Math.floor(this.lagMs / tickMs));
    const isStall = this.lagMs > tickMs;
    this.dueAt = isStall ? now + this.periodMs : this.dueAt + this.periodMs;
    this.arm();
    if (!isStall) {
      onTick(ticks, 0);
      return;
    }
    this.stalls++;
    const stalledMs = this.lagMs;
    scheduler.turn(() => {
      if (this.pace !== 'off') onTick(ticks, stalledMs);
    });
  };
}

/**
 * What the leader does when time has come: fires due timers and sweeps closed runs. Owns: one timer of the clock.
 *
 * I1. Timers are state (R24); this only proposes what the state says is due, and apply accepts it once. A proposal that was
 *     ignored (the log time was not there yet) is made again.
 * I2. Nothing polls: the clock's one timer is set to the next due time, and only while this node leads.
 * I3. A sweep takes a bounded number of runs in one apply: about SWEPT_RUNS_AIM, by a cutoff that lies `windowMs` of closing time behind the
 *     oldest closed run. The window follows what the sweep before took; the next one is proposed when that was applied.
 * Tests: test/workflow/waiting.spec.ts, test/rules/retention.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { LogClock } from '../cluster/log-clock.js';
import { CommandKind, type WorkflowCommand } from './command.js';
import type { WorkflowStateView } from './state.js';

/** Timers that are proposed and not yet applied, at most. */
const IN_FLIGHT_MAX = 1024;
/** After this a proposal without effect is made again, ms. */
const RETRY_AFTER_MS = 1000;
const SWEEP_PAUSE_MS = 1000;
/** Closed runs that one sweep is to take. */
const SWEPT_RUNS_AIM = 5000;
const WINDOW_FIRST_MS = 1000;
/** Runs are dense here and sparse there: a window that grew over sparse ones must not be too wide for dense ones. */
const WINDOW_MAX_MS = 10_000;

interface Sweep {
  readonly cutoffMs: number;
  /** Nothing else was due. */
  readonly isLast: boolean;
  /** Closed runs when it was proposed. */
  readonly closedRuns: number;
  /** When to propose again if it had no effect; log time or clock. */
  readonly retryAtMs: number;
}

export interface TimersServiceOptions {
  readonly state: WorkflowStateView;
  readonly clock: Clock;
  submit(command: WorkflowCommand, cancelled: () => boolean): void;
}

export class TimersService {
  private leading = false;
  private stopped = false;
  private armed: Timer | null = null;
  private armedMs = Number.POSITIVE_INFINITY;
  /** `runId timerId` → monotonic ms of the proposal. */
  private readonly inFlight = new Map<string, number>();
  private sweeping: Sweep | null = null;
  /** Closing time that the next sweep covers, ms. */
  private windowMs = WINDOW_FIRST_MS;
  private nextSweepMs = Number.NEGATIVE_INFINITY;

  private readonly logClock: LogClock;

  constructor(private readonly options: TimersServiceOptions) {
    this.logClock = new LogClock(options.clock, () => options.state.logTimeMs);
  }

  private readonly notLeading = (): boolean => !this.leading;

  leadership(leading: boolean): void {
    this.leading = leading;
    this.inFlight.clear();
    this.sweeping = null;
    this.nextSweepMs = Number.NEGATIVE_INFINITY;
    this.disarm();
    this.afterApply();
  }

  /** Inside apply: a timer fired, so its proposal is answered. */
  fired(runId: string, timerId: number): void {
    if (this.inFlight.size !== 0) this.inFlight.delete(`${runId} ${timerId}`);
  }

  /** After a batch was applied, and when the timer rings. */
  afterApply(): void {
    if (!this.leading || this.stopped) return;
    const { state } = this.options;
    // Nothing would come of it; the end of it is applied, and so is heard of.
    if (state.isRefusing) return this.disarm();
    const next = state.nextTimer();
    const closedMs = state.oldestClosedMs();
    if (next === undefined && closedMs === undefined) return this.disarm();
    const nowMs = this.nowMs();
    let dueMs = next === undefined ? Number.POSITIVE_INFINITY : next.dueMs <= nowMs ? this.fireDue(nowMs) : next.dueMs;
    dueMs = Math.min(dueMs, this.reviewSweep(closedMs, nowMs));
    this.arm(dueMs, nowMs);
  }

  private nowMs(): number {
    return this.logClock.now();
  }

  private fireDue(nowMs: number): number {
    const { state, clock } = this.options;
    const monotonicMs = clock.monotonic();
    for (const { runId, timerId } of state.timersDue(nowMs, IN_FLIGHT_MAX)) {
      const id = `${runId} ${timerId}`;
      const proposedMs = this.inFlight.get(id);
      if (proposedMs !== undefined && monotonicMs - proposedMs < RETRY_AFTER_MS) continue;
      this.inFlight.set(id, monotonicMs);
      this.options.submit({ kind: CommandKind.TIMER_FIRED, runId, timerId }, this.notLeading);
    }
    return nowMs + RETRY_AFTER_MS;
  }

  /** Proposes a sweep if it is time. Answers when to look again. */
  private reviewSweep(oldestMs: number | undefined, nowMs: number): number {
    const { state } = this.options;
    if (this.sweeping !== null && (oldestMs === undefined || oldestMs > this.sweeping.cutoffMs)) this.swept(this.sweeping);
    if (oldestMs === undefined) return Number.POSITIVE_INFINITY;
    if (this.sweeping !== null && nowMs < this.sweeping.retryAtMs) return this.sweeping.retryAtMs;
    const dueMs = Math.max(oldestMs + state.limits.retentionMs, this.nextSweepMs);
    if (dueMs > nowMs) return dueMs;
    const untilMs = nowMs - state.limits.retentionMs;
    const cutoffMs = Math.min(untilMs, oldestMs + this.windowMs);
    const isLast = cutoffMs === untilMs;
    this.sweeping = { cutoffMs, isLast, closedRuns: state.closedRunCount, retryAtMs: nowMs + RETRY_AFTER_MS };
    this.nextSweepMs = isLast ? nowMs + SWEEP_PAUSE_MS : Number.NEGATIVE_INFINITY;
    this.options.submit({ kind: CommandKind.RETENTION_SWEEP, cutoffMs }, this.notLeading);
    return this.sweeping.retryAtMs;
  }

  /** The window grows and shrinks with what it took; runs that closed meanwhile make it seem less, which is corrected by the next. */
  private swept(sweep: Sweep): void {
    this.sweeping = null;
    const took = sweep.closedRuns - this.options.state.closedRunCount;
    if (took > SWEPT_RUNS_AIM) this.windowMs = Math.max(1, Math.floor((this.windowMs * SWEPT_RUNS_AIM) / took));
    else if (sweep.isLast) this.windowMs = WINDOW_FIRST_MS;
    else if (took < SWEPT_RUNS_AIM / 2) this.windowMs = Math.min(this.windowMs * 2, WINDOW_MAX_MS);
  }

  private arm(dueMs: number, nowMs: number): void {
    if (dueMs === Number.POSITIVE_INFINITY) return this.disarm();
    if (this.armed !== null && this.armedMs <= dueMs && this.armedMs > nowMs) return;
    this.disarm();
    this.armedMs = dueMs;
    this.armed = this.options.clock.setTimer(
      Math.max(1, this.logClock.until(dueMs)),
      () => {
        this.armed = null;
        this.armedMs = Number.POSITIVE_INFINITY;
        this.afterApply();
      },
      { unref: true },
    );
  }

  private disarm(): void {
    this.armed?.cancel();
    this.armed = null;
    this.armedMs = Number.POSITIVE_INFINITY;
  }

  stop(): void {
    this.stopped = true;
    this.disarm();
  }
}

/**
 * What the leader does when time has come: fires due timers and sweeps closed runs. Owns: one timer of the clock.
 *
 * I1. Timers are state (R24); this only proposes what the state says is due, and apply accepts it once. A proposal that was
 *     ignored (the log time was not there yet) is made again.
 * I2. Nothing polls: the clock's one timer is set to the next due time, and only while this node leads.
 * Tests: test/workflow/waiting.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { CommandKind, type WorkflowCommand } from './command.js';
import type { WorkflowStateView } from './state.js';

/** Timers that are proposed and not yet applied, at most. */
const IN_FLIGHT_MAX = 1024;
/** After this a proposal without effect is made again, ms. */
const RETRY_AFTER_MS = 1000;
const SWEEP_PAUSE_MS = 1000;

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
  private sweptMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: TimersServiceOptions) {}

  private readonly notLeading = (): boolean => !this.leading;

  leadership(leading: boolean): void {
    this.leading = leading;
    this.inFlight.clear();
    this.sweptMs = Number.NEGATIVE_INFINITY;
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
    const next = state.nextTimer();
    const closedMs = state.oldestClosedMs();
    if (next === undefined && closedMs === undefined) return this.disarm();
    const nowMs = this.nowMs();
    let dueMs = next === undefined ? Number.POSITIVE_INFINITY : next.dueMs <= nowMs ? this.fireDue(nowMs) : next.dueMs;
    if (closedMs !== undefined) {
      const sweepMs = Math.max(closedMs + state.limits.retentionMs, this.sweptMs + SWEEP_PAUSE_MS);
      if (sweepMs <= nowMs) this.sweep(nowMs);
      dueMs = Math.min(dueMs, Math.max(sweepMs, nowMs + SWEEP_PAUSE_MS));
    }
    this.arm(dueMs, nowMs);
  }

  private nowMs(): number {
    return Math.max(this.options.clock.now(), this.options.state.logTimeMs);
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

  private sweep(nowMs: number): void {
    this.sweptMs = nowMs;
    this.options.submit({ kind: CommandKind.RETENTION_SWEEP, cutoffMs: nowMs - this.options.state.limits.retentionMs }, this.notLeading);
  }

  private arm(dueMs: number, nowMs: number): void {
    if (dueMs === Number.POSITIVE_INFINITY) return this.disarm();
    if (this.armed !== null && this.armedMs <= dueMs && this.armedMs > nowMs) return;
    this.disarm();
    this.armedMs = dueMs;
    this.armed = this.options.clock.setTimer(
      Math.max(1, dueMs - this.options.clock.now()),
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

import { LogClock } from '../cluster/log-clock.js';
import { CommandKind } from './command.js';
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
export class TimersService {
    options;
    leading = false;
    stopped = false;
    armed = null;
    armedMs = Number.POSITIVE_INFINITY;
    /** `runId timerId` → monotonic ms of the proposal. */
    inFlight = new Map();
    sweeping = null;
    /** Closing time that the next sweep covers, ms. */
    windowMs = WINDOW_FIRST_MS;
    nextSweepMs = Number.NEGATIVE_INFINITY;
    logClock;
    constructor(options) {
        this.options = options;
        this.logClock = new LogClock(options.clock, () => options.state.logTimeMs);
    }
    notLeading = () => !this.leading;
    leadership(leading) {
        this.leading = leading;
        this.inFlight.clear();
        this.sweeping = null;
        this.nextSweepMs = Number.NEGATIVE_INFINITY;
        this.disarm();
        this.afterApply();
    }
    /** Inside apply: a timer fired, so its proposal is answered. */
    fired(runId, timerId) {
        if (this.inFlight.size !== 0)
            this.inFlight.delete(`${runId} ${timerId}`);
    }
    /** After a batch was applied, and when the timer rings. */
    afterApply() {
        if (!this.leading || this.stopped)
            return;
        const { state } = this.options;
        const next = state.nextTimer();
        const closedMs = state.oldestClosedMs();
        if (next === undefined && closedMs === undefined)
            return this.disarm();
        const nowMs = this.nowMs();
        let dueMs = next === undefined ? Number.POSITIVE_INFINITY : next.dueMs <= nowMs ? this.fireDue(nowMs) : next.dueMs;
        dueMs = Math.min(dueMs, this.reviewSweep(closedMs, nowMs));
        this.arm(dueMs, nowMs);
    }
    nowMs() {
        return this.logClock.now();
    }
    fireDue(nowMs) {
        const { state, clock } = this.options;
        const monotonicMs = clock.monotonic();
        for (const { runId, timerId } of state.timersDue(nowMs, IN_FLIGHT_MAX)) {
            const id = `${runId} ${timerId}`;
            const proposedMs = this.inFlight.get(id);
            if (proposedMs !== undefined && monotonicMs - proposedMs < RETRY_AFTER_MS)
                continue;
            this.inFlight.set(id, monotonicMs);
            this.options.submit({ kind: CommandKind.TIMER_FIRED, runId, timerId }, this.notLeading);
        }
        return nowMs + RETRY_AFTER_MS;
    }
    /** Proposes a sweep if it is time. Answers when to look again. */
    reviewSweep(oldestMs, nowMs) {
        const { state } = this.options;
        if (this.sweeping !== null && (oldestMs === undefined || oldestMs > this.sweeping.cutoffMs))
            this.swept(this.sweeping);
        if (oldestMs === undefined)
            return Number.POSITIVE_INFINITY;
        if (this.sweeping !== null && nowMs < this.sweeping.retryAtMs)
            return this.sweeping.retryAtMs;
        const dueMs = Math.max(oldestMs + state.limits.retentionMs, this.nextSweepMs);
        if (dueMs > nowMs)
            return dueMs;
        const untilMs = nowMs - state.limits.retentionMs;
        const cutoffMs = Math.min(untilMs, oldestMs + this.windowMs);
        const isLast = cutoffMs === untilMs;
        this.sweeping = { cutoffMs, isLast, closedRuns: state.closedRunCount, retryAtMs: nowMs + RETRY_AFTER_MS };
        this.nextSweepMs = isLast ? nowMs + SWEEP_PAUSE_MS : Number.NEGATIVE_INFINITY;
        this.options.submit({ kind: CommandKind.RETENTION_SWEEP, cutoffMs }, this.notLeading);
        return this.sweeping.retryAtMs;
    }
    /** The window grows and shrinks with what it took; runs that closed meanwhile make it seem less, which is corrected by the next. */
    swept(sweep) {
        this.sweeping = null;
        const took = sweep.closedRuns - this.options.state.closedRunCount;
        if (took > SWEPT_RUNS_AIM)
            this.windowMs = Math.max(1, Math.floor((this.windowMs * SWEPT_RUNS_AIM) / took));
        else if (sweep.isLast)
            this.windowMs = WINDOW_FIRST_MS;
        else if (took < SWEPT_RUNS_AIM / 2)
            this.windowMs = Math.min(this.windowMs * 2, WINDOW_MAX_MS);
    }
    arm(dueMs, nowMs) {
        if (dueMs === Number.POSITIVE_INFINITY)
            return this.disarm();
        if (this.armed !== null && this.armedMs <= dueMs && this.armedMs > nowMs)
            return;
        this.disarm();
        this.armedMs = dueMs;
        this.armed = this.options.clock.setTimer(Math.max(1, this.logClock.until(dueMs)), () => {
            this.armed = null;
            this.armedMs = Number.POSITIVE_INFINITY;
            this.afterApply();
        }, { unref: true });
    }
    disarm() {
        this.armed?.cancel();
        this.armed = null;
        this.armedMs = Number.POSITIVE_INFINITY;
    }
    stop() {
        this.stopped = true;
        this.disarm();
    }
}
//# sourceMappingURL=timers-service.js.map
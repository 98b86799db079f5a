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
import type { Clock } from '../cluster/clock.js';
import { type WorkflowCommand } from './command.js';
import type { WorkflowStateView } from './state.js';
export interface TimersServiceOptions {
    readonly state: WorkflowStateView;
    readonly clock: Clock;
    submit(command: WorkflowCommand, cancelled: () => boolean): void;
}
export declare class TimersService {
    private readonly options;
    private leading;
    private stopped;
    private armed;
    private armedMs;
    /** `runId timerId` → monotonic ms of the proposal. */
    private readonly inFlight;
    private sweeping;
    /** Closing time that the next sweep covers, ms. */
    private windowMs;
    private nextSweepMs;
    private readonly logClock;
    constructor(options: TimersServiceOptions);
    private readonly notLeading;
    leadership(leading: boolean): void;
    /** Inside apply: a timer fired, so its proposal is answered. */
    fired(runId: string, timerId: number): void;
    /** After a batch was applied, and when the timer rings. */
    afterApply(): void;
    private nowMs;
    private fireDue;
    /** Proposes a sweep if it is time. Answers when to look again. */
    private reviewSweep;
    /** The window grows and shrinks with what it took; runs that closed meanwhile make it seem less, which is corrected by the next. */
    private swept;
    private arm;
    private disarm;
    stop(): void;
}

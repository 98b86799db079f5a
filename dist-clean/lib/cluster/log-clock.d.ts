/**
 * The time that a leader stamps its entries with (R23), of one group: its wall clock, or, where the log's time is ahead of it, the log's time and half of
 * what has passed since that was seen.
 *
 * C1. Never behind the log's time, and never standing still: a clock that was ahead for a moment, on this node or on an earlier leader, would otherwise
 *     stop every timer of the group until all clocks had caught up with it. Timers are late by their own length at most meanwhile.
 * C2. Half of the pace lets the clocks catch up: a log that is ten minutes ahead is level with them after twenty.
 * Source: docs/adr/0048. Tests: log-clock.spec.ts, test/workflow/waiting.spec.ts.
 */
import type { Clock } from './clock.js';
export declare class LogClock {
    private readonly clock;
    /** Of the state as applied here. */
    private readonly logTimeMs;
    private seenMs;
    private seenAt;
    constructor(clock: Pick<Clock, 'now' | 'monotonic'>, 
    /** Of the state as applied here. */
    logTimeMs: () => number);
    /** ms since the epoch. */
    now(): number;
    /** How long the clock has to run until now() is `dueMs`, ms. */
    until(dueMs: number): number;
}

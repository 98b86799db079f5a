/**
 * A clock that moves only when a test says so.
 */
import type { Clock, Timer } from '../../lib/cluster/clock.js';
export declare class ManualClock implements Clock {
    private nowMs;
    private order;
    private readonly entries;
    constructor(startMs?: number);
    now(): number;
    monotonic(): number;
    setTimer(delayMs: number, callback: () => void): Timer;
    get timerCount(): number;
    /** Moves to the next timer at or before `untilMs` and runs it; false when there is none, and the clock stands at `untilMs`. */
    step(untilMs: number): boolean;
}

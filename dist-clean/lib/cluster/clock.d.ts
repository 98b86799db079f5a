/**
 * Port and default adapter: time. The only place under lib/ that reads the clock of the machine or sets a timer.
 */
export interface Clock {
    /** Wall clock, ms since the epoch. Only a leader stamps it into the log. */
    now(): number;
    /** Monotonic clock, ms, arbitrary origin. */
    monotonic(): number;
    /** Calls `callback` once after `delayMs`. The timer does not keep the process alive when `unref` is true. */
    setTimer(delayMs: number, callback: () => void, options?: {
        readonly unref?: boolean;
    }): Timer;
}
export interface Timer {
    cancel(): void;
}
export declare class SystemClock implements Clock {
    now(): number;
    monotonic(): number;
    setTimer(delayMs: number, callback: () => void, options?: {
        readonly unref?: boolean;
    }): Timer;
}

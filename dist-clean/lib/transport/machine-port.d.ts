/**
 * Port: what a network transport needs of the machine: time, turns, chance, and where to say what happened. Owns no implementation; the interfaces of
 * the shell (Clock, Scheduler, Random, Logger) fit, and so do those of a test.
 */
export interface TransportTimer {
    cancel(): void;
}
export interface TransportClock {
    /** Wall clock, ms since the epoch. */
    now(): number;
    /** Monotonic clock, ms, arbitrary origin. */
    monotonic(): number;
    /** Calls `callback` once after `delayMs`. The timer does not keep the process alive when `unref` is true. */
    setTimer(delayMs: number, callback: () => void, options?: {
        readonly unref?: boolean;
    }): TransportTimer;
}
export interface TransportScheduler {
    /** Runs `callback` in a macrotask of its own. */
    turn(callback: () => void): void;
    /** Runs `callback` as a microtask. */
    soon(callback: () => void): void;
}
export interface TransportRandom {
    /** A whole number in [0, bound). */
    int(bound: number): number;
    /** A random UUID of version 4: 122 bits that nobody can guess. */
    uuid(): string;
}
export interface TransportLogger {
    log(level: 'debug' | 'info' | 'warn' | 'error', text: string, fields?: Readonly<Record<string, unknown>>): void;
    readonly isDebug: boolean;
}

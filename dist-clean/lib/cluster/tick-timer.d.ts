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
import type { Clock } from './clock.js';
import { type Scheduler } from './scheduler.js';
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
export declare class TickTimer {
    private readonly options;
    /** Lateness of the last firing, the worst so far, and how many were stalls. */
    lagMs: number;
    lagMsMax: number;
    stalls: number;
    private longStallsTold;
    private pace;
    private timer;
    private dueAt;
    /** When it was last known to run. */
    private firedAt;
    constructor(options: TickTimerOptions);
    /** So far, one that goes on until now included. */
    get longStalls(): number;
    setPace(pace: TickPace): void;
    private get periodMs();
    private isLong;
    private arm;
    private readonly fire;
}

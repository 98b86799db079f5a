/**
 * When the host's next turn runs. Owns: what is scheduled, and the guard against starving the event loop.
 *
 * G1. At most one turn waits in a microtask and one in a macrotask. Frames that a transport hands over all at once run theirs on the spot.
 * G2. After `microtaskTurnsMax` turns in microtasks without a macrotask between them, the next one is a macrotask: two hosts of one process that
 *     keep each other busy let timers and sockets through.
 * Tests: turn-trigger.spec.ts.
 */
import type { Scheduler } from './scheduler.js';
export declare class TurnTrigger {
    private readonly scheduler;
    private readonly microtaskTurnsMax;
    private readonly run;
    private isSoon;
    private isMacrotask;
    private microtaskTurns;
    private isStopped;
    constructor(scheduler: Scheduler, microtaskTurnsMax: number, run: (isMacrotask: boolean) => void);
    /** A turn is on its way. */
    get isPending(): boolean;
    soon(): void;
    /** Frames are at hand, outside of any turn: runs at once, as long as the event loop turns. */
    arrived(): void;
    macrotask(): void;
    /** From a timer: runs at once. */
    now(): void;
    stop(): void;
    /** Counts a turn; if there were too many, asks for a macrotask instead. */
    private mayRunInMicrotask;
    private readonly breathe;
    private readonly runSoon;
    private readonly runMacrotask;
}

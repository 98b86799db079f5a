export interface Scheduler {
    /** Runs `callback` in a macrotask of its own. */
    turn(callback: () => void): void;
    /** Runs `callback` as a microtask: after the code that runs now, before any macrotask. */
    soon(callback: () => void): void;
}
export declare class EventLoopScheduler implements Scheduler {
    private readonly inBootContext;
    turn(callback: () => void): void;
    soon(callback: () => void): void;
}
/**
 * Runs `callback` once the event loop has read what waits in its sockets: Node runs timers before it polls, and immediates after it. The second turn
 * is for what a first reading only sets in motion (a stream that hands on in a later turn).
 */
export declare function afterReading(scheduler: Scheduler, callback: () => void): void;

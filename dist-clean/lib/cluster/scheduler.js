/**
 * Port and default adapter: turns of the event loop. The only place under lib/ that schedules a macrotask.
 *
 * T1. Callbacks of turn() run in the order in which they were given, each after all microtasks and nextTicks of what ran before
 *     it have drained (R3).
 * T2. A callback never runs inside the AsyncLocalStorage context of the request that happened to schedule it: the
 *     snapshot taken when the scheduler is made (at boot) is entered first.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
export class EventLoopScheduler {
    inBootContext = AsyncLocalStorage.snapshot();
    turn(callback) {
        setImmediate(() => this.inBootContext(callback));
    }
    soon(callback) {
        queueMicrotask(() => this.inBootContext(callback));
    }
}
/**
 * Runs `callback` once the event loop has read what waits in its sockets: Node runs timers before it polls, and immediates after it. The second turn
 * is for what a first reading only sets in motion (a stream that hands on in a later turn).
 */
export function afterReading(scheduler, callback) {
    scheduler.turn(() => scheduler.turn(callback));
}
//# sourceMappingURL=scheduler.js.map
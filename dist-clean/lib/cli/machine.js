/**
 * Clock and chance of this process, for what signs calls.
 */
import { randomInt, randomUUID } from 'node:crypto';
export const MACHINE_CLOCK = {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimer: (delayMs, callback, options) => {
        const timer = setTimeout(callback, delayMs);
        if (options?.unref === true)
            timer.unref();
        return { cancel: () => clearTimeout(timer) };
    },
};
export const MACHINE_RANDOM = { int: (bound) => randomInt(bound), uuid: () => randomUUID() };
//# sourceMappingURL=machine.js.map
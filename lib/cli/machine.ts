/**
 * Clock and chance of this process, for what signs calls.
 */
import { randomInt, randomUUID } from 'node:crypto';
import type { TransportClock, TransportRandom } from '../transport/machine-port.js';

export const MACHINE_CLOCK: TransportClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer: (delayMs, callback, options) => {
    const timer = setTimeout(callback, delayMs);
    if (options?.unref === true) timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

export const MACHINE_RANDOM: TransportRandom = { int: (bound) => randomInt(bound), uuid: () => randomUUID() };

/**
 * Port and default adapter: time. The only place under lib/ that reads the clock of the machine or sets a timer.
 */
export interface Clock {
  /** Wall clock, ms since the epoch. Only a leader stamps it into the log. */
  now(): number;
  /** Monotonic clock, ms, arbitrary origin. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`. The timer does not keep the process alive when `unref` is true. */
  setTimer(delayMs: number, callback: () => void, options?: { readonly unref?: boolean }): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Longest delay that Node's timers take; longer ones are set in steps. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  setTimer(delayMs: number, callback: () => void, options?: { readonly unref?: boolean }): Timer {
    let handle: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      const step = Math.min(remainingMs, TIMER_DELAY_MS_MAX);
      handle = setTimeout(() => (remainingMs > step ? arm(remainingMs - step) : callback()), Math.max(0, step));
      if (options?.unref === true) handle.unref();
    };
    arm(delayMs);
    return { cancel: () => clearTimeout(handle) };
  }
}

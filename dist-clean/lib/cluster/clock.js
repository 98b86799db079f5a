/** Longest delay that Node's timers take; longer ones are set in steps. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;
export class SystemClock {
    now() {
        return Date.now();
    }
    monotonic() {
        return performance.now();
    }
    setTimer(delayMs, callback, options) {
        let handle;
        const arm = (remainingMs) => {
            const step = Math.min(remainingMs, TIMER_DELAY_MS_MAX);
            handle = setTimeout(() => (remainingMs > step ? arm(remainingMs - step) : callback()), Math.max(0, step));
            if (options?.unref === true)
                handle.unref();
        };
        arm(delayMs);
        return { cancel: () => clearTimeout(handle) };
    }
}
//# sourceMappingURL=clock.js.map
/** Of what passes, this part counts while the log is ahead. */
const PACE = 1 / 2;
export class LogClock {
    clock;
    logTimeMs;
    seenMs = Number.NEGATIVE_INFINITY;
    seenAt = 0;
    constructor(clock, 
    /** Of the state as applied here. */
    logTimeMs) {
        this.clock = clock;
        this.logTimeMs = logTimeMs;
    }
    /** ms since the epoch. */
    now() {
        const wallMs = this.clock.now();
        const logMs = this.logTimeMs();
        if (wallMs >= logMs)
            return wallMs;
        const monotonicMs = this.clock.monotonic();
        if (logMs !== this.seenMs) {
            this.seenMs = logMs;
            this.seenAt = monotonicMs;
        }
        return logMs + Math.floor((monotonicMs - this.seenAt) * PACE);
    }
    /** How long the clock has to run until now() is `dueMs`, ms. */
    until(dueMs) {
        const leftMs = dueMs - this.now();
        return this.clock.now() >= this.logTimeMs() ? leftMs : leftMs / PACE;
    }
}
//# sourceMappingURL=log-clock.js.map
export class ManualClock {
    nowMs;
    order = 0;
    entries = new Set();
    constructor(startMs = 1_700_000_000_000) {
        this.nowMs = startMs;
    }
    now() {
        return this.nowMs;
    }
    monotonic() {
        return this.nowMs;
    }
    setTimer(delayMs, callback) {
        const entry = { dueMs: this.nowMs + Math.max(0, delayMs), order: this.order++, callback };
        this.entries.add(entry);
        return { cancel: () => this.entries.delete(entry) };
    }
    get timerCount() {
        return this.entries.size;
    }
    /** Moves to the next timer at or before `untilMs` and runs it; false when there is none, and the clock stands at `untilMs`. */
    step(untilMs) {
        let next = null;
        for (const entry of this.entries) {
            if (entry.dueMs > untilMs)
                continue;
            if (next === null || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order))
                next = entry;
        }
        if (next === null) {
            this.nowMs = Math.max(this.nowMs, untilMs);
            return false;
        }
        this.entries.delete(next);
        this.nowMs = Math.max(this.nowMs, next.dueMs);
        next.callback();
        return true;
    }
}
//# sourceMappingURL=manual-clock.js.map
import { afterReading } from './scheduler.js';
export class TickTimer {
    options;
    /** Lateness of the last firing, the worst so far, and how many were stalls. */
    lagMs = 0;
    lagMsMax = 0;
    stalls = 0;
    longStallsTold = 0;
    pace = 'off';
    timer = null;
    dueAt = 0;
    /** When it was last known to run. */
    firedAt = 0;
    constructor(options) {
        this.options = options;
    }
    /** So far, one that goes on until now included. */
    get longStalls() {
        if (this.pace === 'off')
            return this.longStallsTold;
        return this.longStallsTold + (this.isLong(this.options.clock.monotonic()) ? 1 : 0);
    }
    setPace(pace) {
        if (pace === this.pace)
            return;
        const { clock } = this.options;
        const now = clock.monotonic();
        if (this.pace === 'off')
            this.firedAt = now;
        this.pace = pace;
        // A change of pace hides no stall: a timer that is overdue is to tell of it.
        if (pace !== 'off' && this.timer !== null && now - this.dueAt > this.options.tickMs)
            return;
        this.timer?.cancel();
        this.timer = null;
        if (pace === 'off')
            return;
        this.dueAt = now + this.periodMs;
        this.arm();
    }
    get periodMs() {
        return this.pace === 'slow' ? this.options.slowMs : this.options.tickMs;
    }
    isLong(now) {
        return now - this.firedAt >= this.options.longStallMs;
    }
    arm() {
        const { clock } = this.options;
        this.timer = clock.setTimer(Math.max(0, this.dueAt - clock.monotonic()), this.fire, { unref: true });
    }
    fire = () => {
        const { clock, scheduler, tickMs, catchUpTicksMax, onTick, onStall } = this.options;
        this.timer = null;
        const now = clock.monotonic();
        this.lagMs = Math.max(0, now - this.dueAt);
        this.lagMsMax = Math.max(this.lagMsMax, this.lagMs);
        const ticks = Math.min(catchUpTicksMax, 1 + Math.floor(this.lagMs / tickMs));
        const isStall = this.lagMs > tickMs;
        const isLong = this.isLong(now);
        this.dueAt = isStall ? now + this.periodMs : this.dueAt + this.periodMs;
        this.firedAt = now;
        this.arm();
        if (!isStall) {
            onTick(ticks);
            return;
        }
        this.stalls++;
        if (isLong)
            this.longStallsTold++;
        onStall(this.lagMs, isLong);
        afterReading(scheduler, () => {
            if (this.pace !== 'off')
                onTick(ticks);
        });
    };
}
//# sourceMappingURL=tick-timer.js.map
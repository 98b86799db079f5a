const BATCH_MAX = 4096;
const BATCH_FIRST = 256;
/** Reading the clock costs more than a small batch. */
const UNTIMED = -1;
export class Dispatcher {
    scheduler;
    clock;
    sliceMs;
    ready = [];
    open = [];
    boundaryScheduled = false;
    batchMax = BATCH_FIRST;
    stopped = false;
    /** When the deliveries of the open windows began. */
    pumpedMs = UNTIMED;
    constructor(scheduler, clock, sliceMs = 10) {
        this.scheduler = scheduler;
        this.clock = clock;
        this.sliceMs = sliceMs;
    }
    /** Deliveries that one turn makes at most, as it is now. */
    get batchSize() {
        return this.batchMax;
    }
    enqueue(run) {
        if (run.queued || !run.hasMore)
            return;
        run.queued = true;
        this.ready.push(run);
    }
    /** Delivers the next event to runs that wait for one. Called after a batch was applied, and at each boundary. */
    pump() {
        if (this.stopped)
            return;
        const ready = this.ready;
        const startedMs = ready.length > 16 || this.batchMax < BATCH_FIRST ? this.clock.monotonic() : UNTIMED;
        if (ready.length !== 0) {
            const room = this.batchMax - this.open.length;
            if (ready.length <= room)
                this.ready = [];
            else
                this.ready = ready.splice(Math.max(0, room));
            for (let i = 0; i < ready.length; i++) {
                const run = ready[i];
                run.queued = false;
                if (run.advance())
                    this.open.push(run);
                if (startedMs !== UNTIMED && (i & 15) === 15 && this.clock.monotonic() - startedMs > this.sliceMs) {
                    this.ready = ready.slice(i + 1).concat(this.ready);
                    break;
                }
            }
        }
        if ((this.open.length !== 0 || this.ready.length !== 0) && !this.boundaryScheduled) {
            this.boundaryScheduled = true;
            this.pumpedMs = startedMs;
            this.scheduler.turn(this.boundary);
        }
    }
    boundary = () => {
        this.boundaryScheduled = false;
        if (this.stopped)
            return;
        const closing = this.open;
        this.open = [];
        this.adapt(closing.length);
        for (const run of closing) {
            run.closeWindow();
            this.enqueue(run);
        }
        this.pump();
    };
    adapt(delivered) {
        if (this.pumpedMs === UNTIMED)
            return;
        const tookMs = this.clock.monotonic() - this.pumpedMs;
        if (tookMs > this.sliceMs)
            this.batchMax = Math.max(1, Math.min(this.batchMax, delivered) >>> 1);
        else if (tookMs < this.sliceMs / 4)
            this.batchMax = Math.min(BATCH_MAX, this.batchMax * 2);
    }
    stop() {
        this.stopped = true;
        this.ready = [];
        this.open = [];
    }
}
//# sourceMappingURL=dispatcher.js.map
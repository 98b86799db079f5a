export class BusyPoll {
    parts;
    isPolling = false;
    untilMs = 0;
    constructor(parts) {
        this.parts = parts;
    }
    wake() {
        const { clock, scheduler, forMs, isAwaited } = this.parts;
        if (forMs === 0 || !isAwaited())
            return;
        this.untilMs = clock.monotonic() + forMs;
        if (this.isPolling)
            return;
        this.isPolling = true;
        scheduler.turn(this.poll);
    }
    poll = () => {
        const { clock, scheduler, isAwaited } = this.parts;
        if (isAwaited() && clock.monotonic() < this.untilMs)
            scheduler.turn(this.poll);
        else
            this.isPolling = false;
    };
}
//# sourceMappingURL=busy-poll.js.map
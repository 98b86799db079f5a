export class GatedSource {
    source;
    /** Histories that are being read: now, and at most at once. */
    historyReads = 0;
    historyReadsMax = 0;
    historyReadsTotal = 0;
    /** Thrown by reads of histories, if set. */
    failure = null;
    waiting = [];
    isShut = false;
    constructor(source) {
        this.source = source;
    }
    /** True when a read will end without the test's doing. */
    get busy() {
        return !this.isShut && this.historyReads > 0;
    }
    shut() {
        this.isShut = true;
    }
    open() {
        this.isShut = false;
        const waiting = this.waiting;
        this.waiting = [];
        for (const proceed of waiting)
            proceed();
    }
    async history(range) {
        this.historyReadsTotal++;
        this.historyReadsMax = Math.max(this.historyReadsMax, ++this.historyReads);
        try {
            await this.pass();
            if (this.failure !== null)
                throw this.failure;
            return await this.source.history(range);
        }
        finally {
            this.historyReads--;
        }
    }
    async closedRuns(by) {
        await nextTurn();
        return this.source.closedRuns(by);
    }
    async list(query) {
        await nextTurn();
        return this.source.list(query);
    }
    async pass() {
        await nextTurn();
        if (this.isShut)
            await new Promise((resolve) => this.waiting.push(resolve));
    }
}
function nextTurn() {
    return new Promise((resolve) => setImmediate(resolve));
}
//# sourceMappingURL=gated-source.js.map
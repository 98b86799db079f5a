export class RunWaiters {
    clock;
    byRun = new Map();
    constructor(clock) {
        this.clock = clock;
    }
    get size() {
        return this.byRun.size;
    }
    /** Resolves with the run once settle() was called for it. */
    wait({ workflowId, runId }, timeoutMs, timeoutError) {
        return new Promise((resolve, reject) => {
            const waiter = { resolve, reject, workflowId, timer: null };
            let waiters = this.byRun.get(runId);
            if (waiters === undefined)
                this.byRun.set(runId, (waiters = new Set()));
            waiters.add(waiter);
            if (timeoutMs === undefined)
                return;
            waiter.timer = this.clock.setTimer(timeoutMs, () => {
                this.drop(runId, waiter);
                reject(timeoutError());
            });
        });
    }
    settle(run) {
        for (const waiter of this.take(run.runId))
            waiter.resolve(run);
    }
    reject(runId, error) {
        for (const waiter of this.take(runId))
            waiter.reject(error);
    }
    rejectAll(error) {
        for (const runId of [...this.byRun.keys()])
            this.reject(runId, error);
    }
    /** Runs that somebody waits for. */
    runs() {
        return [...this.byRun].map(([runId, waiters]) => ({ runId, workflowId: [...waiters][0].workflowId }));
    }
    take(runId) {
        const waiters = this.byRun.get(runId);
        if (waiters === undefined)
            return [];
        this.byRun.delete(runId);
        for (const waiter of waiters)
            waiter.timer?.cancel();
        return [...waiters];
    }
    drop(runId, waiter) {
        const waiters = this.byRun.get(runId);
        waiters?.delete(waiter);
        if (waiters?.size === 0)
            this.byRun.delete(runId);
    }
}
//# sourceMappingURL=runtime-waiters.js.map
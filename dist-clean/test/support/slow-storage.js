import { MemoryRaftStorage } from '../../lib/storage/memory.js';
export class SlowStorage {
    clock;
    delayMs;
    volatile = false;
    state = null;
    inner = new MemoryRaftStorage();
    writes = [];
    savedAt = [];
    resetsAt = [];
    inFlightMost = 0;
    /** Set: the next write fails with it. */
    failure = null;
    inFlight = 0;
    constructor(clock, delayMs) {
        this.clock = clock;
        this.delayMs = delayMs;
    }
    open(identity) {
        return this.inner.open(identity);
    }
    log(groupId) {
        return this.inner.log(groupId);
    }
    write(batch) {
        this.writes.push(batch);
        return this.later(() => {
            this.inner.write(batch);
            if (batch.some((write) => write.reset !== null))
                this.resetsAt.push(this.clock().monotonic());
        });
    }
    saveSnapshot(groupId, snapshot) {
        return this.later(() => {
            this.inner.saveSnapshot(groupId, snapshot);
            this.savedAt.push(this.clock().monotonic());
        });
    }
    async compact(groupId, index) {
        this.inner.compact(groupId, index);
    }
    spool() {
        return this.inner.spool();
    }
    close() {
        return this.inner.close();
    }
    later(effect) {
        this.inFlight++;
        this.inFlightMost = Math.max(this.inFlightMost, this.inFlight);
        const { failure } = this;
        return new Promise((resolve, reject) => {
            this.clock().setTimer(this.delayMs, () => {
                this.inFlight--;
                if (failure !== null) {
                    reject(failure);
                    return;
                }
                effect();
                resolve();
            });
        });
    }
}
//# sourceMappingURL=slow-storage.js.map
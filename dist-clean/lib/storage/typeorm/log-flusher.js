import { storageError } from './sqlite-error.js';
export const LOG_FLUSHER_DEFAULTS = {
    flushRowsMax: 1024,
    flushBytesMax: 16 * 1024 * 1024,
    deleteRowsMin: 1024,
    deleteBytesMin: 8 * 1024 * 1024,
    deleteBatchRowsMax: 512,
    deleteBatchBytesMax: 1024 * 1024,
};
export class LogFlusher {
    file;
    failure;
    nextKey;
    tuning;
    /** In order; the last one gathers. */
    queue = [];
    /** Groups that have rows to be deleted, oldest demand first. */
    sweeping = new Set();
    jobs = [];
    onIdle = [];
    isBusy = false;
    /** @param nextKey greater than every key in the file. */
    constructor(file, failure, nextKey, tuning = {}) {
        this.file = file;
        this.failure = failure;
        this.nextKey = nextKey;
        this.tuning = { ...LOG_FLUSHER_DEFAULTS, ...tuning };
    }
    /** Takes a write of several groups. undefined: nothing had to be written and nothing is in flight. */
    write(batch, groupOf) {
        if (this.failure.error !== null)
            return Promise.reject(this.failure.error);
        try {
            for (let i = 0; i < batch.length; i++)
                this.gather(groupOf(batch[i].groupId), batch[i]);
        }
        catch (error) {
            // A part of it is in memory: nothing of that may get to the disk.
            throw this.failure.set(storageError(error, { file: this.file.path, doing: 'take a write' }));
        }
        if (this.queue.length === 0 && !this.isBusy)
            return undefined;
        return new Promise((resolve, reject) => {
            this.gathering().waiters.push({ resolve, reject });
            this.wake();
        });
    }
    /** Entries up to `index` are not needed any more. */
    compact(group, index) {
        group.compact(index);
        if (group.deletableRows < this.tuning.deleteRowsMin && group.deletableBytes < this.tuning.deleteBytesMin)
            return;
        this.sweeping.add(group);
        this.wake();
    }
    /** Does something else with the file, between flushes. Its error is the first failure, or follows it. */
    between(job) {
        this.jobs.push(job);
        this.wake();
    }
    /** Resolves when nothing is in flight and nothing waits. */
    async idle() {
        if (this.isBusy)
            await new Promise((resolve) => this.onIdle.push(resolve));
    }
    gather(group, write) {
        const last = this.queue.at(-1);
        const isFull = last !== undefined &&
            last.closed === null &&
            (last.bytes >= this.tuning.flushBytesMax || (last.groups.size >= this.tuning.flushRowsMax && !last.groups.has(group)));
        if (isFull)
            close(last);
        const bytes = group.take(write);
        if (bytes < 0)
            return;
        const batch = this.gathering();
        batch.groups.add(group);
        batch.bytes += bytes;
    }
    gathering() {
        const last = this.queue.at(-1);
        if (last !== undefined && last.closed === null)
            return last;
        const batch = { groups: new Set(), waiters: [], bytes: 0, closed: null };
        this.queue.push(batch);
        return batch;
    }
    wake() {
        if (this.isBusy)
            return;
        this.isBusy = true;
        this.next();
    }
    // One after the other by callbacks: an async function would put several promises between a sync and what waits for it, and all of it waits for syncs.
    next() {
        if (this.failure.error !== null)
            return this.rest();
        const batch = this.queue.shift();
        if (batch !== undefined)
            this.flush(batch);
        else if (this.hasJob)
            this.oneJob();
        else
            this.rest();
    }
    flush(batch) {
        const { groups, rows } = close(batch);
        if (rows.length === 0)
            return this.flushed(batch);
        const keys = rows.map(() => this.nextKey++);
        const failed = (error) => {
            this.queue.unshift(batch);
            this.failed(error);
        };
        const written = () => {
            try {
                for (let i = 0; i < rows.length; i++)
                    groups[i].written(keys[i], rows[i]);
            }
            catch (error) {
                return failed(error);
            }
            this.flushed(batch);
        };
        try {
            this.file.insert(keys, rows).then(written, failed);
        }
        catch (error) {
            failed(error);
        }
    }
    flushed({ waiters }) {
        for (let i = 0; i < waiters.length; i++)
            waiters[i].resolve();
        if (this.hasJob)
            this.oneJob();
        else
            this.next();
    }
    oneJob() {
        this.doJob().then(() => this.next(), (error) => this.failed(error));
    }
    failed(error) {
        this.failure.set(storageError(error, { file: this.file.path, doing: 'write to the log' }));
        this.rest();
    }
    /** Nothing is left to do, or nothing may be done any more. */
    rest() {
        this.isBusy = false;
        if (this.failure.error !== null)
            this.rejectAll(this.failure.error);
        for (const resolve of this.onIdle.splice(0))
            resolve();
    }
    get hasJob() {
        return this.file.isCheckpointDue || this.jobs.length > 0 || this.sweeping.size > 0;
    }
    async doJob() {
        if (this.file.isCheckpointDue) {
            await this.file.checkpoint();
            return;
        }
        const job = this.jobs.shift();
        if (job !== undefined) {
            await job();
            return;
        }
        const [group] = this.sweeping;
        if (group === undefined)
            return;
        const keys = group.takeDeletable(this.tuning.deleteBatchRowsMax, this.tuning.deleteBatchBytesMax);
        if (group.deletableRows === 0)
            this.sweeping.delete(group);
        if (keys.length > 0)
            await this.file.delete(keys);
    }
    rejectAll(error) {
        for (const { waiters } of this.queue.splice(0))
            for (const waiter of waiters)
                waiter.reject(error);
    }
}
/** What was taken until now is what it writes. */
function close(batch) {
    if (batch.closed !== null)
        return batch.closed;
    const groups = [...batch.groups];
    // Each of them was added because it has a row.
    batch.closed = { groups, rows: groups.map((group) => group.nextRow()) };
    return batch.closed;
}
//# sourceMappingURL=log-flusher.js.map
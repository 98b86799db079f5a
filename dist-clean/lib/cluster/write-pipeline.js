export class WritePipeline {
    storage;
    save;
    resume;
    failed;
    queue = [];
    isBroken = false;
    /** A snapshot is being saved: nothing behind it may start. */
    isBarred = false;
    /** `save` makes the state of a group durable; `resume` asks for a turn, in which deliver() is to be called. */
    constructor(storage, save, resume, failed) {
        this.storage = storage;
        this.save = save;
        this.resume = resume;
        this.failed = failed;
    }
    get inFlight() {
        return this.queue.length;
    }
    /**
     * In a turn. The first `count` of both arrays, which stay the caller's; appends[i] belongs to groups[i]. Returns true if all is durable already:
     * then the caller delivers.
     */
    writeNow(groups, appends, count, writes) {
        if (this.isBroken)
            return false;
        if (this.queue.length === 0 && !hasReset(writes)) {
            const written = this.start(writes);
            if (written === undefined)
                return !this.isBroken;
            const queued = { batch: { groups: groups.slice(0, count), appends: appends.slice(0, count), writes }, state: 'busy' };
            this.queue.push(queued);
            this.follow(queued, written);
            return false;
        }
        this.queue.push({ batch: { groups: groups.slice(0, count), appends: appends.slice(0, count), writes }, state: 'waiting' });
        this.pump();
        // A turn delivers it: this one, if it goes on, else one of its own.
        if (this.queue[0]?.state === 'done')
            this.resume();
        return false;
    }
    /** In a turn: the batches that are durable, in order. */
    takeDone() {
        const done = [];
        // What is taken may have held up a snapshot behind it, and that may be done at once.
        do {
            while (this.isFirstDone())
                done.push(this.queue.shift().batch);
            this.pump();
        } while (this.isFirstDone());
        return this.isBroken ? [] : done;
    }
    isFirstDone() {
        return this.queue[0]?.state === 'done';
    }
    stop() {
        this.isBroken = true;
        this.queue = [];
    }
    pump() {
        for (const queued of this.queue) {
            if (this.isBroken || this.isBarred)
                return;
            if (queued.state !== 'waiting')
                continue;
            if (hasReset(queued.batch.writes)) {
                if (this.queue[0] !== queued)
                    return;
                this.saveThenWrite(queued);
            }
            else {
                this.begin(queued);
            }
        }
    }
    begin(queued) {
        queued.state = 'busy';
        const written = this.start(queued.batch.writes);
        if (written === undefined)
            queued.state = 'done';
        else
            this.follow(queued, written);
    }
    saveThenWrite(queued) {
        const saves = [];
        try {
            for (const { groupId, reset } of queued.batch.writes) {
                if (reset === null)
                    continue;
                const saved = this.save(groupId, reset);
                if (saved !== undefined)
                    saves.push(saved);
            }
        }
        catch (error) {
            // That is what is told. Those that have begun may fail as well, and nobody waits for them.
            void Promise.allSettled(saves);
            this.break(error);
            return;
        }
        if (saves.length === 0) {
            this.begin(queued);
            return;
        }
        queued.state = 'busy';
        this.isBarred = true;
        Promise.all(saves).then(() => {
            this.isBarred = false;
            this.begin(queued);
            this.resume();
        }, (error) => this.break(error));
    }
    start(writes) {
        if (writes.length === 0)
            return undefined;
        try {
            return this.storage.write(writes);
        }
        catch (error) {
            this.break(error);
            return undefined;
        }
    }
    follow(queued, written) {
        written.then(() => {
            queued.state = 'done';
            this.resume();
        }, (error) => this.break(error));
    }
    break(error) {
        if (this.isBroken)
            return;
        this.stop();
        this.failed(error);
    }
}
function hasReset(writes) {
    for (let i = 0; i < writes.length; i++)
        if (writes[i].reset !== null)
            return true;
    return false;
}
//# sourceMappingURL=write-pipeline.js.map
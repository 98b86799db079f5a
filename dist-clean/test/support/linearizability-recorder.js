export class HistoryRecorder {
    recorded = new Map();
    time = 0;
    lastId = 0;
    get size() {
        return this.recorded.size;
    }
    get operations() {
        return [...this.recorded.values()];
    }
    /** The number of the call. */
    invoke(client, input) {
        const id = ++this.lastId;
        this.recorded.set(id, { client, input, output: undefined, invokedAt: ++this.time, returnedAt: Infinity });
        return id;
    }
    returned(id, output) {
        const call = this.recorded.get(id);
        call.output = output;
        call.returnedAt = ++this.time;
    }
    hadNoEffect(id) {
        this.recorded.delete(id);
    }
}
//# sourceMappingURL=linearizability-recorder.js.map
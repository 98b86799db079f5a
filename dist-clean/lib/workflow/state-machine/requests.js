import { IndexedHeap } from './heap.js';
/** Per applied command: more than one, so that the past shrinks; few, so that no command pays for a long idle time. */
const FORGOTTEN_PER_COMMAND_MAX = 16;
export class RequestEntry {
    requestId;
    expiryMs;
    kind;
    workflowId;
    answer;
    heapIndex = -1;
    constructor(requestId, expiryMs, kind, workflowId, answer) {
        this.requestId = requestId;
        this.expiryMs = expiryMs;
        this.kind = kind;
        this.workflowId = workflowId;
        this.answer = answer;
    }
}
function expiresBefore(a, b) {
    return a.expiryMs !== b.expiryMs ? a.expiryMs < b.expiryMs : a.requestId < b.requestId;
}
export class RequestLog {
    /** Remembered since the last cut, in order; null = nobody asks. */
    fresh = null;
    /** Of the last row that was written. */
    lastSequence = 0;
    /** Answers with (expiry, requestId) at or before are forgotten. */
    forgottenMs = 0;
    forgottenId = '';
    byId = new Map();
    byExpiry = new IndexedHeap(expiresBefore);
    get size() {
        return this.byId.size;
    }
    /** Undefined also for an answer that is past its expiry and not yet forgotten. */
    find(requestId, logTimeMs) {
        const entry = this.byId.get(requestId);
        return entry === undefined || entry.expiryMs < logTimeMs ? undefined : entry;
    }
    remember(entry) {
        const old = this.byId.get(entry.requestId);
        if (old !== undefined)
            this.forget(old);
        this.byId.set(entry.requestId, entry);
        this.byExpiry.push(entry);
        if (this.fresh !== null)
            this.fresh.push(entry);
    }
    /** Takes back what stood in a row, rows and answers in their order. */
    take(entries) {
        for (const entry of entries)
            if (!this.isForgotten(entry))
                this.remember(entry);
    }
    isForgotten(entry) {
        return entry.expiryMs !== this.forgottenMs ? entry.expiryMs < this.forgottenMs : entry.requestId <= this.forgottenId;
    }
    forgetExpired(logTimeMs) {
        for (let left = FORGOTTEN_PER_COMMAND_MAX; left > 0; left--) {
            const first = this.byExpiry.peek();
            if (first === undefined || first.expiryMs >= logTimeMs)
                return;
            this.forget(first);
            this.forgottenMs = first.expiryMs;
            this.forgottenId = first.requestId;
        }
    }
    /** In the order in which they were remembered. */
    entries() {
        return this.byId.values();
    }
    forget(entry) {
        this.byId.delete(entry.requestId);
        this.byExpiry.remove(entry);
    }
}
//# sourceMappingURL=requests.js.map
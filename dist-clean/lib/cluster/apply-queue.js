/**
 * Committed entries that wait for what the state machine has to fetch before it applies them (R27). Only with a state store.
 *
 * Q1. Messages are applied in order, each as a whole; none overtakes one that waits.
 * Q2. Between a fetch and the entries that it was made for nothing else is fetched or applied.
 * Q3. A snapshot that is about to be installed covers all that waits: drop() hands it back, and what is being fetched is waited for, not used.
 * Bound: the core hands out no more than its limit of bytes before they are applied.
 * Tests: apply-queue.spec.ts, test/cluster/stored-state.spec.ts.
 */
import { EntryType } from '../raft/index.js';
const NO_MESSAGES = [];
export class ApplyQueue {
    prefetch;
    resume;
    failed;
    waiting = [];
    /** Of the first one, or of one that was dropped. Never rejects. */
    fetching = null;
    isFetched = false;
    constructor(prefetch, 
    /** Asks for a turn, in which next() is to be called. */
    resume, failed) {
        this.prefetch = prefetch;
        this.resume = resume;
        this.failed = failed;
    }
    get isEmpty() {
        return this.waiting.length === 0;
    }
    push(message) {
        this.waiting.push(message);
    }
    /** In a turn: the next message that may be applied now. */
    next() {
        const first = this.waiting[0];
        if (first === undefined || this.fetching !== null)
            return null;
        if (!this.isFetched) {
            const fetched = this.prefetch(framesOf(first));
            if (fetched !== null) {
                this.follow(fetched);
                return null;
            }
        }
        this.isFetched = false;
        this.waiting.shift();
        return first;
    }
    /** What waits, and waits no more. */
    drop() {
        this.isFetched = false;
        if (this.waiting.length === 0)
            return NO_MESSAGES;
        return this.waiting.splice(0);
    }
    /** Resolves when nothing is being fetched; null: nothing is. */
    get settled() {
        return this.fetching;
    }
    follow(fetched) {
        const first = this.waiting[0];
        this.fetching = fetched.then(() => {
            this.fetching = null;
            this.isFetched = this.waiting[0] === first;
            this.resume();
        }, (error) => {
            this.fetching = null;
            this.failed(error);
        });
    }
}
function framesOf(message) {
    const frames = [];
    const { entries } = message;
    for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        if (entry.type === EntryType.Normal && entry.data.length > 0)
            frames.push(entry.data);
    }
    return frames;
}
//# sourceMappingURL=apply-queue.js.map
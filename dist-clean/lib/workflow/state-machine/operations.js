/**
 * Operations of one run as the state machine knows them: what is settled, and what is open with attempts or timers. Pure.
 *
 * O1. (key, occurrence) settles once (P2). Checkpoints, computes and sleeps share one numbering per key (R5).
 * O2. Settled occurrences of a key are a watermark (all up to it) and a sparse set above it (R32); the set holds nothing at or below
 *     the watermark, nor its successor.
 * O3. An open operation is never settled.
 */
import { invariant } from '../../errors/index.js';
/** An operation without an outcome that something has been committed for. */
export class OpenOperation {
    failedAttempts = 0;
    /** The last attempt-started: a repetition of it is ignored. */
    startedEpoch = 0;
    startedAttempt = 0;
    retryTimer = null;
    sleepTimer = null;
}
export class KeyLedger {
    watermark = 0;
    sparse = null;
    opened = null;
    isSettled(occurrence) {
        return occurrence <= this.watermark || (this.sparse !== null && this.sparse.has(occurrence));
    }
    find(occurrence) {
        return this.opened === null ? undefined : this.opened.get(occurrence);
    }
    open(occurrence) {
        this.opened ??= new Map();
        let operation = this.opened.get(occurrence);
        if (operation === undefined)
            this.opened.set(occurrence, (operation = new OpenOperation()));
        return operation;
    }
    settle(occurrence) {
        invariant(!this.isSettled(occurrence), () => `occurrence ${occurrence} settles twice (watermark ${this.watermark})`);
        if (this.opened !== null) {
            this.opened.delete(occurrence);
            if (this.opened.size === 0)
                this.opened = null;
        }
        if (occurrence !== this.watermark + 1) {
            (this.sparse ??= new Set()).add(occurrence);
            return;
        }
        this.watermark = occurrence;
        if (this.sparse === null)
            return;
        while (this.sparse.delete(this.watermark + 1))
            this.watermark++;
        if (this.sparse.size === 0)
            this.sparse = null;
    }
}
export class OperationLedger {
    keys = null;
    find(key) {
        return this.keys === null ? undefined : this.keys.get(key);
    }
    of(key) {
        this.keys ??= new Map();
        let ledger = this.keys.get(key);
        if (ledger === undefined)
            this.keys.set(key, (ledger = new KeyLedger()));
        return ledger;
    }
    get keyCount() {
        return this.keys === null ? 0 : this.keys.size;
    }
    /** In the order in which the keys were first used. */
    entries() {
        return this.keys ?? [];
    }
    /** A closed run takes no more commands. */
    clear() {
        this.keys = null;
    }
}
//# sourceMappingURL=operations.js.map
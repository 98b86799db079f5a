/**
 * One run, open or closed within retention: its head and its history. Pure. Changed only by apply.
 *
 * N1. The history only grows (R2); what of it is in memory is the business of this node alone.
 * N2. While open, owner is 0 exactly when the run is blocked; the epoch only grows.
 * N3. A closed run has no timers and no ledger; its last event is `finished`.
 * N4. Where runs are stored in rows: durableWseq ≤ savedWseq ≤ history.length, and events after durableWseq are in memory. What stands under
 *     "this node alone" is no part of the state.
 */
import { EMPTY } from '../../state-machine/index.js';
import { EventKind, } from '../event.js';
import { OperationLedger } from './operations.js';
import { RunHistory } from './run-history.js';
const NO_DECLINES = [];
export class RunRecord {
    order;
    history;
    slot;
    workflowId;
    runId;
    name;
    version;
    inputDigest;
    originDigest;
    startedMs;
    status = 'running';
    blockedReason = null;
    owner = 0;
    epoch = 1;
    ownerBuildId = '';
    closedMs = 0;
    declined = NO_DECLINES;
    /** wseq of the first cancel request; 0 = none. */
    cancelWseq = 0;
    /** Owners in succession that died after attempt-started, without progress (R20). */
    suspectDeaths = 0;
    /** The owner of this epoch has committed attempt-started, and nothing after it. */
    attemptAwaitsProgress = false;
    nextTimerId = 1;
    /** By id; null while there was none (most runs never sleep). */
    timers = null;
    operations = new OperationLedger();
    // This node alone.
    /** Changed since the last cut. */
    dirty = false;
    /** Taken by the open cut, and not yet written into it. */
    waiting = false;
    /** Somebody runs its code: the history stays in memory. */
    held = false;
    /** Number of its closing; 0 while open, or where nothing is stored in rows. */
    closing = 0;
    /** Events that a cut has taken, and those that are durable. */
    savedWseq = 0;
    durableWseq = 0;
    /** @param order grows with each run that this machine takes in: makes orders deterministic, is not part of the state. */
    constructor(identity, order, history = new RunHistory()) {
        this.order = order;
        this.history = history;
        this.slot = identity.slot;
        this.workflowId = identity.workflowId;
        this.runId = identity.runId;
        this.name = identity.name;
        this.version = identity.version;
        this.inputDigest = identity.inputDigest;
        this.originDigest = identity.originDigest;
        this.startedMs = identity.startedMs;
    }
    get isOpen() {
        return this.status === 'running' || this.status === 'blocked';
    }
    get nextWseq() {
        return this.history.length + 1;
    }
    get finished() {
        const last = this.history.last();
        return last !== undefined && last.kind === EventKind.FINISHED ? last : null;
    }
    get outcome() {
        return this.status === 'running' || this.status === 'blocked' ? null : this.status;
    }
    get result() {
        return this.finished?.result ?? EMPTY;
    }
    get error() {
        return this.finished?.error ?? null;
    }
    get cancelRequested() {
        return this.cancelWseq !== 0;
    }
    get undelivered() {
        const finished = this.finished;
        if (finished === null || finished.outcome === 'continued')
            return [];
        return this.history.events(finished.consumedWseq + 1).filter((event) => event.kind === EventKind.SIGNAL);
    }
    failedAttempts(key, occurrence) {
        return this.openOperation(key, occurrence)?.failedAttempts ?? 0;
    }
    retryPending(key, occurrence) {
        return (this.openOperation(key, occurrence)?.retryTimer ?? null) !== null;
    }
    settled(key, occurrence) {
        return !this.isOpen || this.operations.find(key)?.isSettled(occurrence) === true;
    }
    sleepSet(key, occurrence) {
        return (this.openOperation(key, occurrence)?.sleepTimer ?? null) !== null;
    }
    hasDeclined(node, incarnation) {
        for (const decline of this.declined)
            if (decline.node === node && decline.incarnation === incarnation)
                return true;
        return false;
    }
    openOperation(key, occurrence) {
        return this.operations.find(key)?.find(occurrence);
    }
}
//# sourceMappingURL=run-record.js.map
import { invariant } from '../../errors/index.js';
import { DEFAULT_LIMITS } from '../command.js';
import { EventKind } from '../event.js';
import { ClosedRing } from './closed-ring.js';
import { fingerprintOf } from './fingerprints.js';
import { NodeIds } from './node-ids.js';
import { RequestLog } from './requests.js';
import { ClosedRuns } from './retention.js';
import { SlotTable } from './slots.js';
import { Timer, TimerQueue } from './timers.js';
const NO_MEMBERS = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
export class GroupState {
    groupId;
    appliedIndex = 0;
    logTimeMs = 0;
    codecLevel = 1;
    limits = DEFAULT_LIMITS;
    limitsRevision = 0;
    membership = NO_MEMBERS;
    slots;
    hellos = new Map();
    /** Empty below codec level 2. */
    nodeIds = new NodeIds();
    runs = new Map();
    current = new Map();
    open = new Set();
    blocked = new Set();
    closed = new ClosedRuns();
    timers = new TimerQueue();
    requests = new RequestLog();
    sink = null;
    /** Every closed run, those on disk only among them; null where nothing is stored in rows. */
    ring = null;
    /** Runs that changed since the last cut, each once. */
    dirty = [];
    /** The cut under way: told of a run that a command of the whole group is about to change. */
    openCut = null;
    /** Closed runs that were fetched for the commands to come, by workflow id (the current one) and by run id; null: looked for, and not there. */
    fetchedCurrent = new Map();
    fetchedRuns = new Map();
    lastOrder = 0;
    owned = new Map();
    constructor(groupId) {
        this.groupId = groupId;
        this.slots = SlotTable.initial(groupId);
    }
    /** Voters in force: those of the incoming configuration while it is joint. Ascending. */
    get voters() {
        return this.membership.voters;
    }
    /** Every id of the configuration in force, the joint parts included. */
    memberIds() {
        const { voters, votersOutgoing, learners, learnersNext } = this.membership;
        return [...voters, ...votersOutgoing, ...learners, ...learnersNext];
    }
    nextOrder() {
        return ++this.lastOrder;
    }
    advanceLogTime(stampMs) {
        if (stampMs > this.logTimeMs)
            this.logTimeMs = stampMs;
    }
    /** Takes a new run in, before its first event, with its owner already set. */
    enter(run) {
        this.adopt(run);
        this.checkCounts();
    }
    /** Takes in a run that was read, in the order of their start; where closed ones are among them, indexClosed() must follow. */
    adopt(run) {
        invariant(!this.runs.has(run.runId), () => `run ${run.runId} is entered twice`);
        this.runs.set(run.runId, run);
        this.current.set(run.workflowId, run);
        if (!run.isOpen)
            return;
        if (run.timers !== null)
            for (const timer of run.timers.values())
                this.timers.add(timer);
        this.open.add(run);
        this.place(run);
    }
    /** Index of closed runs after a restore: they were adopted in the order of their start, and stand here in that of their closing. */
    indexClosed() {
        const closed = [...this.runs.values()].filter((run) => !run.isOpen);
        closed.sort((a, b) => (a.closedMs !== b.closedMs ? a.closedMs - b.closedMs : a.order - b.order));
        for (const run of closed)
            this.closed.add(run);
        this.checkCounts();
    }
    /** The next event of a run: into its history, then to the sink. */
    append(run, event) {
        invariant(event.wseq === run.history.length + 1, () => `run ${run.runId}: event ${event.wseq} after ${run.history.length} events`);
        run.history.push(event);
        this.touch(run);
        if (this.sink !== null)
            this.sink(run, event);
    }
    touch(run) {
        if (run.dirty || this.ring === null)
            return;
        run.dirty = true;
        this.dirty.push(run);
    }
    /** From here on, what changes is remembered for the next cut, which takes all that is there now. */
    storeInRows() {
        invariant(this.ring === null, 'the state is stored in rows already');
        this.ring = new ClosedRing();
        this.requests.fresh = [...this.requests.entries()];
        for (const run of this.closed)
            this.number(run);
        for (const run of this.runs.values())
            this.touch(run);
    }
    /** Closed runs within retention, in memory or not. */
    get closedCount() {
        return this.ring === null ? this.closed.size : this.ring.size;
    }
    /** Some closed run is on disk only. */
    get hasEvicted() {
        return this.ring !== null && this.ring.size > this.closed.size;
    }
    /** Closed runs up to this closing are durable: they leave memory. */
    evictThrough(closing) {
        const evicted = this.closed.takeThrough(closing);
        for (const run of evicted)
            this.forget(run);
        this.checkCounts();
        return evicted;
    }
    isSwept(run) {
        return run.closing !== 0 && this.ring !== null && run.closing <= this.ring.swept;
    }
    /** Current run of an id, in memory or fetched. */
    currentOf(workflowId) {
        return this.current.get(workflowId) ?? (this.hasEvicted ? this.fetched(this.fetchedCurrent, workflowId) : undefined);
    }
    /** Run of an id, in memory or fetched. */
    runOf(runId) {
        return this.runs.get(runId) ?? (this.hasEvicted ? this.fetched(this.fetchedRuns, runId) : undefined);
    }
    /** May a closed run that is on disk only have this workflow id, or run id? */
    mayBeEvicted(id) {
        return this.hasEvicted && this.ring.mayHave(fingerprintOf(id));
    }
    fetched(from, id) {
        const run = from.get(id);
        if (run === undefined) {
            invariant(!this.hasEvicted || !this.ring.has(fingerprintOf(id)), () => `group ${this.groupId}: what is on disk of '${id}' was not fetched before apply`);
            return undefined;
        }
        return run === null || this.isSwept(run) ? undefined : run;
    }
    number(run) {
        if (this.ring !== null)
            run.closing = this.ring.add(run.closedMs, fingerprintOf(run.workflowId), fingerprintOf(run.runId));
    }
    forget(run) {
        this.runs.delete(run.runId);
        if (this.current.get(run.workflowId) === run)
            this.current.delete(run.workflowId);
    }
    ownedCount(node) {
        return this.owned.get(node)?.size ?? 0;
    }
    /** Nodes that own an open run, ascending. */
    owners() {
        const nodes = [];
        for (const [node, runs] of this.owned)
            if (runs.size > 0)
                nodes.push(node);
        return nodes.sort(ascending);
    }
    /** A copy, in the order in which the runs were started. */
    ownedBy(node) {
        return inOrder(this.owned.get(node) ?? []);
    }
    blockedRuns() {
        return inOrder(this.blocked);
    }
    /** Moves an open run to an owner (0 = none; the caller has set status and reason). Indexes only. */
    reown(run, owner) {
        this.unplace(run);
        run.owner = owner;
        this.place(run);
    }
    setTimer(run, purpose, delayMs, key, occurrence) {
        const dueMs = Math.min(this.logTimeMs + delayMs, Number.MAX_SAFE_INTEGER);
        const timer = new Timer(dueMs, run.runId, run.nextTimerId++, purpose, key, occurrence);
        (run.timers ??= new Map()).set(timer.timerId, timer);
        this.timers.add(timer);
        return timer;
    }
    dropTimer(run, timer) {
        run.timers?.delete(timer.timerId);
        this.timers.remove(timer);
    }
    /** Closes a run: its last event, and nothing of it is pending any more. */
    close(run, ending) {
        invariant(run.isOpen, () => `run ${run.runId} closes twice: it is ${run.status}`);
        if (run.timers !== null)
            for (const timer of run.timers.values())
                this.timers.remove(timer);
        run.timers = null;
        run.operations.clear();
        this.unplace(run);
        this.open.delete(run);
        run.status = ending.outcome;
        run.blockedReason = null;
        run.closedMs = this.logTimeMs;
        run.attemptAwaitsProgress = false;
        this.number(run);
        this.closed.add(run);
        this.checkCounts();
        const { outcome, consumedWseq, result, error, digest, continuedAs } = ending;
        this.append(run, {
            kind: EventKind.FINISHED,
            wseq: run.nextWseq,
            timeMs: this.logTimeMs,
            outcome,
            consumedWseq,
            result,
            error,
            digest,
            continuedAs,
        });
    }
    /** Forgets closed runs (R28). One that a cut must still write as closed, since a row has it as open, is dirty, and stays so. */
    sweep(cutoffMs) {
        for (const run of this.closed.takeUntil(cutoffMs))
            this.forget(run);
        this.ring?.sweep(cutoffMs);
        this.checkCounts();
    }
    place(run) {
        invariant((run.owner === 0) === (run.status === 'blocked'), () => `run ${run.runId} is ${run.status} under owner ${run.owner}`);
        if (run.owner === 0) {
            this.blocked.add(run);
            return;
        }
        let runs = this.owned.get(run.owner);
        if (runs === undefined)
            this.owned.set(run.owner, (runs = new Set()));
        runs.add(run);
    }
    unplace(run) {
        const runs = run.owner === 0 ? this.blocked : this.owned.get(run.owner);
        invariant(runs !== undefined && runs.delete(run), () => `run ${run.runId} is not in the index of owner ${run.owner}`);
        if (run.owner !== 0 && runs.size === 0)
            this.owned.delete(run.owner);
    }
    checkCounts() {
        invariant(this.open.size + this.closed.size === this.runs.size, () => `${this.open.size} open and ${this.closed.size} closed runs, but ${this.runs.size} in all`);
        invariant(this.ring === null || this.ring.size >= this.closed.size, () => `${this.closed.size} closed runs are in memory, and the index has ${this.ring.size}`);
    }
}
export function ascending(a, b) {
    return a - b;
}
function inOrder(runs) {
    return [...runs].sort((a, b) => a.order - b.order);
}
//# sourceMappingURL=group-state.js.map
import { EventLoopScheduler } from '../../lib/cluster/scheduler.js';
import { SystemRandom } from '../../lib/cluster/random.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { stampLogTime } from '../../lib/state-machine/index.js';
import { decodeCommand } from '../../lib/workflow/command-codec.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import { GatedSource } from './gated-source.js';
import { ManualClock } from './manual-clock.js';
import { flushWhole } from './row-store.js';
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
export class LocalCluster {
    clock = new ManualClock();
    entries = [];
    nodes = new Map();
    leaderId = 1;
    voters = [];
    constructor() { }
    static async start(count, options) {
        const cluster = new LocalCluster();
        for (let id = 1; id <= count; id++)
            cluster.voters.push(id);
        cluster.append(new Uint8Array(0), cluster.membership());
        for (let id = 1; id <= count; id++)
            cluster.add(id, typeof options === 'function' ? options(id) : options);
        await cluster.settle();
        return cluster;
    }
    membership() {
        return { voters: this.voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
    }
    add(id, options, from) {
        const node = new LocalNode(this, id, options, from);
        this.nodes.set(id, node);
        node.runtime.start();
        node.wake();
        return node;
    }
    node(id) {
        return this.nodes.get(id);
    }
    append(frame, membership = null) {
        if (membership === null)
            stampLogTime(frame, this.clock.now());
        this.entries.push({ frame, membership });
        for (const node of this.nodes.values())
            node.wake();
        return this.entries.length;
    }
    /** Every command in the log, decoded. */
    commands() {
        return this.entries.filter((entry) => entry.membership === null).map((entry) => decodeCommand(entry.frame));
    }
    /** The node is gone without a word; the leader learns of it by its silence. */
    async crash(id) {
        const node = this.node(id);
        node.alive = false;
        if (this.leaderId === id)
            this.leaderId = [...this.nodes.values()].find((other) => other.alive)?.id ?? 0;
        for (const other of this.nodes.values()) {
            if (!other.alive)
                continue;
            other.tell((listener) => listener.onLeadership?.({ leaderId: this.leaderId, term: 2, isLeader: other.id === this.leaderId }));
            other.tell((listener) => listener.onPeerDown?.(id));
        }
        await this.settle();
    }
    /** Runs until nothing moves any more at this time. */
    async settle() {
        for (let quiet = 0, last = -1; quiet < 12;) {
            await nextTurn();
            const now = this.entries.length;
            const busy = [...this.nodes.values()].some((node) => node.alive && !node.paused && (node.appliedIndex < now || node.source?.busy === true));
            quiet = now === last && !busy ? quiet + 1 : 0;
            last = now;
        }
    }
    async advance(ms) {
        const untilMs = this.clock.now() + ms;
        await this.settle();
        while (this.clock.step(untilMs))
            await this.settle();
        await this.settle();
    }
    stop() {
        for (const node of this.nodes.values())
            node.runtime.stop();
    }
}
export class LocalNode {
    cluster;
    nodeId;
    options;
    groupId = 1;
    longStalls = 0;
    alive = true;
    /** Applies nothing while true: a replica that lags. */
    paused = false;
    appliedIndex = 0;
    state;
    runtime;
    service;
    reports = [];
    /** Reads of its rows; null without a store. */
    source = null;
    listeners = new Set();
    handlers = new Map();
    waiting = new Map();
    scheduler = new EventLoopScheduler();
    scheduled = false;
    prefetching = false;
    constructor(cluster, nodeId, options, from) {
        this.cluster = cluster;
        this.nodeId = nodeId;
        this.options = options;
        const tap = new EventTap();
        this.state = new WorkflowStateMachine({ groupId: 1, sink: tap.sink });
        if (options.store !== undefined) {
            this.source = new GatedSource(options.store.source);
            this.state.load(options.store.load(), this.source);
            this.appliedIndex = options.store.position.index;
        }
        else if (from !== undefined) {
            this.state.restore(from.index, from.snapshot);
            this.appliedIndex = from.index;
        }
        const report = (type, run, text) => void this.reports.push({ type, run, text });
        const reporter = {
            diverged: (run, wseq, method, committed, computed) => report('diverged', run, `${wseq} ${method} | ${committed} | ${computed}`),
            stopped: (run, reason, message) => report('stopped', run, `${reason}: ${message}`),
            rejection: (run, reason) => report('rejection', run, String(reason)),
            warning: (run, message) => report('warning', run, message),
        };
        this.runtime = new WorkflowRuntime({
            group: this,
            state: this.state,
            tap,
            registry: new WorkflowRegistry(options.workflows ?? []),
            clock: cluster.clock,
            scheduler: this.scheduler,
            random: new SystemRandom(),
            incarnation: options.incarnation ?? 1,
            deployment: 'test',
            buildId: options.buildId ?? 'build-1',
            residentRunsMax: options.residentRunsMax,
            residentBytesMax: options.residentBytesMax,
            sliceMs: options.sliceMs,
            limits: options.limits,
            reporter,
        });
        this.service = new WorkflowRuntimeService(this.runtime);
    }
    get id() {
        return this.nodeId;
    }
    get isLeader() {
        return this.cluster.leaderId === this.nodeId;
    }
    get leaderId() {
        return this.cluster.leaderId;
    }
    term = 1;
    get membership() {
        return this.cluster.membership();
    }
    status() {
        throw new Error('not needed by the workflow wing');
    }
    propose(frame, _options) {
        if (!this.alive)
            return new Promise(() => undefined);
        if (this.cluster.leaderId === 0)
            return Promise.reject(new RaftoralError('NO_LEADER', 'no leader'));
        const index = this.cluster.append(frame.slice());
        return new Promise((resolve) => this.waiting.set(index, resolve));
    }
    submit(frame) {
        if (this.alive)
            this.cluster.append(frame.slice());
    }
    readIndex() {
        const index = this.cluster.entries.length;
        return this.waitApplied(index).then(() => index);
    }
    async waitApplied(index) {
        while (this.appliedIndex < index)
            await nextTurn();
    }
    async request(to, method, body, timeoutMs) {
        const node = this.cluster.nodes.get(to);
        if (node === undefined || !node.alive)
            throw new RaftoralError('OUTCOME_UNKNOWN', `node ${to} does not answer`);
        await nextTurn();
        return node.handlers.get(method)(this.nodeId, body, timeoutMs);
    }
    handle(method, handler) {
        this.handlers.set(method, handler);
    }
    subscribe(listener) {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }
    tell(call) {
        for (const listener of [...this.listeners])
            call(listener);
    }
    livePeers() {
        return [...this.cluster.nodes.values()].filter((node) => node.alive).map((node) => node.id);
    }
    addLearner() {
        return Promise.reject(new Error('not needed by the workflow wing'));
    }
    promote() {
        return Promise.reject(new Error('not needed by the workflow wing'));
    }
    remove() {
        return Promise.reject(new Error('not needed by the workflow wing'));
    }
    replace() {
        return Promise.reject(new Error('not needed by the workflow wing'));
    }
    transferLeadership() {
        return Promise.reject(new Error('not needed by the workflow wing'));
    }
    /** Everything that was applied becomes durable: closed runs, and histories that nobody holds, leave memory. */
    flush() {
        flushWhole(this.options.store, this.state, this.position());
    }
    position() {
        return { index: this.appliedIndex, term: 1, confState: this.membership };
    }
    /** Takes a snapshot of another node in place of entries that it never saw (R36). */
    install(from) {
        this.state.restore(from.appliedIndex, from.state.snapshot());
        this.restored(from.appliedIndex);
    }
    /** The same for a node with a store, from another without. */
    async installStored(from) {
        const store = this.options.store;
        const { appliedIndex } = from;
        const bytes = from.state.snapshot();
        const position = { ...this.position(), index: appliedIndex };
        await store.replace(position, this.state.rowsOf(position, bytes));
        this.state.load(store.load(), this.source);
        this.restored(appliedIndex);
    }
    restored(index) {
        this.appliedIndex = index;
        this.tell((listener) => listener.onRestored?.(index));
        this.wake();
    }
    wake() {
        if (this.scheduled || !this.alive)
            return;
        this.scheduled = true;
        this.scheduler.turn(() => this.applyAll());
    }
    applyAll() {
        this.scheduled = false;
        if (!this.alive || this.paused || this.prefetching)
            return;
        const end = this.cluster.entries.length;
        if (this.appliedIndex === end)
            return;
        const frames = this.cluster.entries.slice(this.appliedIndex, end).filter((entry) => entry.membership === null);
        const fetched = this.state.prefetch(frames.map((entry) => entry.frame));
        if (fetched === null)
            return this.applyUpTo(end);
        this.prefetching = true;
        void fetched.then(() => {
            this.prefetching = false;
            this.applyUpTo(end);
            this.wake();
        });
    }
    applyUpTo(end) {
        const answers = [];
        while (this.appliedIndex < end) {
            const { frame, membership } = this.cluster.entries[this.appliedIndex];
            const index = ++this.appliedIndex;
            if (membership !== null) {
                this.state.applyMembership(index, membership);
                continue;
            }
            const result = this.state.apply(index, 1, frame);
            const resolve = this.waiting.get(index);
            if (resolve === undefined)
                continue;
            this.waiting.delete(index);
            answers.push(() => resolve({ index, term: 1, result }));
        }
        this.tell((listener) => listener.onApplied?.(this.appliedIndex));
        for (const answer of answers)
            answer();
    }
}
//# sourceMappingURL=local-cluster.js.map
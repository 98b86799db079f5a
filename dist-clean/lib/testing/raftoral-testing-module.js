var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * For tests of applications: a cluster of real Nest application contexts over the real engine, in virtual time and over a simulated
 * network. Nothing is mocked but the machine: a sleep of an hour takes a moment, a crash is one line, and the same seed gives
 * the same run.
 *
 * Works with the test runner's own timers; fake timers are not needed and must be off, as the virtual time needs the real event loop.
 *
 * T1. Time moves only inside advance(), settle(), restart() and close(). A promise of the client is awaited through settle().
 * T2. A crashed node never runs again: its store was memory. restart() boots a new one under the next free id, which replaces it
 *     by the cluster's own membership calls (R42).
 */
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { readWorkflowIdentity } from '../raftoral.metadata-accessor.js';
import { defaultDeployment } from '../raftoral.network-options.js';
import { RaftoralModule } from '../raftoral.module.js';
import { RaftoralNode } from '../raftoral.node.js';
import { RAFTORAL_CLOCK, RAFTORAL_COMPUTE_OVERRIDE, RAFTORAL_RANDOM, RAFTORAL_SCHEDULER, RAFTORAL_TRANSPORT } from '../raftoral.tokens.js';
import { SeededRandom } from './seeded-random.js';
import { CALM_LINK, SimulatedNetwork } from './simulated-network.js';
import { VirtualTime } from './virtual-time.js';
const READY_WITHIN_MS = 60_000;
const SETTLE_WITHIN_MS = 7 * 24 * 3_600_000;
const MEMBERSHIP_TRIES = 200;
const MEMBERSHIP_PAUSE_MS = 50;
/**
 * Idle nodes only ping each other, four times within `peerDownAfterMs`: at the default of 600 ms a day of virtual time is half a
 * minute of pings. A crash is noticed as fast as ever, because the network tells of a broken connection; a partition after this.
 */
const IDLE_FRIENDLY = { peerDownAfterMs: 60_000 };
let TestRootModule = class TestRootModule {
};
TestRootModule = __decorate([
    Module({})
], TestRootModule);
export class RaftoralTestingModule {
    /** Boots the nodes, and resolves when they have a leader and know each other's workflows. */
    static async forTest(options = {}) {
        const cluster = new TestCluster(options);
        await cluster.boot();
        return cluster;
    }
}
export class TestCluster {
    options;
    time = new VirtualTime();
    network;
    random;
    members;
    live = new Map();
    /** Gone, and not yet replaced. */
    lost = new Set();
    replaced = new Set();
    overrides = new Map();
    nextId;
    constructor(options) {
        this.options = options;
        const count = options.nodes ?? 3;
        this.members = Array.from({ length: count }, (_, index) => index + 1);
        this.nextId = count + 1;
        this.random = new SeededRandom(options.seed ?? 1, 'test-cluster');
        this.network = new SimulatedNetwork({ time: this.time, random: this.random.fork('network'), link: options.link ?? CALM_LINK });
    }
    /** Called by forTest(). */
    async boot() {
        const apps = [];
        for (const nodeId of this.members)
            apps.push(await this.makeNode(nodeId, { members: this.members }));
        // Together, and in virtual time: a bootstrap hook of the application may wait for the cluster.
        await this.settle(Promise.all(apps.map((app) => app.init())));
        await this.untilReady();
    }
    /** Ids of the nodes that run, ascending. */
    get nodeIds() {
        return [...this.live.keys()].sort((a, b) => a - b);
    }
    /** A node that runs. */
    node(nodeId) {
        return this.member(nodeId);
    }
    /** The id of the leader, as a majority sees it; 0 while there is none. */
    get leaderId() {
        const leader = [...this.live.values()].find(({ engine }) => engine.group.isLeader && !this.isCutOff(engine));
        return leader?.nodeId ?? 0;
    }
    /** Moves time by `ms`, and lets everything happen that is due by then. */
    async advance(ms) {
        await this.time.advance(ms);
    }
    /** Moves time until `promise` settles, and answers as it does. Rejects when `withinMs` of virtual time pass before (default: a week). */
    async settle(promise, withinMs = SETTLE_WITHIN_MS) {
        return this.time.runUntilSettled(promise, withinMs);
    }
    /** The node dies between two instructions: it runs, hears and hands over nothing any more. */
    crash(nodeId) {
        this.member(nodeId);
        this.live.delete(nodeId);
        this.lost.add(nodeId);
        this.network.crash(nodeId);
    }
    /**
     * Puts a new node in the place of one that crashed (one that still runs is shut down first), and answers its id. The new one is
     * added as a learner, promoted when it has caught up, and the lost one is removed.
     */
    async restart(nodeId) {
        const running = this.live.get(nodeId);
        if (running !== undefined) {
            this.live.delete(nodeId);
            this.lost.add(nodeId);
            await this.settle(running.app.close());
        }
        else if (!this.lost.has(nodeId))
            throw this.unknown(nodeId);
        const newId = this.nextId++;
        const app = await this.makeNode(newId, { join: true });
        const initialised = app.init();
        initialised.catch(() => undefined);
        await this.time.runUntil(() => this.hasGroup(newId), READY_WITHIN_MS);
        await this.change((group) => group.addLearner(newId));
        await this.change((group) => group.promote(newId));
        await this.change((group) => group.remove(nodeId));
        this.lost.delete(nodeId);
        this.replaced.add(nodeId);
        await this.settle(initialised);
        await this.untilReady();
        return newId;
    }
    /** Nothing passes between these nodes and all others, until heal(). */
    partition(...nodeIds) {
        const others = this.nodeIds.filter((nodeId) => !nodeIds.includes(nodeId));
        this.network.partition(nodeIds, others);
    }
    heal() {
        this.network.heal();
    }
    /**
     * Calls `body` instead of the compute `key` of this workflow, on every node, from the next attempt on. It gets what the method
     * would get. Its result is committed as ever.
     */
    overrideCompute(workflow, key, body) {
        const identity = readWorkflowIdentity(workflow);
        if (identity === undefined)
            throw new RaftoralError('INVALID_ARGUMENT', `overrideCompute(): ${workflow.name} is not decorated with @Workflow.`);
        this.overrides.set(overrideKey(identity.name, identity.version, key), body);
    }
    /** Shuts all nodes down, in order of their ids. */
    async close() {
        for (const [nodeId, { app }] of [...this.live]) {
            await this.settle(app.close());
            this.live.delete(nodeId);
        }
    }
    async makeNode(nodeId, cluster) {
        const virtual = this.time.createNode({ name: `node ${nodeId}` });
        const { imports = [], providers = [], controllers = [], options = {}, configure = (builder) => builder } = this.options;
        const computeOverride = (workflow, version, key) => this.overrides.get(overrideKey(workflow, version, key));
        const root = {
            module: TestRootModule,
            imports: [
                RaftoralModule.forRoot({
                    ...options,
                    raft: { ...IDLE_FRIENDLY, ...options.raft },
                    node: { id: nodeId },
                    cluster,
                    deployment: defaultDeployment(this.members),
                    // T2, also where the options of an application are handed over whole: nodes can not share its folder, and its disk has no virtual time.
                    storage: { type: 'memory' },
                }),
                ...imports,
            ],
            providers,
            controllers,
        };
        const builder = Test.createTestingModule({ imports: [root] })
            .overrideProvider(RAFTORAL_CLOCK)
            .useValue(virtual)
            .overrideProvider(RAFTORAL_SCHEDULER)
            .useValue(virtual)
            .overrideProvider(RAFTORAL_RANDOM)
            .useValue(this.random.fork(`node ${nodeId}`))
            .overrideProvider(RAFTORAL_TRANSPORT)
            .useValue(this.network.createTransport(virtual))
            .overrideProvider(RAFTORAL_COMPUTE_OVERRIDE)
            .useValue(computeOverride);
        const app = await configure(builder, nodeId).compile();
        this.live.set(nodeId, {
            nodeId,
            app,
            virtual,
            engine: app.get(RaftoralNode),
            get: (token) => app.get(token, { strict: false }),
        });
        return app;
    }
    hasGroup(nodeId) {
        return this.member(nodeId).engine.nodeStatus().groups.length > 0;
    }
    async untilReady() {
        const isReady = () => [...this.live.values()].every(({ engine }) => this.isReady(engine));
        if (!(await this.time.runUntil(isReady, READY_WITHIN_MS)))
            throw new Error(`the nodes ${this.nodeIds.join(', ')} did not get ready within ${READY_WITHIN_MS} ms of virtual time`);
    }
    /** It knows a leader, the nodes that run as members, and what each of them can run. */
    isReady({ group, state }) {
        const { voters, learners } = group.membership;
        const members = [...voters, ...learners].filter((nodeId) => !this.lost.has(nodeId)).sort((a, b) => a - b);
        const isCurrent = members.length === this.live.size &&
            this.nodeIds.every((nodeId, index) => members[index] === nodeId && state.hellos.get(nodeId)?.down === false);
        return isCurrent && group.leaderId !== 0 && !voters.some((nodeId) => this.replaced.has(nodeId));
    }
    /** A membership call, made again while it is refused for a reason that passes: no leader yet, a change under way, a learner behind. */
    async change(call) {
        for (let tries = 1;; tries++) {
            const { engine } = this.member(this.leaderId || this.nodeIds[0]);
            try {
                await this.settle(call(engine.group));
                return;
            }
            catch (error) {
                if (tries >= MEMBERSHIP_TRIES || !isRaftoralError(error) || !error.retryable)
                    throw error;
                await this.advance(MEMBERSHIP_PAUSE_MS);
            }
        }
    }
    isCutOff(engine) {
        const { voters } = engine.group.membership;
        return engine.group.livePeers().filter((peer) => voters.includes(peer)).length * 2 <= voters.length;
    }
    member(nodeId) {
        const member = this.live.get(nodeId);
        if (member === undefined)
            throw this.unknown(nodeId);
        return member;
    }
    unknown(nodeId) {
        return new RaftoralError('INVALID_ARGUMENT', `Node ${nodeId} does not run${this.lost.has(nodeId) ? ': it crashed, restart() gives a new one' : ''}; those that do are ${this.nodeIds.join(', ')}.`);
    }
}
function overrideKey(workflow, version, key) {
    return `${version}\n${workflow}\n${key}`;
}
//# sourceMappingURL=raftoral-testing-module.js.map
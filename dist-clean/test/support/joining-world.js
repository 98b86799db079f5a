var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * Processes that find each other by themselves: the real module, the real peer transport over a wire in memory, a simulated disk each, virtual time.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { context, RAFTORAL_CLOCK, RAFTORAL_LOGGER, RAFTORAL_NOTES, RAFTORAL_RANDOM, RAFTORAL_SCHEDULER, RAFTORAL_STORAGE, RAFTORAL_TRANSPORT, RaftoralModule, RaftoralNode, Workflow, WorkflowClient, } from '../../lib/index.js';
import { MemoryNodeNotes } from '../../lib/storage/node-notes.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { MemoryWire } from '../../lib/testing/memory-carrier.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { CALM_DISK, SimulatedDisk } from '../../lib/testing/simulated-disk.js';
import { SimulatedDiskStorage } from '../../lib/testing/simulated-disk-storage.js';
import { TraceHash } from '../../lib/testing/trace-hash.js';
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { PeerTransport } from '../../lib/transport/peer/peer-transport.js';
let WaitForWord = class WaitForWord {
    async run(count) {
        let said = 0;
        while (said < count) {
            await context().waitForSignal('word');
            said++;
        }
        return said;
    }
};
WaitForWord = __decorate([
    Workflow('wait_for_word', 1)
], WaitForWord);
export { WaitForWord };
let RootModule = class RootModule {
};
RootModule = __decorate([
    Module({})
], RootModule);
export class JoiningProcess {
    name;
    address;
    virtual;
    app;
    node;
    boot;
    /** undefined while it boots. */
    booted = 'no';
    constructor(name, address, virtual, app, node, boot) {
        this.name = name;
        this.address = address;
        this.virtual = virtual;
        this.app = app;
        this.node = node;
        this.boot = boot;
        boot.then(() => (this.booted = 'yes'), (error) => (this.booted = error));
    }
    get client() {
        return this.app.get(WorkflowClient);
    }
    get isMember() {
        const { groups, progress } = this.node.nodeStatus();
        const { voters = [], learners = [] } = groups[0]?.membership ?? {};
        return progress === null && [...voters, ...learners].includes(this.node.nodeId);
    }
    get isVoter() {
        return this.node.nodeStatus().groups[0]?.membership.voters.includes(this.node.nodeId) === true;
    }
}
const SETTLE_WITHIN_MS = 60_000;
export class JoiningWorld {
    time = new VirtualTime();
    wire;
    lines = [];
    running = new Map();
    folders = new Map();
    random;
    trace = new TraceHash();
    starts = 0;
    constructor(seed = 1) {
        this.random = new SeededRandom(seed, 'joining');
        this.wire = new MemoryWire({ scheduler: this.time.createNode({ name: 'wire' }) });
    }
    addressOf(name) {
        return `${name}.test:7000`;
    }
    seeds(...names) {
        return names.map((name) => this.addressOf(name));
    }
    /** Starts a process; it boots as time goes by. Its folder is the one that it had before. */
    async start(name, options) {
        const address = this.addressOf(name);
        const virtual = this.time.createNode({ name: `${name} ${++this.starts}` });
        const random = this.random.fork(`${name} ${this.starts}`);
        const folder = this.folder(name, options);
        const logger = { isDebug: false, log: (level, text) => void this.lines.push(`${name}: ${level}: ${text}`) };
        const transport = new PeerTransport({
            carrier: this.wire.createCarrier({ address }),
            credentials: { kind: 'insecure' },
            clock: virtual,
            scheduler: virtual,
            random: random.fork('transport'),
            logger,
            advertise: null,
            resolve: async (seed) => [seed],
        });
        const storage = folder.disk === null
            ? new MemoryRaftStorage()
            : new SimulatedDiskStorage({ disk: folder.disk, process: virtual, random: random.fork('disk'), checkpointFrames: 64 });
        const { cluster, deployment, node } = options;
        const root = {
            module: RootModule,
            imports: [
                RaftoralModule.forRoot({ cluster, ...(deployment === undefined ? {} : { deployment }), ...(node === undefined ? {} : { node }) }),
            ],
            providers: [WaitForWord],
        };
        const builder = Test.createTestingModule({ imports: [root] });
        const parts = new Map([
            [RAFTORAL_CLOCK, virtual],
            [RAFTORAL_SCHEDULER, virtual],
            [RAFTORAL_RANDOM, random],
            [RAFTORAL_TRANSPORT, transport],
            [RAFTORAL_STORAGE, storage],
            [RAFTORAL_NOTES, folder.notes],
            [RAFTORAL_LOGGER, logger],
        ]);
        for (const [token, value] of parts)
            builder.overrideProvider(token).useValue(value);
        const app = await builder.compile();
        const process = new JoiningProcess(name, address, virtual, app, app.get(RaftoralNode), app.init());
        this.running.set(name, process);
        return process;
    }
    /** The process dies between two instructions. */
    kill(name) {
        const process = this.get(name);
        this.running.delete(name);
        process.virtual.kill();
        this.wire.kill(process.address);
    }
    /** The folder is lost too. */
    wipe(name) {
        this.folders.delete(name);
    }
    notes(name) {
        return this.folders.get(name).notes;
    }
    get(name) {
        const process = this.running.get(name);
        if (process === undefined)
            throw new Error(`${name} does not run`);
        return process;
    }
    async advance(ms) {
        await this.time.advance(ms);
    }
    async settle(promise, withinMs = SETTLE_WITHIN_MS) {
        return this.time.runUntilSettled(promise, withinMs);
    }
    async until(what, condition, withinMs = 120_000) {
        if (await this.time.runUntil(condition, withinMs))
            return;
        throw new Error(`${what} did not come about within ${withinMs} ms:\n${this.describe()}\n${this.lines.slice(-40).join('\n')}`);
    }
    /** All of these are voters of one cluster. */
    async untilVoters(...names) {
        await this.until(`voters ${names.join(', ')}`, () => {
            const processes = names.map((name) => this.running.get(name));
            const ids = processes.map((process) => process?.node.nodeId ?? 0).sort((a, b) => a - b);
            return processes.every((process) => process !== undefined &&
                process.booted === 'yes' &&
                process.isMember &&
                process.node.group.leaderId !== 0 &&
                [...process.node.group.membership.voters].sort((a, b) => a - b).join() === ids.join() &&
                process.node.group.membership.votersOutgoing.length === 0);
        });
    }
    /** Deployments that nodes belong to. */
    get deployments() {
        return new Set([...this.running.values()].map(({ node }) => node.deployment).filter((deployment) => deployment !== ''));
    }
    /** All processes end at once. */
    async close() {
        for (const name of [...this.running.keys()])
            this.kill(name);
        await this.time.advance(1);
    }
    folder(name, { isVolatile, isFolderEmptied }) {
        if (isVolatile === true)
            return { disk: null, notes: new MemoryNodeNotes() };
        let folder = this.folders.get(name);
        if (folder === undefined || isFolderEmptied === true) {
            const disk = new SimulatedDisk({ time: this.time, trace: this.trace, random: this.random.fork(`disk ${name}`), profile: CALM_DISK });
            folder = { disk, notes: new MemoryNodeNotes() };
            this.folders.set(name, folder);
        }
        return folder;
    }
    describe() {
        return [...this.running.values()]
            .map(({ name, node, booted }) => {
            const { nodeId, progress, failure, groups } = node.nodeStatus();
            const group = groups[0];
            const where = group === undefined
                ? 'no group'
                : `leader ${group.leaderId} voters ${group.membership.voters} learners ${group.membership.learners}`;
            return `${name}: node ${nodeId}, ${node.phase}, booted ${String(booted)}, ${where}, ${progress ?? failure ?? ''}`;
        })
            .join('\n');
    }
}
//# sourceMappingURL=joining-world.js.map
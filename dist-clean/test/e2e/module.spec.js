var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** The module in real applications: boot, shutdown, providers, health. */
import 'reflect-metadata';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { context, InProcessNetwork, RAFTORAL_CLOCK, RAFTORAL_COMPUTE_OVERRIDE, RAFTORAL_GROUP_FACTORY, RAFTORAL_HOST_FACTORY, RAFTORAL_INCARNATION, RAFTORAL_LOGGER, RAFTORAL_OPTIONS, RAFTORAL_RANDOM, RAFTORAL_REGISTRY, RAFTORAL_SCHEDULER, RAFTORAL_SERVICE_FACTORY, RAFTORAL_SETTINGS, RAFTORAL_SLOT_MAP, RAFTORAL_STORAGE, RAFTORAL_TRANSPORT, RaftoralEvents, RaftoralHealthIndicator, RaftoralModule, RaftoralNode, RequestForwarder, Workflow, WorkflowClient, } from '../../lib/index.js';
let Greet = class Greet {
    async run(name) {
        return `hello ${name}`;
    }
};
Greet = __decorate([
    Workflow('greet', 1)
], Greet);
let Patient = class Patient {
    async run() {
        await context().sleep('1h');
    }
};
Patient = __decorate([
    Workflow('patient', 1)
], Patient);
let HealthController = class HealthController {
    health;
    raftoral;
    constructor(health, raftoral) {
        this.health = health;
        this.raftoral = raftoral;
    }
    live() {
        return this.health.check([() => this.raftoral.isAlive()]);
    }
    ready() {
        return this.health.check([() => this.raftoral.isReady()]);
    }
};
__decorate([
    Get('live'),
    HealthCheck(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], HealthController.prototype, "live", null);
__decorate([
    Get('ready'),
    HealthCheck(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], HealthController.prototype, "ready", null);
HealthController = __decorate([
    Controller('health'),
    __metadata("design:paramtypes", [HealthCheckService,
        RaftoralHealthIndicator])
], HealthController);
const apps = [];
async function boot(metadata, configure = (builder) => builder) {
    let Root = class Root {
    };
    Root = __decorate([
        Module({
            ...metadata,
            imports: [TerminusModule.forRoot(), ...(metadata.imports ?? [])],
            controllers: [HealthController, ...(metadata.controllers ?? [])],
        })
    ], Root);
    const app = (await configure(Test.createTestingModule({ imports: [Root] })).compile()).createNestApplication({ logger: false });
    apps.push(app);
    await app.init();
    return app;
}
async function bootNode(id, members, network, providers = [Greet]) {
    return boot({ imports: [RaftoralModule.forRoot({ node: { id }, cluster: { members }, network, raft: { tickMs: 10 } })], providers });
}
const ALONE = { node: { id: 1 }, cluster: { members: [1] }, raft: { tickMs: 10 } };
/** A node of one is its own leader as soon as its election timeout has passed. */
async function untilReady(app) {
    while ((await app.get(RaftoralHealthIndicator).isReady())['raftoral'].status !== 'up')
        await new Promise((resolve) => void setTimeout(resolve, 10));
}
afterEach(async () => {
    for (const app of apps.splice(0))
        await app.close();
});
describe('RaftoralModule', () => {
    it('a boot never waits for a quorum, and a lonely node is alive and not ready', async () => {
        const network = new InProcessNetwork();
        const app = await bootNode(1, [1, 2, 3], network);
        const health = app.get(RaftoralHealthIndicator);
        expect(await health.isAlive()).toMatchObject({ raftoral: { status: 'up', nodeId: 1 } });
        expect(await health.isReady('node')).toMatchObject({
            node: { status: 'down', message: 'cluster 1 has no leader that this node knows of' },
        });
        await expect(app.get(WorkflowClient).start(Greet, 'you', { timeoutMs: 50 })).rejects.toMatchObject({ retryable: true });
        await bootNode(2, [1, 2, 3], network);
        await untilReady(app);
        expect(await app.get(WorkflowClient).execute(Greet, 'you')).toBe('hello you');
    });
    it('health is a terminus indicator: 200 and 503', async () => {
        const app = await bootNode(1, [1, 2], new InProcessNetwork());
        await app.listen(0, '127.0.0.1');
        const url = await app.getUrl();
        expect((await fetch(`${url}/health/live`)).status).toBe(200);
        const ready = await fetch(`${url}/health/ready`);
        expect(ready.status).toBe(503);
        expect(await ready.json()).toMatchObject({
            status: 'error',
            error: { raftoral: { status: 'down', nodeId: 1, clusters: [{ clusterId: 1, leader: 0 }] } },
        });
    });
    it('two forRoot in one application are a boot error', async () => {
        let Feature = class Feature {
        };
        Feature = __decorate([
            Module({ imports: [RaftoralModule.forRoot({ ...ALONE, node: { id: 2 }, cluster: { members: [2] } })] })
        ], Feature);
        await expect(boot({ imports: [RaftoralModule.forRoot(ALONE), Feature] })).rejects.toMatchObject({
            code: 'DUPLICATE_MODULE',
            message: expect.stringMatching(/imported 2 times/),
        });
        await expect(boot({ imports: [RaftoralModule.forRoot(ALONE), RaftoralModule.forRootAsync({ useFactory: () => ALONE })] })).rejects.toMatchObject({
            code: 'DUPLICATE_MODULE',
        });
    });
    it('one forRoot that two modules import is one module', async () => {
        const shared = RaftoralModule.forRoot(ALONE);
        let Feature = class Feature {
        };
        Feature = __decorate([
            Module({ imports: [shared] })
        ], Feature);
        const app = await boot({ imports: [shared, Feature], providers: [Greet] });
        await untilReady(app);
        expect(await app.get(WorkflowClient).execute(Greet, 'one')).toBe('hello one');
    });
    it('a wrong option is a boot error that names it', async () => {
        await expect(boot({ imports: [RaftoralModule.forRoot({ ...ALONE, raft: { tickMs: -5 } })] })).rejects.toMatchObject({
            code: 'INVALID_CONFIGURATION',
            message: expect.stringMatching(/raft\.tickMs/),
        });
        await expect(boot({ imports: [RaftoralModule.forRoot({ node: { id: 1 }, cluster: { members: [1, 2, 3] } })] })).rejects.toMatchObject({
            code: 'INVALID_CONFIGURATION',
            message: expect.stringMatching(/network/),
        });
    });
    it('a wrong workflow is a boot error', async () => {
        class NoRun {
        }
        Workflow('no-run', 1)(NoRun);
        await expect(boot({ imports: [RaftoralModule.forRoot(ALONE)], providers: [NoRun, Greet] })).rejects.toMatchObject({
            code: 'INVALID_WORKFLOW_DEFINITION',
            message: expect.stringMatching(/NoRun has no method run/),
        });
    });
    it('forRootAsync takes a factory with injected dependencies, a class, or an existing provider', async () => {
        let Config = class Config {
            nodeId = 7;
            createRaftoralOptions() {
                return { node: { id: this.nodeId }, cluster: { members: [this.nodeId] } };
            }
        };
        Config = __decorate([
            Injectable()
        ], Config);
        let ConfigModule = class ConfigModule {
        };
        ConfigModule = __decorate([
            Module({ providers: [Config], exports: [Config] })
        ], ConfigModule);
        const asyncOptions = [
            { imports: [ConfigModule], inject: [Config], useFactory: async (config) => config.createRaftoralOptions() },
            { useClass: Config },
            { imports: [ConfigModule], useExisting: Config },
        ];
        for (const options of asyncOptions) {
            const app = await boot({ imports: [RaftoralModule.forRootAsync(options)] });
            expect(app.get(RaftoralNode).nodeId).toBe(7);
        }
    });
    it('every part is a provider behind an exported token', async () => {
        const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)] });
        const tokens = [
            RAFTORAL_CLOCK,
            RAFTORAL_COMPUTE_OVERRIDE,
            RAFTORAL_GROUP_FACTORY,
            RAFTORAL_HOST_FACTORY,
            RAFTORAL_INCARNATION,
            RAFTORAL_LOGGER,
            RAFTORAL_OPTIONS,
            RAFTORAL_RANDOM,
            RAFTORAL_REGISTRY,
            RAFTORAL_SCHEDULER,
            RAFTORAL_SERVICE_FACTORY,
            RAFTORAL_SETTINGS,
            RAFTORAL_SLOT_MAP,
            RAFTORAL_STORAGE,
            RAFTORAL_TRANSPORT,
            RaftoralEvents,
            RaftoralHealthIndicator,
            RaftoralNode,
            RequestForwarder,
            WorkflowClient,
        ];
        for (const token of tokens)
            expect(app.get(token)).toBeDefined();
    });
    it('a part can be overridden in a test', async () => {
        const lines = [];
        const logger = { isDebug: false, log: (_level, text) => void lines.push(text) };
        const real = Date.now();
        const clock = {
            now: () => real + 3_600_000,
            monotonic: () => performance.now(),
            setTimer: (delayMs, callback) => {
                const timer = setTimeout(callback, delayMs);
                return { cancel: () => clearTimeout(timer) };
            },
        };
        const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)], providers: [Greet] }, (builder) => builder.overrideProvider(RAFTORAL_LOGGER).useValue(logger).overrideProvider(RAFTORAL_CLOCK).useValue(clock));
        await untilReady(app);
        const handle = await app.get(WorkflowClient).start(Greet, 'late');
        const { startedAt } = await handle.describe();
        expect(Date.parse(startedAt)).toBeGreaterThan(real + 3_000_000);
        expect(app.get(RAFTORAL_LOGGER)).toBe(logger);
    });
    it('a shutdown hands the runs over before it ends, and rejects those who still wait', async () => {
        const network = new InProcessNetwork();
        const [first, second] = [await bootNode(1, [1, 2, 3], network, [Patient]), await bootNode(2, [1, 2, 3], network, [Patient])];
        await bootNode(3, [1, 2, 3], network, [Patient]);
        await untilReady(first);
        await untilReady(second);
        const handle = await first.get(WorkflowClient).start(Patient, undefined, { workflowId: 'patient' });
        expect((await handle.describe()).owner).toBe(1);
        const waiting = handle.result();
        const rejected = expect(waiting).rejects.toMatchObject({ code: 'SHUTTING_DOWN', retryable: true });
        const completed = jest.fn();
        handle.events$.subscribe({ complete: completed });
        await first.close();
        await rejected;
        expect(completed).toHaveBeenCalled();
        expect((await second.get(WorkflowClient).getHandle(Patient, 'patient').describe()).owner).not.toBe(1);
        expect(await first.get(RaftoralHealthIndicator).isAlive()).toMatchObject({ raftoral: { status: 'down' } });
    });
    it('closing twice, and closing an application that never started, is no error', async () => {
        const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)] });
        await app.close();
        await app.close();
        const never = (await Test.createTestingModule({ imports: [RaftoralModule.forRoot(ALONE)] }).compile()).createNestApplication({
            logger: false,
        });
        await never.close();
    });
    it('a node id that ran before on this network is refused (R42)', async () => {
        const network = new InProcessNetwork();
        const app = await bootNode(1, [1], network);
        await app.close();
        await expect(bootNode(1, [1], network)).rejects.toMatchObject({ code: 'NODE_ID_REUSED' });
        apps.pop();
    });
    it('events come per workflow, per cluster, and for all', async () => {
        const app = await boot({ imports: [RaftoralModule.forRoot(ALONE)], providers: [Greet] });
        await untilReady(app);
        const events = app.get(RaftoralEvents);
        const seen = { all: [], cluster: [], workflow: [] };
        const note = (stream) => (item) => seen[stream].push(item.workflowId);
        events.all$.subscribe(note('all'));
        events.cluster$(1).subscribe(note('cluster'));
        const client = app.get(WorkflowClient);
        await client.execute(Greet, 'a', { workflowId: 'a' });
        await client.execute(Greet, 'b', { workflowId: 'b' });
        events.workflow$('b').subscribe(note('workflow'));
        await new Promise((resolve) => void setTimeout(resolve, 20));
        expect(seen).toEqual({ all: ['a', 'a', 'b', 'b'], cluster: ['a', 'a', 'b', 'b'], workflow: ['b', 'b'] });
        await expect(new Promise((_, reject) => events.cluster$(9).subscribe({ error: reject }))).rejects.toMatchObject({ code: 'NOT_MEMBER' });
    });
});
//# sourceMappingURL=module.spec.js.map
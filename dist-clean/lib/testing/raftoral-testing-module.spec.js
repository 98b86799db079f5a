var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** A cluster in a test, as an application's own tests use it. */
import 'reflect-metadata';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { Checkpoint, CheckpointCompute, context, idempotencyKey, isRaftoralError, RaftoralNode, Workflow, WorkflowClient, WorkflowQuery, WorkflowSignal, } from '../index.js';
import { RaftoralTestingModule } from './index.js';
let Payments = class Payments {
    async charge(amount, key) {
        return `charged ${amount} (${key.length})`;
    }
};
Payments = __decorate([
    Injectable()
], Payments);
let Rental = class Rental {
    payments;
    status = 'new';
    address = '';
    constructor(payments) {
        this.payments = payments;
    }
    async run(input) {
        this.status = await this.record('rented');
        await context().sleep(`${input.hours}h`);
        const receipt = await this.pay(input.hours * 10);
        this.status = await this.record('paid');
        return { receipt, address: this.address };
    }
    async record(status) {
        return status;
    }
    async pay(amount) {
        return this.payments.charge(amount, idempotencyKey());
    }
    currentStatus() {
        return this.status;
    }
    moved(address) {
        this.address = address;
    }
};
__decorate([
    Checkpoint('status'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Rental.prototype, "record", null);
__decorate([
    CheckpointCompute('pay', { retry: { maxAttempts: 3, initialDelay: '1s' } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Number]),
    __metadata("design:returntype", Promise)
], Rental.prototype, "pay", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", String)
], Rental.prototype, "currentStatus", null);
__decorate([
    WorkflowSignal(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", void 0)
], Rental.prototype, "moved", null);
Rental = __decorate([
    Workflow('rental', 1),
    __metadata("design:paramtypes", [Payments])
], Rental);
let cluster;
async function start(options = {}) {
    cluster = await RaftoralTestingModule.forTest({ nodes: 3, providers: [Rental, Payments], ...options });
    return cluster;
}
function clientOf(nodeId) {
    return cluster.node(nodeId).get(WorkflowClient);
}
afterEach(async () => cluster.close());
describe('RaftoralTestingModule', () => {
    it('three hours pass in a moment, by the clock of the log', async () => {
        await start();
        const handle = await cluster.settle(clientOf(1).start(Rental, { hours: 3 }, { workflowId: 'rental-1' }));
        await cluster.advance(1_000);
        expect(await cluster.settle(handle.query('currentStatus'))).toBe('rented');
        await cluster.advance(3 * 3_600_000 - 60_000);
        expect(await cluster.settle(handle.query('currentStatus'))).toBe('rented');
        await cluster.advance(61_000);
        expect(await cluster.settle(clientOf(3).getHandle(Rental, 'rental-1').result())).toEqual({ receipt: 'charged 30 (64)', address: '' });
    });
    it('R17: the owner crashes in the middle of a run; another node goes on, and nothing is lost', async () => {
        await start();
        const attempts = [];
        cluster.overrideCompute(Rental, 'pay', async (amount) => {
            attempts.push(amount);
            if (attempts.length === 1)
                await new Promise(() => undefined);
            return 'paid by override';
        });
        const handle = await cluster.settle(clientOf(1).start(Rental, { hours: 1 }, { workflowId: 'rental-1' }));
        expect((await cluster.settle(handle.describe())).owner).toBe(1);
        await cluster.advance(3_600_000 + 1_000);
        expect(attempts).toEqual([10]);
        await cluster.settle(clientOf(2).getHandle(Rental, 'rental-1').signal('moved', 'Elm Street'));
        cluster.crash(1);
        const result = await cluster.settle(clientOf(2).getHandle(Rental, 'rental-1').result());
        expect(result).toEqual({ receipt: 'paid by override', address: 'Elm Street' });
        expect(attempts).toEqual([10, 10]);
        expect((await cluster.settle(clientOf(3).getHandle(Rental, 'rental-1').describe())).owner).not.toBe(1);
    });
    it('R42: a crashed node comes back under a new id, and the cluster survives a second crash', async () => {
        await start();
        const handle = await cluster.settle(clientOf(2).start(Rental, { hours: 1 }, { workflowId: 'rental-1' }));
        cluster.crash(cluster.leaderId);
        const lost = [1, 2, 3].find((nodeId) => !cluster.nodeIds.includes(nodeId));
        expect(await cluster.restart(lost)).toBe(4);
        expect(cluster.node(4).get(RaftoralNode).group.membership.voters).toEqual([1, 2, 3, 4].filter((nodeId) => nodeId !== lost));
        expect(() => cluster.node(lost)).toThrow(/does not run/);
        cluster.crash(cluster.leaderId);
        const survivor = cluster.nodeIds.includes(4) ? 4 : cluster.nodeIds[0];
        await cluster.advance(3_600_000 + 10_000);
        expect((await cluster.settle(clientOf(survivor).getHandle(Rental, handle.workflowId).result())).receipt).toBe('charged 10 (64)');
    });
    it('a node that still runs is shut down in order before it is replaced', async () => {
        await start();
        const handle = await cluster.settle(clientOf(1).start(Rental, { hours: 1 }, { workflowId: 'rental-1' }));
        expect(await cluster.restart(1)).toBe(4);
        const { owner } = await cluster.settle(clientOf(4).getHandle(Rental, 'rental-1').describe());
        expect([2, 3, 4]).toContain(owner);
        await expect(cluster.settle(handle.describe())).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    });
    it('P4: the minority side of a partition answers nothing linearizable, and is caught up after heal', async () => {
        await start();
        const handle = await cluster.settle(clientOf(2).start(Rental, { hours: 1 }, { workflowId: 'rental-1' }));
        cluster.partition(1);
        await expect(cluster.settle(clientOf(1).start(Rental, { hours: 1 }, { workflowId: 'rental-2', timeoutMs: 3_000 }))).rejects.toMatchObject({
            retryable: true,
        });
        await cluster.settle(handle.signal('moved', 'Oak Street'));
        cluster.heal();
        await cluster.advance(3_600_000 + 10_000);
        expect(await cluster.settle(clientOf(1).getHandle(Rental, 'rental-1').result())).toEqual({
            receipt: 'charged 10 (64)',
            address: 'Oak Street',
        });
    });
    it('overrideCompute replaces the body on every node; its failures are retried as ever', async () => {
        await start();
        let calls = 0;
        cluster.overrideCompute(Rental, 'pay', (amount) => {
            if (++calls < 3)
                throw new Error('declined');
            return `third time, ${amount}`;
        });
        const result = await cluster.settle(clientOf(3).execute(Rental, { hours: 2 }));
        expect(result.receipt).toBe('third time, 20');
        expect(calls).toBe(3);
        expect(() => cluster.overrideCompute(Payments, 'pay', () => 1)).toThrow(/Payments is not decorated/);
    });
    it('T2: the storage is memory, whatever the options of the application say', async () => {
        // One folder for all nodes, as in the options that an application hands over whole.
        const path = join(mkdtempSync(join(tmpdir(), 'raftoral-testing-')), 'data');
        try {
            const options = {
                storage: { type: 'sqlite', path },
                requestTimeoutMs: 5_000,
            };
            await start({ options });
            await cluster.settle(clientOf(1).start(Rental, { hours: 1 }));
            expect(existsSync(path)).toBe(false);
        }
        finally {
            rmSync(dirname(path), { recursive: true });
        }
    });
    it('providers can be overridden, on each node', async () => {
        await start({
            configure: (builder, nodeId) => builder.overrideProvider(Payments).useValue({ charge: async () => `fake of node ${nodeId}` }),
        });
        expect((await cluster.settle(clientOf(2).execute(Rental, { hours: 1 }))).receipt).toBe('fake of node 2');
    });
    it('events arrive in order, the same on every node, and end with the run', async () => {
        await start();
        const handle = await cluster.settle(clientOf(1).start(Rental, { hours: 1 }));
        const seen = { 1: [], 2: [], 3: [] };
        const ended = [];
        for (const nodeId of [1, 2, 3]) {
            clientOf(nodeId)
                .getHandle(Rental, handle.workflowId, handle.runId)
                .events$.subscribe({ next: (item) => seen[nodeId].push(item), complete: () => ended.push(nodeId) });
        }
        await cluster.settle(handle.result());
        await cluster.advance(1_000);
        expect(ended.sort()).toEqual([1, 2, 3]);
        expect(seen[1].map((item) => (item.type === 'event' ? item.event.kind : item.type))).toEqual([
            'started',
            'checkpoint',
            'sleep-set',
            'timer-fired',
            'compute-result',
            'checkpoint',
            'finished',
        ]);
        expect(seen[2]).toEqual(seen[1]);
        expect(seen[3]).toEqual(seen[1]);
        expect(JSON.parse(JSON.stringify(seen[1]))).toEqual(seen[1]);
    });
    it('a bootstrap hook of the application may start a workflow', async () => {
        let Starter = class Starter {
            client;
            started = '';
            constructor(client) {
                this.client = client;
            }
            async onApplicationBootstrap() {
                for (;;) {
                    try {
                        this.started = (await this.client.start(Rental, { hours: 1 }, { workflowId: 'at-boot', onExisting: 'attach' })).workflowId;
                        return;
                    }
                    catch (error) {
                        if (!isRaftoralError(error, 'UNKNOWN_WORKFLOW') && !isRaftoralError(error, 'NO_LEADER'))
                            throw error;
                    }
                }
            }
        };
        Starter = __decorate([
            Injectable(),
            __metadata("design:paramtypes", [WorkflowClient])
        ], Starter);
        await start({ providers: [Rental, Payments, Starter] });
        expect([1, 2, 3].map((nodeId) => cluster.node(nodeId).get(Starter).started)).toEqual(['at-boot', 'at-boot', 'at-boot']);
    });
    it('the same seed gives the same run', async () => {
        const histories = [];
        for (let time = 0; time < 2; time++) {
            await start({ seed: 7 });
            const handle = await cluster.settle(clientOf(1).start(Rental, { hours: 1 }));
            await cluster.settle(handle.result());
            histories.push(await cluster.settle(handle.history()));
            await cluster.close();
        }
        expect(histories[0]).toBe(histories[1]);
        expect(histories[0].split('\n').length).toBeGreaterThan(5);
    });
});
//# sourceMappingURL=raftoral-testing-module.spec.js.map
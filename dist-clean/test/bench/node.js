var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var BenchModule_1;
/**
 * Nodes of the disk benches: real applications, by RaftoralModule.forRoot(), without an HTTP server.
 */
import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralModule, RaftoralNode, WorkflowClient, isRaftoralError, } from '../../lib/index.js';
import { refuseMemoryFileSystem } from './probes.js';
import { Steps } from './workflows.js';
export const DEPLOYMENT = '00000000-0000-4000-8000-000000000002';
let BenchModule = BenchModule_1 = class BenchModule {
    static with(options, overridden) {
        const engine = RaftoralModule.forRoot(options);
        // The last provider of a token wins, as overrideProvider() of a testing module would have it.
        const replaced = { ...engine, providers: [...(engine.providers ?? []), ...overridden] };
        return { module: BenchModule_1, imports: [replaced], providers: [Steps] };
    }
};
BenchModule = BenchModule_1 = __decorate([
    Module({})
], BenchModule);
export async function bootNode(path, storage, more = {}) {
    const { nodeId = 1, members = [1], join = false, network, overridden = [], ...tuning } = more;
    const options = {
        ...tuning,
        node: { id: nodeId },
        cluster: join ? { join } : { members },
        deployment: DEPLOYMENT,
        storage: storage === 'memory' ? { type: 'memory' } : { type: 'sqlite', path },
        ...(network === undefined ? {} : { network }),
    };
    const app = await NestFactory.createApplicationContext(BenchModule.with(options, overridden), { logger: ['error', 'warn'] });
    return { app, client: app.get(WorkflowClient), node: app.get(RaftoralNode) };
}
export async function bootCluster(folder, { nodes: count, storage, busyPollMs }) {
    const members = Array.from({ length: count }, (_, at) => at + 1);
    const network = new InProcessNetwork();
    const nodes = await Promise.all(members.map((nodeId) => bootNode(join(folder, `node-${nodeId}`), storage, { nodeId, members, network, raft: { busyPollMs } })));
    await firstStart(nodes[0].client);
    const leader = nodes.find(({ node }) => node.group.isLeader) ?? nodes[0];
    return {
        nodes,
        client: leader.client,
        close: async () => {
            await Promise.all(nodes.map(({ app }) => app.close()));
        },
    };
}
/** Resolves when a workflow was accepted, and has ended. */
export async function firstStart(client) {
    await patiently(() => client.execute(Steps, { steps: 0 }));
}
/** A node that has just booted has no leader yet: asks again until it answers. */
export async function patiently(call) {
    for (;;) {
        try {
            return await call();
        }
        catch (error) {
            if (!isRaftoralError(error) || !['NO_LEADER', 'NOT_LEADER', 'UNKNOWN_WORKFLOW'].includes(error.code))
                throw error;
            await sleep(2);
        }
    }
}
/** Runs `calls` of them, `clients` at once; answers what each took, ms, ascending. */
export async function inFlight(clients, calls, call) {
    const took = new Float64Array(calls);
    let next = 0;
    const client = async () => {
        while (next < calls) {
            const at = next++;
            const began = performance.now();
            await call(at);
            took[at] = performance.now() - began;
        }
    };
    await Promise.all(Array.from({ length: Math.min(clients, calls) }, client));
    return took.sort();
}
/** A folder of this run on the disk that is measured; gone afterwards. */
export async function inDataFolder(options, use) {
    if (options.data !== null)
        mkdirSync(options.data, { recursive: true });
    const folder = mkdtempSync(join(options.data ?? tmpdir(), 'raftoral-bench-'));
    try {
        if (options.storage === 'sqlite')
            refuseMemoryFileSystem(folder);
        return await use(folder);
    }
    finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
//# sourceMappingURL=node.js.map
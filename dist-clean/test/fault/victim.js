var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * The process that is killed, unplugged and starved: a Nest application with one node, driven by lines of JSON (protocol.ts). It says that
 * something was acknowledged only after the promise of the engine has resolved, and ends with its stdin, so that it never outlives the driver.
 */
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralEvents, RaftoralHealthIndicator, RaftoralModule, RaftoralNode, WorkflowClient, signalRef, } from '../../lib/index.js';
import { EffectsFile, Steps } from './workflows.js';
const options = JSON.parse(process.argv[2]);
const POKE = signalRef('poke');
let synchronousReplaced = 0;
function say(line) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
}
function errorOf(error) {
    const { code, message } = error;
    return { code: typeof code === 'string' ? code : 'none', message: String(message ?? error) };
}
function moduleOptions() {
    const { nodeId, join, storagePath, rejoinEmpty, raft, limits, network } = options;
    if (network !== undefined)
        return {
            ...network,
            storage: { type: 'sqlite', path: storagePath },
            raft: { ...raft, ...network.raft },
            limits: { ...limits },
            events: { subscriberBufferMax: 1_000_000 },
        };
    return {
        node: { id: nodeId },
        cluster: join === true ? { join: true } : { members: [nodeId] },
        deployment: '7d9c1a52-3f0e-4b6d-9a41-5e2f8c7b6a10',
        network: new InProcessNetwork(),
        storage: storagePath === null ? { type: 'memory' } : { type: 'sqlite', path: storagePath, ...(rejoinEmpty ? { rejoinEmpty } : {}) },
        raft: { tickMs: 10, electionTimeoutTicks: 5, ...raft },
        limits: { ...limits },
        events: { subscriberBufferMax: 1_000_000 },
        shutdown: { drainTimeoutMs: 0 },
    };
}
/** SQLite's own setting, replaced where it is made: what a driver build that believes itself at FULL would do (FAULTS: 8 fsyncs for 100 commits). */
function weakenSynchronous() {
    const { Database } = createRequire(import.meta.url)('sqlite3');
    for (const method of ['exec', 'run', 'all', 'get']) {
        const original = Database.prototype[method];
        Database.prototype[method] = function (sql, ...rest) {
            const weaker = sql.replace(/(\bsynchronous\s*=\s*)(?:FULL|EXTRA|2|3)\b/gi, '$1NORMAL');
            if (weaker !== sql)
                synchronousReplaced++;
            return original.call(this, weaker, ...rest);
        };
    }
}
async function answer(app, request) {
    const client = app.get(WorkflowClient);
    switch (request.op) {
        case 'start': {
            const { workflowId, requestId, input } = request;
            const { runId, existing } = await client.start(Steps, input, { workflowId, requestId });
            return { runId, existing };
        }
        case 'signal':
            return client.getHandle(Steps, request.workflowId).signal(POKE, request.payload, { requestId: request.requestId });
        case 'result':
            return client.getHandle(Steps, request.workflowId).result({ timeoutMs: request.timeoutMs });
        case 'describe':
            return client.getHandle(Steps, request.workflowId).describe();
        case 'history':
            return client.getHandle(Steps, request.workflowId).history();
        case 'list':
            return client.list({ limit: request.limit, ...(request.cursor === undefined ? {} : { cursor: request.cursor }) });
        case 'status':
            return statusOf(app);
        case 'stop':
            return app.close();
    }
}
async function statusOf(app) {
    const started = performance.now();
    const { raftoral } = await app.get(RaftoralHealthIndicator).isAlive();
    const node = app.get(RaftoralNode);
    const { failure } = node.nodeStatus();
    const { role, leaderId, term, appliedIndex, membership } = node.group.status();
    return {
        nodeId: node.nodeId,
        role,
        leaderId,
        term,
        appliedIndex,
        voters: membership.voters,
        failure,
        alive: raftoral.status === 'up',
        aliveMs: performance.now() - started,
        synchronousReplaced,
    };
}
async function serve(app, text) {
    const request = JSON.parse(text);
    try {
        say({ id: request.id, ok: (await answer(app, request)) ?? null });
    }
    catch (error) {
        say({ id: request.id, error: errorOf(error) });
    }
    if (request.op === 'stop')
        process.exit(0);
}
async function untilReady(app) {
    const health = app.get(RaftoralHealthIndicator);
    while ((await health.isReady()).raftoral.status !== 'up')
        await new Promise((resolve) => void setTimeout(resolve, 2));
}
async function main() {
    process.stdin.once('end', () => process.exit(0));
    const lines = createInterface({ input: process.stdin });
    if (options.synchronousNormal === true)
        weakenSynchronous();
    let VictimModule = class VictimModule {
    };
    VictimModule = __decorate([
        Module({
            imports: [RaftoralModule.forRoot(moduleOptions())],
            providers: [Steps, { provide: EffectsFile, useValue: new EffectsFile(options.effectsPath) }],
        })
    ], VictimModule);
    const app = await NestFactory.createApplicationContext(VictimModule, { logger: ['error', 'warn'], abortOnError: false });
    app.get(RaftoralEvents).all$.subscribe({
        next: (item) => {
            if (item.type === 'event')
                say({ event: { workflowId: item.workflowId, runId: item.runId, event: item.event } });
            else
                say({ gap: 1 });
        },
        error: (error) => process.stderr.write(`events: ${errorOf(error).message}\n`),
    });
    lines.on('line', (text) => void serve(app, text));
    await untilReady(app);
    say({ ready: true });
}
main().catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.stdout.write(`${JSON.stringify({ failed: errorOf(error) })}\n`, () => process.exit(3));
});
//# sourceMappingURL=victim.js.map
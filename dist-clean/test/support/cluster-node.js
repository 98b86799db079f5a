var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * A program of a test: one node of a cluster, in a process of its own. Options as JSON in its first argument; then one JSON command a line on stdin,
 * one answer a line on stdout: {id, ok, value | code, message}.
 */
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RaftoralModule, RaftoralNode, Workflow, WorkflowClient, context, isRaftoralError, signalRef, } from '../../lib/index.js';
let CountWords = class CountWords {
    async run(count) {
        for (let said = 0; said < count; said++)
            await context().waitForSignal('word');
        return count;
    }
};
CountWords = __decorate([
    Workflow('count_words', 1)
], CountWords);
let ClusterNodeModule = class ClusterNodeModule {
};
ClusterNodeModule = __decorate([
    Module({ imports: [RaftoralModule.forRoot(JSON.parse(process.argv[2]))], providers: [CountWords] })
], ClusterNodeModule);
function say(answer) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}
const app = await NestFactory.createApplicationContext(ClusterNodeModule, { logger: false, abortOnError: false }).catch((error) => {
    say({ id: 0, ok: false, code: isRaftoralError(error) ? error.code : 'none', message: String(error) });
    process.exit(1);
});
const node = app.get(RaftoralNode);
const client = app.get(WorkflowClient);
app.enableShutdownHooks();
async function carryOut({ do: what, workflowId = 'none', count = 0 }) {
    const handle = client.getHandle(CountWords, workflowId);
    switch (what) {
        case 'start':
            await client.start(CountWords, count, { workflowId });
            return null;
        case 'word':
            await handle.signal(signalRef('word'));
            return null;
        case 'result':
            return handle.result();
        case 'execute':
            return client.execute(CountWords, 0);
        case 'leave':
            return node.leave();
        case 'stop':
            await app.close();
            return null;
        case 'status': {
            const { voters, learners } = node.group.membership;
            return {
                nodeId: node.nodeId,
                deployment: node.deployment,
                leader: node.group.leaderId,
                voters,
                learners,
                address: node.network?.advertised,
            };
        }
    }
}
createInterface({ input: process.stdin }).on('line', (line) => {
    const command = JSON.parse(line);
    carryOut(command).then((value) => say({ id: command.id, ok: true, value }), (error) => say({ id: command.id, ok: false, code: isRaftoralError(error) ? error.code : 'none', message: String(error) }));
});
say({ id: 0, ok: true, value: node.nodeId });
//# sourceMappingURL=cluster-node.js.map
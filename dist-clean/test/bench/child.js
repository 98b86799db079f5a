/**
 * A node in a process of its own, whose memory and start are measured: both sides. The child is this program again, as `bench child`.
 */
import { fork } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { isRaftoralError } from '../../lib/index.js';
import { heldMemory } from './memory.js';
import { bootNode, inFlight, patiently } from './node.js';
import { Steps } from './workflows.js';
const IN_FLIGHT = 256;
export class ChildNode {
    child;
    started;
    constructor(child, started) {
        this.child = child;
        this.started = started;
    }
    static async start(request) {
        const child = fork(process.argv[1], ['child', 'start-up', JSON.stringify(request)], { execArgv: ['--expose-gc'] });
        return new ChildNode(child, (await answerOf(child)));
    }
    async memory() {
        return (await this.ask({ ask: 'memory' }));
    }
    async complete(count) {
        await this.ask({ ask: 'complete', count });
    }
    async open(count) {
        await this.ask({ ask: 'open', count });
    }
    async close(count) {
        await this.ask({ ask: 'close', count });
    }
    async signal(workflowId) {
        return (await this.ask({ ask: 'signal', workflowId }));
    }
    async stop() {
        const ended = new Promise((resolve) => this.child.once('exit', () => resolve()));
        this.child.send({ ask: 'stop' });
        await ended;
    }
    async ask(question) {
        this.child.send(question);
        return answerOf(this.child);
    }
}
function answerOf(child) {
    return new Promise((resolve, reject) => {
        const ended = (code) => reject(new Error(`the node in the other process ended with code ${code}`));
        child.once('exit', ended);
        child.once('message', (answer) => {
            child.off('exit', ended);
            if (answer.failed === undefined)
                resolve(answer.is);
            else
                reject(new Error(answer.failed));
        });
    });
}
// --- the other side -----------------------------------------------------------------------------------------------------------
export async function runChild(text) {
    const request = JSON.parse(text);
    const { node, times } = await startMeasured(request);
    process.on('message', (question) => {
        void answer(node, question).then((is) => process.send({ is }, undefined, undefined, () => question.ask === 'stop' && process.disconnect()), (error) => process.send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
    });
    process.once('disconnect', () => void node.app.close());
    process.send({ is: times });
}
async function startMeasured({ path, known }) {
    const loaded = performance.now();
    const node = await bootNode(path, 'sqlite');
    const booted = performance.now();
    await patiently(() => describe(node.client, known));
    const read = performance.now();
    const handle = await patiently(() => node.client.start(Steps, { steps: 0 }));
    const ready = performance.now();
    await handle.result();
    return {
        node,
        times: { loadedMs: loaded, bootstrapMs: booted - loaded, firstReadMs: read - booted, firstStartMs: ready - read, readyMs: ready },
    };
}
/** A run that is not there was answered too. */
async function describe(client, workflowId) {
    try {
        await client.getHandle(Steps, workflowId).describe();
    }
    catch (error) {
        if (!isRaftoralError(error) || error.code !== 'WORKFLOW_NOT_FOUND')
            throw error;
    }
}
async function answer({ app, client }, question) {
    switch (question.ask) {
        case 'memory':
            return heldMemory();
        case 'complete':
            for (let i = 0; i < question.count; i++)
                await client.execute(Steps, { steps: 10 });
            return null;
        case 'open':
            await inFlight(IN_FLIGHT, question.count, (at) => client.start(Steps, { steps: 0, wait: true }, { workflowId: `open-${at}` }));
            return null;
        case 'close':
            await inFlight(IN_FLIGHT, question.count, () => client.execute(Steps, { steps: 0 }));
            return null;
        case 'signal': {
            const began = performance.now();
            const handle = client.getHandle(Steps, question.workflowId);
            await handle.signal('go', null);
            await handle.result();
            return performance.now() - began;
        }
        case 'stop':
            await app.close();
            return null;
    }
}
//# sourceMappingURL=child.js.map
/** Starts and speaks to the processes of cluster-node.ts; all of them are gone after close(). */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
const BOOT_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 30_000;
export class ProcessError extends Error {
    code;
    constructor(code, message) {
        super(`${code}: ${message}`);
        this.code = code;
    }
}
export class NodeProcess {
    child;
    waiting = new Map();
    nextId = 0;
    errors = '';
    booted;
    ended;
    constructor(child) {
        this.child = child;
        this.booted = this.answerOf(0, BOOT_WITHIN_MS).then(() => undefined);
        this.booted.catch(() => undefined);
        this.ended = new Promise((resolve) => child.once('exit', () => resolve()));
        child.stderr.on('data', (chunk) => (this.errors += String(chunk)));
        createInterface({ input: child.stdout }).on('line', (line) => {
            const answer = JSON.parse(line);
            this.waiting.get(answer.id)?.(answer);
            this.waiting.delete(answer.id);
        });
        child.once('exit', (code, signal) => {
            for (const [id, answered] of this.waiting)
                answered({ id, ok: false, code: 'EXITED', message: `the process ended with ${code ?? signal}: ${this.errors.slice(-2_000)}` });
        });
    }
    async ask(what, more = {}) {
        const id = ++this.nextId;
        const answer = this.answerOf(id, ANSWER_WITHIN_MS);
        this.child.stdin.write(`${JSON.stringify({ id, do: what, ...more })}\n`);
        return answer;
    }
    async status() {
        return (await this.ask('status'));
    }
    kill() {
        this.child.kill('SIGKILL');
        return this.ended;
    }
    answerOf(id, withinMs) {
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms: ${this.errors.slice(-2_000)}`)), withinMs);
            this.waiting.set(id, ({ ok, value, code = '', message = '' }) => {
                clearTimeout(timer);
                if (ok)
                    resolve(value);
                else
                    reject(new ProcessError(code, message));
            });
        });
    }
}
export class ClusterProcesses {
    folder = mkdtempSync(join(tmpdir(), 'raftoral-cluster-'));
    processes = new Set();
    pathOf(name) {
        return join(this.folder, name);
    }
    start(name, options) {
        const child = spawn(process.execPath, [
            '--import',
            './test/support/typescript-hooks.mjs',
            'test/support/cluster-node.ts',
            JSON.stringify({ storage: { type: 'sqlite', path: this.pathOf(name) }, ...options }),
        ], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
        const started = new NodeProcess(child);
        this.processes.add(started);
        return started;
    }
    async close() {
        await Promise.all([...this.processes].map((each) => each.kill()));
        rmSync(this.folder, { recursive: true, force: true });
    }
}
/** Ports that were free a moment ago. */
export async function freePorts(count) {
    const servers = await Promise.all(Array.from({ length: count }, async () => {
        const server = createServer();
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        return server;
    }));
    const ports = servers.map((server) => server.address().port);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}
export async function until(what, condition, withinMs = 30_000) {
    const end = Date.now() + withinMs;
    for (;;) {
        if (await condition())
            return;
        if (Date.now() > end)
            throw new Error(`${what} did not come about within ${withinMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}
//# sourceMappingURL=cluster-processes.js.map
/**
 * A part of a bench in a process of its own: calls to it and their answers, and what it says unasked. The child is this program again, as
 * `bench child NAME JSON`.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
export class Worker {
    child;
    /** What the child says unasked. */
    onNote = null;
    ended;
    waiting = new Map();
    lastId = 0;
    isOver = false;
    constructor(child) {
        this.child = child;
        child.on('message', (said) => this.heard(said));
        this.ended = new Promise((resolve) => child.once('exit', (code, signal) => {
            this.isOver = true;
            for (const { reject } of this.waiting.values())
                reject(new Error(`a process of the bench ended with ${signal ?? `code ${code}`}`));
            this.waiting.clear();
            resolve();
        }));
    }
    /** Resolves when the child serves; `begin` is its first answer. */
    static async start(name, request, options = {}) {
        const child = fork(process.argv[1], ['child', name, JSON.stringify(request)], {
            execArgv: ['--expose-gc', ...(options.flags ?? []), ...(process.env.RAFTORAL_BENCH_FLAGS?.split(' ') ?? [])],
            env: { ...process.env, ...options.env },
            serialization: 'advanced',
        });
        const worker = new Worker(child);
        return { worker, begin: (await worker.ask('begin', null)) };
    }
    get pid() {
        return this.child.pid;
    }
    get isAlive() {
        return !this.isOver;
    }
    ask(ask, argument = null) {
        if (this.isOver)
            return Promise.reject(new Error(`a process of the bench has ended; it can not be asked to ${ask}`));
        const id = ++this.lastId;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve: resolve, reject });
            this.child.send({ id, ask, argument });
        });
    }
    signal(name) {
        this.child.kill(name);
    }
    /** Ends it by its own means, or by force. */
    async stop() {
        if (this.isOver)
            return;
        this.child.disconnect();
        const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
        await this.ended;
        clearTimeout(timer);
    }
    heard(said) {
        if ('note' in said) {
            this.onNote?.(said.note);
            return;
        }
        const waiting = this.waiting.get(said.id);
        if (waiting === undefined)
            return;
        this.waiting.delete(said.id);
        if (said.failed === undefined)
            waiting.resolve(said.is);
        else
            waiting.reject(new Error(said.failed));
    }
}
/** The child's side: answers until the parent lets go of it, then ends. */
export function serve(answers, end) {
    process.on('message', ({ id, ask, argument }) => {
        const answer = answers[ask];
        void (async () => (answer === undefined ? Promise.reject(new Error(`no answer to ${ask}`)) : answer(argument)))().then((is) => process.connected && process.send({ id, is }), (error) => process.connected && process.send({ id, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
    });
    process.once('disconnect', () => {
        void end().finally(() => process.exit());
    });
}
/** Processor time of a process since its start, ms. */
export function cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
}
/** Of all of them. */
export async function cpuOf(workers) {
    const each = await Promise.all(workers.map((worker) => worker.ask('cpu')));
    return each.reduce((a, b) => a + b, 0);
}
/** Folder of the n-th process. */
export function folderOf(folder, node) {
    return join(folder, `node-${node}`);
}
//# sourceMappingURL=worker.js.map
/**
 * Three workflow nodes in processes of their own, on loopback: the parent's side of node-child.ts.
 */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { folderOf, Worker } from './worker.js';
const POLL_MS = 5;
const HEAL_MS_MAX = 30_000;
export class NodeProcesses {
    options;
    members;
    addresses;
    workers = new Map();
    constructor(options, members, addresses) {
        this.options = options;
        this.members = members;
        this.addresses = addresses;
    }
    /** Resolves when every member's hello is committed. */
    static async start(options) {
        const members = Array.from({ length: options.nodes }, (_, at) => at + 1);
        const ports = await freePorts(options.nodes + (options.spare ?? 0));
        const addresses = Object.fromEntries(ports.map((port, at) => [at + 1, `127.0.0.1:${port}`]));
        const processes = new NodeProcesses(options, members, addresses);
        await Promise.all(members.map((nodeId) => processes.boot(nodeId)));
        await processes.healed();
        return processes;
    }
    async boot(nodeId, join = false) {
        const { members, addresses } = this;
        const { folder, transport, busyPollMs = 0 } = this.options;
        const request = { nodeId, members, path: folderOf(folder, nodeId), transport, addresses, join, busyPollMs };
        const { worker } = await Worker.start('node', request);
        this.workers.set(nodeId, worker);
        return worker;
    }
    node(nodeId) {
        return this.workers.get(nodeId);
    }
    get alive() {
        return [...this.workers].filter(([, worker]) => worker.isAlive);
    }
    async leaderId() {
        for (;;) {
            for (const [nodeId, worker] of this.alive)
                if (await worker.ask('leads'))
                    return nodeId;
            await sleep(POLL_MS);
        }
    }
    /** Every member is there, leader included, and nobody counts as down. */
    async healed() {
        const until = Date.now() + HEAL_MS_MAX;
        for (;;) {
            const counts = await Promise.all(this.members.map((nodeId) => this.node(nodeId).ask('hellos')));
            const leaders = await Promise.all(this.members.map((nodeId) => this.node(nodeId).ask('status')));
            if (counts.every((count) => count === this.members.length) && leaders.every(({ leaderId }) => leaderId !== 0))
                return;
            if (Date.now() > until)
                throw new Error(`the cluster did not heal within ${HEAL_MS_MAX} ms: ${JSON.stringify([counts, leaders])}`);
            await sleep(POLL_MS);
        }
    }
    async stop() {
        for (const [, worker] of this.alive)
            worker.signal('SIGCONT');
        await Promise.all(this.alive.map(([, worker]) => worker.stop()));
    }
}
/** Nobody listens there now; another program may take one before it is used. */
async function freePorts(count) {
    const servers = await Promise.all(Array.from({ length: count }, async () => {
        const server = createServer();
        await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
        return server;
    }));
    const ports = servers.map((server) => server.address().port);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}
//# sourceMappingURL=node-processes.js.map
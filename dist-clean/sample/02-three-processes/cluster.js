/**
 * Three processes on this machine, each what `node.ts` makes of it. Owns them, their folders and the warehouse; with close() all of it is gone.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WarehouseServer } from './warehouse-server.js';
const NODES = 3;
const STOP_WITHIN_MS = 10_000;
export class ProcessCluster {
    server = new WarehouseServer();
    folder = mkdtempSync(join(tmpdir(), 'raftoral-sample-'));
    seats = [];
    killedAtMs = 0;
    /** From the kill to the first committed checkpoint of an order that the dead node had owned, ms; null: none yet. */
    resumedAfterMs = null;
    /** Boots three processes at once, and resolves when all are ready. */
    static async boot() {
        const cluster = new ProcessCluster();
        try {
            await cluster.begin();
        }
        catch (error) {
            await cluster.close();
            throw error;
        }
        return cluster;
    }
    get nodes() {
        return this.seats.filter(({ process }) => process !== null).map(({ node }) => node);
    }
    get warehouse() {
        return this.server.warehouse;
    }
    reservationsUnderWay(name) {
        return this.server.underWay(name);
    }
    crash(name) {
        const seat = this.seat(name);
        this.killedAtMs = Date.now();
        seat.process.kill('SIGKILL');
        seat.process = null;
    }
    /** Starts a killed node again, on its files. Resolves when it is ready. */
    async restart(name) {
        await this.start(this.seat(name));
    }
    /** Ends the processes in good order, and removes their folders. */
    async close() {
        await Promise.all(this.seats.map((seat) => stop(seat.process)));
        this.server.close();
        rmSync(this.folder, { recursive: true, force: true });
    }
    async begin() {
        const warehouseUrl = await this.server.listen();
        const ports = await freePorts(2 * NODES);
        const addresses = ports.slice(0, NODES).map((port) => `127.0.0.1:${port}`);
        const peerSecret = 'a secret that the three nodes share';
        for (const [index, listen] of addresses.entries()) {
            const httpPort = ports[NODES + index];
            const settings = {
                name: index + 1,
                listen,
                seeds: addresses.filter((address) => address !== listen),
                httpPort,
                storagePath: join(this.folder, `node-${index + 1}`),
                peerSecret,
                warehouseUrl,
            };
            this.seats.push({ settings, node: { nodeId: index + 1, url: `http://127.0.0.1:${httpPort}` }, process: null });
        }
        await Promise.all(this.seats.map((seat) => this.start(seat)));
    }
    start(seat) {
        const child = fork(fileURLToPath(new URL('./node.js', import.meta.url)), [JSON.stringify(seat.settings)]);
        return new Promise((resolve, reject) => {
            child.once('exit', (code, signal) => {
                if (seat.process === child)
                    seat.process = null;
                reject(new Error(`node ${seat.settings.name} ended (${signal ?? `code ${code}`})`));
            });
            child.on('message', (message) => {
                if (message.type === 'ready') {
                    seat.process = child;
                    resolve();
                }
                else if (this.killedAtMs !== 0)
                    this.resumedAfterMs ??= message.atMs - this.killedAtMs;
            });
            // Ready or not: close() ends it.
            seat.process ??= child;
        });
    }
    seat(name) {
        const seat = this.seats.find(({ settings }) => settings.name === name);
        if (seat === undefined)
            throw new Error(`there is no node ${name}`);
        return seat;
    }
}
async function stop(child) {
    if (child === null || child.exitCode !== null || child.signalCode !== null)
        return;
    const ended = new Promise((resolve) => void child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
}
/** Ports that were free a moment ago. */
async function freePorts(count) {
    const servers = Array.from({ length: count }, () => createServer());
    await Promise.all(servers.map((server) => new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
    })));
    const ports = servers.map((server) => server.address().port);
    await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
    return ports;
}
//# sourceMappingURL=cluster.js.map
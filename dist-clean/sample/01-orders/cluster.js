/**
 * Three nodes in one process, for trying things out: three Nest applications, each with a port of its own, that share an
 * in-process network and nothing else. In production each is a process of its own. With a data folder each keeps its files in a folder below it,
 * so that all of them can be stopped and started again; without one everything ends with the process.
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralExceptionFilter } from '../../lib/index.js';
import { AppModule } from './app.module.js';
import { Warehouse, WarehouseConnection } from './warehouse.js';
export const DEFAULT_PORTS = [3001, 3002, 3003];
export class PortTakenError extends Error {
    port;
    constructor(port) {
        super(`port ${port} is taken: another program (or another run of this sample) listens there`);
        this.port = port;
    }
}
export class OrderCluster {
    dataPath;
    warehouse;
    network = new InProcessNetwork();
    connections = new Map();
    running = new Map();
    constructor(dataPath) {
        this.dataPath = dataPath;
        if (dataPath !== undefined)
            mkdirSync(dataPath, { recursive: true });
        this.warehouse = new Warehouse(dataPath === undefined ? undefined : join(dataPath, 'warehouse.jsonl'));
    }
    /** Boots one node per port; port 0 takes a free one. Rejects with PortTakenError, having closed what was up. */
    static async boot(ports, dataPath) {
        const cluster = new OrderCluster(dataPath);
        const members = ports.map((_, index) => index + 1);
        for (const port of ports)
            await refuseTakenPort(port);
        try {
            for (const [index, port] of ports.entries())
                await cluster.bootNode(index + 1, members, port);
        }
        catch (error) {
            await cluster.close();
            throw error;
        }
        return cluster;
    }
    get nodes() {
        return [...this.running.values()];
    }
    /** Reservations that the warehouse has made for this node, and the node has not heard of yet. */
    reservationsUnderWay(nodeId) {
        return this.connections.get(nodeId)?.underWay ?? 0;
    }
    /** Kills a node as `kill -9` would: its sockets break, its code hears nothing more, and nothing is drained or handed over. */
    crash(nodeId) {
        const node = this.running.get(nodeId);
        if (node === undefined)
            throw new Error(`node ${nodeId} does not run`);
        this.running.delete(nodeId);
        this.connections.get(nodeId).cut();
        this.network.crash(nodeId);
        const server = node.app.getHttpServer();
        server.close();
        server.closeAllConnections();
    }
    async close() {
        await Promise.all(this.nodes.map((node) => node.app.close()));
        this.running.clear();
    }
    async bootNode(nodeId, members, port) {
        const connection = new WarehouseConnection(this.warehouse);
        this.connections.set(nodeId, connection);
        const { dataPath, network } = this;
        const storage = dataPath === undefined ? { type: 'memory' } : sqliteIn(join(dataPath, `node-${nodeId}`));
        const app = await NestFactory.create(AppModule.forNode({ node: { id: nodeId }, cluster: { members }, network, storage }, connection), {
            logger: ['error'],
            forceCloseConnections: true,
        });
        app.useGlobalFilters(new RaftoralExceptionFilter());
        try {
            await app.listen(port);
        }
        catch (error) {
            await app.close();
            throw error;
        }
        const bound = app.getHttpServer().address();
        this.running.set(nodeId, { nodeId, port: bound.port, url: `http://localhost:${bound.port}`, app });
    }
}
function sqliteIn(path) {
    return { type: 'sqlite', path };
}
/** Looks before any node is made: three half-booted applications are a poor way to say it. */
async function refuseTakenPort(port) {
    await new Promise((resolve, reject) => {
        const probe = createServer();
        probe.once('error', (error) => reject(error.code === 'EADDRINUSE' ? new PortTakenError(port) : error));
        probe.listen(port, () => probe.close(() => resolve()));
    });
}
//# sourceMappingURL=cluster.js.map
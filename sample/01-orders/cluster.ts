/**
 * Three nodes in one process, for trying things out: three Nest applications, each with a port of its own, that share an
 * in-process network and nothing else. In production each is a process of its own. With a data folder each keeps its files in a folder below it,
 * so that all of them can be stopped and started again; without one everything ends with the process.
 */
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InProcessNetwork, RaftoralExceptionFilter } from '../../lib/index.js';
import { AppModule } from './app.module.js';
import { Warehouse, WarehouseConnection } from './warehouse.js';

export const DEFAULT_PORTS = [3001, 3002, 3003] as const;

export interface OrderNode {
  readonly nodeId: number;
  readonly port: number;
  readonly url: string;
  readonly app: INestApplication;
}

export class PortTakenError extends Error {
  constructor(readonly port: number) {
    super(`port ${port} is taken: another program (or another run of this sample) listens there`);
  }
}

export class OrderCluster {
  readonly warehouse: Warehouse;
  private readonly network = new InProcessNetwork();
  private readonly connections = new Map<number, WarehouseConnection>();
  private readonly running = new Map<number, OrderNode>();

  private constructor(private readonly dataPath: string | undefined) {
    if (dataPath !== undefined) mkdirSync(dataPath, { recursive: true });
    this.warehouse = new Warehouse(dataPath === undefined ? undefined : join(dataPath, 'warehouse.jsonl'));
  }

  /** Boots one node per port; port 0 takes a free one. Rejects with PortTakenError, having closed what was up. */
  static async boot(ports: readonly number[], dataPath?: string): Promise<OrderCluster> {
    const cluster = new OrderCluster(dataPath);
    const members = ports.map((_, index) => index + 1);
    for (const port of ports) await refuseTakenPort(port);
    try {
      for (const [index, port] of ports.entries()) await cluster.bootNode(index + 1, members, port);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get nodes(): readonly OrderNode[] {
    return [...this.running.values()];
  }

  /** Reservations that the warehouse has made for this node, and the node has not heard of yet. */
  reservationsUnderWay(nodeId: number): number {
    return this.connections.get(nodeId)?.underWay ?? 0;
  }

  /** Kills a node as `kill -9` would: its sockets break, its code hears nothing more, and nothing is drained or handed over. */
  crash(nodeId: number): void {
    const node = this.running.get(nodeId);
    if (node === undefined) throw new Error(`node ${nodeId} does not run`);
    this.running.delete(nodeId);
    this.connections.get(nodeId)!.cut();
    this.network.crash(nodeId);
    const server = node.app.getHttpServer() as Server;
    server.close();
    server.closeAllConnections();
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.app.close()));
    this.running.clear();
  }

  private async bootNode(nodeId: number, members: readonly number[], port: number): Promise<void> {
    const connection = new WarehouseConnection(this.warehouse);
    this.connections.set(nodeId, connection);
    const { dataPath, network } = this;
    const storage = dataPath === undefined ? ({ type: 'memory' } as const) : sqliteIn(join(dataPath, `node-${nodeId}`));
    const app = await NestFactory.create(AppModule.forNode({ node: { id: nodeId }, cluster: { members }, network, storage }, connection), {
      logger: ['error'],
      forceCloseConnections: true,
    });
    app.useGlobalFilters(new RaftoralExceptionFilter());
    try {
      await app.listen(port);
    } catch (error) {
      await app.close();
      throw error;
    }
    const bound = (app.getHttpServer() as Server).address() as AddressInfo;
    this.running.set(nodeId, { nodeId, port: bound.port, url: `http://localhost:${bound.port}`, app });
  }
}

function sqliteIn(path: string): { readonly type: 'sqlite'; readonly path: string } {
  return { type: 'sqlite', path };
}

/** Looks before any node is made: three half-booted applications are a poor way to say it. */
async function refuseTakenPort(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new PortTakenError(port) : error));
    probe.listen(port, () => probe.close(() => resolve()));
  });
}

/**
 * Three workflow nodes in processes of their own, on loopback: the parent's side of node-child.ts.
 */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CarrierKind } from './carriers.js';
import type { NodeChildRequest } from './node-child.js';
import { folderOf, Worker } from './worker.js';

const POLL_MS = 5;
const HEAL_MS_MAX = 30_000;

export interface NodeProcessesOptions {
  readonly folder: string;
  readonly nodes: number;
  readonly transport: CarrierKind;
  /** Nodes that may be started later, besides. */
  readonly spare?: number;
  /** Default 0. */
  readonly busyPollMs?: number;
}

export class NodeProcesses {
  private readonly workers = new Map<number, Worker>();

  private constructor(
    private readonly options: NodeProcessesOptions,
    readonly members: readonly number[],
    private readonly addresses: Readonly<Record<number, string>>,
  ) {}

  /** Resolves when every member's hello is committed. */
  static async start(options: NodeProcessesOptions): Promise<NodeProcesses> {
    const members = Array.from({ length: options.nodes }, (_, at) => at + 1);
    const ports = await freePorts(options.nodes + (options.spare ?? 0));
    const addresses = Object.fromEntries(ports.map((port, at) => [at + 1, `127.0.0.1:${port}`]));
    const processes = new NodeProcesses(options, members, addresses);
    await Promise.all(members.map((nodeId) => processes.boot(nodeId)));
    await processes.healed();
    return processes;
  }

  async boot(nodeId: number, join = false): Promise<Worker> {
    const { members, addresses } = this;
    const { folder, transport, busyPollMs = 0 } = this.options;
    const request: NodeChildRequest = { nodeId, members, path: folderOf(folder, nodeId), transport, addresses, join, busyPollMs };
    const { worker } = await Worker.start<number>('node', request);
    this.workers.set(nodeId, worker);
    return worker;
  }

  node(nodeId: number): Worker {
    return this.workers.get(nodeId)!;
  }

  get alive(): Array<[number, Worker]> {
    return [...this.workers].filter(([, worker]) => worker.isAlive);
  }

  async leaderId(): Promise<number> {
    for (;;) {
      for (const [nodeId, worker] of this.alive) if (await worker.ask<boolean>('leads')) return nodeId;
      await sleep(POLL_MS);
    }
  }

  /** Every member is there, leader included, and nobody counts as down. */
  async healed(): Promise<void> {
    const until = Date.now() + HEAL_MS_MAX;
    for (;;) {
      const counts = await Promise.all(this.members.map((nodeId) => this.node(nodeId).ask<number>('hellos')));
      const leaders = await Promise.all(this.members.map((nodeId) => this.node(nodeId).ask<{ leaderId: number }>('status')));
      if (counts.every((count) => count === this.members.length) && leaders.every(({ leaderId }) => leaderId !== 0)) return;
      if (Date.now() > until) throw new Error(`the cluster did not heal within ${HEAL_MS_MAX} ms: ${JSON.stringify([counts, leaders])}`);
      await sleep(POLL_MS);
    }
  }

  async stop(): Promise<void> {
    for (const [, worker] of this.alive) worker.signal('SIGCONT');
    await Promise.all(this.alive.map(([, worker]) => worker.stop()));
  }
}

/** Nobody listens there now; another program may take one before it is used. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

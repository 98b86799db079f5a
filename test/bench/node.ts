/**
 * Nodes of the disk benches: real applications, by RaftoralModule.forRoot(), without an HTTP server.
 */
import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Module, type DynamicModule, type INestApplicationContext, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  InProcessNetwork,
  RaftoralModule,
  RaftoralNode,
  WorkflowClient,
  isRaftoralError,
  type RaftoralModuleOptions,
} from '../../lib/index.js';
import type { BenchOptions, StorageKind } from './options.js';
import { refuseMemoryFileSystem } from './probes.js';
import { Steps } from './workflows.js';

export const DEPLOYMENT = '00000000-0000-4000-8000-000000000002';

export interface BenchNode {
  readonly app: INestApplicationContext;
  readonly client: WorkflowClient;
  readonly node: RaftoralNode;
}

export interface BenchCluster {
  readonly nodes: readonly BenchNode[];
  /** Where the bench starts its workflows: the leader. */
  readonly client: WorkflowClient;
  close(): Promise<void>;
}

type Tuning = Partial<Pick<RaftoralModuleOptions, 'raft' | 'runs' | 'limits'>>;

@Module({})
class BenchModule {
  static with(options: RaftoralModuleOptions, overridden: Provider[]): DynamicModule {
    const engine = RaftoralModule.forRoot(options);
    // The last provider of a token wins, as overrideProvider() of a testing module would have it.
    const replaced = { ...engine, providers: [...(engine.providers ?? []), ...overridden] };
    return { module: BenchModule, imports: [replaced], providers: [Steps] };
  }
}

export async function bootNode(
  path: string,
  storage: StorageKind,
  more: Tuning & {
    readonly nodeId?: number;
    readonly members?: readonly number[];
    readonly join?: boolean;
    readonly network?: InProcessNetwork;
    readonly overridden?: Provider[];
  } = {},
): Promise<BenchNode> {
  const { nodeId = 1, members = [1], join = false, network, overridden = [], ...tuning } = more;
  const options: RaftoralModuleOptions = {
    ...tuning,
    node: { id: nodeId },
    cluster: join ? { join } : { members },
    deployment: DEPLOYMENT,
    storage: storage === 'memory' ? { type: 'memory' } : { type: 'sqlite', path },
    ...(network === undefined ? {} : { network }),
  };
  const app = await NestFactory.createApplicationContext(BenchModule.with(options, overridden), { logger: ['error', 'warn'] });
  return { app, client: app.get(WorkflowClient), node: app.get(RaftoralNode) };
}

export async function bootCluster(
  folder: string,
  { nodes: count, storage, busyPollMs }: Pick<BenchOptions, 'nodes' | 'storage' | 'busyPollMs'>,
): Promise<BenchCluster> {
  const members = Array.from({ length: count }, (_, at) => at + 1);
  const network = new InProcessNetwork();
  const nodes = await Promise.all(
    members.map((nodeId) => bootNode(join(folder, `node-${nodeId}`), storage, { nodeId, members, network, raft: { busyPollMs } })),
  );
  await firstStart(nodes[0]!.client);
  const leader = nodes.find(({ node }) => node.group.isLeader) ?? nodes[0]!;
  return {
    nodes,
    client: leader.client,
    close: async () => {
      await Promise.all(nodes.map(({ app }) => app.close()));
    },
  };
}

/** Resolves when a workflow was accepted, and has ended. */
export async function firstStart(client: WorkflowClient): Promise<void> {
  await patiently(() => client.execute(Steps, { steps: 0 }));
}

/** A node that has just booted has no leader yet: asks again until it answers. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isRaftoralError(error) || !['NO_LEADER', 'NOT_LEADER', 'UNKNOWN_WORKFLOW'].includes(error.code)) throw error;
      await sleep(2);
    }
  }
}

/** Runs `calls` of them, `clients` at once; answers what each took, ms, ascending. */
export async function inFlight(clients: number, calls: number, call: (at: number) => Promise<unknown>): Promise<Float64Array> {
  const took = new Float64Array(calls);
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < calls) {
      const at = next++;
      const began = performance.now();
      await call(at);
      took[at] = performance.now() - began;
    }
  };
  await Promise.all(Array.from({ length: Math.min(clients, calls) }, client));
  return took.sort();
}

/** A folder of this run on the disk that is measured; gone afterwards. */
export async function inDataFolder<T>(options: Pick<BenchOptions, 'data' | 'storage'>, use: (folder: string) => Promise<T>): Promise<T> {
  if (options.data !== null) mkdirSync(options.data, { recursive: true });
  const folder = mkdtempSync(join(options.data ?? tmpdir(), 'raftoral-bench-'));
  try {
    if (options.storage === 'sqlite') refuseMemoryFileSystem(folder);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The process that is killed, unplugged and starved: a Nest application with one node, driven by lines of JSON (protocol.ts). It says that
 * something was acknowledged only after the promise of the engine has resolved, and ends with its stdin, so that it never outlives the driver.
 */
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  InProcessNetwork,
  RaftoralEvents,
  RaftoralHealthIndicator,
  RaftoralModule,
  RaftoralNode,
  WorkflowClient,
  signalRef,
  workflowRef,
  type RaftoralModuleOptions,
} from '../../lib/index.js';
import type { Line, Request, SaidError, SaidSample, SaidStatus, SaidTopology, VictimOptions } from './protocol.js';
import { EffectsFile, Steps, StepsTwo, WORKFLOW_NAME, type StepsInput, type StepsOutput } from './workflows.js';

const options = JSON.parse(process.argv[2]!) as VictimOptions;
const POKE = signalRef<string>('poke');
const leaked: Buffer[] = [];
let synchronousReplaced = 0;

function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function errorOf(error: unknown): SaidError {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return { code: typeof code === 'string' ? code : 'none', message: String(message ?? error) };
}

function moduleOptions(): RaftoralModuleOptions {
  const { nodeId, join, storagePath, rejoinEmpty, raft, limits, runs, network } = options;
  if (network !== undefined)
    return {
      ...network,
      ...(network.cluster.members === undefined ? {} : { node: { id: nodeId } }),
      storage: { type: 'sqlite', path: storagePath! },
      raft: { ...raft, ...network.raft },
      limits: { ...limits },
      runs: { ...runs },
      events: { subscriberBufferMax: 1_000_000 },
    };
  return {
    node: { id: nodeId },
    cluster: join === true ? { join: true } : { members: [nodeId] },
    deployment: '7d9c1a52-3f0e-4b6d-9a41-5e2f8c7b6a10',
    network: new InProcessNetwork(),
    storage: storagePath === null ? { type: 'memory' } : { type: 'sqlite', path: storagePath, ...(rejoinEmpty ? { rejoinEmpty } : {}) },
    raft: { tickMs: 10, electionTimeoutTicks: 5, ...raft },
    limits: { ...limits },
    runs: { ...runs },
    events: { subscriberBufferMax: 1_000_000 },
    shutdown: { drainTimeoutMs: 0 },
  };
}

/** SQLite's own setting, replaced where it is made: what a driver build that believes itself at FULL would do (FAULTS: 8 fsyncs for 100 commits). */
function weakenSynchronous(): void {
  const { Database } = createRequire(import.meta.url)('sqlite3') as { Database: { prototype: Record<string, unknown> } };
  for (const method of ['exec', 'run', 'all', 'get']) {
    const original = Database.prototype[method] as (sql: string, ...rest: unknown[]) => unknown;
    Database.prototype[method] = function (this: unknown, sql: string, ...rest: unknown[]): unknown {
      const weaker = sql.replace(/(\bsynchronous\s*=\s*)(?:FULL|EXTRA|2|3)\b/gi, '$1NORMAL');
      if (weaker !== sql) synchronousReplaced++;
      return original.call(this, weaker, ...rest);
    };
  }
}

async function answer(app: INestApplicationContext, request: Request): Promise<unknown> {
  const client = app.get(WorkflowClient);
  switch (request.op) {
    case 'start': {
      const { workflowId, requestId, input, version = 1 } = request;
      const { runId, existing } = await client.start(workflowRef<StepsInput, StepsOutput>(WORKFLOW_NAME), input, {
        workflowId,
        requestId,
        ...(version === 0 ? {} : { version }),
      });
      return { runId, existing };
    }
    case 'signal':
      return client.getHandle(Steps, request.workflowId).signal(POKE, request.payload, { requestId: request.requestId });
    case 'result':
      return client.getHandle(Steps, request.workflowId).result({ timeoutMs: request.timeoutMs });
    case 'describe':
      return client.getHandle(Steps, request.workflowId).describe();
    case 'history':
      return client.getHandle(Steps, request.workflowId).history();
    case 'list': {
      const page = await client.list({ limit: request.limit, ...(request.cursor === undefined ? {} : { cursor: request.cursor }) });
      // A list without one of the clusters is none: it is asked for again.
      if (page.incomplete !== undefined) throw page.incomplete[0]!.error;
      return page;
    }
    case 'create-cluster':
      return app.get(RaftoralNode).management.runtime.createCluster({ members: request.members }, { decidedOn: request.decidedOn });
    case 'retire-cluster':
      return app.get(RaftoralNode).management.runtime.setClusterState(request.clusterId, 'retiring', { decidedOn: request.decidedOn });
    case 'topology':
      return topologyOf(app.get(RaftoralNode));
    case 'status':
      return statusOf(app);
    case 'sample':
      return sample();
    case 'stop':
      return app.close();
  }
}

const loopDelay = monitorEventLoopDelay({ resolution: 10 });
let collect: (() => void) | null = null;

function sample(): SaidSample {
  if (collect === null) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
    loopDelay.enable();
  }
  const { rss } = process.memoryUsage();
  const [loopDelayMsP99, loopDelayMsMax] = [loopDelay.percentile(99) / 1e6, loopDelay.max / 1e6];
  collect();
  const { heapUsed, external } = process.memoryUsage();
  loopDelay.reset(); // without the collection
  return { heldBytes: heapUsed + external, rssBytes: rss, loopDelayMsP99, loopDelayMsMax };
}

async function statusOf(app: INestApplicationContext): Promise<SaidStatus> {
  const started = performance.now();
  const { raftoral } = await app.get(RaftoralHealthIndicator).isAlive();
  const node = app.get(RaftoralNode);
  const { failure } = node.nodeStatus();
  const { role, leaderId, term, appliedIndex, membership } = node.group.status();
  return {
    nodeId: node.nodeId,
    role,
    leaderId,
    term,
    appliedIndex,
    voters: membership.voters,
    failure,
    alive: raftoral.status === 'up',
    aliveMs: performance.now() - started,
    synchronousReplaced,
    codecLevel: node.hosted?.codecLevel ?? 0,
  };
}

function topologyOf(node: RaftoralNode): SaidTopology {
  const hosted = node.clusters?.all() ?? [];
  const said = { nodeId: node.nodeId, failure: node.nodeStatus().failure, hosts: hosted.map(({ clusterId }) => clusterId) };
  const led = hosted.filter(({ group }) => group.isLeader).map(({ clusterId }) => clusterId);
  if (!node.hasManagement) return { ...said, leads: led, version: 0, nodes: [], clusters: [], moves: [] };
  const { topology, leaderId } = node.management;
  return {
    ...said,
    leads: leaderId === node.nodeId ? [0, ...led] : led,
    version: topology.version,
    nodes: [...topology.nodes.values()].map((one) => ({ nodeId: one.node, state: one.state })),
    clusters: [...topology.clusters.values()].map(({ clusterId, state, members, slotTarget }) => ({
      clusterId,
      state,
      members: members.map((member) => ({ nodeId: member.node, state: member.state })),
      slots: topology.slots.countOf(clusterId),
      slotTarget,
    })),
    moves: [...topology.moves.values()].map(({ moveId, from, to, phase }) => ({ moveId, from, to, phase })),
  };
}

async function serve(app: INestApplicationContext, text: string): Promise<void> {
  const request = JSON.parse(text) as Request & { readonly id: number };
  if (options.leakBytes !== undefined) leaked.push(Buffer.alloc(options.leakBytes, 1));
  try {
    say({ id: request.id, ok: (await answer(app, request)) ?? null });
  } catch (error) {
    say({ id: request.id, error: errorOf(error) });
  }
  if (request.op === 'stop') process.exit(0);
}

async function untilReady(app: INestApplicationContext): Promise<void> {
  const health = app.get(RaftoralHealthIndicator);
  let said: unknown;
  for (;;) {
    const { status, message } = (await health.isReady()).raftoral;
    if (status === 'up') return;
    if (message !== said) process.stderr.write(`not ready: ${String((said = message))}\n`);
    await new Promise((resolve) => void setTimeout(resolve, 2));
  }
}

async function main(): Promise<void> {
  process.stdin.once('end', () => process.exit(0));
  const lines = createInterface({ input: process.stdin });
  if (options.isHeld === true) await new Promise((resolve) => void lines.once('line', resolve));
  if (options.synchronousNormal === true) weakenSynchronous();
  const { versions = [1] } = options;
  const workflows = [Steps, StepsTwo].filter((_, at) => versions.includes(at + 1));
  @Module({
    imports: [RaftoralModule.forRoot(moduleOptions())],
    providers: [...workflows, { provide: EffectsFile, useValue: new EffectsFile(options.effectsPath) }],
  })
  class VictimModule {}
  const app = await NestFactory.createApplicationContext(VictimModule, { logger: ['error', 'warn'], abortOnError: false });
  app.get(RaftoralEvents).all$.subscribe({
    next: (item) => {
      if (item.type === 'event') say({ event: { workflowId: item.workflowId, runId: item.runId, event: item.event } });
      else say({ gap: 1 });
    },
    error: (error: unknown) => process.stderr.write(`events: ${errorOf(error).message}\n`),
  });
  lines.on('line', (text) => void serve(app, text));
  await untilReady(app);
  say({ ready: true });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.stdout.write(`${JSON.stringify({ failed: errorOf(error) } satisfies Line)}\n`, () => process.exit(3));
});

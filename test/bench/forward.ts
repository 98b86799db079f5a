/**
 * Bench: a start and its result from a node that hosts nothing, against the same on the leader of the cluster: three members and one client node in one process, over
 * gRPC on loopback with a MAC per frame, memory storage. Local and forwarded alternate, so that both see the same machine. Also: a linearizable describe().
 * All four nodes share one thread: the processor time of the answering node is in both figures, and that of the asking node in the forwarded one.
 */
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom } from '../../lib/cluster/index.js';
import { SingleClusterSlotMap } from '../../lib/cluster/slot-map-port.js';
import { RequestForwarder } from '../../lib/client/request-forwarder.js';
import { RoutingTable } from '../../lib/client/routing-table.js';
import { WorkflowClient } from '../../lib/client/workflow-client.js';
import { workflowRef } from '../../lib/client/workflow-target.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { SLOT_COUNT } from '../../lib/workflow/slot.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
import { definitionOf } from '../support/definition.js';
import { BENCH_LOGGER, makeTransport } from './carriers.js';
import { percentile, round, type Measure } from './measure.js';
import type { BenchOptions } from './options.js';

const DEPLOYMENT = '00000000-0000-4000-8000-00000000000f';
const MEMBERS = [1, 2, 3];
const CLIENT = 4;
const ECHO = workflowRef<unknown, unknown>('echo');

@Workflow('echo', 1)
class Echo {
  async run(input: unknown): Promise<unknown> {
    return input;
  }
}

interface BenchNode {
  readonly host: RaftHost;
  readonly client: WorkflowClient;
  readonly service: WorkflowRuntimeService | null;
  stop(): Promise<void>;
}

async function boot(transport: BenchOptions['transport']): Promise<readonly BenchNode[]> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const scheduler = new EventLoopScheduler();
  const ids = [...MEMBERS, CLIENT];
  const transports = ids.map(() => makeTransport(transport));
  for (const one of transports) await one.listen();
  const addresses = ids.map((nodeId, at) => ({ nodeId, address: transports[at]!.advertised, incarnation: 1 }));
  const cluster = { clusterId: 1, isActive: true, members: MEMBERS, labels: new Map<string, string>() };
  const table = new RoutingTable(1, [cluster], new Uint32Array(SLOT_COUNT).fill(1));
  return Promise.all(
    ids.map(async (nodeId, at): Promise<BenchNode> => {
      transports[at]!.learnAddresses(addresses);
      const host = new RaftHost({
        nodeId,
        deployment: DEPLOYMENT,
        incarnation: 1,
        clock,
        scheduler,
        random,
        storage: new MemoryRaftStorage(),
        transport: transports[at]!,
        logger: BENCH_LOGGER,
      });
      await host.start();
      const forwarder = new RequestForwarder(new SingleClusterSlotMap(1));
      const client = new WorkflowClient(forwarder, () => undefined);
      forwarder.route({
        calls: host,
        routes: { table: () => table, refresh: async () => undefined },
        clock,
        random,
        requestTimeoutMs: 10_000,
      });
      if (nodeId === CLIENT) return { host, client, service: null, stop: () => host.stop() };
      const tap = new EventTap();
      const state = new WorkflowStateMachine({ groupId: 1, sink: tap.sink });
      const group = await host.createGroup<CommandAnswer>({ groupId: 1, stateMachine: state, members: MEMBERS });
      const runtime = new WorkflowRuntime({
        group,
        state,
        tap,
        registry: new WorkflowRegistry([definitionOf(Echo)]),
        clock,
        scheduler,
        random,
        incarnation: 1,
        deployment: DEPLOYMENT,
        reporter: SILENT,
      });
      const service = new WorkflowRuntimeService(runtime);
      runtime.start();
      forwarder.attach(service);
      return {
        host,
        client,
        service,
        stop: async () => {
          runtime.stop();
          await host.stop();
        },
      };
    }),
  );
}

const SILENT = { diverged: nothing, stopped: nothing, rejection: nothing, warning: nothing, replicasDiffer: nothing };
function nothing(): void {
  return;
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  const alive = setInterval(() => undefined, 1_000); // the engine's timers keep no process alive
  const nodes = await boot(options.transport);
  try {
    const leader = await leaderOf(nodes);
    const client = nodes.at(-1)!;
    const cases: ReadonlyArray<readonly [string, (node: BenchNode) => Promise<unknown>]> = [
      ['start and result', (node) => node.client.execute(ECHO, { order: 'order-1' })],
      ['start', (node) => node.client.start(ECHO, { order: 'order-1' })],
    ];
    const handle = await leader.client.start(ECHO, 1);
    const reads = (node: BenchNode): Promise<unknown> => node.client.getHandle(ECHO, handle.workflowId).describe();
    const measures: Measure[] = [];
    for (const [name, act] of [...cases, ['describe', reads] as const]) {
      const took: Record<'local' | 'forwarded', number[]> = { local: [], forwarded: [] };
      for (let i = 0; i < options.warmUp + options.sequential; i++) {
        for (const [where, node] of [
          ['local', leader],
          ['forwarded', client],
        ] as const) {
          const began = performance.now();
          await act(node);
          if (i >= options.warmUp) took[where].push(performance.now() - began);
        }
      }
      const [local, forwarded] = [took.local, took.forwarded].map((list) => Float64Array.from(list).sort());
      measures.push({
        bench: 'forward',
        transport: options.transport,
        call: name,
        calls: options.sequential,
        local_p50_ms: round(percentile(local!, 0.5)),
        local_p99_ms: round(percentile(local!, 0.99)),
        forwarded_p50_ms: round(percentile(forwarded!, 0.5)),
        forwarded_p99_ms: round(percentile(forwarded!, 0.99)),
        added_p50_ms: round(percentile(forwarded!, 0.5) - percentile(local!, 0.5)),
      });
    }
    return measures;
  } finally {
    clearInterval(alive);
    for (const node of nodes) await node.stop();
  }
}

async function leaderOf(nodes: readonly BenchNode[]): Promise<BenchNode> {
  for (;;) {
    const leader = nodes.find(({ host, service }) => service !== null && host.group(1)?.isLeader === true);
    if (leader !== undefined) {
      // A start is refused until the workflow is known to the cluster.
      await leader.client.execute(ECHO, 0).catch(() => undefined);
      return leader;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

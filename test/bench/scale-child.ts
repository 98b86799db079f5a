/**
 * A node of many execution groups in a process of its own: host, storage on disk, transport, and for each group what the face opens (lib/raftoral.clusters.ts); no Nest, no
 * management cluster. Both sides.
 */
import { RequestForwarder } from '../../lib/client/request-forwarder.js';
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom } from '../../lib/cluster/index.js';
import { SingleClusterSlotMap } from '../../lib/cluster/slot-map-port.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { ExecutionClusters } from '../../lib/raftoral.clusters.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { definitionOf } from '../support/definition.js';
import { BENCH_LOGGER, makeTransport, type CarrierKind } from './carriers.js';
import { openStore } from './store.js';
import { cpuMs, folderOf, serve, Worker } from './worker.js';

const DEPLOYMENT = '00000000-0000-4000-8000-000000000013';
const POLL_MS = 10;

export interface ScaleChildRequest {
  readonly nodeId: number;
  readonly members: readonly number[];
  readonly folder: string;
  readonly groups: number;
  readonly transport: CarrierKind;
}

/** ms since the start of the process, and its processor time until then. */
export interface Moment {
  readonly atMs: number;
  readonly cpuMs: number;
}

export interface StartTimes {
  /** Modules are loaded, the port is open. */
  readonly listening: Moment;
  /** Files are open. */
  readonly hosting: Moment;
  /** All groups are open. */
  readonly opened: Moment;
  /** Each has a leader that this node knows. */
  readonly led: Moment;
  /** What this process says of itself is committed in each: it takes runs. */
  readonly ready: Moment;
}

export interface GroupsSeen {
  readonly terms: readonly number[];
  readonly leading: number;
  readonly asleep: number;
  readonly framesSent: number;
  readonly loopLagMsMax: number;
  readonly heapMb: number;
  readonly rssMb: number;
}

/** No run of it is started: a cluster owns no slots until some are moved to it. */
@Workflow('idle', 1)
class Idle {
  async run(): Promise<void> {}
}

// --- the parent's side --------------------------------------------------------------------------------------------------------

export class ScaleProcesses {
  private constructor(
    readonly workers: readonly Worker[],
    readonly times: readonly StartTimes[],
    /** From the first fork until the last of them was ready. */
    readonly tookMs: number,
  ) {}

  static async start(options: {
    readonly folder: string;
    readonly nodes: number;
    readonly groups: number;
    readonly transport: CarrierKind;
  }): Promise<ScaleProcesses> {
    const { folder, nodes, groups, transport } = options;
    const members = Array.from({ length: nodes }, (_, at) => at + 1);
    const began = performance.now();
    const started = await Promise.all(
      members.map((nodeId) => {
        const request: ScaleChildRequest = { nodeId, members, folder: folderOf(folder, nodeId), groups, transport };
        return Worker.start<string>('scale', request);
      }),
    );
    const workers = started.map(({ worker }) => worker);
    const addresses = started.map(({ begin }, at) => ({ nodeId: members[at]!, address: begin, incarnation: 1 }));
    const times = await Promise.all(workers.map((worker) => worker.ask<StartTimes>('meet', addresses)));
    return new ScaleProcesses(workers, times, performance.now() - began);
  }

  seen(): Promise<GroupsSeen[]> {
    return Promise.all(this.workers.map((worker) => worker.ask<GroupsSeen>('seen')));
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }

  async kill(): Promise<void> {
    for (const worker of this.workers) worker.signal('SIGKILL');
    await Promise.all(this.workers.map((worker) => worker.ended));
  }
}

// --- the child's side ---------------------------------------------------------------------------------------------------------

export async function runScaleChild({ nodeId, members, folder, groups, transport: kind }: ScaleChildRequest): Promise<void> {
  const transport = makeTransport(kind);
  await transport.listen();
  const listening = moment();
  const [clock, scheduler, random] = [new SystemClock(), new EventLoopScheduler(), new SystemRandom()];
  const storage = openStore(folder);
  const host = new RaftHost({
    nodeId,
    deployment: DEPLOYMENT,
    incarnation: 1,
    clock,
    scheduler,
    random,
    storage,
    transport,
    logger: BENCH_LOGGER,
    onAlarm: () => undefined, // stalls of a start are among the figures
  });
  const registry = new WorkflowRegistry([definitionOf(Idle)]);
  const clusters = new ExecutionClusters({
    identity: { deployment: DEPLOYMENT, nodeId },
    host,
    clock,
    makeGroup: ({ groupId, stateMachine, nextDeadlineMs }) => host.createGroup({ groupId, stateMachine, nextDeadlineMs, members }),
    makeService: ({ group, state, tap, deployment, incarnation }) => {
      const runtime = new WorkflowRuntime({ group, state, tap, registry, clock, scheduler, random, incarnation, deployment });
      return { runtime, service: new WorkflowRuntimeService(runtime) };
    },
    forwarder: new RequestForwarder(new SingleClusterSlotMap(1)),
    checkStarting: () => undefined,
  });
  serve(
    {
      begin: () => transport.advertised,
      meet: async (addresses: Parameters<typeof transport.learnAddresses>[0]): Promise<StartTimes> => {
        transport.learnAddresses(addresses);
        await host.start();
        const hosting = moment();
        const ids = Array.from({ length: groups }, (_, at) => at + 1);
        await clusters.openAll(ids, members);
        const opened = moment();
        const all = clusters.all();
        await until(() => all.every(({ group }) => group.leaderId !== 0));
        const led = moment();
        await until(() => all.every(({ state }) => state.hellos.get(nodeId)?.incarnation === host.incarnation));
        return { listening, hosting, opened, led, ready: moment() };
      },
      cpu: () => cpuMs(),
      seen: (): GroupsSeen => {
        const all = clusters.all();
        const { network, loopLagMsMax } = host.status();
        const { heapUsed, rss } = process.memoryUsage();
        return {
          terms: all.map(({ group }) => group.term),
          leading: all.filter(({ group }) => group.isLeader).length,
          asleep: all.filter(({ group }) => group.status().hibernating).length,
          framesSent: network.framesSent,
          loopLagMsMax,
          heapMb: heapUsed / 2 ** 20,
          rssMb: rss / 2 ** 20,
        };
      },
    },
    async () => {
      clusters.stop();
      await host.stop();
    },
  );
}

function moment(): Moment {
  return { atMs: performance.now(), cpuMs: cpuMs() };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

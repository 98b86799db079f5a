/**
 * Workflow nodes without Nest in one process, in whatever clusters: hosts, groups, state machines and runtimes; memory storage, in-process network by reference. What
 * leaves each node is counted by kind. Time is the machine's, or virtual: then every count is a function of the code alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EventLoopScheduler,
  RaftHost,
  SystemClock,
  SystemRandom,
  type Clock,
  type RaftNode,
  type Random,
  type Scheduler,
} from '../../lib/cluster/index.js';
import { MessageType } from '../../lib/raft/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { EnvelopeKind, type Frame, type Transport } from '../../lib/transport/transport.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';

const DEPLOYMENT = '00000000-0000-4000-8000-000000000011';
/** Clusters have no node in common, and each is a deployment's first: it owns all slots. */
const GROUP_ID = 1;
const READY_MS_MAX = 60_000;
const LOOK_EVERY_MS = 5;

export interface Traffic {
  /** Appends that carry entries. */
  appends: number;
  /** Appends without entries: they tell of a commit. */
  notices: number;
  answers: number;
  /** Heartbeats, votes, pings, forwarded proposals and the rest. */
  others: number;
  frames: number;
}

export interface LayoutNode {
  readonly clusterId: number;
  readonly host: RaftHost;
  readonly group: RaftNode<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
}

export interface LayoutOptions {
  readonly clusters: number;
  readonly nodesPerCluster: number;
  readonly workflows: readonly WorkflowDefinition[];
  /** Without it: real time. */
  readonly time?: VirtualTime;
}

interface Platform {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

export class Layout {
  readonly sent: Traffic = { appends: 0, notices: 0, answers: 0, others: 0, frames: 0 };
  readonly nodes: LayoutNode[] = [];
  private readonly network = new InProcessNetwork();

  private constructor(private readonly options: LayoutOptions) {}

  /** Node ids ascend through the clusters; each node is a member of one. Resolves when all have leaders, and every hello is committed. */
  static async start(options: LayoutOptions): Promise<Layout> {
    const layout = new Layout(options);
    const { clusters, nodesPerCluster, time } = options;
    const real: Platform = { clock: new SystemClock(), scheduler: new EventLoopScheduler(), random: new SystemRandom() };
    for (let clusterId = 1; clusterId <= clusters; clusterId++) {
      const members = Array.from({ length: nodesPerCluster }, (_, at) => (clusterId - 1) * nodesPerCluster + at + 1);
      for (const nodeId of members) {
        const virtual = time?.createNode({ name: `node ${nodeId}` });
        const platform = virtual === undefined ? real : { clock: virtual, scheduler: virtual, random: new SeededRandom(nodeId, 'node') };
        await layout.add(clusterId, nodeId, members, platform);
      }
    }
    await layout.until(() => layout.isReady);
    return layout;
  }

  /** One for each cluster. */
  get leaders(): LayoutNode[] {
    return this.nodes.filter(({ group }) => group.isLeader).sort((a, b) => a.clusterId - b.clusterId);
  }

  /** All have applied all: nothing is on its way any more. */
  get isQuiet(): boolean {
    const lastIndexes = this.leaders.map(({ group }) => group.status().lastIndex);
    return this.nodes.every(({ clusterId, group }) => group.appliedIndex === lastIndexes[clusterId - 1]);
  }

  /** Waits in the time of this layout. */
  settled<T>(promise: Promise<T>): Promise<T> {
    return this.options.time?.runUntilSettled(promise, READY_MS_MAX) ?? promise;
  }

  async until(isSo: () => boolean): Promise<void> {
    const { time } = this.options;
    const nowMs = (): number => time?.nowMs ?? performance.now();
    const untilMs = nowMs() + READY_MS_MAX;
    while (!isSo()) {
      if (nowMs() > untilMs) throw new Error('the layout did not get ready');
      // Not after each task: this looks at all nodes.
      await (time?.advance(LOOK_EVERY_MS) ?? sleep(LOOK_EVERY_MS));
    }
  }

  async stop(): Promise<void> {
    for (const { runtime } of this.nodes) runtime.stop();
    if (this.options.time !== undefined) for (const { host } of this.nodes) host.crash();
    else await Promise.all(this.nodes.map(({ host }) => host.stop()));
  }

  /** Nothing of the start is left to be said: the hellos and the levels of all are applied everywhere. */
  private get isReady(): boolean {
    const { clusters, nodesPerCluster } = this.options;
    if (this.leaders.length !== clusters || !this.isQuiet) return false;
    return this.nodes.every(({ state }) => state.hellos.size === nodesPerCluster && state.codecLevel > 1);
  }

  private async add(clusterId: number, nodeId: number, members: readonly number[], { clock, scheduler, random }: Platform): Promise<void> {
    const transport = this.counting(this.network.createTransport());
    const host = new RaftHost({
      nodeId,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock,
      scheduler,
      random,
      storage: new MemoryRaftStorage(),
      transport,
    });
    await host.start();
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId: GROUP_ID, nodeId, sink: tap.sink });
    const group = await host.createGroup<CommandAnswer>({ groupId: GROUP_ID, stateMachine: state, members });
    const runtime = new WorkflowRuntime({
      group,
      state,
      tap,
      registry: new WorkflowRegistry(this.options.workflows),
      clock,
      scheduler,
      random,
      incarnation: 1,
      deployment: DEPLOYMENT,
      buildId: 'bench',
      // Entries of its own, now and then: not what is counted here.
      stateChecks: { everyMs: 0 },
    });
    runtime.start();
    this.nodes.push({ clusterId, host, group, state, runtime, service: new WorkflowRuntimeService(runtime) });
  }

  private counting(transport: Transport): Transport {
    return {
      start: (identity, handlers) => transport.start(identity, handlers),
      stop: () => transport.stop(),
      send: (to, frame) => {
        count(this.sent, frame);
        transport.send(to, frame);
      },
    };
  }
}

function count(sent: Traffic, { envelopes }: Frame): void {
  sent.frames++;
  for (const envelope of envelopes) {
    const type = envelope.kind === EnvelopeKind.RAFT ? envelope.message.type : null;
    if (envelope.kind !== EnvelopeKind.RAFT) sent.others++;
    else if (type === MessageType.AppendResp) sent.answers++;
    else if (type !== MessageType.Append) sent.others++;
    else if (envelope.message.entries.length > 0) sent.appends++;
    else sent.notices++;
  }
}

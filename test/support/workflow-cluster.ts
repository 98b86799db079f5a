/**
 * Several nodes with the whole engine but Nest: hosts, Raft, state machine, workflow runtime and service, over an in-process network in
 * virtual time. For specs of rules that need a real leader, a real majority and real loss.
 */
import { RaftHost, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import type { Transport } from '../../lib/transport/transport.js';
import type { GroupLimits } from '../../lib/workflow/command.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import type { StateCheckOptions } from '../../lib/workflow/state-check-service.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';

const DEPLOYMENT = '00000000-0000-4000-8000-00000000000b';

/** Frames to a paused process wait in its socket. */
function waitingWhilePaused(virtual: VirtualNode, transport: Transport): Transport {
  return {
    start: (identity, handlers) =>
      transport.start(identity, {
        ...handlers,
        onFrames: (frames) => {
          if (virtual.paused) virtual.turn(() => handlers.onFrames!(frames));
          else if (virtual.alive) handlers.onFrames!(frames);
        },
      }),
    stop: () => transport.stop(),
    send: (to, frame) => transport.send(to, frame),
  };
}

export interface WorkflowClusterOptions {
  readonly nodes?: number;
  readonly workflows: readonly WorkflowDefinition[] | ((node: number) => readonly WorkflowDefinition[]);
  readonly tuning?: Partial<RaftHostTuning>;
  readonly limits?: Partial<GroupLimits>;
  readonly stateChecks?: StateCheckOptions;
  /** Highest codec level that a node's build applies. Default: that of this build. */
  readonly codecLevelMax?: (node: number) => number;
}

export interface WorkflowNode {
  readonly id: number;
  readonly virtual: VirtualNode;
  readonly host: RaftHost;
  readonly group: RaftNode<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
  /** What the runtime reported, as text. */
  readonly reports: string[];
}

export class WorkflowCluster {
  readonly time = new VirtualTime();
  readonly network = new InProcessNetwork();
  readonly nodes = new Map<number, WorkflowNode>();
  private readonly random = new SeededRandom(1);

  private constructor(private readonly options: WorkflowClusterOptions) {}

  /** Resolves when there is a leader, and every node's hello is committed. */
  static async start(options: WorkflowClusterOptions): Promise<WorkflowCluster> {
    const cluster = new WorkflowCluster(options);
    const members = Array.from({ length: options.nodes ?? 3 }, (_, i) => i + 1);
    for (const id of members) await cluster.add(id, members);
    const isReady = (): boolean => cluster.leader !== undefined && cluster.alive.every((node) => node.state.hellos.size === members.length);
    if (!(await cluster.time.runUntil(isReady, 10_000))) throw new Error('the cluster did not get ready');
    return cluster;
  }

  private async add(id: number, members: readonly number[]): Promise<void> {
    const virtual = this.time.createNode({ name: `node ${id}` });
    const host = new RaftHost({
      nodeId: id,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: virtual,
      scheduler: virtual,
      random: this.random,
      storage: new MemoryRaftStorage(),
      transport: waitingWhilePaused(virtual, this.network.createTransport()),
      tuning: this.options.tuning ?? {},
    });
    await host.start();
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId: 1, nodeId: id, sink: tap.sink });
    const nextDeadlineMs = (): number => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(virtual.now(), state.logTimeMs);
    const group = await host.createGroup<CommandAnswer>({ groupId: 1, stateMachine: state, members, nextDeadlineMs });
    const reports: string[] = [];
    const { workflows } = this.options;
    const runtime = new WorkflowRuntime({
      group,
      state,
      tap,
      registry: new WorkflowRegistry(typeof workflows === 'function' ? workflows(id) : workflows),
      clock: virtual,
      scheduler: virtual,
      random: this.random,
      incarnation: 1,
      deployment: DEPLOYMENT,
      buildId: 'build-1',
      limits: this.options.limits,
      stateChecks: this.options.stateChecks,
      ...(this.options.codecLevelMax === undefined ? {} : { codecLevelMax: this.options.codecLevelMax(id) }),
      reporter: {
        diverged: (_run, wseq, method) => reports.push(`diverged at ${wseq} in ${method}`),
        stopped: (_run, reason) => reports.push(`stopped: ${reason}`),
        rejection: (_run, reason) => reports.push(`rejection: ${String(reason)}`),
        warning: (_run, message) => reports.push(`warning: ${message}`),
        replicasDiffer: (message) => reports.push(`replicas differ: ${message}`),
      },
    });
    runtime.start();
    this.nodes.set(id, { id, virtual, host, group, state, runtime, service: new WorkflowRuntimeService(runtime), reports });
  }

  node(id: number): WorkflowNode {
    return this.nodes.get(id)!;
  }

  get alive(): WorkflowNode[] {
    return [...this.nodes.values()].filter((node) => node.virtual.alive);
  }

  get leader(): WorkflowNode | undefined {
    return this.alive.find((node) => node.group.isLeader);
  }

  get follower(): WorkflowNode {
    return this.alive.find((node) => !node.group.isLeader)!;
  }

  /** What the promise gives, in virtual time. */
  settled<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    return this.time.runUntilSettled(promise, maxMs);
  }

  crash(id: number): void {
    this.network.crash(id);
    this.node(id).virtual.kill();
    this.node(id).runtime.stop();
  }

  stop(): void {
    for (const node of this.alive) {
      node.runtime.stop();
      node.host.crash();
    }
  }
}

/**
 * Two execution clusters over five nodes, with Raft, runtimes and a mover of slots on each node, in virtual time: cluster 1 on nodes 1 to 3, cluster 2 on 3 to 5. Calls go to
 * where the slot is, as a client with an old table would find it: WRONG_CLUSTER sends it on.
 */
import { RaftHost, type RaftNode } from '../../lib/cluster/index.js';
import { RaftoralError } from '../../lib/errors/index.js';
import { encodeTopologyCommand } from '../../lib/management/command-codec.js';
import { TopologyKind, type TopologyCommand } from '../../lib/management/command.js';
import { MoveRunner } from '../../lib/management/move-runner.js';
import { TopologyStateMachine } from '../../lib/management/state-machine.js';
import type { TopologyAnswer } from '../../lib/management/state.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { ComputesInFlight } from '../../lib/workflow/computes-in-flight.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { CODEC_LEVEL_MAX } from '../../lib/workflow/command.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { MOVE_METHOD, decodeReport, encodeOrder, type MoveReport } from '../../lib/workflow/slot-move/move-port.js';
import type { MoverTuning } from '../../lib/workflow/slot-move/move.js';
import { SlotMover } from '../../lib/workflow/slot-move/mover.js';
import type { SlotRange } from '../../lib/workflow/slot.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';
import { nodeInfo } from './topology-machine.js';

const DEPLOYMENT = '00000000-0000-4000-8000-00000000000c';
const MEMBERS: Readonly<Record<number, readonly number[]>> = { 1: [1, 2, 3], 2: [3, 4, 5] };
const ASK_AGAIN_MS = 100;

export interface HostedGroup {
  readonly group: RaftNode<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
}

/** Cluster 0 on a node, and what has its moves carried out. */
export interface ManagementUnderTest {
  readonly group: RaftNode<TopologyAnswer>;
  readonly state: TopologyStateMachine;
  readonly runner: MoveRunner;
  /** What the runner had to say. */
  readonly said: string[];
}

export interface MoveNodeUnderTest {
  readonly id: number;
  readonly virtual: VirtualNode;
  readonly host: RaftHost;
  readonly mover: SlotMover;
  readonly clusters: Map<number, HostedGroup>;
  readonly computesInFlight: ComputesInFlight;
  management: ManagementUnderTest | null;
}

export interface MoveClusterOptions {
  readonly workflows: readonly WorkflowDefinition[] | ((node: number) => readonly WorkflowDefinition[]);
  readonly tuning?: Partial<MoverTuning>;
  readonly seed?: number;
  /** Cluster 0 on nodes 1 to 3, which knows both clusters. */
  readonly isManaged?: boolean;
}

export class MoveCluster {
  readonly time = new VirtualTime();
  readonly network = new InProcessNetwork();
  readonly nodes = new Map<number, MoveNodeUnderTest>();
  readonly random: SeededRandom;
  /** Told of each command of a mover that arrives at a node of cluster 2, by its number: a whole move fits into one moment of virtual time. */
  onTarget: (call: number) => void = () => undefined;
  private targetCalls = 0;

  private constructor(private readonly options: MoveClusterOptions) {
    this.random = new SeededRandom(options.seed ?? 1);
  }

  static async start(options: MoveClusterOptions): Promise<MoveCluster> {
    const cluster = new MoveCluster(options);
    for (const id of [1, 2, 3, 4, 5]) await cluster.add(id);
    const isReady = (): boolean => [1, 2].every((clusterId) => cluster.leaderOf(clusterId)?.state.codecLevel === CODEC_LEVEL_MAX);
    if (!(await cluster.time.runUntil(isReady, 20_000))) throw new Error('the clusters did not get ready');
    if (options.isManaged === true) await cluster.found();
    return cluster;
  }

  private async found(): Promise<void> {
    if (!(await this.time.runUntil(() => this.manager !== undefined, 20_000))) throw new Error('cluster 0 has no leader');
    const nodes = [1, 2, 3, 4, 5].map((node) => ({ node, info: nodeInfo() }));
    const members = MEMBERS[1]!;
    await this.settled(this.manage({ kind: TopologyKind.FOUND, deployment: DEPLOYMENT, nodes, members, targetSize: 3, nodeIdHighest: 5 }));
    const decidedOn = this.manager!.state.topology.version;
    await this.settled(this.manage({ kind: TopologyKind.CREATE_CLUSTER, members: MEMBERS[2]!, targetSize: 3, metadata: [], decidedOn }));
  }

  /** Who leads cluster 0. */
  get manager(): ManagementUnderTest | undefined {
    return (
      [...this.nodes.values()].find(({ virtual, management }) => virtual.alive && management?.group.isLeader === true)?.management ??
      undefined
    );
  }

  /** A command of an operator, or of the cluster manager. */
  async manage(command: TopologyCommand): Promise<TopologyAnswer> {
    for (;;) {
      try {
        const { result } = await this.manager!.group.propose(encodeTopologyCommand(command, 1), { deadlineMs: 5_000 });
        if (!result.ok) throw new Error(result.message);
        return result;
      } catch (error) {
        if (!(error instanceof RaftoralError)) throw error;
      }
      await this.wait(ASK_AGAIN_MS);
    }
  }

  private async openManagement(node: MoveNodeUnderTest): Promise<void> {
    const { host, virtual } = node;
    const state = new TopologyStateMachine();
    const group = await host.createGroup<TopologyAnswer>({ groupId: 0, stateMachine: state, members: [1, 2, 3] });
    const said: string[] = [];
    const runner = new MoveRunner({
      node: { request: (to, method, body, timeoutMs) => host.request(to, method, body, timeoutMs) },
      group,
      topology: () => state.topology,
      clock: virtual,
      logger: { isDebug: false, log: (level, text) => void said.push(`${level}: ${text}`) },
    });
    group.subscribe({ onApplied: () => runner.ask(), onLeadership: () => runner.ask() });
    node.management = { group, state, runner, said };
  }

  private async add(id: number): Promise<void> {
    const virtual = this.time.createNode({ name: `node ${id}` });
    const { random } = this;
    const host = new RaftHost({
      nodeId: id,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: virtual,
      scheduler: virtual,
      random,
      storage: new MemoryRaftStorage(),
      transport: this.network.createTransport(),
    });
    await host.start();
    const clusters = new Map<number, HostedGroup>();
    const mover = new SlotMover(
      {
        nodeId: id,
        request: (to, method, body, timeoutMs) => host.request(to, method, body, timeoutMs),
        handle: (method, handler) => host.handle(method, handler),
      },
      virtual,
      (clusterId) => {
        if (clusterId === 2) this.onTarget(++this.targetCalls);
        return clusters.get(clusterId) ?? null;
      },
      this.options.tuning,
    );
    const node: MoveNodeUnderTest = { id, virtual, host, mover, clusters, computesInFlight: new ComputesInFlight(), management: null };
    this.nodes.set(id, node);
    if (this.options.isManaged === true && id <= 3) await this.openManagement(node);
    for (const clusterId of [1, 2]) if (MEMBERS[clusterId]!.includes(id)) await this.open(node, clusterId);
  }

  private async open(node: MoveNodeUnderTest, groupId: number): Promise<void> {
    const { id, virtual, host, computesInFlight } = node;
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId, nodeId: id, sink: tap.sink });
    const nextDeadlineMs = (): number => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(virtual.now(), state.logTimeMs);
    const group = await host.createGroup<CommandAnswer>({ groupId, stateMachine: state, members: MEMBERS[groupId]!, nextDeadlineMs });
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
      computesInFlight,
      buildId: 'build-1',
    });
    runtime.start();
    node.clusters.set(groupId, { group, state, runtime, service: new WorkflowRuntimeService(runtime, 2_000) });
  }

  hosts(clusterId: number): HostedGroup[] {
    return [...this.nodes.values()].filter(({ virtual }) => virtual.alive).flatMap(({ clusters }) => clusters.get(clusterId) ?? []);
  }

  leaderOf(clusterId: number): HostedGroup | undefined {
    return this.hosts(clusterId).find(({ group }) => group.isLeader);
  }

  settled<T>(promise: Promise<T>, maxMs = 120_000): Promise<T> {
    return this.time.runUntilSettled(promise, maxMs);
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.time.createNode({ name: 'waits' }).setTimer(ms, resolve));
  }

  /** What the leader of management does: asks until the move is finished, whoever leads the source. `askedBy`: cluster of the node that asks. */
  async move(
    order: { readonly moveId: number; readonly from: number; readonly to: number; readonly ranges: readonly SlotRange[] },
    watch: {
      readonly isAborting?: () => boolean;
      readonly report?: (report: MoveReport) => void;
      readonly askedBy?: number;
      /** Default: those that host the target. */
      readonly targets?: readonly number[];
    } = {},
  ): Promise<MoveReport> {
    for (;;) {
      const leader = this.leaderOf(order.from);
      if (leader !== undefined) {
        const hosts = this.hosts(order.to).sort((a, b) => Number(b.group.isLeader) - Number(a.group.isLeader));
        const targets = watch.targets ?? hosts.map(({ group }) => group.nodeId);
        const body = encodeOrder({ ...order, targets, oldestMoveId: order.moveId, isAborting: watch.isAborting?.() === true });
        // Asked by another node, as the one that leads management would be.
        const from = this.hosts(watch.askedBy ?? order.from).find(({ group }) => group.nodeId !== leader.group.nodeId);
        try {
          if (from !== undefined) {
            const report = decodeReport(
              await this.nodes.get(from.group.nodeId)!.host.request(leader.group.nodeId, MOVE_METHOD, body, 1_000),
            );
            watch.report?.(report);
            if (report.isFinished) return report;
          }
        } catch {
          // not the leader any more, or lost: asked again
        }
      }
      await this.wait(ASK_AGAIN_MS);
    }
  }

  /** A call, sent on where the slot is elsewhere, and again after a passing failure. `hint`: where it was last found. */
  async call<T>(hint: { clusterId: number }, act: (service: WorkflowRuntimeService) => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      const hosts = this.hosts(hint.clusterId);
      const { service } = hosts[tries % hosts.length]!;
      try {
        return await act(service);
      } catch (error) {
        if (!(error instanceof RaftoralError) || !error.retryable || tries > 400) throw error;
        if (error.code === 'WRONG_CLUSTER')
          hint.clusterId =
            tries % 2 === 0 ? ((error.details as { clusterId?: number }).clusterId ?? 3 - hint.clusterId) : 3 - hint.clusterId;
      }
      await this.wait(20);
    }
  }

  crash(id: number): void {
    const node = this.nodes.get(id)!;
    this.network.crash(id);
    node.virtual.kill();
    for (const { runtime } of node.clusters.values()) runtime.stop();
    node.mover.stop();
    node.management?.runner.stop();
  }

  stop(): void {
    for (const { virtual, host, clusters, mover, management } of this.nodes.values()) {
      if (!virtual.alive) continue;
      for (const { runtime } of clusters.values()) runtime.stop();
      mover.stop();
      management?.runner.stop();
      host.crash();
    }
  }
}

/**
 * Several nodes, several execution clusters, and a forwarder on every node: hosts, Raft, state machines, runtimes, services and the forwarding of calls, over an
 * in-process network in virtual time. The routing table is given by hand; each node has its own, so that one may be out of date. Nodes that are members of nothing
 * are clients.
 */
import { RaftHost, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { SingleClusterSlotMap } from '../../lib/cluster/slot-map-port.js';
import { RequestForwarder, type RoutingParts } from '../../lib/client/request-forwarder.js';
import type { RoutingSource } from '../../lib/client/routing-port.js';
import { RoutingTable } from '../../lib/client/routing-table.js';
import { WorkflowClient } from '../../lib/client/workflow-client.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
import { EventTap } from '../../lib/workflow/event-tap.js';
import { WorkflowRegistry } from '../../lib/workflow/registry.js';
import { WorkflowRuntimeService } from '../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../lib/workflow/runtime.js';
import { SLOT_COUNT } from '../../lib/workflow/slot.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import { SlotState, type SlotTable } from '../../lib/workflow/state-machine/slots.js';
import type { CommandAnswer } from '../../lib/workflow/state.js';

const DEPLOYMENT = '00000000-0000-4000-8000-00000000000c';

export interface RoutedWorldOptions {
  /** Members by cluster. */
  readonly clusters: Readonly<Record<number, readonly number[]>>;
  /** Nodes that host nothing. */
  readonly clients?: readonly number[];
  readonly workflows: readonly WorkflowDefinition[];
  readonly tuning?: Partial<RaftHostTuning>;
  readonly routing?: Partial<Pick<RoutingParts, 'placement' | 'load' | 'requestTimeoutMs' | 'budget' | 'engineBudget'>>;
  readonly encodeFrames?: boolean;
}

export interface HostedCluster {
  readonly group: RaftNode<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly runtime: WorkflowRuntime;
  readonly service: WorkflowRuntimeService;
}

/** A table that the test sets; refreshed to `next`, if that is newer. */
export class SettableRoutes implements RoutingSource {
  refreshes = 0;
  next: RoutingTable | null = null;

  constructor(private current: RoutingTable | null) {}

  table(): RoutingTable | null {
    return this.current;
  }

  async refresh(above: number): Promise<void> {
    this.refreshes++;
    if (this.next !== null && this.next.version > above) this.current = this.next;
  }
}

export interface RoutedNode {
  readonly id: number;
  readonly virtual: VirtualNode;
  readonly host: RaftHost;
  readonly clusters: Map<number, HostedCluster>;
  readonly routes: SettableRoutes;
  readonly forwarder: RequestForwarder;
  readonly client: WorkflowClient;
}

export class RoutedWorld {
  readonly time = new VirtualTime();
  readonly network: InProcessNetwork;
  readonly nodes = new Map<number, RoutedNode>();
  readonly reports: string[] = [];
  private readonly random = new SeededRandom(7);

  private constructor(private readonly options: RoutedWorldOptions) {
    this.network = new InProcessNetwork({ encodeFrames: options.encodeFrames ?? true });
  }

  /** Resolves when every cluster has a leader that has heard of all its members. */
  static async start(options: RoutedWorldOptions): Promise<RoutedWorld> {
    const world = new RoutedWorld(options);
    const ids = new Set([...Object.values(options.clusters).flat(), ...(options.clients ?? [])]);
    for (const id of [...ids].sort((a, b) => a - b)) await world.addNode(id);
    for (const [clusterId, members] of Object.entries(options.clusters))
      for (const id of members) await world.open(world.node(id), Number(clusterId), members);
    const isReady = (): boolean =>
      Object.entries(options.clusters).every(
        ([clusterId, members]) => world.leaderOf(Number(clusterId))?.clusters.get(Number(clusterId))?.state.hellos.size === members.length,
      );
    if (!(await world.time.runUntil(isReady, 10_000))) throw new Error('the clusters did not get ready');
    await world.time.advance(200);
    return world;
  }

  node(id: number): RoutedNode {
    return this.nodes.get(id)!;
  }

  /** The table in which each cluster has its share of the slots, in the order of their ids. */
  table(version = 1): RoutingTable {
    const ids = Object.keys(this.options.clusters).map(Number);
    const owners = Uint32Array.from({ length: SLOT_COUNT }, (_, slot) => this.ownerOf(slot, ids));
    const clusters = ids.map((clusterId) => ({
      clusterId,
      isActive: true,
      members: this.options.clusters[clusterId]!,
      labels: new Map([['name', `cluster-${clusterId}`]]),
    }));
    return new RoutingTable(version, clusters, owners);
  }

  leaderOf(clusterId: number): RoutedNode | undefined {
    return [...this.nodes.values()].find((node) => node.virtual.alive && node.clusters.get(clusterId)?.group.isLeader === true);
  }

  settled<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    return this.time.runUntilSettled(promise, maxMs);
  }

  crash(id: number): void {
    this.network.crash(id);
    const node = this.node(id);
    node.virtual.kill();
    for (const { runtime } of node.clusters.values()) runtime.stop();
  }

  stop(): void {
    for (const node of this.nodes.values()) {
      if (!node.virtual.alive) continue;
      for (const { runtime } of node.clusters.values()) runtime.stop();
      node.host.crash();
    }
  }

  private ownerOf(slot: number, ids: readonly number[]): number {
    return ids[Math.floor((slot * ids.length) / SLOT_COUNT)]!;
  }

  private async addNode(id: number): Promise<void> {
    const virtual = this.time.createNode({ name: `node ${id}` });
    const host = new RaftHost({
      nodeId: id,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: virtual,
      scheduler: virtual,
      random: this.random,
      storage: new MemoryRaftStorage(),
      transport: this.network.createTransport(),
      tuning: this.options.tuning ?? {},
    });
    await host.start();
    const routes = new SettableRoutes(this.table());
    const forwarder = new RequestForwarder(new SingleClusterSlotMap(1));
    forwarder.route({ calls: host, routes, clock: virtual, random: this.random, requestTimeoutMs: 10_000, ...this.options.routing });
    const client = new WorkflowClient(forwarder, () => undefined);
    this.nodes.set(id, { id, virtual, host, clusters: new Map(), routes, forwarder, client });
  }

  private async open({ host, virtual, clusters, forwarder, id }: RoutedNode, groupId: number, members: readonly number[]): Promise<void> {
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId, nodeId: id, sink: tap.sink });
    this.giveSlots(state, groupId);
    const nextDeadlineMs = (): number => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(virtual.now(), state.logTimeMs);
    const group = await host.createGroup<CommandAnswer>({ groupId, stateMachine: state, members, nextDeadlineMs });
    const report = (text: string): void => void this.reports.push(`node ${id}: ${text}`);
    const runtime = new WorkflowRuntime({
      group,
      state,
      tap,
      registry: new WorkflowRegistry(this.options.workflows),
      clock: virtual,
      scheduler: virtual,
      random: this.random,
      incarnation: 1,
      deployment: DEPLOYMENT,
      buildId: 'build-1',
      reporter: {
        diverged: (_run, wseq, method) => report(`diverged at ${wseq} in ${method}`),
        stopped: (_run, reason) => report(`stopped: ${reason}`),
        rejection: (_run, reason) => report(`rejection: ${String(reason)}`),
        warning: (_run, message) => report(`warning: ${message}`),
        replicasDiffer: (message) => report(`replicas differ: ${message}`),
      },
    });
    const service = new WorkflowRuntimeService(runtime);
    runtime.start();
    clusters.set(groupId, { group, state, runtime, service });
    forwarder.attach(service);
  }

  /** As if slots had been moved before the first entry: the same on every replica. */
  private giveSlots(state: WorkflowStateMachine, groupId: number): void {
    const ids = Object.keys(this.options.clusters).map(Number);
    const { slots } = (state as unknown as { state: { slots: SlotTable } }).state;
    for (let slot = 0; slot < SLOT_COUNT; slot++)
      slots.fill(slot, 1, this.ownerOf(slot, ids) === groupId ? SlotState.OWNED : SlotState.ABSENT, 1);
  }
}

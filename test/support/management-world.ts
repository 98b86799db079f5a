/**
 * A deployment with its management, without Nest: hosts, cluster 0 with the real state machine, real execution groups, gossip, and ManagementService on each node; in
 * virtual time, over a simulated network. What the face does beside that is done here in short: a node opens the groups that the topology names it for.
 *
 * What runs in an execution group is a list of texts: each is an open workflow until `done` of it stands there too.
 */
import { RaftHost, type LogLevel, type RaftNode } from '../../lib/cluster/index.js';
import type { NodeInfo } from '../../lib/management/command.js';
import type { FirstCluster } from '../../lib/management/founding.js';
import { ManagementService } from '../../lib/management/management-service.js';
import type { ManagementNode } from '../../lib/management/node-port.js';
import { DEFAULT_MANAGER_POLICY, type ManagerPolicy } from '../../lib/management/placement/manager/view.js';
import { TopologyStateMachine } from '../../lib/management/state-machine.js';
import type { TopologyAnswer, TopologyView } from '../../lib/management/state.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import type { Frame, Transport } from '../../lib/transport/transport.js';
import { TextMachine } from './raft-cluster.js';
import { MemoryDisk, RowStorage } from './row-storage.js';

export const DEPLOYMENT = '00000000-0000-4000-8000-00000000000c';

export interface ManagementWorldOptions {
  /** How many there are at first. */
  readonly nodes: number;
  readonly info?: (node: number) => Partial<NodeInfo>;
  readonly policy?: Partial<ManagerPolicy>;
  readonly deployment?: string;
  /** Node ids that cluster 1 gave out and nobody bears any more. Default 0. */
  readonly idsGone?: number;
  /** What nodes had before this world began. */
  readonly disks?: ReadonlyMap<number, MemoryDisk>;
  /** Of the virtual time. */
  readonly tasksPerLoop?: number;
  /** Sees what a node sends. */
  readonly onSent?: (from: number, to: number, frame: Frame) => void;
}

interface Execution {
  readonly group: RaftNode<string>;
  readonly machine: TextMachine;
}

export interface ManagedNode {
  readonly nodeId: number;
  readonly time: VirtualNode;
  readonly host: RaftHost;
  readonly group: RaftNode<TopologyAnswer>;
  readonly state: TopologyStateMachine;
  readonly management: ManagementService;
  readonly executions: Map<number, Execution>;
  /** Clusters that are being opened. */
  readonly opening: Set<number>;
  readonly log: string[];
}

const INFO: NodeInfo = {
  incarnation: 0,
  addresses: [],
  zone: '',
  labels: [],
  capacity: 8,
  role: 'full',
  codecLevelMax: 1,
  workflows: [],
};

export class ManagementWorld {
  readonly time: VirtualTime;
  readonly network: SimulatedNetwork;
  readonly nodes = new Map<number, ManagedNode>();
  readonly policy: ManagerPolicy;
  private readonly first: readonly number[];
  private readonly disks: Map<number, MemoryDisk>;

  private constructor(private readonly options: ManagementWorldOptions) {
    this.time = new VirtualTime({ tasksPerLoop: options.tasksPerLoop ?? 1 });
    this.disks = new Map(options.disks ?? []);
    this.network = new SimulatedNetwork({ time: this.time, random: new SeededRandom(7, 'network') });
    this.policy = { ...DEFAULT_MANAGER_POLICY, nodeDownAfterMs: 5_000, ...options.policy };
    this.first = Array.from({ length: Math.min(3, options.nodes) }, (_, i) => i + 1);
  }

  /** Clusters 0 and 1 begin with nodes 1 to 3; those beyond are nodes of cluster 1 that wait to be added. Resolves when the deployment is founded everywhere there. */
  static async start(options: ManagementWorldOptions): Promise<ManagementWorld> {
    const world = new ManagementWorld(options);
    for (let nodeId = 1; nodeId <= options.nodes; nodeId++) await world.add(nodeId);
    await world.until(() => world.first.every((id) => world.topologyOf(id).deployment !== ''), 'the deployment is founded');
    return world;
  }

  /** For the first time, or again on its disk after a crash. */
  async add(nodeId: number): Promise<ManagedNode> {
    const node = await this.time.runUntilSettled(this.open(nodeId), 5_000);
    this.nodes.set(nodeId, node);
    node.management.start();
    return node;
  }

  node(nodeId: number): ManagedNode {
    return this.nodes.get(nodeId)!;
  }

  topologyOf(nodeId: number): TopologyView {
    return this.node(nodeId).state.topology;
  }

  get alive(): ManagedNode[] {
    return [...this.nodes.values()].filter(({ time }) => time.alive);
  }

  /** Of cluster 0. */
  get leader(): ManagedNode {
    const leaders = this.alive.filter(({ group }) => group.isLeader).sort((a, b) => b.group.term - a.group.term);
    if (leaders[0] === undefined) throw new Error('cluster 0 has no leader');
    return leaders[0];
  }

  get topology(): TopologyView {
    return this.leader.state.topology;
  }

  /** Node states of the topology, as '1:active 2:down'. */
  get states(): string {
    return [...this.topology.nodes.values()].map(({ node, state }) => `${node}:${state}`).join(' ');
  }

  /** Members of a cluster as the topology has them, as '1 2 +3' (joining) or '-3' (leaving). */
  membersOf(clusterId: number): string {
    const members = this.topology.clusters.get(clusterId)?.members ?? [];
    return members.map(({ node, state }) => `${{ joining: '+', voter: '', leaving: '-' }[state]}${node}`).join(' ');
  }

  executionLeader(clusterId: number): Execution | undefined {
    const leading = this.alive.map(({ executions }) => executions.get(clusterId)).filter((one) => one?.group.isLeader === true);
    return leading.sort((a, b) => b!.group.term - a!.group.term)[0];
  }

  /** Voters of a group as its own leader has them. */
  votersOf(clusterId: number): string {
    const group = clusterId === 0 ? this.leader.group : this.executionLeader(clusterId)?.group;
    return group?.membership.voters.join(' ') ?? 'no leader';
  }

  get learnersOfManagement(): string {
    return this.leader.group.membership.learners.join(' ');
  }

  async until(isSo: () => boolean, what: string, maxMs = 60_000): Promise<void> {
    const guarded = (): boolean => this.alive.some(({ group }) => group.isLeader) && isSo();
    if (await this.time.runUntil(guarded, maxMs)) return;
    const lines = this.alive.flatMap(({ nodeId, log }) => log.slice(-6).map((line) => `  ${nodeId}: ${line}`));
    throw new Error(`not within ${maxMs} ms: ${what}\n${lines.join('\n')}`);
  }

  settled<T>(promise: Promise<T>, maxMs = 60_000): Promise<T> {
    return this.time.runUntilSettled(promise, maxMs);
  }

  crash(nodeId: number): void {
    this.network.crash(nodeId);
    this.node(nodeId).time.kill();
  }

  /** Between this node and all others. */
  isolate(nodeId: number): void {
    const others = [...this.nodes.keys()].filter((id) => id !== nodeId);
    this.network.partition([nodeId], others);
  }

  stop(): void {
    for (const { host } of this.alive) host.crash();
  }

  private async open(nodeId: number): Promise<ManagedNode> {
    const { deployment = DEPLOYMENT } = this.options;
    const time = this.time.createNode({ name: `node ${nodeId}` });
    const random = new SeededRandom(nodeId, 'node');
    let disk = this.disks.get(nodeId);
    if (disk === undefined) this.disks.set(nodeId, (disk = new MemoryDisk()));
    const storage = new RowStorage({ disk, time: () => time });
    const transport = this.watching(nodeId, this.network.createTransport(time));
    const incarnation = disk.incarnation + 1;
    const host = new RaftHost({ nodeId, deployment, incarnation, clock: time, scheduler: time, random, storage, transport });
    await host.start();
    const state = new TopologyStateMachine();
    const isFirst = this.first.includes(nodeId);
    const first = isFirst ? { members: this.first } : { join: true };
    const group = await host.createGroup<TopologyAnswer>({ groupId: 0, stateMachine: state, ...first });
    const executions = new Map<number, Execution>();
    const log: string[] = [];
    const logger = { isDebug: false, log: (level: LogLevel, text: string) => void log.push(`${level}: ${text}`) };
    const management = new ManagementService({
      node: managementNode(host, executions, deployment),
      group,
      state,
      clock: time,
      scheduler: time,
      random,
      logger,
      policy: this.policy,
      info: { ...INFO, ...this.options.info?.(nodeId) },
      seeds: [1, 2, 3],
      firstCluster: () => this.firstCluster(executions),
      roundEveryMs: 1_000,
    });
    const node = { nodeId, time, host, group, state, management, executions, opening: new Set<number>(), log };
    if (isFirst && incarnation === 1) await this.openExecution(node, 1, { members: this.first });
    for (const clusterId of host.storedGroups())
      if (clusterId !== 0 && incarnation > 1) await this.openExecution(node, clusterId, { join: true });
    management.onTopology(() => this.follow(node));
    return node;
  }

  private watching(nodeId: number, transport: Transport): Transport {
    const { onSent } = this.options;
    if (onSent === undefined) return transport;
    return {
      start: (identity, handlers) => transport.start(identity, handlers),
      stop: () => transport.stop(),
      send: (to, frame) => {
        onSent(nodeId, to, frame);
        transport.send(to, frame);
      },
    };
  }

  /** All nodes that were there at the beginning are nodes of cluster 1, as in a deployment that knew it alone. */
  private firstCluster(executions: ReadonlyMap<number, Execution>): FirstCluster | null {
    const voters = executions.get(1)?.group.membership.voters;
    if (voters === undefined) return null;
    const nodes = Array.from({ length: this.options.nodes }, (_, i) => i + 1);
    return { nodes, voters, nodeIdHighest: this.options.nodes + (this.options.idsGone ?? 0) };
  }

  /** What the face does: groups that this node is a member of are opened; one that it was removed from is closed, and its rows stay. */
  private follow(node: ManagedNode): void {
    const { clusters } = node.state.topology;
    for (const [clusterId, { group }] of node.executions) {
      const isMember = clusters.get(clusterId)?.members.some((member) => member.node === node.nodeId) === true;
      if (isMember && group.status().halted !== null) void this.reopen(node, clusterId);
    }
    for (const { clusterId, members, confIndex } of clusters.values()) {
      const own = members.find((member) => member.node === node.nodeId);
      if (own === undefined || node.executions.has(clusterId) || node.opening.has(clusterId)) continue;
      const voters = members.filter(({ state }) => state === 'voter').map((member) => member.node);
      const isBegun = confIndex > 0 || own.state !== 'voter';
      void this.openExecution(node, clusterId, isBegun ? { join: true } : { members: voters });
    }
  }

  private async reopen(node: ManagedNode, clusterId: number): Promise<void> {
    if (node.opening.has(clusterId)) return;
    node.opening.add(clusterId);
    await node.host.closeGroup(clusterId);
    await this.openExecution(node, clusterId, { join: true });
  }

  private async openExecution(
    node: ManagedNode,
    clusterId: number,
    first: { readonly members: readonly number[] } | { readonly join: true },
  ): Promise<void> {
    node.opening.add(clusterId);
    const machine = new TextMachine();
    const group = await node.host.createGroup<string>({ groupId: clusterId, stateMachine: machine, ...first });
    node.executions.set(clusterId, { group, machine });
    node.opening.delete(clusterId);
    group.subscribe({ onRemoved: () => node.time.turn(() => this.follow(node)) });
  }
}

function managementNode(host: RaftHost, executions: ReadonlyMap<number, Execution>, deployment: string): ManagementNode {
  return {
    nodeId: host.nodeId,
    deployment,
    incarnation: host.incarnation,
    request: (to, method, body, timeoutMs) => host.request(to, method, body, timeoutMs),
    tell: (to, method, body) => host.tell(to, method, body),
    handle: (method, handler) => host.handle(method, handler),
    groups: () =>
      [...executions.values()].map(({ group: execution, machine }) => ({
        group: execution,
        openWorkflows: openOf(machine),
        startsTotal: machine.texts.filter((text) => !text.endsWith(' done')).length,
      })),
  };
}

function openOf({ texts }: TextMachine): number {
  return texts.filter((text) => !text.endsWith(' done') && !texts.includes(`${text} done`)).length;
}

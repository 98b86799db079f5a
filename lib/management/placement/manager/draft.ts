/**
 * A plan while it is being made: the view, what was decided so far in this round, and what is left of its bounds. Pure.
 *
 * D1. One decision a cluster and round that changes its members: the next is made on a topology that has the first (C2 of command.ts).
 * D2. What was decided counts: a node that was chosen is fuller for the next choice.
 */
import type { TopologyCommand } from '../../command.js';
import type { ClusterView, NodeView, TopologyView } from '../../state.js';
import { codeRunners } from '../code.js';
import type { Decision, GroupObservation, GroupStep, ManagerPlan, ManagerPolicy, ManagerRule, ManagerView } from './view.js';

export class Draft {
  readonly topology: TopologyView;
  readonly nowMs: number;
  /** C1 of code.ts. */
  readonly runsCode: (node: number) => boolean;
  private readonly decisions: Decision[] = [];
  private readonly waiting: string[] = [];
  private readonly touched = new Set<number>();
  /** Chosen in this round. */
  private readonly hosting = new Map<number, number>();
  /** Clusters that a node will be in once all that is asked for is done. */
  private readonly projected = new Map<number, number>();
  private changing: number;
  private hostList: readonly NodeView[] | null = null;
  private zones: ReadonlySet<string> | null = null;
  private least: number | null = null;
  /** A cluster is made, destroyed or changes its state in this round: what depends on the set of clusters is decided in the next. */
  changesClusters = false;

  constructor(
    readonly view: ManagerView,
    readonly policy: ManagerPolicy,
  ) {
    this.topology = view.topology;
    this.nowMs = view.nowMs;
    this.runsCode = codeRunners(view.topology);
    // One that nobody leads may wait for ever; it keeps nobody else from being repaired.
    this.changing = this.clusters().filter((cluster) => isMembershipPending(cluster) && this.group(cluster.clusterId) !== undefined).length;
    for (const cluster of this.clusters()) for (const node of stayingNodes(cluster)) this.project(node, 1);
  }

  get isFull(): boolean {
    return this.decisions.length >= this.policy.decisionsMax;
  }

  get plan(): ManagerPlan {
    return { decisions: this.decisions, waiting: this.waiting };
  }

  decide(rule: ManagerRule, command: TopologyCommand, explanation: string): void {
    if (!this.isFull) this.decisions.push({ rule, command, explanation });
  }

  step(rule: ManagerRule, step: GroupStep, explanation: string): void {
    if (!this.isFull) this.decisions.push({ rule, step, explanation });
  }

  wait(why: string): void {
    this.waiting.push(why);
  }

  /** D1. */
  touch(clusterId: number): void {
    this.touched.add(clusterId);
  }

  isTouched(clusterId: number): boolean {
    return this.touched.has(clusterId) || this.isFull;
  }

  /** One more cluster whose members change. False: so many change already that it has to wait. */
  beginChange(): boolean {
    if (this.changing >= this.policy.changingClustersMax) return false;
    this.changing++;
    return true;
  }

  /** D2. */
  hostedBy(node: number): number {
    return this.topology.hostedBy(node) + (this.hosting.get(node) ?? 0);
  }

  /** Execution clusters that a node is to be in. Choices go by it, capacity by hostedBy(). */
  loadOf(node: number): number {
    return this.projected.get(node) ?? 0;
  }

  /** `node` becomes a member of a cluster, in the place of `lost` if there is one. */
  chose(node: number, lost = 0): void {
    this.hosting.set(node, (this.hosting.get(node) ?? 0) + 1);
    this.project(node, 1);
    if (lost !== 0) this.project(lost, -1);
  }

  hasRoom({ node, info }: NodeView): boolean {
    return this.hostedBy(node) < info.capacity;
  }

  node(node: number): NodeView | undefined {
    return this.topology.nodes.get(node);
  }

  group(clusterId: number): GroupObservation | undefined {
    const group = this.view.groups.get(clusterId);
    return group === undefined || group.leader === 0 ? undefined : group;
  }

  isLive(node: number): boolean {
    return this.view.nodes.get(node)?.isLive === true;
  }

  /** Nodes that may become members: active, alive, no clients, with room for one cluster at least. Ascending. The same for the whole round. */
  hosts(): readonly NodeView[] {
    this.hostList ??= [...this.topology.nodes.values()].filter(
      ({ node, state, info }) => state === 'active' && info.role !== 'client' && info.capacity > 0 && this.isLive(node),
    );
    return this.hostList;
  }

  /** Zones of the hosts. */
  hostZones(): ReadonlySet<string> {
    this.zones ??= new Set(this.hosts().map(({ node, info }) => zoneName(info.zone, node)));
    return this.zones;
  }

  /** What one more cluster costs the host that has the least to do for its capacity: the growth of its square (U3 of upkeep-rules.ts). */
  leastCost(): number {
    this.least ??= this.hosts().reduce((least, { node, info }) => Math.min(least, (2 * this.loadOf(node) + 1) / info.capacity), Infinity);
    return this.least;
  }

  /** As far as states of nodes and gossip tell: up by both. */
  isUp(node: number): boolean {
    const state = this.node(node)?.state;
    return (state === 'active' || state === 'draining') && this.isLive(node);
  }

  /** Whether the voters that stay have a live majority without this node (M2 of apply-cluster.ts). */
  canSpare(cluster: ClusterView, node: number): boolean {
    const rest = votersOf(cluster).filter((voter) => voter !== node);
    return rest.filter((voter) => this.isUp(voter)).length * 2 > rest.length;
  }

  /** It runs code, and of the others that stay in the cluster none does: without it every run there stands still. */
  isLastWithCode(cluster: ClusterView, node: number): boolean {
    return this.runsCode(node) && !stayingNodes(cluster).some((other) => other !== node && this.runsCode(other));
  }

  clusters(): ClusterView[] {
    return [...this.topology.clusters.values()];
  }

  activeClusters(): ClusterView[] {
    return this.clusters().filter(({ state }) => state === 'active');
  }

  /** Active ones that may get slots: with a member that runs code. Elsewhere what hashes there would be refused, or wait for ever. */
  servingClusters(): ClusterView[] {
    return this.activeClusters().filter((cluster) => this.hasCode(cluster));
  }

  hasCode(cluster: ClusterView): boolean {
    return stayingNodes(cluster).some((node) => this.runsCode(node));
  }

  private project(node: number, clusters: number): void {
    this.least = null;
    this.projected.set(node, this.loadOf(node) + clusters);
  }
}

/** A node without a zone is a zone of its own. */
export function zoneName(zone: string, node: number): string {
  return zone === '' ? `#${node}` : zone;
}

export function isMembershipPending({ members }: ClusterView): boolean {
  return members.some(({ state }) => state !== 'voter');
}

/** Nodes of a cluster once all that is asked for is done. */
export function stayingNodes({ members }: ClusterView): number[] {
  const replaced = new Set(members.map(({ replaces }) => replaces));
  return members.filter(({ node, state }) => state !== 'leaving' && !replaced.has(node)).map(({ node }) => node);
}

export function votersOf({ members }: ClusterView): number[] {
  return members.filter(({ state }) => state === 'voter').map(({ node }) => node);
}

export function list(nodes: readonly number[]): string {
  return nodes.length === 0 ? 'none' : nodes.join(', ');
}

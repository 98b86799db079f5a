/**
 * The replicated state of the management cluster: nodes, execution clusters, owners of slots, moves of slots. Pure; changed by apply-*.ts alone.
 *
 * T1. The version grows by one with each command that changed anything, and each change tells of itself (emit): there is no change without an event.
 * T2. Ids of nodes, clusters and moves only grow: none is ever used again (R42).
 * T3. Every member of a cluster is a known node; a node is a member of a cluster once.
 * T4. Its size is O(nodes x clusters + slots): nothing in it belongs to a workflow. Every list has a bound (limits, or the codec's).
 */
import { EMPTY_CONF_STATE, type ConfState } from '../../raft/types.js';
import {
  DEFAULT_TOPOLOGY_LIMITS,
  type ClusterState,
  type Label,
  type MovePhase,
  type NodeInfo,
  type NodeState,
  type RegisteredWorkflow,
  type SlotRange,
  type TopologyLimits,
} from '../command.js';
import type { TopologyEvent, TopologySink } from '../event.js';
import type { ClusterView, MemberView, MoveView, NodeView, TopologyView } from '../state.js';
import { SlotOwners } from './slot-owners.js';

export interface NodeRecord extends NodeView {
  state: NodeState;
  isDraining: boolean;
  info: NodeInfo;
  stateSinceMs: number;
  changedAt: number;
}

export interface ClusterRecord extends ClusterView {
  state: ClusterState;
  targetSize: number;
  slotTarget: number;
  metadata: readonly Label[];
  members: readonly MemberView[];
  confIndex: number;
  changedAt: number;
  changedMs: number;
}

export interface MoveRecord extends MoveView {
  phase: MovePhase;
  phaseSinceMs: number;
}

type Unstamped<T> = T extends unknown ? Omit<T, 'version' | 'timeMs'> : never;

export class Topology implements TopologyView {
  deployment = '';
  version = 0;
  logTimeMs = 0;
  appliedIndex = 0;
  codecLevel = 1;
  limits: TopologyLimits = DEFAULT_TOPOLOGY_LIMITS;
  limitsRevision = 0;
  membership: ConfState = EMPTY_CONF_STATE;
  readonly nodes = new Map<number, NodeRecord>();
  readonly clusters = new Map<number, ClusterRecord>();
  readonly moves = new Map<number, MoveRecord>();
  readonly slots = new SlotOwners();
  nodeIdHighest = 0;
  clusterIdHighest = 0;
  moveIdHighest = 0;
  clustersChangedAt = 0;
  slotsChangedAt = 0;
  slotsChangedMs = 0;
  sink: TopologySink | null = null;
  /** The version that this command makes, if it changes anything. */
  changing = 1;
  private readonly tokens = new Map<string, NodeRecord>();
  private readonly hosted = new Map<number, number>();

  beginCommand(stampMs: number): void {
    if (stampMs > this.logTimeMs) this.logTimeMs = stampMs;
    this.changing = this.version + 1;
  }

  /** T1. Behind the change that it tells of. */
  emit(event: Unstamped<TopologyEvent>): void {
    this.version = this.changing;
    this.sink?.({ ...event, version: this.version, timeMs: this.logTimeMs } as TopologyEvent);
  }

  hostedBy(node: number): number {
    return this.hosted.get(node) ?? 0;
  }

  nodeOfToken(token: string): NodeRecord | undefined {
    return this.tokens.get(token);
  }

  putNode(node: NodeRecord): void {
    this.nodes.set(node.node, node);
    if (node.token !== '') this.tokens.set(node.token, node);
    this.raiseNodeId(node.node);
  }

  dropNode(node: NodeRecord): void {
    this.nodes.delete(node.node);
    this.tokens.delete(node.token);
  }

  raiseNodeId(node: number): void {
    if (node > this.nodeIdHighest) this.nodeIdHighest = node;
  }

  putCluster(cluster: ClusterRecord): void {
    this.clusters.set(cluster.clusterId, cluster);
    this.clusterIdHighest = Math.max(this.clusterIdHighest, cluster.clusterId);
    for (const { node } of cluster.members) this.host(node, 1);
  }

  dropCluster(cluster: ClusterRecord): void {
    for (const { node } of cluster.members) this.host(node, -1);
    this.clusters.delete(cluster.clusterId);
  }

  /** @param members in any order. */
  setMembers(cluster: ClusterRecord, members: readonly MemberView[]): void {
    for (const { node } of cluster.members) this.host(node, -1);
    cluster.members = [...members].sort((a, b) => a.node - b.node);
    for (const { node } of cluster.members) this.host(node, 1);
    this.touchCluster(cluster);
  }

  touchCluster(cluster: ClusterRecord): void {
    cluster.changedAt = this.changing;
    cluster.changedMs = this.logTimeMs;
  }

  /** The set of clusters that may own slots has changed. */
  touchClusters(): void {
    this.clustersChangedAt = this.changing;
    this.touchSlots();
  }

  touchSlots(): void {
    this.slotsChangedAt = this.changing;
    this.slotsChangedMs = this.logTimeMs;
  }

  putMove(move: MoveRecord): void {
    this.moves.set(move.moveId, move);
    this.slots.enterMove(move.ranges, move.moveId);
    this.moveIdHighest = Math.max(this.moveIdHighest, move.moveId);
  }

  dropMove(move: MoveRecord): void {
    this.moves.delete(move.moveId);
    this.slots.leaveMove(move.ranges);
  }

  hasMovesOf(clusterId: number): boolean {
    for (const { from, to } of this.moves.values()) if (from === clusterId || to === clusterId) return true;
    return false;
  }

  /** Nodes of one build register the same: they share one list. */
  shared(info: NodeInfo): NodeInfo {
    for (const { info: other } of this.nodes.values()) {
      if (other.workflows === info.workflows) return info;
      if (equalWorkflows(other.workflows, info.workflows)) return { ...info, workflows: other.workflows };
    }
    return info;
  }

  private host(node: number, clusters: number): void {
    const count = this.hostedBy(node) + clusters;
    if (count === 0) this.hosted.delete(node);
    else this.hosted.set(node, count);
  }
}

export function equalWorkflows(a: readonly RegisteredWorkflow[], b: readonly RegisteredWorkflow[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ name, versions }, i) => {
      const other = b[i]!;
      return name === other.name && versions.length === other.versions.length && versions.every((v, k) => v === other.versions[k]);
    })
  );
}

/** Every slot. */
export const ALL_SLOTS: readonly SlotRange[] = [{ first: 0, count: 4096 }];

/**
 * The topology for people and programs outside: the reports of the topology port, made of what the management of a node has. Pure.
 *
 * R1. Everything is plain JSON with every field present.
 */
import type { Label, SlotRange } from '../management/command.js';
import type { ManagerPlan } from '../management/placement/manager/view.js';
import type { ClusterView, NodeView, TopologyView } from '../management/state.js';
import type { PlanReport, TopologyClusterReport, TopologyNodeReport, TopologyReport } from './topology-administration-port.js';

export interface TopologySources {
  readonly topology: TopologyView;
  /** By gossip. */
  readonly live: ReadonlySet<number>;
  /** Of cluster 0; 0: none known. */
  readonly leader: number;
}

export function reportTopology({ topology, live, leader }: TopologySources): TopologyReport {
  return {
    deployment: topology.deployment,
    version: topology.version,
    leader,
    nodes: [...topology.nodes.values()].map((node) => reportNode(node, topology, live)),
    clusters: [...topology.clusters.values()].map((cluster) => reportCluster(cluster, topology)),
    moves: [...topology.moves.values()].map(({ moveId, from, to, phase, ranges }) => ({ moveId, from, to, phase, slots: countOf(ranges) })),
  };
}

export function reportPlan({ decisions, waiting }: ManagerPlan): PlanReport {
  return { decisions: decisions.map(({ rule, explanation }) => ({ rule, explanation })), waiting: [...waiting] };
}

function reportNode({ node, state, isDraining, info }: NodeView, topology: TopologyView, live: ReadonlySet<number>): TopologyNodeReport {
  const { voters, votersOutgoing, learners, learnersNext } = topology.membership;
  const isVoter = voters.includes(node) || votersOutgoing.includes(node);
  const isLearner = learners.includes(node) || learnersNext.includes(node);
  return {
    nodeId: node,
    state,
    isDraining,
    isAlive: live.has(node),
    role: info.role,
    zone: info.zone,
    labels: recordOf(info.labels),
    hosted: topology.hostedBy(node),
    capacity: info.capacity,
    addresses: [...info.addresses],
    incarnation: info.incarnation,
    management: isVoter ? 'voter' : isLearner ? 'learner' : 'none',
  };
}

function reportCluster(
  { clusterId, state, targetSize, slotTarget, metadata, members }: ClusterView,
  { slots }: TopologyView,
): TopologyClusterReport {
  return {
    clusterId,
    state,
    targetSize,
    metadata: recordOf(metadata),
    members: members.map(({ node, state: memberState, replaces }) => ({ nodeId: node, state: memberState, replaces })),
    slots: slots.countOf(clusterId),
    slotTarget,
  };
}

function recordOf(labels: readonly Label[]): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.map(({ name, value }) => [name, value]));
}

function countOf(ranges: readonly SlotRange[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}

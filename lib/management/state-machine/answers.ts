/**
 * Answers of the management cluster's apply, and the checks that several commands share. Pure.
 *
 * A1. A refusal says what would have happened, and what to do instead.
 * A2. A check answers the refusal, or null when nothing is against it.
 */
import type { ClusterView, NodeView, TopologyAnswer, TopologyRefusalReason } from '../state.js';
import type { ClusterRecord, NodeRecord, Topology } from './topology.js';

export type TopologyRefusal = Extract<TopologyAnswer, { readonly ok: false }>;

export function done(state: Topology, id = 0): TopologyAnswer {
  return { ok: true, version: state.version, changed: true, id };
}

/** How limits are raised: by the application of any member. */
export const RAISE_LIMITS = 'app.get(RaftoralNode).management.runtime.setLimits() on any member';

/** It was so already. */
export function unchanged(state: Topology, id = 0): TopologyAnswer {
  return { ok: true, version: state.version, changed: false, id };
}

export function refused(state: Topology, reason: TopologyRefusalReason, message: string): TopologyRefusal {
  return { ok: false, version: state.version, code: reason === 'stale' ? 'TOPOLOGY_STALE' : 'TOPOLOGY_REFUSED', reason, message };
}

export function unknownNode(state: Topology, node: number): TopologyRefusal {
  const why =
    node <= state.nodeIdHighest ? 'it was removed, or its id was never taken up; ids are never used again' : 'no such id was given out';
  return refused(state, 'unknown-node', `There is no node ${node}: ${why}. Let the process join, which gives it an id of its own.`);
}

export function unknownCluster(state: Topology, clusterId: number): TopologyRefusal {
  const why =
    clusterId <= state.clusterIdHighest && clusterId > 0 ? 'it was destroyed; ids are never used again' : 'no such id was given out';
  return refused(state, 'unknown-cluster', `There is no execution cluster ${clusterId}: ${why}. List the clusters, and name one of them.`);
}

/** C2 of command.ts. */
export function staleness(
  state: Topology,
  decidedOn: number,
  named: { readonly what: string; readonly changedAt: number },
): TopologyRefusal | null {
  if (decidedOn > state.version) {
    return refused(
      state,
      'invalid',
      `The command was decided on topology version ${decidedOn}, and the newest is ${state.version}: it is of another deployment. Read the topology, and decide again.`,
    );
  }
  if (named.changedAt <= decidedOn) return null;
  return refused(
    state,
    'stale',
    `The command was decided on topology version ${decidedOn}, and ${named.what} changed at version ${named.changedAt}: it might undo that. Read the topology (version ${state.version}), and decide again.`,
  );
}

export const ofNode = ({ node, changedAt }: NodeView): { what: string; changedAt: number } => ({ what: `node ${node}`, changedAt });
export const ofCluster = ({ clusterId, changedAt }: ClusterView): { what: string; changedAt: number } => ({
  what: `cluster ${clusterId}`,
  changedAt,
});

/** Why this node may not become a member of a cluster. */
export function hostRefusal(state: Topology, node: NodeRecord): TopologyRefusal | null {
  const { state: nodeState, info } = node;
  if (info.role === 'client') {
    return refused(
      state,
      'role',
      `Node ${node.node} is a client: it would have to store and vote. Choose a node of role full or voter-only.`,
    );
  }
  if (nodeState !== 'active') {
    return refused(
      state,
      'node-not-active',
      `Node ${node.node} is ${nodeState}: the cluster would count on a node that may not answer. Choose an active node, or wait until this one is.`,
    );
  }
  const hosted = state.hostedBy(node.node);
  if (hosted >= info.capacity) {
    return refused(
      state,
      'node-full',
      `Node ${node.node} hosts ${hosted} clusters, and its capacity is ${info.capacity}. Choose another node, or raise its capacity (\`management.capacity\` in its options).`,
    );
  }
  return null;
}

/** Members that will be left once all that was asked for is done: those that neither leave nor are replaced. */
export function remainingMembers(cluster: ClusterRecord): number[] {
  const replaced = new Set(cluster.members.map(({ replaces }) => replaces));
  return cluster.members.filter(({ node, state }) => state !== 'leaving' && !replaced.has(node)).map(({ node }) => node);
}

/** Voters that stay, as far as the group's own log has them. */
export function stayingVoters(cluster: ClusterRecord): number[] {
  return cluster.members.filter(({ state }) => state === 'voter').map(({ node }) => node);
}

export function isUp(state: Topology, node: number): boolean {
  const record = state.nodes.get(node);
  return record !== undefined && record.state !== 'down' && record.state !== 'left';
}

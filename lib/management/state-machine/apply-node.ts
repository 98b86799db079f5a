/**
 * Commands about nodes: they come, say what they are, are drained, go down, leave, are forgotten. Pure.
 */
import {
  TOPOLOGY_ID_MAX,
  type AddNodeCommand,
  type NodeInfo,
  type RemoveNodeCommand,
  type SetNodeInfoCommand,
  type SetNodeStateCommand,
} from '../command.js';
import type { TopologyAnswer } from '../state.js';
import { RAISE_LIMITS, done, ofNode, refused, staleness, unchanged, unknownNode, type TopologyRefusal } from './answers.js';
import type { NodeRecord, Topology } from './topology.js';

/** The same token has the same answer, so that a joiner may ask again, and another member. */
export function addNode(state: Topology, { deployment, token, above, info }: AddNodeCommand): TopologyAnswer {
  if (deployment !== '' && deployment !== state.deployment) {
    return refused(
      state,
      'other-deployment',
      `The node means to join deployment ${deployment}, and this is ${state.deployment}: its files would be of two deployments. Correct its seeds, or start it with an empty folder.`,
    );
  }
  if (token === '') return refused(state, 'invalid', 'A node joins with a token of its process, and there is none. Send a fresh uuid.');
  const known = state.nodeOfToken(token);
  if (known !== undefined) return known.state === 'left' ? gone(state, known) : unchanged(state, known.node);
  if (state.nodes.size >= state.limits.nodesMax) {
    return refused(
      state,
      'limit',
      `The deployment has ${state.nodes.size} nodes, and limits.nodesMax allows ${state.limits.nodesMax}. Remove nodes that are gone, or raise it (${RAISE_LIMITS}).`,
    );
  }
  const node = Math.max(state.nodeIdHighest, above) + 1;
  if (node > TOPOLOGY_ID_MAX) return refused(state, 'limit', `No node id is left above ${state.nodeIdHighest}. Begin a new deployment.`);
  state.putNode({
    node,
    token,
    state: 'joining',
    isDraining: false,
    info: state.shared(info),
    stateSinceMs: state.logTimeMs,
    changedAt: state.changing,
  });
  state.emit({ type: 'node-added', node });
  return done(state, node);
}

function gone(state: Topology, { node }: NodeRecord): TopologyRefusal {
  return refused(
    state,
    'node-gone',
    `Node ${node} has left for good, and its id is never used again. Let the process join with an empty folder, under a new token.`,
  );
}

function inUse(state: Topology, node: number): TopologyRefusal | null {
  const clusters = [...state.clusters.values()].filter(({ members }) => members.some((member) => member.node === node));
  if (clusters.length > 0) {
    const names = clusters.map(({ clusterId }) => clusterId).join(', ');
    return refused(
      state,
      'node-in-use',
      `Node ${node} is a member of clusters ${names}: they would lose a replica. Drain it, and wait until it hosts none.`,
    );
  }
  const { voters, votersOutgoing, learners, learnersNext } = state.membership;
  if ([...voters, ...votersOutgoing, ...learners, ...learnersNext].includes(node)) {
    return refused(
      state,
      'node-in-use',
      `Node ${node} is a member of the management cluster, which would count on it. If it answers, let it leave (\`raftoral leave\`, asked of itself); one that does not can be forgotten as soon as it is known to be down.`,
    );
  }
  return null;
}

export function removeNode(state: Topology, { node, decidedOn }: RemoveNodeCommand): TopologyAnswer {
  const record = state.nodes.get(node);
  if (record === undefined) return node > 0 && node <= state.nodeIdHighest ? unchanged(state) : unknownNode(state, node);
  const refusal = staleness(state, decidedOn, ofNode(record)) ?? inUse(state, node);
  if (refusal !== null) return refusal;
  if (record.state === 'active' || record.state === 'joining') {
    return refused(
      state,
      'node-in-use',
      `Node ${node} is ${record.state}: it would go on as a member of a deployment that does not know it. Drain it, or stop it, first.`,
    );
  }
  state.dropNode(record);
  state.emit({ type: 'node-removed', node });
  return done(state);
}

export function setNodeState(state: Topology, { node, state: wanted, decidedOn }: SetNodeStateCommand): TopologyAnswer {
  const record = state.nodes.get(node);
  if (record === undefined) return unknownNode(state, node);
  if (record.state === 'left') return wanted === 'left' ? unchanged(state) : gone(state, record);
  const refusal = staleness(state, decidedOn, ofNode(record)) ?? (wanted === 'left' ? inUse(state, node) : null);
  if (refusal !== null) return refusal;
  if (wanted === 'joining') {
    return refused(state, 'phase', `Node ${node} is ${record.state}, and joins only once. Set it active, draining, down or left.`);
  }
  const { state: before, isDraining } = record;
  if (before === 'down') {
    // What was asked of it outlives its absence.
    if (wanted === 'draining') record.isDraining = true;
    else if (wanted === 'active') record.state = isDraining ? 'draining' : 'active';
    else record.state = wanted;
  } else {
    record.state = wanted;
    if (wanted === 'active' || wanted === 'draining') record.isDraining = wanted === 'draining';
  }
  if (record.state === before && record.isDraining === isDraining) return unchanged(state);
  if (record.state !== before) record.stateSinceMs = state.logTimeMs;
  record.changedAt = state.changing;
  state.emit({ type: 'node-state-set', node, state: record.state, before });
  return done(state);
}

/** What a plan depends on. */
function isPlaced(a: NodeInfo, b: NodeInfo): boolean {
  const placed = ({ zone, labels, capacity, role }: NodeInfo): string =>
    JSON.stringify([zone, labels.map(({ name, value }) => [name, value]), capacity, role]);
  return placed(a) === placed(b);
}

export function setNodeInfo(state: Topology, { node, info }: SetNodeInfoCommand): TopologyAnswer {
  const record = state.nodes.get(node);
  if (record === undefined) return unknownNode(state, node);
  if (record.state === 'left') return gone(state, record);
  if (info.incarnation < record.info.incarnation) {
    return refused(
      state,
      'stale',
      `Node ${node} speaks as its start ${info.incarnation}, and start ${record.info.incarnation} is known: what an earlier process said would hide what the later one did. Nothing is to be done.`,
    );
  }
  if (info.role === 'client' && state.hostedBy(node) > 0) return inUse(state, node)!;
  if (JSON.stringify(info) === JSON.stringify(record.info)) return unchanged(state);
  if (!isPlaced(info, record.info)) record.changedAt = state.changing;
  record.info = state.shared(info);
  state.emit({ type: 'node-info-set', node });
  return done(state);
}

/**
 * Commands about execution clusters and their members. Pure.
 *
 * M1. What is recorded is a wish (`joining`, `leaving`) or what the group's own log has decided (`voter`). The group decides: RECORD_MEMBERS follows it.
 * M2. No wish is recorded that would leave a cluster without a live majority, as far as the states of nodes tell; the group checks again what it knows
 *     better (lib/cluster/membership-rules.ts).
 */
import {
  CLUSTER_SIZE_MAX,
  TOPOLOGY_ID_MAX,
  type AssociateCommand,
  type CreateClusterCommand,
  type DestroyClusterCommand,
  type DisassociateCommand,
  type RecordMembersCommand,
  type SetClusterStateCommand,
  type SetMetadataCommand,
} from '../command.js';
import type { MemberView, TopologyAnswer } from '../state.js';
import {
  RAISE_LIMITS,
  done,
  hostRefusal,
  isUp,
  ofCluster,
  ofNode,
  refused,
  remainingMembers,
  stayingVoters,
  staleness,
  unchanged,
  unknownCluster,
  unknownNode,
  type TopologyRefusal,
} from './answers.js';
import { makeCluster, sizeProblem } from './apply-group.js';
import type { ClusterRecord, Topology } from './topology.js';

export function createCluster(state: Topology, command: CreateClusterCommand): TopologyAnswer {
  const { members, targetSize, metadata, decidedOn } = command;
  const refusal =
    staleness(state, decidedOn, { what: 'the set of clusters', changedAt: state.clustersChangedAt }) ??
    sizeProblem(state, targetSize) ??
    creationProblem(state, members);
  if (refusal !== null) return refusal;
  for (const node of members) {
    const record = state.nodes.get(node);
    if (record === undefined) return unknownNode(state, node);
    const against = staleness(state, decidedOn, ofNode(record)) ?? hostRefusal(state, record);
    if (against !== null) return against;
  }
  const clusterId = state.clusterIdHighest + 1;
  makeCluster(state, clusterId, members, { targetSize, metadata });
  state.touchClusters();
  state.emit({ type: 'cluster-created', clusterId, members: state.clusters.get(clusterId)!.members.map(({ node }) => node) });
  return done(state, clusterId);
}

function creationProblem(state: Topology, members: readonly number[]): TopologyRefusal | null {
  const { clusters, limits, clusterIdHighest } = state;
  if (members.length === 0 || members.length > CLUSTER_SIZE_MAX) {
    return refused(state, 'invalid', `A cluster can not begin with ${members.length} voters. Name 1 to ${CLUSTER_SIZE_MAX} nodes.`);
  }
  if (clusters.size >= limits.clustersMax || clusterIdHighest >= TOPOLOGY_ID_MAX) {
    return refused(
      state,
      'limit',
      `The deployment has ${clusters.size} execution clusters, and limits.clustersMax allows ${limits.clustersMax}. Destroy one, or raise it (${RAISE_LIMITS}).`,
    );
  }
  return null;
}

export function destroyCluster(state: Topology, { clusterId, openWorkflows, decidedOn }: DestroyClusterCommand): TopologyAnswer {
  const cluster = state.clusters.get(clusterId);
  if (cluster === undefined)
    return clusterId > 0 && clusterId <= state.clusterIdHighest ? unchanged(state) : unknownCluster(state, clusterId);
  const refusal = staleness(state, decidedOn, ofCluster(cluster)) ?? destructionProblem(state, cluster, openWorkflows);
  if (refusal !== null) return refusal;
  state.dropCluster(cluster);
  state.touchClusters();
  state.emit({ type: 'cluster-destroyed', clusterId });
  return done(state);
}

/** The manager has one cluster for each targetSize nodes that can host one (K2 of cluster-rules.ts). */
function retireIt(clusterId: number): string {
  return `Set it retiring (\`raftoral cluster retire ${clusterId}\`): its slots go to other clusters with their workflows, and the cluster manager destroys it then. With as many active nodes as now the manager may want it and take that back, as \`raftoral cluster plan\` says: drain nodes first.`;
}

function destructionProblem(state: Topology, { clusterId, slotTarget }: ClusterRecord, openWorkflows: number): TopologyRefusal | null {
  if (state.clusters.size === 1) {
    return refused(
      state,
      'last-cluster',
      `Cluster ${clusterId} is the last one: nobody could run a workflow any more. Create another one first.`,
    );
  }
  if (openWorkflows > 0) {
    return refused(
      state,
      'open-workflows',
      `${openWorkflows} open workflows of cluster ${clusterId} would be lost. ${retireIt(clusterId)}`,
    );
  }
  const slots = Math.max(state.slots.countOf(clusterId), slotTarget);
  if (slots > 0) {
    return refused(state, 'owns-slots', `Nobody would answer for ${slots} slots of cluster ${clusterId}. ${retireIt(clusterId)}`);
  }
  if (!state.hasMovesOf(clusterId)) return null;
  return refused(
    state,
    'under-way',
    `Slots are moving from or to cluster ${clusterId}: one side would be gone. Wait until the move has ended, or abort it (\`raftoral cluster list\` has its id, \`raftoral cluster abort-move ID\` aborts it).`,
  );
}

export function associate(state: Topology, { clusterId, node, replaces, decidedOn }: AssociateCommand): TopologyAnswer {
  const cluster = state.clusters.get(clusterId);
  if (cluster === undefined) return unknownCluster(state, clusterId);
  const record = state.nodes.get(node);
  if (record === undefined) return unknownNode(state, node);
  const refusal =
    twice(state, cluster, node) ??
    staleness(state, decidedOn, ofCluster(cluster)) ??
    staleness(state, decidedOn, ofNode(record)) ??
    hostRefusal(state, record) ??
    replacementProblem(state, cluster, replaces);
  if (refusal !== null) return refusal;
  const size = remainingMembers(cluster).length - (replaces === 0 ? 0 : Number(remainingMembers(cluster).includes(replaces))) + 1;
  if (size > CLUSTER_SIZE_MAX) {
    return refused(
      state,
      'limit',
      `Cluster ${clusterId} would have ${size} voters, and at most ${CLUSTER_SIZE_MAX} are allowed. Replace one of them, or disassociate one first.`,
    );
  }
  state.setMembers(cluster, [...cluster.members, { node, state: 'joining', replaces }]);
  state.emit({ type: 'associated', clusterId, node, replaces });
  return done(state);
}

function twice(state: Topology, { clusterId, members }: ClusterRecord, node: number): TopologyRefusal | null {
  const member = members.find((one) => one.node === node);
  if (member === undefined) return null;
  const remedy = member.state === 'leaving' ? 'Wait until it has left.' : 'Nothing is to be done, or name another node.';
  return refused(
    state,
    'node-twice',
    `Node ${node} is in cluster ${clusterId} already (${member.state}): counted twice, it would be half of a majority alone. ${remedy}`,
  );
}

function replacementProblem(state: Topology, { clusterId, members }: ClusterRecord, replaces: number): TopologyRefusal | null {
  if (replaces === 0) return null;
  const member = members.find(({ node }) => node === replaces);
  if (member === undefined || member.state === 'joining') {
    return refused(
      state,
      'not-a-member',
      `Node ${replaces}, that is to be replaced, is no voter of cluster ${clusterId}. Name one, or none.`,
    );
  }
  const other = members.find((one) => one.replaces === replaces);
  if (other === undefined) return null;
  return refused(
    state,
    'under-way',
    `Node ${other.node} is about to replace node ${replaces} in cluster ${clusterId}. Wait for it, or disassociate it first.`,
  );
}

export function disassociate(state: Topology, { clusterId, node, decidedOn }: DisassociateCommand): TopologyAnswer {
  const cluster = state.clusters.get(clusterId);
  if (cluster === undefined) return unknownCluster(state, clusterId);
  const member = cluster.members.find((one) => one.node === node);
  if (member === undefined) {
    return refused(
      state,
      'not-a-member',
      `Node ${node} is no member of cluster ${clusterId}. Nothing is to be done, or name another node.`,
    );
  }
  if (member.state === 'leaving') return unchanged(state);
  const refusal =
    staleness(state, decidedOn, ofCluster(cluster)) ?? (member.state === 'voter' ? quorumProblem(state, cluster, node) : null);
  if (refusal !== null) return refusal;
  state.setMembers(cluster, replaceMember(cluster.members, { node, state: 'leaving', replaces: 0 }));
  state.emit({ type: 'disassociated', clusterId, node });
  return done(state);
}

function replaceMember(members: readonly MemberView[], member: MemberView): MemberView[] {
  return members.map((one) => (one.node === member.node ? member : one));
}

/** M2. */
function quorumProblem(state: Topology, cluster: ClusterRecord, node: number): TopologyRefusal | null {
  const rest = stayingVoters(cluster).filter((voter) => voter !== node);
  const up = rest.filter((voter) => isUp(state, voter));
  if (up.length * 2 > rest.length) return null;
  const why =
    rest.length === 0
      ? 'nobody would have its data'
      : `only ${up.length} of ${rest.length} voters would be up, no majority, and it could commit nothing`;
  return refused(
    state,
    'quorum-lost',
    `Without node ${node} cluster ${cluster.clusterId} would stand still: ${why}. Associate another node in its place (replaces: ${node}) instead.`,
  );
}

export function recordMembers(state: Topology, command: RecordMembersCommand): TopologyAnswer {
  const { clusterId, confIndex, voters, learners } = command;
  const cluster = state.clusters.get(clusterId);
  if (cluster === undefined) return unknownCluster(state, clusterId);
  if (confIndex < cluster.confIndex) {
    return refused(
      state,
      'stale',
      `The membership of cluster ${clusterId} is known as of index ${cluster.confIndex} of its log, and this is that of ${confIndex}. Nothing is to be done.`,
    );
  }
  if (voters.length === 0 || voters.some((node) => learners.includes(node))) {
    return refused(
      state,
      'invalid',
      `This is no membership of cluster ${clusterId}: it has no voter, or a voter is a learner too. Ask its leader again.`,
    );
  }
  for (const node of [...voters, ...learners]) if (!state.nodes.has(node)) return unknownNode(state, node);
  const members = recorded(cluster, voters, learners);
  if (JSON.stringify(members) === JSON.stringify(cluster.members)) return unchanged(state);
  const left = cluster.members.map(({ node }) => node).filter((node) => !members.some((member) => member.node === node));
  state.setMembers(cluster, members);
  cluster.confIndex = confIndex;
  state.emit({ type: 'members-recorded', clusterId, voters: [...voters], left });
  return done(state);
}

/** M1. A learner that nobody wished for is to leave; a voter is what the log says. What joins and is not there yet, is still to join. */
function recorded({ members }: ClusterRecord, voters: readonly number[], learners: readonly number[]): MemberView[] {
  const known = new Map(members.map((member) => [member.node, member]));
  const isThere = (node: number): boolean => voters.includes(node) || learners.includes(node);
  const next: MemberView[] = voters.map((node) => ({
    node,
    state: known.get(node)?.state === 'leaving' ? 'leaving' : 'voter',
    replaces: 0,
  }));
  for (const node of learners) {
    const before = known.get(node)?.state;
    const replaces = known.get(node)?.replaces ?? 0;
    if (before === undefined || before === 'leaving') next.push({ node, state: 'leaving', replaces: 0 });
    else next.push({ node, state: 'joining', replaces });
  }
  next.push(...members.filter(({ node, state }) => state === 'joining' && !isThere(node)));
  return next
    .map((member) => (next.some(({ node }) => node === member.replaces) ? member : { ...member, replaces: 0 }))
    .sort((a, b) => a.node - b.node);
}

export function setMetadata(state: Topology, { clusterId, targetSize, metadata, decidedOn }: SetMetadataCommand): TopologyAnswer {
  const cluster = state.clusters.get(clusterId);
  if (cluster === undefined) return unknownCluster(state, clusterId);
  const refusal = staleness(state, decidedOn, ofCluster(cluster)) ?? sizeProblem(state, targetSize);
  if (refusal !== null) return refusal;
  if (targetSize === cluster.targetSize && JSON.stringify(metadata) === JSON.stringify(cluster.metadata)) return unchanged(state);
  cluster.targetSize = targetSize;
  cluster.metadata = metadata;
  state.touchCluster(cluster);
  state.emit({ type: 'metadata-set', clusterId });
  return done(state);
}

export function setClusterState(state: Topology, { clusterId, state: wanted, decidedOn }: SetClusterStateCommand): TopologyAnswer {
  const cluster = state.clusters.get(clusterId);
  if (cluster === undefined) return unknownCluster(state, clusterId);
  const refusal = staleness(state, decidedOn, ofCluster(cluster));
  if (refusal !== null) return refusal;
  if (cluster.state === wanted) return unchanged(state);
  const others = [...state.clusters.values()].filter((other) => other !== cluster && other.state === 'active');
  if (wanted === 'retiring' && others.length === 0) {
    return refused(
      state,
      'last-cluster',
      `Cluster ${clusterId} is the only active one: nobody could take its slots. Create another one first.`,
    );
  }
  cluster.state = wanted;
  state.touchCluster(cluster);
  state.touchClusters();
  state.emit({ type: 'cluster-state-set', clusterId, state: wanted });
  return done(state);
}

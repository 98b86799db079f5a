/**
 * Commands about the deployment as a whole: its founding, its limits, its codec level. Pure.
 */
import { RaftoralError } from '../../errors/index.js';
import {
  CLUSTER_SIZE_MAX,
  FIRST_CLUSTER_ID,
  SLOT_COUNT,
  TOPOLOGY_CODEC_LEVEL_MAX,
  type FoundCommand,
  type RaiseTopologyLevelCommand,
  type SetTopologyLimitsCommand,
} from '../command.js';
import { idsProblem } from '../record-codec.js';
import type { MemberView, TopologyAnswer } from '../state.js';
import { done, refused, unchanged, type TopologyRefusal } from './answers.js';
import { ALL_SLOTS, type Topology } from './topology.js';

const ascending = (a: number, b: number): number => a - b;

/** A second founding of the same deployment changes nothing; of another one it is refused: two deployments never become one. */
export function found(state: Topology, command: FoundCommand): TopologyAnswer {
  const { deployment, nodes, members, targetSize, nodeIdHighest } = command;
  if (state.deployment === deployment && deployment !== '') return unchanged(state);
  const problem = foundingProblem(state, command);
  if (problem !== null) return problem;
  state.deployment = deployment;
  state.raiseNodeId(nodeIdHighest);
  for (const { node, info } of [...nodes].sort((a, b) => a.node - b.node)) {
    const record = {
      node,
      token: '',
      state: 'active',
      isDraining: false,
      stateSinceMs: state.logTimeMs,
      changedAt: state.changing,
    } as const;
    state.putNode({ ...record, info: state.shared(info) });
  }
  if (members.length > 0) makeCluster(state, FIRST_CLUSTER_ID, members, { targetSize, metadata: [] });
  state.touchClusters();
  state.emit({ type: 'founded', deployment, nodes: [...state.nodes.keys()], clusters: [...state.clusters.keys()] });
  return done(state);
}

function foundingProblem(state: Topology, { deployment, nodes, members, targetSize }: FoundCommand): TopologyRefusal | null {
  const invalid = (why: string): TopologyRefusal => refused(state, 'invalid', `The deployment can not be founded like this: ${why}.`);
  if (state.deployment !== '') {
    return refused(
      state,
      'other-deployment',
      `This is deployment ${state.deployment}, and the command founds ${deployment}: two deployments do not merge, since each has workflows and ids of its own. Stop one of them, and let its nodes join the other with empty folders.`,
    );
  }
  if (deployment === '') return invalid('it has no uuid');
  const ids = nodes.map(({ node }) => node);
  if (ids.length === 0) return invalid('it has no node');
  const problem = idsProblem(ids);
  if (problem !== null) return invalid(`nodes: ${problem}`);
  if (ids.length > state.limits.nodesMax) {
    return refused(state, 'limit', `${ids.length} nodes are more than the ${state.limits.nodesMax} of limits.nodesMax. Raise it first.`);
  }
  if (members.length > CLUSTER_SIZE_MAX) return invalid(`cluster 1 has ${members.length} voters, at most ${CLUSTER_SIZE_MAX} are allowed`);
  const stranger = members.find((member) => !nodes.some(({ node, info }) => node === member && info.role !== 'client'));
  if (stranger !== undefined) return invalid(`member ${stranger} of cluster 1 is none of its nodes, or a client`);
  return sizeProblem(state, targetSize);
}

/** Null when an execution cluster may have so many voters. */
export function sizeProblem(state: Topology, targetSize: number): TopologyRefusal | null {
  if (targetSize >= 1 && targetSize <= CLUSTER_SIZE_MAX) return null;
  return refused(state, 'invalid', `A cluster of ${targetSize} voters is not possible. Give a target size from 1 to ${CLUSTER_SIZE_MAX}.`);
}

/** The first cluster has every slot: its group has owned them since its first entry. */
export function makeCluster(
  state: Topology,
  clusterId: number,
  voters: readonly number[],
  { targetSize, metadata }: Pick<Parameters<Topology['putCluster']>[0], 'targetSize' | 'metadata'>,
): void {
  const members: MemberView[] = [...voters].sort(ascending).map((node) => ({ node, state: 'voter', replaces: 0 }));
  const isFirst = clusterId === FIRST_CLUSTER_ID;
  state.putCluster({
    clusterId,
    state: 'active',
    targetSize,
    slotTarget: isFirst ? SLOT_COUNT : 0,
    metadata,
    members,
    confIndex: 0,
    changedAt: state.changing,
    changedMs: state.logTimeMs,
  });
  if (isFirst) state.slots.give(ALL_SLOTS, clusterId);
}

export function setTopologyLimits(state: Topology, { expectedRevision, limits }: SetTopologyLimitsCommand): TopologyAnswer {
  if (expectedRevision !== state.limitsRevision) {
    return refused(
      state,
      'stale',
      `The limits are at revision ${state.limitsRevision}, and the command expects ${expectedRevision}: it would undo a change. Read them, and decide again.`,
    );
  }
  const used = { nodesMax: state.nodes.size, clustersMax: state.clusters.size, movesMax: state.moves.size };
  for (const name of ['nodesMax', 'clustersMax', 'movesMax'] as const) {
    if (limits[name] >= Math.max(1, used[name])) continue;
    return refused(
      state,
      'limit',
      `limits.${name} can not be ${limits[name]}: ${used[name]} are there, and one must be allowed. Give a larger number.`,
    );
  }
  state.limits = limits;
  state.limitsRevision++;
  state.emit({ type: 'limits-set', revision: state.limitsRevision });
  return done(state);
}

/** Every member applies the log, learners too: all of them must know the level. */
export function raiseTopologyLevel(state: Topology, { level }: RaiseTopologyLevelCommand): TopologyAnswer {
  if (level <= state.codecLevel) return unchanged(state);
  const { voters, votersOutgoing, learners, learnersNext } = state.membership;
  const members = [...new Set([...voters, ...votersOutgoing, ...learners, ...learnersNext])].sort(ascending);
  const older = members.filter((node) => (state.nodes.get(node)?.info.codecLevelMax ?? 0) < level);
  if (older.length > 0 || members.length === 0) {
    return refused(
      state,
      'codec-level',
      `Codec level ${level} would halt the management cluster on nodes ${older.join(', ')}, which do not say that they know it. Upgrade them first.`,
    );
  }
  if (level > TOPOLOGY_CODEC_LEVEL_MAX) {
    throw new RaftoralError(
      'GROUP_HALTED',
      `The management cluster, entry ${state.appliedIndex}: codec level ${level} was committed, and this build applies up to ${TOPOLOGY_CODEC_LEVEL_MAX}: upgrade this node.`,
    );
  }
  state.codecLevel = level;
  state.emit({ type: 'codec-level-raised', level });
  return done(state);
}

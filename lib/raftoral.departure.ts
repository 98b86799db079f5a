/**
 * A node that leaves the deployment for good: out of every execution cluster that it is a member of, then out of the group that makes it a member.
 *
 * L1. Nothing is begun that would take the last voter of a cluster: the node goes on as before, and says why.
 * L2. In two layers the topology hears first that the node is being drained, so that nothing new comes to it; its memberships end in the groups' own logs, and
 *     the management cluster is left last. Then one of its members records that this node has left.
 * L3. What fails before the first removal leaves the node as it was; after it, the node goes on where it is still a member, and leave() may be called again.
 * L4. Whoever sets the node active again meanwhile has the last word: it may have been given a cluster by then, whose only replica would go with it. It stays, and says so.
 * L5. Nor is anything begun that would take the last voter that runs code from a cluster (C2 of lib/management/placement/code.ts). Of several that leave at one time the
 *     later ones hear of the first once they are draining themselves, which is before any removal.
 * Tests: raftoral.departure.spec.ts.
 */
import type { Clock } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { Logger } from './cluster/logger.js';
import { isMember } from './cluster/membership-rules.js';
import { RaftoralError, isRaftoralError } from './errors/index.js';
import { isLastVoterWithCode } from './management/placement/code.js';
import type { ExecutionClusters } from './raftoral.clusters.js';
import type { ManagementLayer } from './raftoral.management.js';

/** Between two attempts while another change is under way. */
const PAUSE_MS = 100;
/** L4. */
const SET_ACTIVE = 'set-active';

export interface Departure {
  readonly nodeId: number;
  readonly clusters: ExecutionClusters;
  /** null: cluster 1 alone. */
  readonly layer: Pick<ManagementLayer, 'group' | 'service'> | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly drainTimeoutMs: number;
  readonly removeTimeoutMs: number;
}

export async function departFrom(departure: Departure): Promise<void> {
  const { nodeId, clusters, layer, logger, drainTimeoutMs, removeTimeoutMs } = departure;
  const hosted: RaftGroup[] = clusters.all().map(({ group }) => group);
  // Where cluster 1 is all that there is, who is no member of it hears so.
  const groups = hosted.filter(({ membership }) => layer === null || isMember(membership, nodeId));
  for (const group of layer === null ? groups : [...groups, layer.group]) checkNotLast(group, nodeId);
  checkNotLastWithCode(groups, departure);
  // Drained by an operator, it stays so if it does not get away.
  const wasDraining = layer?.service.topology.nodes.get(nodeId)?.isDraining === true;
  if (layer !== null && !wasDraining) await layer.service.runtime.setNodeState(nodeId, 'draining');
  try {
    checkNotLastWithCode(groups, departure);
    await clusters.drain(drainTimeoutMs);
    for (const group of groups) await removeSelf(group, departure);
  } catch (error) {
    clusters.resume();
    if (layer !== null && !wasDraining) await takeBack(layer, departure);
    throw error;
  }
  if (layer === null) return;
  await untilUnnamed(layer, departure);
  if (layer.service.topology.nodes.get(nodeId)?.isDraining === false) throw stays(departure, 'somebody set it active again', false);
  await removeSelf(layer.group, departure);
  if ((await layer.service.sayFarewell(removeTimeoutMs)) !== 'needed') return;
  const kept = clusters.memberships();
  if (kept.length > 0) throw stays(departure, `it was set active again, and is a member of cluster ${kept.join(', ')} by now`, true);
  logger.log('warn', `node ${nodeId} has left, and the management cluster does not know yet that its clusters are rid of it: they say so`);
}

/** L4. */
function stays({ nodeId, clusters }: Departure, why: string, mustRestart: boolean): RaftoralError {
  clusters.resume();
  const remedy = mustRestart
    ? 'What it keeps goes on; start its process again, for it follows the topology from then on only'
    : 'It goes on; call leave() again if it is to leave';
  return new RaftoralError('MEMBERSHIP_REFUSED', `node ${nodeId} does not leave: ${why}. ${remedy}`, {
    details: { reason: SET_ACTIVE, node: nodeId, mustRestart },
  });
}

/** L3. The failure that stopped the departure is the one to rise; that it could not be taken back is for the operator to see. */
async function takeBack({ service }: Pick<ManagementLayer, 'service'>, { nodeId, logger }: Departure): Promise<void> {
  try {
    await service.runtime.setNodeState(nodeId, 'active');
  } catch (error) {
    logger.log(
      'warn',
      `node ${nodeId} did not leave, and stays draining: set it active again once the management cluster has a leader: ${String(error)}`,
    );
  }
}

/** Of what departFrom() rejected with. */
export function hasStayed(error: unknown): boolean {
  return isRaftoralError(error, 'MEMBERSHIP_REFUSED') && error.details['reason'] === SET_ACTIVE;
}

/** Who comes back under an id that is over. */
export function leftForGood(nodeId: number, deployment: string): RaftoralError {
  return new RaftoralError(
    'NODE_LEFT',
    `node ${nodeId} left deployment ${deployment} or was removed from it, and its id is never used again; start with an empty folder, or with rejoinEmpty, and join under a new id`,
    { details: { nodeId, deployment } },
  );
}

function checkNotLast({ membership, groupId }: RaftGroup, nodeId: number): void {
  const { voters } = membership;
  if (voters.length !== 1 || voters[0] !== nodeId) return;
  throw new RaftoralError(
    'MEMBERSHIP_REFUSED',
    `node ${nodeId} is the last voter of cluster ${groupId}: with it the cluster ends; promote another node first, or stop this one`,
    { details: { reason: 'last-voter', node: nodeId } },
  );
}

/** L5. */
function checkNotLastWithCode(groups: readonly RaftGroup[], { nodeId, layer }: Departure): void {
  if (layer === null) return;
  const { topology } = layer.service;
  for (const { groupId } of groups) {
    const cluster = topology.clusters.get(groupId);
    if (cluster === undefined || !isLastVoterWithCode(topology, cluster, nodeId)) continue;
    throw new RaftoralError(
      'MEMBERSHIP_REFUSED',
      `node ${nodeId} is the last voter of cluster ${groupId} that runs code: every workflow there would stand still without it; add a node that runs code first, and drain this one: it may leave once the other has taken its place`,
      { details: { reason: 'last-with-code', node: nodeId, groupId } },
    );
  }
}

async function removeSelf(group: RaftGroup, { nodeId, clusters, clock, removeTimeoutMs }: Departure): Promise<void> {
  const until = clock.monotonic() + removeTimeoutMs;
  const wasMember = isMember(group.membership, nodeId) || clusters.get(group.groupId)?.state.wasRemoved(nodeId) === true;
  for (;;) {
    try {
      return await group.remove(nodeId);
    } catch (error) {
      // NOT_MEMBER: it is removed, and heard so from its own log first.
      if (isRaftoralError(error, 'NOT_MEMBER')) return;
      const reason = isRaftoralError(error, 'MEMBERSHIP_REFUSED') ? error.details['reason'] : '';
      // Somebody else removed it meanwhile.
      if (reason === 'unknown-node' && wasMember) return;
      if (reason !== 'under-way' || clock.monotonic() >= until) throw error;
    }
    await pause(clock);
  }
}

/** The cluster manager records what the groups have decided. If it does not in time, the next one does: this node is none of the members any more. */
async function untilUnnamed({ service }: Pick<ManagementLayer, 'service'>, { nodeId, clock, removeTimeoutMs }: Departure): Promise<void> {
  const until = clock.monotonic() + removeTimeoutMs;
  while (service.topology.hostedBy(nodeId) > 0 && clock.monotonic() < until) await pause(clock);
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.setTimer(PAUSE_MS, resolve));
}

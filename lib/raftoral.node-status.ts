/**
 * How a node stands, for health and metrics: out of what its host and its clusters say. Pure.
 *
 * S1. An outage of the management cluster stops nothing that this node answers for: it is no group of the status.
 * S2. A cluster that this node is being taken out of, in a deployment of two layers, is nothing that failed.
 */
import type { HostStatus } from './cluster/host-status.js';
import type { NodeStatus } from './cluster/status-port.js';
import type { ExecutionClusters } from './raftoral.clusters.js';
import { MANAGEMENT_CLUSTER_ID } from './raftoral.management.js';

export interface NodeStatusSources {
  readonly nodeId: number;
  /** null before the node has an identity. */
  readonly host: HostStatus | null;
  readonly clusters: ExecutionClusters | null;
  /** There are two layers. */
  readonly isManaged: boolean;
  readonly isStopping: boolean;
  readonly hasLeft: boolean;
  readonly failure: string | null;
  readonly progress: string | null;
}

export function nodeStatusOf(sources: NodeStatusSources): NodeStatus {
  const { nodeId, host, isManaged, isStopping, hasLeft, progress } = sources;
  const groups = (host?.groups ?? []).filter(({ groupId }) => groupId !== MANAGEMENT_CLUSTER_ID);
  const clusters = sources.clusters?.all() ?? [];
  const isGone = (clusterId: number): boolean => isManaged && sources.clusters?.isOutside(clusterId) === true;
  const halted = groups.find(({ halted: why, groupId }) => why !== null && !isGone(groupId));
  const stopped = clusters.find(({ workflows, clusterId }) => workflows.runtime.ended !== null && !isGone(clusterId));
  // Whoever left is over as well, and nothing is wrong with that.
  const ended = hasLeft ? null : (stopped?.workflows.runtime.ended?.message ?? host?.failure ?? null);
  const over = halted === undefined || hasLeft ? ended : `cluster ${halted.groupId}: ${halted.halted}`;
  const checks = clusters.map(({ state }) => state.stateCheck);
  return {
    nodeId,
    running: host?.state === 'running' && !isStopping && !hasLeft,
    failure: sources.failure ?? over,
    progress,
    alarm: checks.find(({ problem }) => problem !== null)?.problem ?? null,
    isDivided: checks.some(({ isRefusing }) => isRefusing),
    live: [...new Set(clusters.flatMap(({ group }) => group.livePeers()))],
    groups,
  };
}

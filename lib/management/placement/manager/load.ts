/**
 * How much an execution cluster has to do, as one number. Pure.
 */
import type { ClusterView } from '../../state.js';
import type { Draft } from './draft.js';

/** Share of what a cluster may have before it is split: of open workflows or of starts per second, whichever is more; undefined: its leader is not known. */
export function scoreOf(draft: Draft, { clusterId }: ClusterView): number | undefined {
  const group = draft.group(clusterId);
  if (group === undefined) return undefined;
  const { openWorkflowsMax, startsPerSecondMax } = draft.policy;
  return Math.max(group.openWorkflows / openWorkflowsMax, group.startsPerSecond / startsPerSecondMax);
}

export interface Scored {
  readonly cluster: ClusterView;
  readonly score: number;
}

/** Clusters that may get slots, least loaded first; null: the load of one is not known. */
export function scores(draft: Draft): Scored[] | null {
  const scored: Scored[] = [];
  for (const cluster of draft.servingClusters()) {
    const score = scoreOf(draft, cluster);
    if (score === undefined) return null;
    scored.push({ cluster, score });
  }
  return scored.sort((a, b) => a.score - b.score || a.cluster.clusterId - b.cluster.clusterId);
}

/** Every slot is where it is to be, and none is on its way. */
export function areSlotsSettled({ topology }: Draft): boolean {
  if (topology.moves.size > 0) return false;
  return [...topology.clusters.values()].every(({ clusterId, slotTarget }) => topology.slots.countOf(clusterId) === slotTarget);
}

/** And have been for settleMs: what was moved shows in the loads. */
export function isQuiet(draft: Draft): boolean {
  return areSlotsSettled(draft) && draft.nowMs - draft.topology.slotsChangedMs >= draft.policy.settleMs;
}

/** K3 of cluster-rules.ts. */
export function isMergeable(draft: Draft, together: number): boolean {
  return together < Math.min(0.5, draft.policy.mergeBelow);
}

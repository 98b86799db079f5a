/**
 * Whether a cluster that nobody can speak for may be destroyed all the same. Pure.
 *
 * B1. Nothing that anybody was told is in it: it owns no slot, and no move has it as a side. Its log may own a slot only while the topology says so, or has a move of it that is
 *     not finished; without slots its group refuses every call (R40).
 * B2. Nothing is ever committed in it any more: its membership is the one that it began with, and those of it that are left are no majority.
 * B3. Or nobody was heard to lead it for as long as a lost node is waited for, since one that it was to begin on was to leave it: whoever had not opened it by then can not tell
 *     its first members (F2 of cluster-follower.ts), so it may never begin. Nothing can be in it, whether it began or not (B1).
 * The argument: docs/adr/0074. Tests: stillborn.spec.ts; manager.spec.ts, test/management/management.spec.ts.
 */
import type { ClusterView, TopologyView } from '../state.js';

/**
 * @param isGone of a node that is not waited for.
 * @param isSilent nobody was heard to lead it, and its members have not changed, for as long as a lost node is waited for.
 */
export function isStillborn(
  { slots, moves }: Pick<TopologyView, 'slots' | 'moves'>,
  { clusterId, confIndex, members }: Pick<ClusterView, 'clusterId' | 'confIndex' | 'members'>,
  isGone: (node: number) => boolean,
  isSilent = false,
): boolean {
  if (slots.countOf(clusterId) > 0) return false;
  for (const { from, to } of moves.values()) if (from === clusterId || to === clusterId) return false;
  if (isSilent && confIndex === 0 && members.some(({ state }) => state === 'leaving')) return true;
  // A wish for another membership stands in the list until what came of it is recorded.
  if (confIndex !== 0 || members.some(({ state }) => state !== 'voter')) return false;
  return members.filter(({ node }) => !isGone(node)).length * 2 <= members.length;
}

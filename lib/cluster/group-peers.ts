/**
 * Whom a host watches for its groups. Pure.
 *
 * Q1. The other members of its groups, those of a joint membership included.
 * Q2. All nodes are members of cluster 0: its learners are watched by gossip, and watch nobody here, or pings would grow with the square of the nodes
 *     (docs/adr/0062).
 * Tests: group-peers.spec.ts, test/cluster/management-peers.spec.ts.
 */
import type { HostedGroup } from './host-services.js';

/** Cluster 0: every node but clients is a member of it. */
const MANAGEMENT_GROUP_ID = 0;

export function peersOf(nodeId: number, groups: Iterable<Pick<HostedGroup, 'groupId' | 'isOver' | 'membership'>>): Set<number> {
  const ids = new Set<number>();
  for (const group of groups) {
    if (group.isOver) continue;
    const { voters, votersOutgoing, learners } = group.membership;
    const isWide = group.groupId === MANAGEMENT_GROUP_ID;
    if (isWide && !voters.includes(nodeId) && !votersOutgoing.includes(nodeId)) continue;
    for (const list of isWide ? [voters, votersOutgoing] : [voters, votersOutgoing, learners])
      for (const id of list) if (id !== nodeId) ids.add(id);
  }
  return ids;
}

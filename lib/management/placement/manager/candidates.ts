/**
 * Which node a cluster is to get next. Pure.
 *
 * N1. The order: where no member runs code, a node that does; the zone that the cluster has least of, then a node that runs code before one that only votes, then the node with
 *     the most room for its capacity, then the lowest id. Equal views give equal choices.
 * N2. A node is never chosen for a cluster that it is in.
 * N3. A new cluster has a member that runs code: else what is started there would wait for ever.
 */
import type { ClusterView, NodeView } from '../../state.js';
import { stayingNodes, zoneName, type Draft } from './draft.js';

/** Members of each zone among these nodes. */
export function zoneCounts(draft: Draft, nodes: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const zone = zoneOf(draft.node(node), node);
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return counts;
}

export function zoneOf(record: NodeView | undefined, node: number): string {
  return zoneName(record?.info.zone ?? '', node);
}

/** The best node for a cluster whose members are `present`; undefined: there is none. */
export function chooseNode(draft: Draft, present: readonly number[], except: readonly number[] = present): NodeView | undefined {
  const zones = zoneCounts(draft, present);
  const lacksCode = !present.some((node) => draft.runsCode(node));
  const key = (node: NodeView): readonly number[] => [
    lacksCode && !draft.runsCode(node.node) ? 1 : 0,
    zones.get(zoneOf(node, node.node)) ?? 0,
    draft.runsCode(node.node) ? 0 : 1,
    draft.loadOf(node.node) / node.info.capacity,
    node.node,
  ];
  return draft
    .hosts()
    .filter((node) => !except.includes(node.node) && draft.hasRoom(node))
    .map((node) => ({ node, key: key(node) }))
    .sort((a, b) => compare(a.key, b.key))[0]?.node;
}

/** In the place of `lost`, which may be alive. */
export function chooseReplacement(draft: Draft, cluster: ClusterView, lost: number): NodeView | undefined {
  const present = stayingNodes(cluster).filter((node) => node !== lost);
  return chooseNode(
    draft,
    present,
    cluster.members.map(({ node }) => node),
  );
}

/** So many nodes for a new cluster, best first; fewer where there are no more, none where none of them runs code (N3). */
export function chooseMembers(draft: Draft, count: number): number[] {
  const chosen: number[] = [];
  while (chosen.length < count) {
    const next = chooseNode(draft, chosen);
    if (next === undefined || (chosen.length === 0 && !draft.runsCode(next.node))) break;
    chosen.push(next.node);
  }
  return chosen.sort((a, b) => a - b);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) if (value !== b[i]) return value - b[i]!;
  return 0;
}

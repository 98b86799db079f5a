/**
 * Rules about how many execution clusters there are: create, split, merge, destroy. Pure.
 *
 * K1. One change of the set of clusters a round.
 * K2. There is a cluster for each targetSize nodes that run code (C1 of code.ts) and can host one, at least one. A merge never goes below that, so that what it ends is not made again: it counts
 *     the nodes that may come back as well, those that only restart and those that are down for less than settleMs.
 * K3. What was merged is not split again: together the two have less than mergeBelow, at most one half, of what a cluster is split above.
 * K4. A cluster that can not come to be is given up (stillborn.ts): it retires, and is destroyed. Its nodes have been gone, or nothing was heard of it, for nodeForgetAfterMs by then.
 */
import { TopologyKind } from '../../command.js';
import type { ClusterView, NodeView } from '../../state.js';
import { isStillborn } from '../stillborn.js';
import { chooseMembers } from './candidates.js';
import { isMembershipPending, list, votersOf, type Draft } from './draft.js';
import { isMergeable, isQuiet, scores } from './load.js';
import { isLost } from './node-rules.js';
import type { ManagerRule } from './view.js';

export function clusterSet(draft: Draft): void {
  for (const rule of [giveUp, destroy, create, split, merge]) {
    if (draft.changesClusters || draft.isFull) return;
    rule(draft);
  }
}

/** K2. */
function clustersWanted({ policy, topology, runsCode }: Draft, hosts: readonly NodeView[]): number {
  const count = hosts.filter(({ node }) => runsCode(node)).length;
  return Math.max(1, Math.min(Math.floor(count / policy.targetSize), topology.limits.clustersMax));
}

/** Nodes that host clusters, or will again. */
function hostsToCome({ topology, nowMs, policy }: Draft): NodeView[] {
  return [...topology.nodes.values()].filter(({ state, isDraining, stateSinceMs, info }) => {
    const isExpected = state === 'active' || (state === 'down' && !isDraining && nowMs - stateSinceMs < policy.settleMs);
    return isExpected && info.role !== 'client' && info.capacity > 0;
  });
}

/** K4. */
function canNotBe(draft: Draft, cluster: ClusterView): boolean {
  const isGone = (node: number): boolean => {
    const record = draft.node(node);
    return record === undefined || (record.state === 'left' && !draft.isLive(node)) || isLost(draft, node);
  };
  const isSilent = draft.nowMs - cluster.changedMs >= draft.policy.nodeForgetAfterMs;
  return draft.group(cluster.clusterId) === undefined && isStillborn(draft.topology, cluster, isGone, isSilent);
}

function whyNot(cluster: ClusterView): string {
  if (cluster.members.some(({ state }) => state !== 'voter')) return 'nobody has led it since one of its first members was to leave it';
  return `most of the nodes that it was to begin on (${list(votersOf(cluster))}) are lost for good`;
}

function giveUp(draft: Draft): void {
  const { topology } = draft;
  const active = draft.activeClusters();
  const cluster = active.find((one) => canNotBe(draft, one));
  if (cluster === undefined || active.length < 2) return;
  const { clusterId } = cluster;
  change(draft);
  draft.decide(
    'destroy',
    { kind: TopologyKind.SET_CLUSTER_STATE, clusterId, state: 'retiring', decidedOn: topology.version },
    `cluster ${clusterId} owns no slot, and ${whyNot(cluster)}: it can not come to be`,
  );
}

function destroy(draft: Draft): void {
  const { topology } = draft;
  for (const cluster of draft.clusters()) {
    const { clusterId, state, slotTarget } = cluster;
    if (state !== 'retiring' || slotTarget > 0 || topology.slots.countOf(clusterId) > 0) continue;
    if ([...topology.moves.values()].some(({ from, to }) => from === clusterId || to === clusterId)) continue;
    const group = draft.group(clusterId);
    if (group === undefined) {
      if (!canNotBe(draft, cluster)) {
        draft.wait(`cluster ${clusterId} is to be destroyed, and its leader is not known: nobody can say whether it has open workflows`);
        continue;
      }
      change(draft);
      return draft.decide(
        'destroy',
        { kind: TopologyKind.DESTROY_CLUSTER, clusterId, openWorkflows: 0, decidedOn: topology.version },
        `cluster ${clusterId} owns no slot, and ${whyNot(cluster)}: nothing is in it, and nothing can be`,
      );
    }
    if (draft.isTouched(clusterId)) continue;
    if (group.openWorkflows > 0) {
      draft.wait(
        `cluster ${clusterId} is to be destroyed, owns no slot, and has ${group.openWorkflows} open workflows: they have to be dropped or ended first`,
      );
      continue;
    }
    change(draft);
    draft.touch(clusterId);
    return draft.decide(
      'destroy',
      { kind: TopologyKind.DESTROY_CLUSTER, clusterId, openWorkflows: 0, decidedOn: topology.version },
      `cluster ${clusterId} is retiring, owns no slot any more, and has no open workflow`,
    );
  }
}

function create(draft: Draft): void {
  const { topology, policy } = draft;
  const wanted = clustersWanted(draft, draft.hosts());
  const active = draft.activeClusters().filter((cluster) => !canNotBe(draft, cluster));
  if (active.length >= wanted) return;
  const retiring = draft
    .clusters()
    .find((cluster) => cluster.state === 'retiring' && draft.hasCode(cluster) && !draft.isTouched(cluster.clusterId));
  if (retiring !== undefined) {
    const { clusterId } = retiring;
    change(draft);
    draft.touch(clusterId);
    return draft.decide(
      'create',
      { kind: TopologyKind.SET_CLUSTER_STATE, clusterId, state: 'active', decidedOn: topology.version },
      `${wanted} clusters are wanted, and ${active.length} are active: cluster ${clusterId} does not retire`,
    );
  }
  if (topology.clusters.size >= topology.limits.clustersMax) return;
  // The first one begins with what there is.
  const members = chooseMembers(draft, policy.targetSize);
  const isFirst = topology.clusters.size === 0;
  if (members.length < (isFirst ? 1 : policy.targetSize)) {
    return draft.wait(
      `${wanted} clusters are wanted for ${draft.hosts().length} nodes, and fewer than ${policy.targetSize} of them have room`,
    );
  }
  makeCluster(
    draft,
    'create',
    members,
    `${draft.hosts().length} nodes can host clusters: ${wanted} are wanted, and ${active.length} are active`,
  );
}

function makeCluster(draft: Draft, rule: ManagerRule, members: readonly number[], why: string): void {
  const { topology, policy } = draft;
  change(draft);
  for (const node of members) draft.chose(node);
  draft.decide(
    rule,
    { kind: TopologyKind.CREATE_CLUSTER, members, targetSize: policy.targetSize, metadata: [], decidedOn: topology.version },
    `${why}: a new cluster on nodes ${list(members)}`,
  );
}

function split(draft: Draft): void {
  const { topology, policy } = draft;
  const scored = scores(draft) ?? [];
  const hottest = scored.at(-1);
  if (hottest === undefined || hottest.score <= 1 || !isQuiet(draft) || hasNewcomer(draft)) return;
  const { clusterId, slotTarget } = hottest.cluster;
  const { openWorkflows, startsPerSecond } = draft.group(clusterId)!;
  const why = `cluster ${clusterId} has ${openWorkflows} open workflows and ${Math.round(startsPerSecond)} starts a second, more than one is to have`;
  if (slotTarget < 2) return draft.wait(`${why}, and owns one slot: it can not be split`);
  // The others have room: slot-rules.ts brings it there.
  const mean = scored.reduce((sum, { score }) => sum + score, 0) / scored.length;
  if (scored.length > 1 && mean * (1 + policy.imbalance) < 1) return;
  const members = chooseMembers(draft, policy.targetSize);
  if (members.length < policy.targetSize || topology.clusters.size >= topology.limits.clustersMax) {
    return draft.wait(
      `${why}, and there is no room for another cluster: add nodes, or raise capacities (management.capacity) or limits.clustersMax (ManagementRuntime.setLimits)`,
    );
  }
  makeCluster(draft, 'split', members, why);
}

function merge(draft: Draft): void {
  const { policy } = draft;
  const active = draft.servingClusters();
  if (active.length <= clustersWanted(draft, hostsToCome(draft)) || active.length < 2) return;
  if (draft.clusters().some(({ state }) => state === 'retiring')) return;
  if (!isQuiet(draft) || hasNewcomer(draft) || draft.clusters().some(isMembershipPending)) return;
  const [least, next] = scores(draft) ?? [];
  if (least === undefined || next === undefined || draft.isTouched(least.cluster.clusterId)) return;
  if (draft.nowMs - latestChange(active) < policy.settleMs || !isMergeable(draft, least.score + next.score)) return;
  const { clusterId } = least.cluster;
  change(draft);
  draft.touch(clusterId);
  const share = Math.round((least.score + next.score) * 100);
  draft.decide(
    'merge',
    { kind: TopologyKind.SET_CLUSTER_STATE, clusterId, state: 'retiring', decidedOn: draft.topology.version },
    `clusters ${clusterId} and ${next.cluster.clusterId} have ${share} % of what one may have: cluster ${clusterId} retires, and its slots go to the other`,
  );
}

/** One that has yet to get its slots has nothing to do, and says nothing about the load. */
function hasNewcomer(draft: Draft): boolean {
  return draft.servingClusters().some(({ slotTarget }) => slotTarget === 0);
}

function latestChange(clusters: readonly ClusterView[]): number {
  return Math.max(...clusters.map(({ changedMs }) => changedMs));
}

/** K1. */
function change(draft: Draft): void {
  draft.changesClusters = true;
}

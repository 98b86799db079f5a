/**
 * Rules that keep the members of each execution cluster as they should be: repair, drain, fill, shrink, spread. Pure.
 *
 * U1. A cluster has one change at a time: the next is decided when the group's own log has made the last. A repair alone does not wait for members that can not leave
 *     yet (F3 of member-rules.ts): they may wait for the dead. Nor does one wait to be filled whose members all are to leave: they wait for who is to stay.
 * U2. The dead are replaced, not removed: a replacement is a learner first, so the cluster never has fewer voters meanwhile. Without a replacement a dead voter
 *     stays until it is forgotten (isLost): it may come back with its data.
 * U3. A member is exchanged for the sake of balance only if that makes the sum of squares smaller, of members per zone in a cluster, else of clusters per node for its
 *     capacity: so exchanges come to an end.
 * U4. The last member that runs code is neither spared nor drained without another one: every run of the cluster would stand still. A cluster that has none all the same
 *     (made so by hand; its last one was lost) gets one as soon as there is one, in the place of one that does not: one that only votes, or has registered no workflow (C1 of code.ts).
 */
import { TopologyKind } from '../../command.js';
import type { ClusterView, NodeView } from '../../state.js';
import { chooseNode, chooseReplacement, zoneCounts, zoneOf } from './candidates.js';
import { isMembershipPending, list, stayingNodes, votersOf, type Draft } from './draft.js';
import { isLost } from './node-rules.js';
import type { ManagerRule } from './view.js';

/** Smaller gains are rounding. */
const GAIN_MIN = 1e-9;

type ClusterRule = (draft: Draft, cluster: ClusterView) => void;

/** What is urgent first, over all clusters: so bounds of a round never delay a repair for a fill. */
export function upkeep(draft: Draft): void {
  for (const rule of [giveUpJoining, repair, drain, fill, shrink, spread] as readonly ClusterRule[]) {
    for (const cluster of draft.clusters()) {
      if (draft.isTouched(cluster.clusterId)) continue;
      if (rule !== giveUpJoining && isMembershipPending(cluster) && !(mayHelp(rule, cluster) && isHeldUp(cluster))) continue;
      rule(draft, cluster);
    }
  }
}

/** U1. */
function mayHelp(rule: ClusterRule, cluster: ClusterView): boolean {
  return rule === repair || (rule === fill && stayingNodes(cluster).length === 0);
}

/** U1. There is no next step for it (else it is touched), and nobody is joining. */
function isHeldUp({ members }: ClusterView): boolean {
  return members.every(({ state }) => state !== 'joining');
}

function isGone(draft: Draft, node: number): boolean {
  const record = draft.node(node);
  return record === undefined || record.state === 'left' || (record.state === 'down' && !draft.isLive(node));
}

/** A node that went down, or is drained, before it became a voter: it is not waited for. */
function giveUpJoining(draft: Draft, cluster: ClusterView): void {
  const { clusterId } = cluster;
  const member = cluster.members.find(
    ({ node, state }) => state === 'joining' && (isGone(draft, node) || draft.node(node)?.state === 'draining'),
  );
  if (member === undefined) return;
  disassociate(
    draft,
    'repair',
    cluster,
    member.node,
    `node ${member.node} is ${stateOf(draft, member.node)} and never became a voter of cluster ${clusterId}`,
  );
}

function repair(draft: Draft, cluster: ClusterView): void {
  const { clusterId } = cluster;
  const lost = votersOf(cluster).find((node) => isGone(draft, node));
  if (lost === undefined) return;
  const why = `voter ${lost} of cluster ${clusterId} is ${stateOf(draft, lost)}`;
  if (replace(draft, 'repair', cluster, lost, why)) return;
  if ((isLost(draft, lost) || draft.node(lost)?.state !== 'down') && draft.canSpare(cluster, lost)) {
    disassociate(draft, 'repair', cluster, lost, `${why}, nobody can take its place, and it is not waited for any longer`);
    return;
  }
  draft.wait(`${why}, and no active node with room can take its place: add a node, or raise a capacity`);
}

/** One that can not go keeps nobody else. */
function drain(draft: Draft, cluster: ClusterView): void {
  for (const node of votersOf(cluster)) {
    if (draft.isTouched(cluster.clusterId)) return;
    if (draft.node(node)?.state === 'draining' || draft.node(node)?.info.role === 'client') drainOne(draft, cluster, node);
  }
}

function drainOne(draft: Draft, cluster: ClusterView, leaving: number): void {
  const { clusterId } = cluster;
  const why = `node ${leaving} is ${stateOf(draft, leaving)}, and is a voter of cluster ${clusterId}`;
  if (draft.isLastWithCode(cluster, leaving) && !replacementRunsCode(draft, cluster, leaving)) {
    draft.wait(`${why}; nobody else there runs code, and no node that does can take its place: add a node first`);
    return;
  }
  if (replace(draft, 'drain', cluster, leaving, why)) return;
  if (votersOf(cluster).length > 1 && draft.canSpare(cluster, leaving)) {
    disassociate(draft, 'drain', cluster, leaving, `${why}; nobody can take its place, and the others have a majority without it`);
    return;
  }
  draft.wait(`${why}; nobody can take its place, and the others would have no majority: add a node first`);
}

function replacementRunsCode(draft: Draft, cluster: ClusterView, lost: number): boolean {
  const replacement = chooseReplacement(draft, cluster, lost);
  return replacement !== undefined && draft.runsCode(replacement.node);
}

/** False: there is nobody. */
function replace(draft: Draft, rule: ManagerRule, cluster: ClusterView, lost: number, why: string): boolean {
  const replacement = chooseReplacement(draft, cluster, lost);
  if (replacement === undefined) return false;
  associate(draft, rule, cluster, replacement, lost, `${why}: node ${replacement.node} takes its place (${reasonFor(replacement, draft)})`);
  return true;
}

function fill(draft: Draft, cluster: ClusterView): void {
  const { clusterId, targetSize, state } = cluster;
  const present = stayingNodes(cluster);
  if (state !== 'active' || present.length >= targetSize) return;
  const why = `cluster ${clusterId} has ${present.length} of ${targetSize} voters`;
  // Who is to leave can not come at the same time.
  const members = cluster.members.map(({ node }) => node);
  const next = chooseNode(draft, present, members);
  if (next === undefined) return draft.wait(`${why}, and no further active node has room`);
  associate(draft, 'fill', cluster, next, 0, `${why}: node ${next.node} joins it (${reasonFor(next, draft)})`);
}

function shrink(draft: Draft, cluster: ClusterView): void {
  const { clusterId, targetSize } = cluster;
  const voters = votersOf(cluster);
  if (voters.length <= targetSize) return;
  const [first] = expendable(draft, voters).filter((node) => draft.canSpare(cluster, node) && !draft.isLastWithCode(cluster, node));
  if (first === undefined)
    return draft.wait(
      `cluster ${clusterId} has more than ${targetSize} voters, and none can be spared: some are not up, or one of them is the last that runs code`,
    );
  disassociate(draft, 'shrink', cluster, first, `cluster ${clusterId} has ${voters.length} voters, and ${targetSize} are asked for`);
}

/** The first one can be missed most. */
function expendable(draft: Draft, voters: readonly number[]): number[] {
  const zones = zoneCounts(draft, voters);
  const crowded = (node: number): number => zones.get(zoneOf(draft.node(node), node))!;
  return [...voters].sort(
    (a, b) => Number(draft.isLive(a)) - Number(draft.isLive(b)) || crowded(b) - crowded(a) || draft.loadOf(b) - draft.loadOf(a) || b - a,
  );
}

/** U3, U4. */
function spread(draft: Draft, cluster: ClusterView): void {
  const voters = votersOf(cluster);
  if (voters.length !== cluster.targetSize || !voters.every((node) => draft.isUp(node)) || draft.group(cluster.clusterId) === undefined)
    return;
  const exchange = exchangeForCode(draft, cluster, voters) ?? exchangeForBalance(draft, voters);
  if (exchange === null) return;
  const { lost, node, why } = exchange;
  associate(
    draft,
    'spread',
    cluster,
    node,
    lost,
    `${why}: node ${node.node} takes the place of node ${lost} in cluster ${cluster.clusterId}`,
  );
}

interface Exchange {
  readonly lost: number;
  readonly node: NodeView;
  readonly why: string;
}

/** U4. */
function exchangeForCode(draft: Draft, cluster: ClusterView, voters: readonly number[]): Exchange | null {
  if (voters.some((node) => draft.runsCode(node))) return null;
  const [lost] = expendable(draft, voters);
  if (lost === undefined) return null;
  const node = chooseReplacement(draft, cluster, lost);
  if (node !== undefined && draft.runsCode(node.node)) return { lost, node, why: `nobody in cluster ${cluster.clusterId} runs code` };
  draft.wait(
    `nobody in cluster ${cluster.clusterId} runs code, and no active node that does has room: nothing that is started there goes on until one is added`,
  );
  return null;
}

/** U3. */
function exchangeForBalance(draft: Draft, voters: readonly number[]): Exchange | null {
  if (!mayExchange(draft, voters)) return null;
  return bestExchange(
    draft,
    voters,
    draft.hosts().filter((node) => !voters.includes(node.node) && draft.hasRoom(node)),
  );
}

/** False: no exchange could gain anything. A look at the cluster alone, so that those that are well cost nothing: there are hundreds of nodes to compare them with. */
function mayExchange(draft: Draft, voters: readonly number[]): boolean {
  const zones = zoneCounts(draft, voters);
  return voters.some((lost) => {
    const from = draft.node(lost);
    if ((2 * draft.loadOf(lost) - 1) / Math.max(1, from!.info.capacity) > draft.leastCost() + GAIN_MIN) return true;
    const here = zones.get(zoneOf(from, lost))! - 1;
    return here > 0 && [...draft.hostZones()].some((zone) => (zones.get(zone) ?? 0) < here);
  });
}

function bestExchange(draft: Draft, voters: readonly number[], outside: readonly NodeView[]): Exchange | null {
  const zones = zoneCounts(draft, voters);
  let balance: Exchange | null = null;
  let gainMost = 0;
  for (const lost of voters) {
    const from = draft.node(lost)!;
    const fromZone = zoneOf(from, lost);
    for (const node of outside) {
      if (draft.runsCode(lost) && !draft.runsCode(node.node)) continue;
      const zone = zoneOf(node, node.node);
      const there = (zones.get(zone) ?? 0) - (zone === fromZone ? 1 : 0);
      const here = zones.get(fromZone)! - 1;
      if (there < here) return { lost, node, why: `zone ${fromZone} has ${here + 1} of ${voters.length} voters, zone ${zone} ${there}` };
      if (there > here) continue;
      const [h, g] = [draft.loadOf(lost), draft.loadOf(node.node)];
      const gain = (2 * h - 1) / Math.max(1, from.info.capacity) - (2 * g + 1) / node.info.capacity;
      if (gain <= gainMost + GAIN_MIN) continue;
      gainMost = gain;
      balance = { lost, node, why: `node ${lost} is in ${h} clusters, node ${node.node} in ${g}` };
    }
  }
  return balance;
}

/** One whose members change already is counted. */
function mayBegin(draft: Draft, cluster: ClusterView, explanation: string): boolean {
  if (isMembershipPending(cluster) || draft.beginChange()) return true;
  draft.wait(`${explanation}; it waits: ${draft.policy.changingClustersMax} clusters change already`);
  return false;
}

function associate(draft: Draft, rule: ManagerRule, cluster: ClusterView, { node }: NodeView, replaces: number, explanation: string): void {
  const { clusterId } = cluster;
  if (!mayBegin(draft, cluster, explanation)) return;
  draft.touch(clusterId);
  draft.chose(node, replaces);
  draft.decide(rule, { kind: TopologyKind.ASSOCIATE, clusterId, node, replaces, decidedOn: draft.topology.version }, explanation);
}

function disassociate(draft: Draft, rule: ManagerRule, cluster: ClusterView, node: number, explanation: string): void {
  const { clusterId } = cluster;
  if (!mayBegin(draft, cluster, explanation)) return;
  draft.touch(clusterId);
  draft.decide(rule, { kind: TopologyKind.DISASSOCIATE, clusterId, node, decidedOn: draft.topology.version }, explanation);
}

function stateOf(draft: Draft, node: number): string {
  const record = draft.node(node);
  return record === undefined ? 'unknown' : record.info.role === 'client' ? 'a client' : record.state;
}

function reasonFor({ node, info }: NodeView, draft: Draft): string {
  const zone = info.zone === '' ? 'no zone' : `zone ${info.zone}`;
  return `${zone}, in ${list([draft.loadOf(node)])} of at most ${info.capacity} clusters`;
}

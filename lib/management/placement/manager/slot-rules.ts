/**
 * Rules about slots: how many each cluster is to have, and the moves that make it so. Pure.
 *
 * W1. Targets are in the topology: whoever leads next goes on with them. They change for a cluster that is new, one that retires, or a load that is out of balance.
 * W2. By load they change only when all slots are where they are to be, and have been for settleMs; two clusters at a time; by no more than brings one of them to the mean.
 * W3. Moves begin between clusters whose leaders are known, as many as movesMax allows.
 * W4. No cluster is to get a slot in which nobody runs code, nor a new one whose leader was never heard of: that may never come to be.
 */
import { SLOT_COUNT, TopologyKind, type SlotTarget } from '../../command.js';
import type { ClusterView, MoveView } from '../../state.js';
import { planMoves, type SlotAim } from '../slot-moves.js';
import { admitTargets, releaseTargets, shiftTarget, type SlotCount } from '../slot-targets.js';
import { list, type Draft } from './draft.js';
import { isMergeable, isQuiet, scoreOf, scores, type Scored } from './load.js';

export function slots(draft: Draft): void {
  if (draft.changesClusters || draft.isFull) return;
  if (setTargets(draft)) return;
  beginMoves(draft);
}

function setTargets(draft: Draft): boolean {
  const found = retiringTargets(draft) ?? newTargets(draft) ?? balancedTargets(draft);
  if (found === null) return false;
  const { targets, why } = found;
  draft.decide('slot-targets', { kind: TopologyKind.SET_SLOT_TARGETS, targets, decidedOn: draft.topology.version }, why);
  return true;
}

interface NewTargets {
  readonly targets: readonly SlotTarget[];
  readonly why: string;
}

function current(draft: Draft): SlotCount[] {
  return draft.clusters().map(({ clusterId, slotTarget }) => ({ clusterId, slots: slotTarget }));
}

const positive = (targets: readonly SlotTarget[]): SlotTarget[] => targets.filter(({ slots: count }) => count > 0);

/**
 * Of all that retire at once: targets that leave one of them any slot are refused. To the cluster that has least to do if that stays mergeable; else to all that stay, each to
 * who has fewest.
 */
function retiringTargets(draft: Draft): NewTargets | null {
  const retiring = draft.clusters().filter(({ state }) => state === 'retiring');
  const givers = retiring.filter(({ slotTarget }) => slotTarget > 0);
  const takers = targetClusters(draft);
  if (givers.length === 0 || takers.length === 0) return null;
  const count = givers.reduce((sum, { slotTarget }) => sum + slotTarget, 0);
  const ids = list(givers.map(({ clusterId }) => clusterId));
  const why =
    givers.length === 1 ? `cluster ${ids} retires: its ${count} slots go to ` : `clusters ${ids} retire: their ${count} slots go to `;
  const heir = heirOf(draft, givers);
  if (heir !== null) {
    const targets = draft
      .activeClusters()
      .map(({ clusterId, slotTarget }) => ({ clusterId, slots: slotTarget + (clusterId === heir ? count : 0) }));
    return { targets: positive(targets), why: `${why}cluster ${heir}, which has least to do` };
  }
  const leavers = retiring.map(({ clusterId }) => clusterId);
  const to =
    takers.length === 1 ? `cluster ${takers[0]!.clusterId}, the only one that stays` : `${takers.length} others, each to who has fewest`;
  const parties = [...leavers, ...takers.map(({ clusterId }) => clusterId)];
  const isParty = ({ clusterId }: SlotCount): boolean => parties.includes(clusterId);
  const targets = releaseTargets(current(draft).filter(isParty), leavers);
  // What the others have, they keep.
  targets.push(...current(draft).filter((one) => !isParty(one)));
  return { targets: positive(targets).sort((a, b) => a.clusterId - b.clusterId), why: why + to };
}

/** The cluster that can take all that these have to do; null: there is none, or the load of one is not known. */
function heirOf(draft: Draft, givers: readonly ClusterView[]): number | null {
  const [heir] = scores(draft) ?? [];
  if (heir === undefined) return null;
  let together = heir.score;
  for (const giver of givers) {
    const score = scoreOf(draft, giver);
    if (score === undefined) return null;
    together += score;
  }
  return isMergeable(draft, together) ? heir.cluster.clusterId : null;
}

/** W4. */
function targetClusters(draft: Draft): ClusterView[] {
  return draft.servingClusters().filter(({ clusterId, slotTarget }) => slotTarget > 0 || draft.group(clusterId) !== undefined);
}

function newTargets(draft: Draft): NewTargets | null {
  const newcomers = targetClusters(draft)
    .filter(({ slotTarget }) => slotTarget === 0)
    .map(({ clusterId }) => clusterId);
  const parties = draft.activeClusters().filter(({ clusterId, slotTarget }) => slotTarget > 0 || newcomers.includes(clusterId));
  if (newcomers.length === 0 || newcomers.length === parties.length) return null;
  const hottest = scores(draft)?.at(-1);
  if (newcomers.length === 1 && hottest !== undefined && hottest.score > 1 && hottest.cluster.slotTarget > 1) {
    const { clusterId, slotTarget } = hottest.cluster;
    const half = Math.floor(slotTarget / 2);
    return {
      targets: positive(shiftTarget(current(draft), clusterId, newcomers[0]!, half)),
      why: `cluster ${clusterId} is split: ${half} of its ${slotTarget} slots go to cluster ${newcomers[0]}`,
    };
  }
  const targets = admitTargets(
    parties.map(({ clusterId, slotTarget }) => ({ clusterId, slots: slotTarget })),
    newcomers,
  );
  const share = targets.find(({ clusterId }) => clusterId === newcomers[0])!.slots;
  if (share === 0) return null;
  return {
    targets: positive(targets),
    why: `clusters ${newcomers.join(', ')} are new: each gets ${share} slots, from those that have most`,
  };
}

/** W2. */
function balancedTargets(draft: Draft): NewTargets | null {
  const { policy } = draft;
  const scored = scores(draft);
  if (scored === null || scored.length < 2 || !isQuiet(draft)) return null;
  const open = scored.reduce((sum, { cluster }) => sum + draft.group(cluster.clusterId)!.openWorkflows, 0);
  const mean = scored.reduce((sum, { score }) => sum + score, 0) / scored.length;
  const cold = scored[0]!;
  const hot = [...scored].reverse().find(({ cluster }) => cluster.slotTarget > 1);
  if (hot === undefined || open < policy.balanceFrom || hot.score <= mean * (1 + policy.imbalance)) return null;
  const count = slotsToShift(hot, cold, mean);
  if (count < 1) return null;
  const [from, to] = [hot.cluster.clusterId, cold.cluster.clusterId];
  const above = Math.round((hot.score / mean - 1) * 100);
  return {
    targets: positive(shiftTarget(current(draft), from, to, count)),
    why: `cluster ${from} has ${above} % more to do than the mean: ${count} of its ${hot.cluster.slotTarget} slots go to cluster ${to}, which has least`,
  };
}

function slotsToShift(hot: Scored, cold: Scored, mean: number): number {
  const load = Math.min(hot.score - mean, mean - cold.score);
  return Math.floor((hot.cluster.slotTarget * load) / hot.score);
}

/** Of what is on its way; what is activated has arrived, what is aborted stays. */
function isOnItsWay({ phase }: MoveView): boolean {
  return phase === 'copying' || phase === 'frozen' || phase === 'imported';
}

/** W3. */
function beginMoves(draft: Draft): void {
  const { topology, policy } = draft;
  const room = Math.min(policy.movesMax, topology.limits.movesMax) - topology.moves.size;
  if (room <= 0 || topology.clusters.size < 2) return;
  const underWay = [...topology.moves.values()].filter(isOnItsWay).map(({ from, to, ranges }) => ({
    from,
    to,
    count: ranges.reduce((sum, range) => sum + range.count, 0),
  }));
  const sum = (of: 'from' | 'to', clusterId: number): number =>
    underWay.filter((move) => move[of] === clusterId).reduce((total, { count }) => total + count, 0);
  const aims: SlotAim[] = draft
    .clusters()
    .filter(({ clusterId }) => draft.group(clusterId) !== undefined)
    .map(({ clusterId, slotTarget }) => ({
      clusterId,
      slots: slotTarget,
      arriving: sum('to', clusterId),
      leaving: sum('from', clusterId),
    }));
  for (const { from, to, slots: count, ranges } of planMoves(aims, topology.slots, Math.min(policy.slotsPerMoveMax, SLOT_COUNT)).slice(
    0,
    room,
  )) {
    draft.decide(
      'move-slots',
      { kind: TopologyKind.BEGIN_MOVE, from, to, ranges },
      `cluster ${from} has more slots than it is to have, cluster ${to} fewer: ${count} slots move`,
    );
  }
}

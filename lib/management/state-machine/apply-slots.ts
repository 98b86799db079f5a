/**
 * Commands about slots: how many each cluster is to have, and their moves (R41). Pure.
 *
 * L1. A move is an intent with a phase. The logs of source and target decide what happens; the phase says how far they are known to be.
 * L2. Owners change at `activated`, in one step for all slots of the move. What was activated is never aborted; what was aborted is never activated.
 */
import {
  SLOT_COUNT,
  type AbortMoveCommand,
  type AdvanceMoveCommand,
  type BeginMoveCommand,
  type FinishMoveCommand,
  type MovePhase,
  type SetSlotTargetsCommand,
} from '../command.js';
import type { TopologyAnswer } from '../state.js';
import { done, refused, staleness, unchanged, unknownCluster, type TopologyRefusal } from './answers.js';
import { slotsIn } from './slot-owners.js';
import type { MoveRecord, Topology } from './topology.js';

/** What may follow a phase. */
const NEXT_PHASES: Readonly<Record<MovePhase, readonly MovePhase[]>> = {
  copying: ['frozen', 'aborting'],
  frozen: ['imported', 'aborting'],
  imported: ['activated', 'aborting'],
  aborting: ['aborted', 'activated'],
  activated: [],
  aborted: [],
};

export function setSlotTargets(state: Topology, { targets, decidedOn }: SetSlotTargetsCommand): TopologyAnswer {
  const refusal =
    staleness(state, decidedOn, { what: 'the slots or the set of clusters', changedAt: state.slotsChangedAt }) ??
    targetsProblem(state, targets);
  if (refusal !== null) return refusal;
  const slotsOf = new Map(targets.map(({ clusterId, slots }) => [clusterId, slots]));
  let isChanged = false;
  for (const cluster of state.clusters.values()) {
    const slots = slotsOf.get(cluster.clusterId) ?? 0;
    if (slots === cluster.slotTarget) continue;
    cluster.slotTarget = slots;
    isChanged = true;
  }
  if (!isChanged) return unchanged(state);
  state.touchSlots();
  state.emit({ type: 'slot-targets-set', targets });
  return done(state);
}

function targetsProblem(state: Topology, targets: SetSlotTargetsCommand['targets']): TopologyRefusal | null {
  let sum = 0;
  const seen = new Set<number>();
  for (const { clusterId, slots } of targets) {
    const cluster = state.clusters.get(clusterId);
    if (cluster === undefined) return unknownCluster(state, clusterId);
    if (seen.has(clusterId)) return refused(state, 'slots', `Cluster ${clusterId} stands in the targets twice. Name it once.`);
    if (slots > 0 && cluster.state !== 'active') {
      return refused(
        state,
        'cluster-not-active',
        `Cluster ${clusterId} is ${cluster.state}, and ${slots} slots would go to where they have to leave again. Give them to active clusters.`,
      );
    }
    seen.add(clusterId);
    sum += slots;
  }
  if (sum === SLOT_COUNT) return null;
  return refused(state, 'slots', `The targets add up to ${sum} slots: ${SLOT_COUNT} have to be somewhere. Give each slot to one cluster.`);
}

export function beginMove(state: Topology, { from, to, ranges }: BeginMoveCommand): TopologyAnswer {
  const target = state.clusters.get(to);
  if (!state.clusters.has(from)) return unknownCluster(state, from);
  if (target === undefined) return unknownCluster(state, to);
  if (from === to) return refused(state, 'slots', `Source and target are both cluster ${from}: nothing would move. Name two clusters.`);
  if (target.state !== 'active') {
    return refused(
      state,
      'cluster-not-active',
      `Cluster ${to} is ${target.state}: the slots would have to leave it again. Move them to an active cluster.`,
    );
  }
  const { moves, limits, slots } = state;
  if (moves.size >= limits.movesMax) {
    return refused(
      state,
      'limit',
      `${moves.size} moves are under way, and limits.movesMax allows ${limits.movesMax}. Wait until one has ended.`,
    );
  }
  for (const slot of slotsIn(ranges)) {
    if (slots.ownerOf(slot) !== from) {
      return refused(
        state,
        'stale',
        `Slot ${slot} is owned by cluster ${slots.ownerOf(slot)}, not by ${from}: it would be taken from where nobody meant to. Read the topology, and decide again.`,
      );
    }
    if (slots.moveOf(slot) !== 0) {
      return refused(
        state,
        'under-way',
        `Slot ${slot} is in move ${slots.moveOf(slot)} already: it can go to one cluster only. Wait until that has ended, or abort it (\`raftoral cluster abort-move ${slots.moveOf(slot)}\`).`,
      );
    }
  }
  const moveId = state.moveIdHighest + 1;
  state.putMove({ moveId, from, to, ranges, phase: 'copying', begunMs: state.logTimeMs, phaseSinceMs: state.logTimeMs });
  state.emit({ type: 'move-begun', moveId, from, to, ranges });
  return done(state, moveId);
}

function unknownMove(state: Topology, moveId: number): TopologyAnswer {
  if (moveId > 0 && moveId <= state.moveIdHighest) return unchanged(state, moveId);
  return refused(state, 'unknown-move', `There is no move ${moveId}: no such id was given out. List the moves, and name one of them.`);
}

export function advanceMove(state: Topology, { moveId, phase }: AdvanceMoveCommand): TopologyAnswer {
  const move = state.moves.get(moveId);
  if (move === undefined) return unknownMove(state, moveId);
  if (move.phase === phase) return unchanged(state, moveId);
  if (!NEXT_PHASES[move.phase].includes(phase)) {
    const next = NEXT_PHASES[move.phase];
    const remedy = next.length === 0 ? 'Finish it' : `What may follow is ${next.join(' or ')}`;
    return refused(
      state,
      'phase',
      `Move ${moveId} is ${move.phase}: ${phase} would contradict what the logs of its clusters have decided. ${remedy}.`,
    );
  }
  enter(state, move, phase);
  return done(state, moveId);
}

function enter(state: Topology, move: MoveRecord, phase: MovePhase): void {
  move.phase = phase;
  move.phaseSinceMs = state.logTimeMs;
  if (phase === 'activated') {
    state.slots.give(move.ranges, move.to);
    state.touchSlots();
  }
  state.emit({ type: 'move-advanced', moveId: move.moveId, phase });
}

export function abortMove(state: Topology, { moveId }: AbortMoveCommand): TopologyAnswer {
  const move = state.moves.get(moveId);
  if (move === undefined) return unknownMove(state, moveId);
  if (move.phase === 'aborting' || move.phase === 'aborted') return unchanged(state, moveId);
  if (move.phase === 'activated') {
    return refused(
      state,
      'phase',
      `Move ${moveId} is activated: cluster ${move.to} runs its workflows already. Move the slots back instead.`,
    );
  }
  enter(state, move, 'aborting');
  return done(state, moveId);
}

export function finishMove(state: Topology, { moveId }: FinishMoveCommand): TopologyAnswer {
  const move = state.moves.get(moveId);
  if (move === undefined) return unknownMove(state, moveId);
  const { phase } = move;
  if (phase !== 'activated' && phase !== 'aborted') {
    return refused(
      state,
      'phase',
      `Move ${moveId} is ${phase}: its slots would be frozen for ever, or be in two clusters. Advance it, or abort it, first.`,
    );
  }
  state.dropMove(move);
  // Those that wait for the end of moves decide again.
  state.touchSlots();
  state.emit({ type: 'move-finished', moveId, outcome: phase });
  return done(state, moveId);
}

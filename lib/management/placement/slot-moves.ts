/**
 * From what clusters own and what they are to own to moves of slots between two clusters each. Pure.
 *
 * V1. Together the moves leave each cluster with its target, and move no slot more than that takes: only what a cluster has above its target leaves it, and no slot twice.
 * V2. Slots that are in a move already stay where they are going, and count there.
 * V3. A cluster gives the highest of its slots first, so that what moves together lies together.
 * Tests: slot-moves.spec.ts.
 */
import { SLOT_COUNT, type SlotRange } from '../command.js';
import type { SlotOwnersView } from '../state.js';

export interface PlannedMove {
  readonly from: number;
  readonly to: number;
  readonly slots: number;
  /** Ascending, apart from each other. */
  readonly ranges: readonly SlotRange[];
}

export interface SlotAim {
  readonly clusterId: number;
  /** Slots that it is to have. */
  readonly slots: number;
  /** Slots on their way to it, and away from it. */
  readonly arriving: number;
  readonly leaving: number;
}

/** Moves of at most `slotsPerMoveMax` slots each, in the order in which they are to begin: largest first. */
export function planMoves(aims: readonly SlotAim[], slots: SlotOwnersView, slotsPerMoveMax: number = SLOT_COUNT): PlannedMove[] {
  const differences = aims.map((aim) => ({
    clusterId: aim.clusterId,
    over: slots.countOf(aim.clusterId) + aim.arriving - aim.leaving - aim.slots,
  }));
  const givers = differences.filter(({ over }) => over > 0).sort((a, b) => b.over - a.over || a.clusterId - b.clusterId);
  const takers = differences.filter(({ over }) => over < 0).sort((a, b) => a.over - b.over || a.clusterId - b.clusterId);
  const moves: PlannedMove[] = [];
  for (const giver of givers) {
    const free = freeSlots(slots, giver.clusterId);
    while (giver.over > 0) {
      const taker = takers.find(({ over }) => over < 0);
      if (taker === undefined) break;
      const count = Math.min(giver.over, -taker.over, slotsPerMoveMax, free.length);
      if (count === 0) break;
      moves.push({ from: giver.clusterId, to: taker.clusterId, slots: count, ranges: rangesOf(free.splice(-count)) });
      giver.over -= count;
      taker.over += count;
    }
  }
  return moves;
}

/** Slots that a cluster owns and that are in no move, ascending. */
function freeSlots(slots: SlotOwnersView, clusterId: number): number[] {
  const free: number[] = [];
  for (const { first, count } of slots.rangesOf(clusterId)) {
    for (let slot = first; slot < first + count; slot++) if (slots.moveOf(slot) === 0) free.push(slot);
  }
  return free;
}

/** @param slots ascending. */
export function rangesOf(slots: readonly number[]): SlotRange[] {
  const ranges: Array<{ first: number; count: number }> = [];
  for (const slot of slots) {
    const last = ranges.at(-1);
    if (last !== undefined && last.first + last.count === slot) last.count++;
    else ranges.push({ first: slot, count: 1 });
  }
  return ranges;
}

/**
 * Which execution cluster owns each of the 4096 slots, and which move a slot is in. Pure.
 *
 * O1. Every slot has one owner from the moment on at which the first cluster is recorded. Owners change only when a move is activated.
 * O2. A slot is in one move at most.
 */
import { invariant } from '../../errors/index.js';
import { SLOT_COUNT, type SlotRange } from '../command.js';
import type { SlotOwnersView } from '../state.js';

export class SlotOwners implements SlotOwnersView {
  private readonly owners = new Uint32Array(SLOT_COUNT);
  private readonly moving = new Float64Array(SLOT_COUNT);
  private readonly counts = new Map<number, number>();

  ownerOf(slot: number): number {
    return this.owners[slot]!;
  }

  countOf(clusterId: number): number {
    return this.counts.get(clusterId) ?? 0;
  }

  moveOf(slot: number): number {
    return this.moving[slot]!;
  }

  rangesOf(clusterId: number): SlotRange[] {
    return this.runs()
      .filter((run) => run.owner === clusterId)
      .map(({ first, count }) => ({ first, count }));
  }

  /** Runs of slots with one owner, from slot 0 to the last. */
  runs(): Array<{ readonly owner: number; readonly first: number; readonly count: number }> {
    const runs: Array<{ owner: number; first: number; count: number }> = [];
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      const last = runs.at(-1);
      if (last !== undefined && last.owner === this.owners[slot]) last.count++;
      else runs.push({ owner: this.owners[slot]!, first: slot, count: 1 });
    }
    return runs;
  }

  give(ranges: readonly SlotRange[], clusterId: number): void {
    for (const slot of slotsIn(ranges)) {
      const before = this.owners[slot]!;
      if (before !== 0) this.add(before, -1);
      this.owners[slot] = clusterId;
      this.add(clusterId, 1);
    }
  }

  enterMove(ranges: readonly SlotRange[], moveId: number): void {
    for (const slot of slotsIn(ranges)) {
      invariant(this.moving[slot] === 0, () => `slot ${slot} is in move ${this.moving[slot]}, and enters move ${moveId}`);
      this.moving[slot] = moveId;
    }
  }

  leaveMove(ranges: readonly SlotRange[]): void {
    for (const slot of slotsIn(ranges)) this.moving[slot] = 0;
  }

  private add(clusterId: number, slots: number): void {
    const count = this.countOf(clusterId) + slots;
    if (count === 0) this.counts.delete(clusterId);
    else this.counts.set(clusterId, count);
  }
}

export function* slotsIn(ranges: readonly SlotRange[]): Generator<number> {
  for (const { first, count } of ranges) for (let slot = first; slot < first + count; slot++) yield slot;
}

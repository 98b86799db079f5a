import { describe, expect, it } from '@jest/globals';
import { xorshift } from '../../../test/support/workflow-chaos.js';
import { SLOT_COUNT } from '../command.js';
import { SlotOwners } from '../state-machine/slot-owners.js';
import { planMoves, rangesOf, type SlotAim } from './slot-moves.js';

function owned(counts: Readonly<Record<number, number>>): SlotOwners {
  const owners = new SlotOwners();
  let first = 0;
  for (const [id, count] of Object.entries(counts)) {
    owners.give([{ first, count }], Number(id));
    first += count;
  }
  return owners;
}

const aims = (slots: Readonly<Record<number, number>>): SlotAim[] =>
  Object.entries(slots).map(([id, count]) => ({ clusterId: Number(id), slots: count, arriving: 0, leaving: 0 }));

describe('moves', () => {
  it('a new cluster gets its share from the ends of what the others have, in one piece from each (V1, V3)', () => {
    const moves = planMoves(aims({ 1: 1366, 2: 1365, 3: 1365 }), owned({ 1: 2048, 2: 2048 }));
    expect(moves).toEqual([
      { from: 2, to: 3, slots: 683, ranges: [{ first: 3413, count: 683 }] },
      { from: 1, to: 3, slots: 682, ranges: [{ first: 1366, count: 682 }] },
    ]);
  });

  it('what is in a move stays where it goes, and counts there (V2)', () => {
    const owners = owned({ 1: 4096 });
    owners.enterMove([{ first: 4000, count: 96 }], 1);
    const under: SlotAim[] = [
      { clusterId: 1, slots: 3996, arriving: 0, leaving: 96 },
      { clusterId: 2, slots: 100, arriving: 96, leaving: 0 },
    ];
    expect(planMoves(under, owners)).toEqual([{ from: 1, to: 2, slots: 4, ranges: [{ first: 3996, count: 4 }] }]);
  });

  it('a cluster to which slots are on their way gets what it lacks besides, and the others the rest (V2)', () => {
    const owners = owned({ 1: 4096 });
    owners.enterMove([{ first: 4000, count: 96 }], 1);
    const under: SlotAim[] = [
      { clusterId: 1, slots: 3896, arriving: 0, leaving: 96 },
      { clusterId: 2, slots: 100, arriving: 96, leaving: 0 },
      { clusterId: 3, slots: 100, arriving: 0, leaving: 0 },
    ];
    expect(planMoves(under, owners).map(({ to, slots }) => [to, slots])).toEqual([
      [3, 100],
      [2, 4],
    ]);
  });

  it('large moves are cut', () => {
    const sizes = planMoves(aims({ 1: 3096, 2: 1000 }), owned({ 1: 4096 }), 300).map(({ slots }) => slots);
    expect(sizes).toEqual([300, 300, 300, 100]);
  });

  it('random counts and targets: after all moves each has its target, nobody gave more than it had above it, no slot moved twice (V1)', () => {
    const random = xorshift(4);
    const parts = (clusters: number): Record<number, number> => {
      const cuts = [0, SLOT_COUNT, ...Array.from({ length: clusters - 1 }, () => random() % (SLOT_COUNT + 1))].sort((a, b) => a - b);
      return Object.fromEntries(Array.from({ length: clusters }, (_, i) => [i + 1, cuts[i + 1]! - cuts[i]!]));
    };
    for (let round = 0; round < 60; round++) {
      const clusters = 1 + (random() % 12);
      const [before, after] = [parts(clusters), parts(clusters)];
      const owners = owned(before);
      const moves = planMoves(aims(after), owners, 1 + (random() % SLOT_COUNT));
      const seen = new Set<number>();
      const problems: string[] = [];
      for (const { from, to, slots, ranges } of moves) {
        let count = 0;
        for (const range of ranges) {
          for (let slot = range.first; slot < range.first + range.count; slot++, count++) {
            if (seen.has(slot)) problems.push(`slot ${slot} moves twice`);
            if (owners.ownerOf(slot) !== from) problems.push(`slot ${slot} is not of ${from}`);
            seen.add(slot);
          }
        }
        if (count !== slots) problems.push(`${count} slots, not ${slots}`);
        owners.give(ranges, to);
      }
      expect(problems).toEqual([]);
      for (const [id, count] of Object.entries(after)) expect(owners.countOf(Number(id))).toBe(count);
      const least = Object.entries(before).reduce((sum, [id, count]) => sum + Math.max(0, count - after[Number(id)]!), 0);
      expect(seen.size).toBe(least);
    }
  });

  it('ranges of single slots', () => {
    expect(rangesOf([1, 2, 3, 7, 9, 10])).toEqual([
      { first: 1, count: 3 },
      { first: 7, count: 1 },
      { first: 9, count: 2 },
    ]);
    expect(rangesOf([])).toEqual([]);
  });
});

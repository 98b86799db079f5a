import { describe, expect, it } from '@jest/globals';
import { xorshift } from '../../../test/support/workflow-chaos.js';
import { SLOT_COUNT } from '../command.js';
import { admitTargets, releaseTargets, shiftTarget, type SlotCount } from './slot-targets.js';

const total = (counts: readonly SlotCount[]): number => counts.reduce((sum, { slots }) => sum + slots, 0);
const spreadOf = (counts: readonly SlotCount[]): number =>
  Math.max(...counts.map(({ slots }) => slots)) - Math.min(...counts.map(({ slots }) => slots));
const countOf = (counts: readonly SlotCount[], id: number): number => counts.find(({ clusterId }) => clusterId === id)?.slots ?? 0;
/** Slots that leave a cluster. */
const moved = (before: readonly SlotCount[], after: readonly SlotCount[]): number =>
  before.reduce((sum, { clusterId, slots }) => sum + Math.max(0, slots - countOf(after, clusterId)), 0);

/** The least that any counts which differ by one at most need: tried for every choice of who gets one more. For clusters that all stay. */
function leastMovement(before: readonly SlotCount[], staying: readonly number[]): number {
  const sum = total(before);
  const floor = Math.floor(sum / staying.length);
  const larger = sum - floor * staying.length;
  const leaving = before.filter(({ clusterId }) => !staying.includes(clusterId)).reduce((all, { slots }) => all + slots, 0);
  let least = Infinity;
  for (let mask = 0; mask < 1 << staying.length; mask++) {
    let bits = 0;
    for (let rest = mask; rest !== 0; rest >>= 1) bits += rest & 1;
    if (bits !== larger) continue;
    const surplus = staying.reduce((all, id, i) => all + Math.max(0, countOf(before, id) - floor - ((mask >> i) & 1)), 0);
    least = Math.min(least, surplus);
  }
  return least + leaving;
}

describe('slot targets', () => {
  it('clusters that come and go one by one: counts differ by one at most, and no slot more moves than any such counts need (S1, S2)', () => {
    const random = xorshift(77);
    for (let seed = 0; seed < 40; seed++) {
      let counts: SlotCount[] = [{ clusterId: 1, slots: SLOT_COUNT }];
      let next = 2;
      for (let step = 0; step < 30; step++) {
        const before = counts;
        if (counts.length === 1 || (counts.length < 9 && random() % 2 === 0)) {
          const clusterId = next++;
          counts = admitTargets([...before, { clusterId, slots: 0 }], [clusterId]);
          for (const { clusterId: id, slots } of before) expect(countOf(counts, id)).toBeLessThanOrEqual(slots);
        } else {
          const { clusterId } = counts[random() % counts.length]!;
          const after = releaseTargets(before, [clusterId]);
          expect(countOf(after, clusterId)).toBe(0);
          counts = after.filter(({ slots }) => slots > 0);
          for (const { clusterId: id, slots } of counts) expect(slots).toBeGreaterThanOrEqual(countOf(before, id));
        }
        expect(total(counts)).toBe(SLOT_COUNT);
        expect(spreadOf(counts)).toBeLessThanOrEqual(1);
        expect(moved(before, counts)).toBe(
          leastMovement(
            before,
            counts.map(({ clusterId }) => clusterId),
          ),
        );
      }
    }
  });

  it('several newcomers and several leavers at once', () => {
    const start = [{ clusterId: 1, slots: SLOT_COUNT }];
    const four = admitTargets([...start, ...[2, 3, 4].map((clusterId) => ({ clusterId, slots: 0 }))], [2, 3, 4]);
    expect(four.map(({ slots }) => slots)).toEqual([1024, 1024, 1024, 1024]);
    const two = releaseTargets(four, [1, 3]);
    expect(two).toEqual([
      { clusterId: 1, slots: 0 },
      { clusterId: 2, slots: 2048 },
      { clusterId: 3, slots: 0 },
      { clusterId: 4, slots: 2048 },
    ]);
  });

  it('where counts were uneven on purpose, the others only lose, those that have most first', () => {
    const before = [
      { clusterId: 1, slots: 3000 },
      { clusterId: 2, slots: 1096 },
      { clusterId: 3, slots: 0 },
    ];
    expect(admitTargets(before, [3])).toEqual([
      { clusterId: 1, slots: 1635 },
      { clusterId: 2, slots: 1096 },
      { clusterId: 3, slots: 1365 },
    ]);
  });

  it('nobody is left without a slot, even with more clusters than slots', () => {
    const before = Array.from({ length: 5 }, (_, i) => ({ clusterId: i + 1, slots: i < 4 ? 1 : 0 }));
    expect(admitTargets(before, [5]).map(({ slots }) => slots)).toEqual([1, 1, 1, 1, 0]);
    expect(shiftTarget(before, 1, 2, 9).map(({ slots }) => slots)).toEqual([1, 1, 1, 1, 0]);
  });

  it('the order of the input makes no difference (S4)', () => {
    const before = [5, 3, 1].map((clusterId) => ({ clusterId, slots: clusterId === 5 ? 0 : 2048 }));
    expect(admitTargets(before, [5])).toEqual(admitTargets([...before].reverse(), [5]));
    expect(releaseTargets(before, [3])).toEqual(releaseTargets([...before].reverse(), [3]));
  });

  it('a shift changes two clusters only (S3)', () => {
    const before = [1, 2, 3].map((clusterId) => ({ clusterId, slots: 100 }));
    expect(shiftTarget(before, 1, 3, 40).map(({ slots }) => slots)).toEqual([60, 100, 140]);
  });
});

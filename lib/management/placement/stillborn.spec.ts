import { expect, it } from '@jest/globals';
import { TopologyUnderTest, idOf } from '../../../test/support/topology-machine.js';
import { isStillborn } from './stillborn.js';

/** Cluster 2 on so many nodes after 3, of which `lost` are gone. */
function verdict(voters: number, lost: number, change: (t: TopologyUnderTest) => void = () => undefined): boolean {
  const t = TopologyUnderTest.founded(12);
  const members = Array.from({ length: voters }, (_, i) => 4 + i);
  idOf(t.create(members));
  change(t);
  return isStillborn(t.topology, t.cluster(2), (node) => node >= 4 && node < 4 + lost);
}

it.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 2],
  [5, 3],
  [6, 3],
  [7, 4],
])('of %i voters the loss of %i leaves no majority, of one fewer it does', (voters, lost) => {
  expect([verdict(voters, lost), verdict(voters, lost - 1)]).toEqual([true, false]);
});

it('what it owns, or may have been given, keeps it, and a membership that is not the first', () => {
  const range = [{ first: 0, count: 1 }];
  const begin = (t: TopologyUnderTest): number => idOf(t.beginMove(1, 2, range));
  expect(verdict(3, 3, (t) => void begin(t))).toBe(false);
  expect(verdict(3, 3, (t) => void idOf(t.advance(begin(t), 'aborting')))).toBe(false);
  expect(verdict(3, 3, (t) => t.move(1, 2, range))).toBe(false);
  expect(verdict(3, 3, (t) => void idOf(t.associate(2, 8)))).toBe(false);
  expect(verdict(3, 3, (t) => void idOf(t.disassociate(2, 4)))).toBe(false);
  expect(
    verdict(3, 3, (t) => {
      idOf(t.associate(2, 8));
      idOf(t.record(2, 5, [4, 5, 6, 8]));
    }),
  ).toBe(false);
  // A move that was aborted to its end, as the log of the cluster decided, leaves it as it was.
  const aborted = (t: TopologyUnderTest): void => {
    const moveId = begin(t);
    idOf(t.advance(moveId, 'aborting'));
    idOf(t.advance(moveId, 'aborted'));
    idOf(t.finish(moveId));
  };
  expect(verdict(3, 3, aborted)).toBe(true);
});

it('B3: one that a first member was to leave, and that nobody led since; never one that may have been given something', () => {
  const of = (isSilent: boolean, change: (t: TopologyUnderTest) => void): boolean => {
    const t = TopologyUnderTest.founded(12);
    idOf(t.create([4, 5, 6]));
    change(t);
    return isStillborn(t.topology, t.cluster(2), () => false, isSilent);
  };
  const leaves = (t: TopologyUnderTest): void => void idOf(t.disassociate(2, 4));
  expect([of(true, leaves), of(false, leaves), of(true, () => undefined)]).toEqual([true, false, false]);
  const range = [{ first: 0, count: 1 }];
  expect(of(true, (t) => (t.move(1, 2, range), leaves(t)))).toBe(false);
  expect(of(true, (t) => (idOf(t.beginMove(1, 2, range)), leaves(t)))).toBe(false);
  // Its log has told of its members: it was led.
  expect(of(true, (t) => (idOf(t.record(2, 5, [4, 5])), leaves(t)))).toBe(false);
});

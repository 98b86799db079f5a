/**
 * Tests of etcd-io/raft covered: TestUnstableMaybeFirstIndex, TestMaybeLastIndex, TestUnstableMaybeTerm, TestUnstableRestore,
 * TestUnstableNextEntries, TestUnstableNextSnapshot, TestUnstableAcceptInProgress, TestUnstableStableTo,
 * TestUnstableTruncateAndAppend, TestStableTo.
 */
import { describe, expect, it } from '@jest/globals';
import { entry, seededRandom } from '../../test/support/raft-network.js';
import { EMPTY_CONF_STATE, NO_BYTES, Snapshot, type Entry } from './types.js';
import { Unstable } from './unstable.js';

const terms = (entries: readonly Entry[]) => entries.map((one) => [one.index, one.term]);

function unstableAfter(lastIndex: number, lastTerm: number, ...added: Entry[]): Unstable {
  const made = new Unstable(1, lastIndex, lastTerm, null);
  if (added.length > 0) made.truncateAndAppend(added, 0, lastTerm);
  return made;
}

describe('unstable end of the log (§3.8)', () => {
  // TestUnstableMaybeFirstIndex, TestMaybeLastIndex, TestUnstableMaybeTerm
  it('knows its entries, the position before them, and nothing else', () => {
    const made = unstableAfter(4, 1, entry(1, 5), entry(2, 6));
    expect(made.lastIndex).toBe(6);
    expect([3, 4, 5, 6, 7].map((index) => made.term(index))).toEqual([-1, 1, 1, 2, -1]);
    const empty = unstableAfter(4, 1);
    expect(empty.lastIndex).toBe(4);
    expect(empty.term(4)).toBe(1);
    expect(empty.term(5)).toBe(-1);
  });

  // TestUnstableRestore
  it('a snapshot replaces everything', () => {
    const made = unstableAfter(4, 1, entry(1, 5));
    made.acceptInProgress();
    made.restore(new Snapshot(8, 3, EMPTY_CONF_STATE, NO_BYTES));
    expect([made.offset, made.offsetInProgress, made.length, made.lastIndex]).toEqual([9, 9, 0, 8]);
    expect(made.term(8)).toBe(3);
    expect(made.nextSnapshot()).not.toBeNull();
  });

  // TestUnstableNextEntries, TestUnstableNextSnapshot, TestUnstableAcceptInProgress
  it('entries and snapshot are handed out once', () => {
    const made = unstableAfter(0, 0);
    made.restore(new Snapshot(4, 1, EMPTY_CONF_STATE, NO_BYTES));
    made.truncateAndAppend([entry(1, 5), entry(1, 6)], 0, 1);
    expect(terms(made.nextEntries())).toEqual([
      [5, 1],
      [6, 1],
    ]);
    made.acceptInProgress();
    expect(made.nextEntries()).toEqual([]);
    expect(made.nextSnapshot()).toBeNull();
    expect(made.snapshot).not.toBeNull();
    made.truncateAndAppend([entry(1, 7)], 0, 1);
    expect(terms(made.nextEntries())).toEqual([[7, 1]]);
    made.stableSnapshotTo(3);
    expect(made.snapshot).not.toBeNull();
    made.stableSnapshotTo(4);
    expect(made.snapshot).toBeNull();
  });

  // TestUnstableStableTo, TestStableTo
  it('entries leave only when exactly their (index, term) was written', () => {
    for (const [index, term, offset, length] of [
      [4, 1, 5, 2],
      [5, 2, 5, 2],
      [5, 1, 6, 1],
      [6, 1, 7, 0],
      [7, 1, 5, 2],
      [6, 2, 5, 2],
    ]) {
      const made = unstableAfter(4, 1, entry(1, 5), entry(1, 6));
      made.acceptInProgress();
      made.stableTo(index, term);
      expect([made.offset, made.length]).toEqual([offset, length]);
      expect(made.offsetInProgress).toBe(7);
    }
  });

  it('an acknowledgement at the snapshot is not one for an entry', () => {
    const made = unstableAfter(0, 0);
    made.restore(new Snapshot(4, 2, EMPTY_CONF_STATE, NO_BYTES));
    made.truncateAndAppend([entry(2, 5)], 0, 2);
    made.stableTo(4, 1);
    made.stableTo(4, 2);
    expect([made.offset, made.length]).toEqual([5, 1]);
  });

  // TestUnstableTruncateAndAppend
  it('appending replaces what stands at or after the first entry, and takes it back from the writes in flight', () => {
    const cases: [Entry[], [number, number][], number, number][] = [
      [
        [entry(1, 6), entry(1, 7)],
        [
          [5, 1],
          [6, 1],
          [7, 1],
        ],
        5,
        6,
      ],
      [
        [entry(2, 5), entry(2, 6)],
        [
          [5, 2],
          [6, 2],
        ],
        5,
        5,
      ],
      [
        [entry(2, 4), entry(2, 5)],
        [
          [4, 2],
          [5, 2],
        ],
        4,
        4,
      ],
    ];
    for (const [added, expected, offset, inProgress] of cases) {
      const made = unstableAfter(4, 1, entry(1, 5));
      made.acceptInProgress();
      made.truncateAndAppend(added, 0, 1);
      expect(terms(made.slice(made.offset, made.lastIndex + 1))).toEqual(expected);
      expect([made.offset, made.offsetInProgress]).toEqual([offset, inProgress]);
    }
    const partly = unstableAfter(4, 1, entry(1, 5), entry(1, 6), entry(1, 7));
    partly.acceptInProgress();
    partly.truncateAndAppend([entry(2, 6)], 0, 1);
    expect(terms(partly.nextEntries())).toEqual([[6, 2]]);
    expect(partly.offsetInProgress).toBe(6);
  });

  // FAULTS: a slice handed out is overwritten by later appends
  it('an array handed out is not reached by later appends and truncations', () => {
    const made = unstableAfter(4, 1, entry(1, 5), entry(1, 6));
    const handed = made.nextEntries();
    const sliced = made.slice(5, 7);
    made.acceptInProgress();
    made.truncateAndAppend([entry(2, 6), entry(2, 7)], 0, 1);
    made.stableTo(5, 1);
    expect(terms(handed)).toEqual([
      [5, 1],
      [6, 1],
    ]);
    expect(terms(sliced)).toEqual([
      [5, 1],
      [6, 1],
    ]);
    // The same where nothing is truncated: what is appended, and what leaves because it was written, stays out of the array.
    const growing = unstableAfter(4, 1, entry(1, 5), entry(1, 6));
    const whole = [growing.nextEntries(), growing.slice(5, 7)];
    growing.acceptInProgress();
    growing.truncateAndAppend([entry(1, 7)], 0, 1);
    const rest = [growing.nextEntries(), growing.slice(7, 8)];
    growing.stableTo(7, 1);
    growing.truncateAndAppend([entry(2, 8)], 0, 1);
    const expected = [
      [5, 1],
      [6, 1],
    ];
    expect(whole.map(terms)).toEqual([expected, expected]);
    expect(rest.map(terms)).toEqual([[[7, 1]], [[7, 1]]]);
  });

  it('a slice out of bounds is a broken invariant', () => {
    const made = unstableAfter(4, 1, entry(1, 5));
    expect(() => made.slice(4, 6)).toThrow(/out of bounds/);
    expect(() => made.slice(5, 7)).toThrow(/out of bounds/);
    expect(() => made.slice(6, 5)).toThrow(/out of bounds/);
  });

  it('equals a plain model over any sequence of appends, hand-outs and acknowledgements', () => {
    const random = seededRandom(21);
    for (let run = 0; run < 30; run++) {
      const made = unstableAfter(10, 1);
      let model: Entry[] = [];
      let offset = 11;
      let term = 1;
      for (let i = 0; i < 200; i++) {
        const last = offset + model.length - 1;
        if (random(4) === 0 && model.length > 0) {
          const index = offset + random(model.length);
          const known = model[index - offset];
          made.acceptInProgress();
          made.stableTo(index, known.term);
          model = model.slice(index - offset + 1);
          offset = index + 1;
        } else {
          term += random(2);
          const from = model.length > 0 && random(5) === 0 ? offset + random(model.length) : last + 1;
          const added = Array.from({ length: 1 + random(4) }, (_unused, at) => entry(term, from + at));
          made.truncateAndAppend(added, 0, made.term(from - 1));
          model = model.slice(0, from - offset).concat(added);
        }
        const all = made.slice(made.offset, made.lastIndex + 1);
        if (made.offset !== offset || JSON.stringify(terms(all)) !== JSON.stringify(terms(model)))
          throw new Error(`run ${run} step ${i} differs`);
      }
    }
  });
});

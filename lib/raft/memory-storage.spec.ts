/**
 * Tests of etcd-io/raft covered: TestStorageTerm, TestStorageEntries, TestStorageLastIndex, TestStorageFirstIndex,
 * TestStorageCompact, TestStorageCreateSnapshot, TestStorageAppend, TestStorageApplySnapshot.
 */
import { describe, expect, it } from '@jest/globals';
import { bytes, entry, storageWith, voters } from '../../test/support/raft-network.js';
import { StorageResult, type MemoryLogStorage } from './memory-storage.js';
import { COMPACTED, UNAVAILABLE } from './storage.js';
import { ENTRY_OVERHEAD_BYTES, NO_BYTES, Snapshot } from './types.js';

function storage(): MemoryLogStorage {
  const made = storageWith({ snapshot: new Snapshot(3, 3, voters(1), NO_BYTES) });
  made.append([entry(4, 4), entry(5, 5)]);
  return made;
}

const indices = (made: MemoryLogStorage, low: number, high: number, max = Infinity) =>
  made.entries(low, high, max)?.map((one) => one.index) ?? null;

describe('log storage in memory', () => {
  // TestStorageTerm, TestStorageFirstIndex, TestStorageLastIndex
  it('knows terms from the compacted position to the end', () => {
    const made = storage();
    expect([2, 3, 4, 5, 6].map((index) => made.term(index))).toEqual([COMPACTED, 3, 4, 5, UNAVAILABLE]);
    expect([made.firstIndex(), made.lastIndex()]).toEqual([4, 5]);
  });

  // TestStorageEntries
  it('returns as many entries as fit, but at least one', () => {
    const made = storage();
    made.append([entry(6, 6)]);
    expect(indices(made, 3, 5)).toBeNull();
    expect(indices(made, 4, 7)).toEqual([4, 5, 6]);
    expect(indices(made, 4, 7, 0)).toEqual([4]);
    expect(indices(made, 4, 7, 2 * ENTRY_OVERHEAD_BYTES)).toEqual([4, 5]);
    expect(indices(made, 4, 7, 3 * ENTRY_OVERHEAD_BYTES - 1)).toEqual([4, 5]);
    expect(() => made.entries(4, 8, Infinity)).toThrow(/past the end/);
  });

  // TestStorageCompact
  it('compacts once, keeping the term of the last compacted position', () => {
    const made = storage();
    expect(made.compact(3)).toBe(StorageResult.Compacted);
    expect(made.compact(5)).toBe(StorageResult.Ok);
    expect([made.firstIndex(), made.lastIndex(), made.term(5), made.term(4)]).toEqual([6, 5, 5, COMPACTED]);
    expect(() => made.compact(9)).toThrow(/past the end/);
  });

  // TestStorageCreateSnapshot
  it('a snapshot carries the term of its index, and an older one is refused', () => {
    const made = storage();
    expect(made.createSnapshot(4, voters(1, 2), bytes('data'))).toBe(StorageResult.Ok);
    expect(made.snapshot()).toEqual(new Snapshot(4, 4, voters(1, 2), bytes('data')));
    expect(made.createSnapshot(4, null, NO_BYTES)).toBe(StorageResult.SnapshotOutOfDate);
    expect(() => made.createSnapshot(6, null, NO_BYTES)).toThrow(/past the end/);
  });

  // TestStorageAppend; braft#119, canonical/raft#450, qdrant#2508
  it('an append replaces what overlaps and leaves neither a hole nor a tail (braft#119, canonical/raft#450, qdrant#2508)', () => {
    const terms = (...added: [number, number][]) => {
      const made = storage();
      made.append(added.map(([index, term]) => entry(term, index)));
      return Array.from({ length: made.lastIndex() - made.firstIndex() + 1 }, (_unused, at) => made.term(made.firstIndex() + at));
    };
    expect(terms([1, 1], [2, 2])).toEqual([4, 5]);
    expect(terms([3, 3], [4, 4], [5, 5])).toEqual([4, 5]);
    expect(terms([4, 6], [5, 6])).toEqual([6, 6]);
    expect(terms([4, 4], [5, 5], [6, 5])).toEqual([4, 5, 5]);
    expect(terms([2, 3], [3, 3], [4, 7])).toEqual([7]);
    expect(terms([4, 7])).toEqual([7]);
    expect(terms([6, 5])).toEqual([4, 5, 5]);
    expect(() => terms([7, 5])).toThrow(/gap/);
  });

  // TestStorageApplySnapshot; etcd#18055
  it('a received snapshot replaces everything; an older or equal one changes nothing (etcd#18055)', () => {
    const made = storage();
    expect(made.applySnapshot(new Snapshot(9, 6, voters(1, 2), NO_BYTES))).toBe(StorageResult.Ok);
    expect([made.firstIndex(), made.lastIndex(), made.term(9)]).toEqual([10, 9, 6]);
    expect(made.applySnapshot(new Snapshot(9, 6, voters(1), NO_BYTES))).toBe(StorageResult.SnapshotOutOfDate);
    expect(made.applySnapshot(new Snapshot(8, 6, voters(1), NO_BYTES))).toBe(StorageResult.SnapshotOutOfDate);
    expect(made.initialState().confState).toEqual(voters(1, 2));
  });
});

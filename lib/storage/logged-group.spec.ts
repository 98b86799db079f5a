import { describe, expect, it } from '@jest/globals';
import { EMPTY_CONF_STATE, Entry, EntryType, HardState, NO_BYTES, Snapshot } from '../raft/index.js';
import { LogRecovery } from './log-recovery.js';
import { readLogRow, type LogRow, type StoredRow } from './log-row.js';
import { LoggedGroup, type RowToWrite } from './logged-group.js';
import type { GroupWrite } from './storage.js';

const entries = (first: number, terms: readonly number[]): Entry[] =>
  terms.map((term, i) => new Entry(first + i, term, EntryType.Normal, new Uint8Array([term, i, 7])));
const write = (changes: Partial<GroupWrite>): GroupWrite => ({
  groupId: 1,
  hardState: null,
  entries: [],
  reset: null,
  mustSync: true,
  ...changes,
});
const position = (index: number, term: number): Snapshot => new Snapshot(index, term, EMPTY_CONF_STATE, NO_BYTES);
const decoded = (row: StoredRow | null): LogRow | null => (row === null ? null : readLogRow(row, 'log.db'));
const shape = (row: StoredRow | null): unknown => {
  const { previousIndex, previousTerm, isReset, entries: all } = decoded(row)!;
  return [[previousIndex, previousTerm], isReset, all.map(({ index, term }) => [index, term])];
};

/** Writes the pending row as a file would, under its sequence as key. */
function store(group: LoggedGroup, file: RowToWrite[]): void {
  const row = group.nextRow();
  if (row === null) return;
  file.push(row);
  group.written(row.sequence, row);
}

describe('LoggedGroup', () => {
  it('a vote within a term that was written makes a row of its own, with the vote in it: it is given once', () => {
    const group = new LoggedGroup(1);
    group.take(write({ hardState: new HardState(3, 0, 0) }));
    expect(decoded(group.nextRow())!.hardState).toEqual(new HardState(3, 0, 0));
    expect(group.take(write({ hardState: new HardState(3, 2, 0) }))).toBe(0);
    expect(decoded(group.nextRow())!.hardState).toEqual(new HardState(3, 2, 0));
    expect(group.nextRow()).toBeNull();
  });

  it('what is taken between two flushes becomes one row with the newest hard state (U1)', () => {
    const group = new LoggedGroup(1);
    expect(group.take(write({ hardState: new HardState(1, 1, 0) }))).toBe(0);
    const taken = entries(1, [1, 1]);
    expect(group.take(write({ entries: taken }))).toBe(6);
    group.take(write({ entries: entries(3, [1]), hardState: new HardState(2, 0, 1), mustSync: false }));
    const row = group.nextRow();
    expect(shape(row)).toEqual([
      [0, 0],
      false,
      [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    ]);
    expect([decoded(row)!.hardState, row!.sequence, row!.lastIndex]).toEqual([new HardState(2, 0, 1), 1, 3]);
    expect(group.nextRow()).toBeNull();
    expect(taken).toHaveLength(2);
  });

  it('a truncation within one flush leaves no trace, one before it moves the row back', () => {
    const group = new LoggedGroup(1);
    group.take(write({ entries: entries(1, [1, 1, 1, 1]) }));
    group.nextRow();
    group.take(write({ entries: entries(5, [1, 1, 1]) }));
    group.take(write({ entries: entries(6, [2]) }));
    group.take(write({ entries: entries(3, [3, 3]) }));
    group.take(write({ entries: entries(4, [4]) }));
    expect(shape(group.nextRow())).toEqual([
      [2, 1],
      false,
      [
        [3, 3],
        [4, 4],
      ],
    ]);
  });

  it('a reset drops what the flush had before it, and takes what comes after', () => {
    const group = new LoggedGroup(1);
    group.take(write({ entries: entries(1, [1, 1]) }));
    group.log.saveSnapshot(position(40, 3));
    group.take(write({ reset: position(40, 3), entries: entries(41, [3, 3]) }));
    group.take(write({ entries: entries(42, [4]) }));
    expect(shape(group.nextRow())).toEqual([
      [40, 3],
      true,
      [
        [41, 3],
        [42, 4],
      ],
    ]);
  });

  it('a commit index alone waits for the next row, a vote does not, whatever the flag says (U2)', () => {
    const group = new LoggedGroup(1);
    group.take(write({ entries: entries(1, [1]), hardState: new HardState(1, 1, 0) }));
    group.nextRow();
    expect(group.take(write({ hardState: new HardState(1, 1, 1), mustSync: false }))).toBe(-1);
    expect(group.nextRow()).toBeNull();
    group.take(write({ hardState: new HardState(2, 3, 1), mustSync: false }));
    const row = group.nextRow();
    expect([shape(row), decoded(row)!.hardState]).toEqual([[[1, 1], false, []], new HardState(2, 3, 1)]);
    expect(group.take(write({}))).toBe(-1);
  });

  it('a row is deletable once all of its entries are compacted, in order, and never the newest (U3)', () => {
    const group = new LoggedGroup(1);
    const file: RowToWrite[] = [];
    group.take(write({ entries: entries(1, [1, 1, 1, 1]) }));
    store(group, file);
    group.take(write({ entries: entries(3, [2]) }));
    store(group, file);
    group.take(write({ entries: entries(4, [2]) }));
    store(group, file);
    group.log.saveSnapshot(position(4, 2));
    group.compact(3);
    expect(group.deletableRows).toBe(0);
    group.compact(4);
    expect([group.deletableRows, group.log.firstIndex()]).toEqual([2, 5]);
    const size = file[0]!.row.length;
    expect(group.deletableBytes).toBe(size + file[1]!.row.length);
    expect([group.takeDeletable(1, 1e6), group.takeDeletable(9, 1e6), group.takeDeletable(9, 1e6)]).toEqual([[1], [2], []]);
    expect(group.deletableBytes).toBe(0);
    group.take(write({ entries: entries(5, [2]) }));
    expect(group.deletableRows).toBe(0);
    store(group, file);
    expect(group.takeDeletable(9, 1)).toEqual([3]);
  });

  it('after any sequence of writes, compactions and deletions, the rows that are left give the same log', () => {
    let seed = 12345;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const group = new LoggedGroup(1);
    let file: RowToWrite[] = [];
    let [term, commit, isStored] = [1, 0, true];
    for (let step = 0; step < 6000; step++) {
      const last = group.log.lastIndex();
      const choice = random(20);
      if (choice < 8) {
        if (random(4) === 0) term++;
        const first = Math.max(commit + 1, last + 1 - random(4));
        const added = entries(
          first,
          Array.from({ length: 1 + random(3) }, () => term),
        );
        group.take(write({ entries: added, hardState: new HardState(term, random(3), commit) }));
        isStored = false;
      } else if (choice < 11) {
        commit += random(last - commit + 1);
        group.take(write({ hardState: new HardState(term, group.log.initialState().hardState.vote, commit), mustSync: false }));
        isStored = false;
      } else if (choice < 15) {
        store(group, file);
        isStored = true;
      } else if (choice < 18 && commit > group.log.firstIndex()) {
        const index = group.log.firstIndex() + random(commit - group.log.firstIndex() + 1);
        group.log.saveSnapshot(position(Math.max(index, group.log.snapshot()?.index ?? 0), term));
        group.compact(index);
      } else if (choice === 18) {
        const gone = new Set(group.takeDeletable(1 + random(5), 60));
        file = file.filter(({ sequence }) => !gone.has(sequence));
      } else if (choice === 19 && random(20) === 0) {
        commit = last + 1 + random(5);
        group.log.saveSnapshot(position(commit, term));
        group.take(write({ reset: position(commit, term), hardState: new HardState(term, 0, commit) }));
        isStored = false;
      }
      if (!isStored || file.length === 0) continue;
      const recovery = new LogRecovery('log.db');
      for (const row of file) recovery.take(row);
      const found = recovery.finish().get(1)!;
      const base = group.log.firstIndex() - 1;
      expect(found.baseIndex).toBeLessThanOrEqual(base);
      expect(found.baseIndex + found.entries.length).toBe(group.log.lastIndex());
      expect(found.entries.slice(base - found.baseIndex)).toEqual(group.log.entries(base + 1, group.log.lastIndex() + 1, Infinity));
    }
    expect(file[0]!.sequence).toBeGreaterThan(300);
  });
});

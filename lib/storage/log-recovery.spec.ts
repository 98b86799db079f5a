import { describe, expect, it } from '@jest/globals';
import { Entry, EntryType, HardState } from '../raft/index.js';
import { LogRecovery, type RecoveredLog } from './log-recovery.js';
import { encodeLogRow, rowChecksum, storedRow, type LogRow, type StoredRow } from './log-row.js';

const FILE = 'data/log.db';

interface RowOptions {
  readonly reset?: boolean;
  readonly hard?: HardState;
}

/** Entries of the given terms after `previous`. */
function row(previous: readonly [index: number, term: number], terms: readonly number[], { reset, hard }: RowOptions = {}): LogRow {
  return {
    hardState: hard ?? new HardState(9, 0, 0),
    isReset: reset === true,
    previousIndex: previous[0],
    previousTerm: previous[1],
    entries: terms.map((term, i) => new Entry(previous[0] + 1 + i, term, EntryType.Normal, new Uint8Array([term, i]))),
  };
}

function stored(rows: readonly LogRow[], firstSequence = 1, groupId = 1): StoredRow[] {
  return rows.map((each, i) => storedRow(groupId, firstSequence + i, each));
}

function recover(rows: readonly StoredRow[], groupId = 1): RecoveredLog {
  const recovery = new LogRecovery(FILE);
  for (const each of rows) recovery.take(each);
  return recovery.finish().get(groupId)!;
}

/** Base and terms of what was recovered. */
const shape = ({ baseIndex, baseTerm, entries }: RecoveredLog): unknown => [[baseIndex, baseTerm], entries.map(({ term }) => term)];
const damaged = (rows: readonly StoredRow[]): unknown => {
  try {
    recover(rows);
  } catch (error) {
    return error;
  }
  return 'recovered';
};

describe('recovery of a log from its rows (R35)', () => {
  it('rows follow each other, and the newest hard state counts', () => {
    const log = recover(stored([row([0, 0], [1, 1]), row([2, 1], [1]), row([3, 1], [], { hard: new HardState(12, 2, 3) })]));
    expect(shape(log)).toEqual([
      [0, 0],
      [1, 1, 1],
    ]);
    expect(log).toMatchObject({ hardState: new HardState(12, 2, 3), firstSequence: 1, lastSequence: 3, rowLastIndexes: [2, 3, 3] });
    expect(log.entries[2]).toEqual(new Entry(3, 1, EntryType.Normal, new Uint8Array([1, 0])));
  });

  it('what was compacted counts as committed, whatever commit index the newest row has', () => {
    const log = recover(
      stored([row([24, 3], [3, 3], { hard: new HardState(3, 1, 23) }), row([26, 3], [3], { hard: new HardState(3, 1, 23) })], 12),
    );
    expect(log).toMatchObject({ baseIndex: 24, hardState: new HardState(3, 1, 24) });
  });

  it('a row truncates at its first index, and no tail comes back [braft#119, canonical/raft#450, qdrant#2508]', () => {
    const log = recover(stored([row([0, 0], [1, 1, 1, 1, 1]), row([2, 1], [2]), row([3, 2], [2])]));
    expect(shape(log)).toEqual([
      [0, 0],
      [1, 1, 2, 2],
    ]);
  });

  it('whatever prefix of the rows compaction has deleted, the log behind it is the same', () => {
    const rows = stored([
      row([0, 0], [1, 1, 1]),
      row([3, 1], [1, 1, 1, 1]),
      row([4, 1], [3, 3]),
      row([6, 3], [], { hard: new HardState(9, 1, 2) }),
      row([5, 3], [4, 4]),
    ]);
    const whole = recover(rows);
    for (let deleted = 1; deleted < rows.length; deleted++) {
      const rest = recover(rows.slice(deleted));
      expect(rest.baseIndex).toBeGreaterThanOrEqual(whole.baseIndex);
      expect(rest.entries).toEqual(whole.entries.slice(rest.baseIndex - whole.baseIndex));
      const { term, vote, commit } = whole.hardState;
      const hardState = new HardState(term, vote, Math.max(commit, rest.baseIndex));
      expect(rest).toMatchObject({ hardState, lastSequence: 5, firstSequence: deleted + 1 });
    }
  });

  it('a deleted row that overwrote another would bring back its tail, so that is damage [R35: a truncated tail was resurrected; braft#119, canonical/raft#450, qdrant#2508]', () => {
    const rows = stored([row([0, 0], [1, 1, 1, 1, 1]), row([1, 1], [2, 2]), row([3, 2], [2])]);
    expect(damaged([rows[0]!, rows[2]!])).toMatchObject({ code: 'STORAGE_DAMAGED', details: { file: FILE, groupId: 1, sequence: 3 } });
  });

  it('a row that begins below the base starts anew behind its own predecessor', () => {
    // Row 1 (1…10 of term 1) was deleted once 10 was compacted, which was index 10 of row 3; row 2 (11, 12 of term 1) was not.
    const log = recover(stored([row([10, 1], [1, 1]), row([8, 1], [2, 2, 2])], 2));
    expect(shape(log)).toEqual([
      [8, 1],
      [2, 2, 2],
    ]);
  });

  it('a reset drops what was before it, and the log goes on behind its position', () => {
    const log = recover(
      stored([row([0, 0], [1, 1]), row([50, 3], [3], { reset: true, hard: new HardState(9, 0, 51) }), row([51, 3], [4])]),
    );
    expect(shape(log)).toEqual([
      [50, 3],
      [3, 4],
    ]);
    expect(shape(recover(stored([row([0, 0], [1, 1]), row([1, 1], [], { reset: true })])))).toEqual([[1, 1], []]);
  });

  it('a hole in sequence, index or term is damage that names the place [braft#119, canonical/raft#450]', () => {
    const [first, second, third] = stored([row([0, 0], [1, 1]), row([2, 1], [1]), row([3, 1], [1])]);
    const place = (error: unknown): unknown => (error as { details: unknown }).details;
    expect(place(damaged([first!, third!]))).toEqual({ file: FILE, groupId: 1, sequence: 3 });
    expect(place(damaged([first!, second!, second!]))).toEqual({ file: FILE, groupId: 1, sequence: 2 });
    expect(place(damaged(stored([row([0, 0], [1, 1]), row([3, 1], [1])])))).toEqual({ file: FILE, groupId: 1, sequence: 2, index: 3 });
    expect(place(damaged(stored([row([0, 0], [1, 1]), row([2, 2], [2])])))).toEqual({ file: FILE, groupId: 1, sequence: 2, index: 2 });
    expect(damaged(stored([row([0, 0], [1, 1]), row([1, 1], [])]))).toMatchObject({ code: 'STORAGE_DAMAGED' });
  });

  it('a commit index beyond the log, or a term that falls, is damage: the tail is missing', () => {
    expect(damaged(stored([row([0, 0], [1, 1], { hard: new HardState(1, 0, 3) })]))).toMatchObject({
      code: 'STORAGE_DAMAGED',
      details: { index: 3 },
    });
    expect(damaged(stored([row([0, 0], [1]), row([1, 1], [], { hard: new HardState(8, 0, 1) })]))).toMatchObject({
      code: 'STORAGE_DAMAGED',
    });
  });

  it('groups are recovered apart, in whatever order their rows come', () => {
    const one = stored([row([0, 0], [1]), row([1, 1], [1])]);
    const two = stored([row([7, 2], [2])], 40, 2);
    const recovery = new LogRecovery(FILE);
    for (const each of [one[0]!, two[0]!, one[1]!]) recovery.take(each);
    const logs = recovery.finish();
    expect([...logs.keys()]).toEqual([1, 2]);
    expect(shape(logs.get(2)!)).toEqual([[7, 2], [2]]);
  });

  it('a damaged checksum, another group’s row and an unknown version are refused', () => {
    const [first] = stored([row([0, 0], [1])]);
    expect(damaged([{ ...first!, checksum: 1 }])).toMatchObject({ code: 'STORAGE_DAMAGED' });
    expect(damaged([{ ...first!, groupId: 2 }])).toMatchObject({ code: 'STORAGE_DAMAGED', details: { groupId: 2 } });
    const bytes = encodeLogRow(row([0, 0], [1])).with(0, 200);
    expect(damaged([{ groupId: 1, sequence: 1, row: bytes, checksum: rowChecksum(1, 1, bytes) }])).toMatchObject({
      code: 'STORAGE_FORMAT',
    });
  });
});

/**
 * Rows of log.db, version 1, and logs as they are recovered from rows: kept, truncated, reset, compacted.
 */
import { EntryType, Entry, HardState } from '../../../lib/raft/types.js';
import { encodeLogRow, readLogRow, rowChecksum, storedRow, type LogRow, type StoredRow } from '../../../lib/storage/log-row.js';
import { LogRecovery } from '../../../lib/storage/log-recovery.js';
import { encodeCommand } from '../../../lib/workflow/command-codec.js';
import { SAMPLE_COMMANDS } from '../../support/workflow-samples.js';
import type { Family, GoldenCase } from '../family.js';
import { bytesOf, differenceOf, hexOf, nameOf, objectsIn, outcomeOf, plain, type Plain, type PlainObject } from '../plain.js';

const FILE = 'log.db';
const GROUP = 300;
/** Made by every build. */
const COMMAND = encodeCommand(SAMPLE_COMMANDS.find(([name]) => name === 'CHECKPOINT')![1]);

function row(more: Partial<LogRow>): LogRow {
  return { hardState: new HardState(7, 2, 300), isReset: false, previousIndex: 299, previousTerm: 6, entries: [], ...more };
}

function entries(from: number, terms: readonly number[]): Entry[] {
  const types = Object.values(EntryType);
  return terms.map((term, i) => new Entry(from + i, term, types[i % types.length]!, i % 3 === 0 ? COMMAND : Uint8Array.of(i)));
}

/** In a file one after the other. */
const LOGS: ReadonlyArray<readonly [string, readonly LogRow[]]> = [
  ['a vote', [row({ hardState: new HardState(3, 2, 0), previousIndex: 0, previousTerm: 0 })]],
  ['entries of every type', [row({ entries: entries(300, [6, 6, 7, 7]) })]],
  [
    'numbers of every length',
    [row({ hardState: new HardState(2 ** 40, 2 ** 31 - 1, 2 ** 45), previousIndex: 2 ** 45, previousTerm: 2 ** 39 })],
  ],
  ['an entry of no bytes', [row({ entries: [new Entry(300, 7, EntryType.Normal, new Uint8Array(0))] })]],
  [
    'a suffix is replaced, then the log is reset behind a snapshot',
    [
      row({ hardState: new HardState(1, 1, 0), previousIndex: 0, previousTerm: 0, entries: entries(1, [1, 1, 1, 1]) }),
      row({ hardState: new HardState(2, 3, 2), previousIndex: 2, previousTerm: 1, entries: entries(3, [2, 2]) }),
      row({ hardState: new HardState(2, 3, 900), isReset: true, previousIndex: 900, previousTerm: 2 }),
      row({ hardState: new HardState(2, 3, 901), previousIndex: 900, previousTerm: 2, entries: entries(901, [2, 2, 2]) }),
    ],
  ],
  [
    'what came before the first row was compacted',
    [
      row({ hardState: new HardState(5, 0, 41), previousIndex: 40, previousTerm: 4, entries: entries(41, [4, 5]) }),
      row({ hardState: new HardState(5, 0, 30), previousIndex: 30, previousTerm: 3, entries: entries(31, [5]) }),
    ],
  ],
];

function recovered(rows: readonly StoredRow[]): Plain {
  const recovery = new LogRecovery(FILE);
  for (const stored of rows) recovery.take(stored);
  return plain({ rows: rows.map((stored) => readLogRow(stored, FILE)), logs: [...recovery.finish().values()] });
}

function rowsOf(released: GoldenCase): StoredRow[] {
  return (released['rows'] as readonly PlainObject[]).map(({ groupId, sequence, row: hex, checksum }) => ({
    groupId: groupId as number,
    sequence: sequence as number,
    row: bytesOf(hex as string),
    checksum: checksum as number,
  }));
}

export const family: Family = {
  name: 'log-rows',
  remedy:
    'Rows of log.db are read at every start: keep the reader as it was, and give a new layout a new version (lib/storage/log-row.ts, R1).',
  make: () =>
    LOGS.map(([name, log]) => {
      const rows = log.map((one, i) => storedRow(GROUP, i + 11, one));
      const stored = rows.map(({ groupId, sequence, row: bytes, checksum }) => ({ groupId, sequence, checksum, row: hexOf(bytes) }));
      return { name, rows: stored, value: recovered(rows) };
    }),
  check: (released) => {
    const rows = rowsOf(released);
    const now = outcomeOf(() => recovered(rows));
    const found = 'value' in now ? differenceOf(released['value']!, now.value) : `it is refused with ${now.refused}`;
    if (found !== null) return [found];
    return rows.flatMap((stored, i) => {
      const { groupId, sequence, row: bytes, checksum } = stored;
      const again = encodeLogRow(readLogRow(stored, FILE));
      const isSame = hexOf(again) === hexOf(bytes) && rowChecksum(groupId, sequence, again) === checksum;
      return isSame ? [] : [`row ${i + 1} was ${hexOf(bytes)} and is written as ${hexOf(again)}`];
    });
  },
  labels: (released) => {
    const version = (released['rows'] as readonly PlainObject[]).map(({ row: hex }) => `version ${bytesOf(hex as string)[0]}`);
    const labels = [...objectsIn(released['value']!)].flatMap((one) => [
      ...('type' in one && 'data' in one ? [`entry ${nameOf(EntryType, one['type'])}`] : []),
      ...('isReset' in one ? [`reset ${String(one['isReset'])}`] : []),
    ]);
    return [released.name, ...version, ...labels];
  },
  needed: () => [
    'version 1',
    ...Object.keys(EntryType).map((type) => `entry ${type}`),
    'reset true',
    'reset false',
    ...LOGS.map(([name]) => name),
  ],
};

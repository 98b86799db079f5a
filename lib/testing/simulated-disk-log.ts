import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import { RaftoralError } from '../errors/index.js';
import { Entry, HardState } from '../raft/index.js';

export interface LogRow {
  readonly hardState: HardState;
  readonly previousIndex: number;
  readonly previousTerm: number;
  readonly isReset: boolean;
  readonly entries: readonly Entry[];
}

export function encodeLogRow(groupId: number, sequence: number, row: LogRow): Uint8Array {
  const bytes = serialize({
    ...row,
    hardState: { ...row.hardState },
    entries: row.entries.map(({ index, term, type, data }) => [index, term, type, data]),
  });
  const packed = Buffer.alloc(4 + bytes.length);
  packed.set(bytes, 4);
  packed.writeUInt32LE(crc32(bytes, crc32(`${groupId}/${sequence}`)), 0);
  return packed;
}

export function decodeLogRow(groupId: number, sequence: number, packed: Uint8Array): LogRow {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset + 4, packed.length - 4);
  if (Buffer.from(packed).readUInt32LE(0) !== crc32(bytes, crc32(`${groupId}/${sequence}`))) {
    throw new RaftoralError('STORAGE_DAMAGED', `log.db: row ${sequence} of group ${groupId} does not have its checksum`);
  }
  const row = deserialize(bytes) as Omit<LogRow, 'entries'> & { entries: Array<[number, number, number, Uint8Array]> };
  return {
    ...row,
    hardState: new HardState(row.hardState.term, row.hardState.vote, row.hardState.commit),
    entries: row.entries.map(([index, term, type, data]) => new Entry(index, term, type as Entry['type'], data)),
  };
}

export interface RecoveredLog {
  readonly hardState: HardState;
  readonly base: number;
  readonly baseTerm: number;
  readonly entries: readonly Entry[];
  readonly lastIndexes: ReadonlyArray<{ readonly sequence: number; readonly lastIndex: number }>;
}

export function recoverLog(groupId: number, rows: ReadonlyArray<{ readonly sequence: number; readonly row: LogRow }>): RecoveredLog {
  let hardState = new HardState(0, 0, 0);
  let base = -1;
  let baseTerm = 0;
  let entries: Entry[] = [];
  const lastIndexes: Array<{ sequence: number; lastIndex: number }> = [];
  let lastSequence = -1;
  for (const { sequence, row } of rows) {
    if (lastSequence >= 0 && sequence !== lastSequence + 1) {
      throw new RaftoralError('STORAGE_DAMAGED', `log.db: group ${groupId} has no row ${lastSequence + 1}`);
    }
    lastSequence = sequence;
    hardState = row.hardState;
    if (base < 0 || row.isReset) {
      base = row.previousIndex;
      baseTerm = row.previousTerm;
      entries = [];
    }
    if (row.entries.length > 0) {
      entries.length = row.entries[0]!.index - base - 1;
      entries.push(...row.entries);
    }
    lastIndexes.push({ sequence, lastIndex: row.entries.at(-1)?.index ?? row.previousIndex });
  }
  return { hardState, base: Math.max(0, base), baseTerm, entries, lastIndexes };
}

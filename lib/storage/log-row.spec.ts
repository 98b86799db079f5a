import { describe, expect, it } from '@jest/globals';
import { Entry, EntryType, HardState } from '../raft/index.js';
import { LOG_ROW_VERSION, encodeLogRow, readLogRow, rowChecksum, storedRow, type LogRow, type StoredRow } from './log-row.js';

const FILE = 'data/log.db';
const BIG = Number.MAX_SAFE_INTEGER;
const ROW: LogRow = {
  hardState: new HardState(7, 3, 299),
  isReset: false,
  previousIndex: 300,
  previousTerm: 5,
  entries: [
    new Entry(301, 5, EntryType.Normal, new Uint8Array([1, 2, 3])),
    new Entry(302, 7, EntryType.ConfChangeV2, new Uint8Array(0)),
    new Entry(303, 7, EntryType.ConfChange, new Uint8Array([255])),
  ],
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** A sound checksum over whatever bytes. */
const sealed = (row: Uint8Array): StoredRow => ({ groupId: 4, sequence: 9, row, checksum: rowChecksum(4, 9, row) });

describe('the bytes of a log row', () => {
  it('version 1 is what it was at its release (R1)', () => {
    expect(hex(encodeLogRow(ROW))).toBe('01000703ab02ac020503000003010203020200000101ff');
    expect(hex(encodeLogRow({ ...ROW, isReset: true, hardState: new HardState(0, 0, 0), entries: [] }))).toBe('0101000000ac020500');
    expect(storedRow(4, 9, ROW).checksum).toBe(0x94e7a85c);
  });

  it('are read back as they were written, up to the largest numbers (dragonboat#59)', () => {
    const large: LogRow = {
      hardState: new HardState(BIG, BIG, BIG),
      isReset: true,
      previousIndex: BIG - 1,
      previousTerm: BIG,
      entries: [new Entry(BIG, BIG, EntryType.Normal, new Uint8Array(70_000).fill(9))],
    };
    for (const row of [ROW, large, { ...ROW, entries: [] }]) expect(readLogRow(storedRow(BIG, 2 ** 40, row), FILE)).toEqual(row);
  });

  it('are refused at another place: another group, another sequence (R2)', () => {
    const stored = storedRow(4, 9, ROW);
    for (const moved of [
      { ...stored, groupId: 5 },
      { ...stored, sequence: 10 },
      { ...stored, checksum: stored.checksum ^ 1 },
    ])
      expect(() => readLogRow(moved, FILE)).toThrow(
        expect.objectContaining({
          code: 'STORAGE_DAMAGED',
          details: { file: FILE, groupId: moved.groupId, sequence: moved.sequence },
        }),
      );
  });

  it('are refused with any one bit flipped, or any tail missing', () => {
    const stored = storedRow(4, 9, ROW);
    for (let bit = 0; bit < stored.row.length * 8; bit++) {
      const row = Uint8Array.from(stored.row);
      row[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => readLogRow({ ...stored, row }, FILE)).toThrow(expect.objectContaining({ code: 'STORAGE_DAMAGED' }));
    }
    for (let length = 0; length < stored.row.length; length++)
      expect(() => readLogRow({ ...stored, row: stored.row.subarray(0, length) }, FILE)).toThrow(
        expect.objectContaining({ code: 'STORAGE_DAMAGED' }),
      );
  });

  it('of another version are of another version, not damaged', () => {
    const row = encodeLogRow(ROW);
    row[0] = LOG_ROW_VERSION + 1;
    expect(() => readLogRow(sealed(row), FILE)).toThrow(expect.objectContaining({ code: 'STORAGE_FORMAT' }));
  });

  it('that contradict themselves are damaged, whatever their checksum says (R3)', () => {
    const bytes = [...encodeLogRow(ROW)];
    const broken = [
      bytes.slice(0, 1),
      bytes.slice(0, 5),
      bytes.slice(0, -1),
      [...bytes, 0],
      bytes.with(1, 2),
      // Four billion entries in eleven bytes; an entry of an unknown type; a number without an end.
      [1, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f],
      bytes.with(11, 3),
      [1, 0, ...new Array<number>(20).fill(0xff)],
    ];
    for (const row of broken)
      expect(() => readLogRow(sealed(Uint8Array.from(row)), FILE)).toThrow(expect.objectContaining({ code: 'STORAGE_DAMAGED' }));
  });

  it('are never written with a gap, or with a term that falls', () => {
    expect(() => encodeLogRow({ ...ROW, entries: ROW.entries.slice(1) })).toThrow('entry 0 is (302, 7)');
    expect(() => encodeLogRow({ ...ROW, previousTerm: 6 })).toThrow('entry 0 is (301, 5)');
    expect(() => encodeLogRow({ ...ROW, hardState: new HardState(-1, 0, 0) })).toThrow('no safe integer');
  });
});

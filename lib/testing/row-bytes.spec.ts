import { expect, it } from '@jest/globals';
import { bytesOfRow, rowOfBytes } from './row-bytes.js';

const ROW = {
  order: 7,
  name: 'größe 🎈',
  empty: '',
  startedMs: 1_767_225_600_123.25,
  closedMs: 0,
  last: Number.MAX_SAFE_INTEGER,
  below: -1,
  zero: -0,
  installing: false,
  is: true,
  nothing: null,
  head: Uint8Array.of(0, 255, 7),
  none: new Uint8Array(0),
  timers: [
    { timerId: 1, key: 'a' },
    { timerId: 2, key: 'b' },
  ],
  position: { index: 2 ** 40, confState: { voters: [1, 2, 3], learners: [] } },
  odd: {},
};

it('what is read equals what was written (B2)', () => {
  const back = rowOfBytes(bytesOfRow(ROW)) as typeof ROW;
  expect(back).toEqual(ROW);
  expect(Object.keys(back)).toEqual(Object.keys(ROW));
  expect(Object.is(back.zero, -0)).toBe(true);
});

it('a row larger than any before comes back whole (B2)', () => {
  const large = { text: 'ä'.repeat(50_000), bytes: new Uint8Array(200_000).fill(9), after: 1 };
  expect(rowOfBytes(bytesOfRow(large))).toEqual(large);
  expect(rowOfBytes(bytesOfRow(ROW))).toEqual(ROW);
});

it('equal rows have equal bytes, whatever rows of their class were made between (B1)', () => {
  const row = (closedMs: number): object => ({ kind: 'made here alone', closedMs, owner: 3 });
  const before = bytesOfRow(row(0));
  // From here on objects of this form keep `closedMs` as a double, the whole numbers too.
  for (let i = 0; i < 100; i++) bytesOfRow(row(i + 0.5));
  expect(bytesOfRow(row(0))).toEqual(before);
});

it('what no row can hold is refused', () => {
  expect(() => bytesOfRow({ call: () => 1 })).toThrow('a row holds a function');
  expect(() => bytesOfRow({ missing: undefined })).toThrow('a row holds a undefined');
});

import { expect, it } from '@jest/globals';
import { RowTable } from './simulated-disk-table.js';

const row = (key: string, text = key) => ({ key, value: Buffer.from(text), head: new Uint8Array(0) });
const keys = (rows: Iterable<{ readonly key: string }>): string[] => Array.from(rows, ({ key }) => key);

it('iterates as a Map does: put again, a row keeps its place; deleted and put again, it goes to the end (T1)', () => {
  const table = new RowTable();
  for (const key of ['1/1', '1/2', '2/1']) table.put(row(key));
  table.put(row('1/1', 'new'));
  expect(keys(table)).toEqual(['1/1', '1/2', '2/1']);
  expect(table.get('1/1')!.toString()).toBe('new');
  table.delete('1/1');
  table.delete('never there');
  expect(table.get('1/1')).toBeUndefined();
  table.put(row('1/1'));
  expect(keys(table)).toEqual(['1/2', '2/1', '1/1']);
});

it('under() is what stands one part below, and stays as it was (T2)', () => {
  const table = new RowTable();
  for (const key of ['1/1', '1/10', '1/1/5', '1/1/6', '11/1', 'meta']) table.put(row(key));
  const below = table.under('1');
  expect(keys(below)).toEqual(['1/1', '1/10']);
  expect(keys(table.under('1/1'))).toEqual(['1/1/5', '1/1/6']);
  expect(keys(table.under('1/10'))).toEqual([]);
  table.put(row('1/1', 'new'));
  table.delete('1/10');
  expect(below.map(({ value }) => value.toString())).toEqual(['1/1', '1/10']);
  expect(keys(table.under('1'))).toEqual(['1/1']);
});

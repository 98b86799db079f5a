/** docs/SCOPE.md names the tests that prove each promise: each of them exists. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const scope = readFileSync(join(ROOT, 'docs/SCOPE.md'), 'utf8');
const rows = [...scope.matchAll(/^\| (P[1-8]) \|.*$/gm)].map(([row, promise]) => ({ promise: promise!, row }));

describe('docs/SCOPE.md', () => {
  it('holds the eight promises', () => {
    expect(rows.map(({ promise }) => promise)).toEqual(['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8']);
  });

  it.each(rows)('$promise names tests that exist', ({ row }) => {
    const named = [...row.matchAll(/`([^`]+\.spec\.ts)` “([^”]+)”/g)].map(([, file, title]) => ({ file: file!, title: title! }));
    expect(named.length).toBeGreaterThan(1);
    const missing = named.filter(({ file, title }) => !readFileSync(join(ROOT, file), 'utf8').includes(title));
    expect(missing).toEqual([]);
  });
});

/**
 * The table of planted faults is sound: every fault can be planted, and has something that is to find it. Whether it does is `npm run mutants`.
 */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { killersOf, LAYERS, occurrencesOf, SEEDS_MAX } from './mutant.js';
import { MUTANTS } from './mutants.js';

const sourceOf = (file: string): string => readFileSync(join(process.cwd(), file), 'utf8');

describe('planted faults', () => {
  it('each replaces a text that occurs exactly once in a file of lib', () => {
    const stale = MUTANTS.filter(({ file, find }) => !file.startsWith('lib/') || occurrencesOf(find, sourceOf(file)) !== 1);
    expect(stale.map(({ id, file }) => `${id}: ${file}`)).toEqual([]);
  });

  it('each changes something, has a name of its own, and is said in words', () => {
    expect(MUTANTS.filter(({ find, replace }) => find === replace)).toEqual([]);
    expect(MUTANTS.filter(({ what }) => what.length < 15)).toEqual([]);
    expect(new Set(MUTANTS.map(({ id }) => id)).size).toBe(MUTANTS.length);
  });

  it('each has a killer that exists; seeds are few', () => {
    for (const mutant of MUTANTS) {
      const { specs, others } = killersOf(mutant);
      expect(specs.length + others.length).toBeGreaterThan(0);
      expect(specs.filter((path) => !path.endsWith('.spec.ts') || !existsSync(join(process.cwd(), path)))).toEqual([]);
      for (const killer of others) if ('seeds' in killer) expect(killer.seeds).toBeLessThanOrEqual(SEEDS_MAX);
    }
  });

  it('there are forty at least, some in every layer, and docs/TESTING.md has each layer', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(40);
    const docs = readFileSync(join(process.cwd(), 'docs/TESTING.md'), 'utf8');
    for (const layer of LAYERS) expect(docs).toContain(`| ${layer} |`);
    for (const layer of LAYERS) expect(MUTANTS.filter((mutant) => mutant.layer === layer).length).toBeGreaterThanOrEqual(3);
  });
});

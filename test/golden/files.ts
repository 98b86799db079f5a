/**
 * Sets of golden cases on disk: test/golden/files/<family>/<set>.json, one case a line. Owns: their form, and that none is ever written over.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GoldenCase } from './family.js';

/** From the root of the repository, where every command starts. */
const FILES = join('test', 'golden', 'files');

export interface GoldenSet {
  readonly family: string;
  readonly name: string;
  readonly cases: readonly GoldenCase[];
}

export function fileOf(family: string, set: string): string {
  return join(FILES, family, `${set}.json`);
}

export function readSets(family: string): GoldenSet[] {
  const folder = join(FILES, family);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const { cases } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as GoldenSet;
    return { family, name: name.slice(0, -'.json'.length), cases };
  });
}

/** Throws if it is there: a released file is never edited (G2). */
export function writeSet({ family, name, cases }: GoldenSet): string {
  const path = fileOf(family, name);
  const lines = cases.map((one) => JSON.stringify(one));
  const text = `{"family":${JSON.stringify(family)},"set":${JSON.stringify(name)},"cases":[\n${lines.join(',\n')}\n]}\n`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Error(`${path} is there: a golden file is never written over. Give the new one another name.`, { cause: error });
  }
  return path;
}

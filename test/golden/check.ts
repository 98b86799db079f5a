/**
 * Golden files against today's code: what differs, and what no file covers.
 */
import type { Family, GoldenCase } from './family.js';
import type { GoldenSet } from './files.js';

/** Sentences, each with the case, and the remedy; empty: all is as it was released. */
export async function checkSet(family: Family, cases: readonly GoldenCase[]): Promise<string[]> {
  const problems: string[] = [];
  for (const one of cases) for (const found of await family.check(one)) problems.push(`${one.name}: ${found}. ${family.remedy}`);
  return problems;
}

/** What exists in the code, and in no file. */
export function missingIn(family: Family, sets: readonly GoldenSet[]): string[] {
  const covered = coveredBy(family, sets);
  return [...new Set(family.needed())].filter((label) => !covered.has(label));
}

/** Those that cover something which no file does; all, if there is no file. */
export function uncovered(family: Family, sets: readonly GoldenSet[], cases: readonly GoldenCase[]): GoldenCase[] {
  const covered = coveredBy(family, sets);
  return cases.filter((one) => family.labels(one).some((label) => !covered.has(label)));
}

function coveredBy(family: Family, sets: readonly GoldenSet[]): ReadonlySet<string> {
  return new Set(sets.flatMap(({ cases }) => cases.flatMap((one) => [...family.labels(one)])));
}

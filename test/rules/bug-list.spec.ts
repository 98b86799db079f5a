/**
 * docs/TESTING.md lists the bugs that others had, each with its tests: every file that is named is there and names the thread, so that the tables
 * stay true. Where the list that they come from is at hand (a folder `shared` beside the repository, or RAFTORAL_SHARED), none of it is missing.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const source = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The part of a page under a heading, up to the next one of its level. */
function section(page: string, heading: string): string {
  const begin = page.indexOf(`\n## ${heading}\n`);
  if (begin < 0) throw new Error(`no section “${heading}”`);
  const end = page.indexOf('\n## ', begin + 1);
  return page.slice(begin, end < 0 ? undefined : end);
}

const REPOSITORY = '(?:[A-Za-z][\\w.-]*/)?[A-Za-z][\\w.-]*';

/** `etcd#8501, #10355` is etcd#8501 and etcd#10355; with `isProse` a bare number goes on with the repository before it, however far that is. */
function threadsIn(text: string, isProse = false): string[] {
  const threads = new Set<string>();
  let repository = '';
  let end = -1;
  for (const match of text.matchAll(new RegExp(`(${REPOSITORY})?#(\\d+)\\b`, 'g'))) {
    const [whole, named, number] = match;
    const isNext = text.slice(end, match.index) === ', ';
    if (named !== undefined) repository = named;
    else if (!isProse && !isNext) repository = '';
    if (repository !== '') threads.add(`${repository}#${number}`);
    end = match.index + whole.length;
  }
  return [...threads];
}

interface Bug {
  readonly bug: string;
  readonly threads: readonly string[];
  readonly tests: ReadonlyArray<{ readonly path: string; readonly title: string | undefined }>;
}

const listed: Bug[] = [...section(source('docs/TESTING.md'), 'Bugs of others').matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  .map(([, bug, thread, tests]) => ({
    bug: bug!,
    threads: threadsIn(thread!),
    tests: [...tests!.matchAll(/`([^`]+\.ts)`(?: “([^”]+)”)?/g)].map(([, path, title]) => ({ path: path!, title })),
  }))
  .filter(({ bug }) => bug !== 'bug');

describe('“Bugs of others” in docs/TESTING.md', () => {
  it('has a row for each kind of bug, and a thread stands in one row only', () => {
    expect(listed.length).toBeGreaterThan(55);
    const threads = listed.flatMap((bug) => bug.threads);
    expect(threads.filter((thread, at) => threads.indexOf(thread) !== at)).toEqual([]);
  });

  it.each(listed)('$bug: its tests are there, and name it', ({ threads, tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    const missing = tests.flatMap(({ path, title }) => {
      if (!existsSync(join(ROOT, path))) return [path];
      const text = source(path);
      const named = new Set(threadsIn(text));
      const unnamed = threads.filter((thread) => !named.has(thread)).map((thread) => `${path}: ${thread}`);
      return title === undefined || text.includes(title) ? unnamed : [...unnamed, `${path}: “${title}”`];
    });
    expect(missing).toEqual([]);
  });

  it('a row without a thread names its tests by their titles, or its files are about nothing else', () => {
    const vague = listed.filter(({ threads, tests }) => threads.length === 0 && tests.some(({ title }) => title === undefined));
    expect(vague.map(({ bug }) => bug)).toEqual([
      'a snapshot is held in memory by whoever sends or receives it',
      'a full disk while a snapshot is received, a crash at each of its steps, a sender that dies',
    ]);
  });
});

const listPath = join(process.env['RAFTORAL_SHARED'] ?? resolve(ROOT, '../shared'), 'FAULTS.md');

it('none of the threads of the list that the tables come from is missing here', () => {
  if (!existsSync(listPath)) {
    console.info(`bug-list.spec.ts: NOT RUN, ${listPath} is not there: whether a thread of that list is missing was not looked at`);
    return;
  }
  const wanted = threadsIn(section(readFileSync(listPath, 'utf8'), 'Bugs of other implementations: one test each'), true);
  expect(wanted.length).toBeGreaterThan(60);
  const known = new Set(listed.flatMap((bug) => bug.threads));
  expect(wanted.filter((thread) => !known.has(thread))).toEqual([]);
});

describe('what watches the promises of docs/SCOPE.md', () => {
  const watched = [...source('docs/SCOPE.md').matchAll(/^\* \*\*(P[1-8])\*\*: oracle ([^;]+); (.+)$/gm)].map(
    ([, promise, oracle, rest]) => ({
      promise: promise!,
      oracles: [...oracle!.matchAll(/`([^`]+\.ts)`/g)].map(([, path]) => path!),
      cases: [...rest!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name!),
    }),
  );
  const faults = readdirSync(join(ROOT, 'test/fault')).map((name) => source(`test/fault/${name}`));
  const known = faults.flatMap((text) =>
    [...text.matchAll(/^(?: {2}name: |export const \w+ = killsOf\()'([a-z-]+)',/gm)].map(([, name]) => name!),
  );
  if (faults.some((text) => text.includes('name: `rolling-${transport}`,'))) known.push('rolling-grpc', 'rolling-http');

  it('is said of each', () => {
    expect(watched.map(({ promise }) => promise)).toEqual(['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8']);
    expect(watched.filter(({ oracles }) => oracles.length === 0)).toEqual([]);
    expect(watched.filter(({ cases }) => cases.length === 0).map(({ promise }) => promise)).toEqual(['P7']);
  });

  it.each(watched)('$promise: the oracle names it, and its fault cases exist', ({ promise, oracles, cases }) => {
    expect(oracles.filter((path) => !source(path).includes(`'${promise}'`))).toEqual([]);
    expect(cases.filter((name) => !known.includes(name))).toEqual([]);
  });
});

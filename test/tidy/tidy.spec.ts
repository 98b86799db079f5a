/**
 * The tidy rules hold in this repository, and each of them fails on a planted violation.
 */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { incompleteCodes, loadErrorTable, renderErrorsPage, type ErrorTable } from './errors-page.js';
import { readRepository, repositoryRoot, type TextFile } from './repository.js';
import * as rules from './rules.js';

const files = readRepository();
const sizes = JSON.parse(readFileSync(join(repositoryRoot(), 'test/tidy/sizes.json'), 'utf8')) as rules.Sizes;
const lines = (count: number): string => 'x\n'.repeat(count);
const plant = (path: string, text: string): TextFile[] => [{ path, text }];

describe('this repository', () => {
  it('opens every file of lib with a header (T1)', () => expect(rules.missingHeaders(files)).toEqual([]));
  it(`keeps files of lib under ${rules.LINES_MAX} lines; exceptions only shrink (T2)`, () =>
    expect(rules.oversize(files, sizes)).toEqual([]));
  it('names no machine, registry, credential or unfinished work (T3)', () => expect(rules.bannedWords(files)).toEqual([]));
  it('reads no clock in a pure folder (T4)', () => expect(rules.clocksInPureFolders(files)).toEqual([]));
  it('documents every metric (T5)', () => expect(rules.undocumentedMetrics(files)).toEqual([]));
  it('lists every sample in the README (T5)', () => expect(rules.unlistedSamples(files)).toEqual([]));
  it('says why where it switches a rule off, and leaves no test out (T6)', () => expect(rules.silencedRules(files)).toEqual([]));
  it('keeps registry hosts out of the lock file (T7)', () => expect(rules.hostsInLockFile(files)).toEqual([]));

  it('names only specs that exist (T8)', () => expect(rules.missingSpecs(files)).toEqual([]));

  it('documents every error code (T5)', async () => {
    const table = await loadErrorTable((specifier) => import(specifier));
    expect(table ? incompleteCodes(table) : []).toEqual([]);
    expect(rules.staleErrorsPage(files, table && renderErrorsPage(table))).toEqual([]);
  });
});

describe('the rules fail where they must', () => {
  it('T1: no header, a header that says nothing, a header that is not first', () => {
    expect(rules.missingHeaders(plant('lib/a.ts', 'export const a = 1;\n'))).toHaveLength(1);
    expect(rules.missingHeaders(plant('lib/a.ts', '/** A. */\nexport const a = 1;\n'))).toHaveLength(1);
    expect(rules.missingHeaders(plant('lib/a.ts', "import 'b';\n/** Progress of one follower, as its leader sees it. */\n"))).toHaveLength(
      1,
    );
    expect(rules.missingHeaders(plant('lib/a.ts', '/** Progress of one follower, as its leader sees it. */\n'))).toEqual([]);
    expect(rules.missingHeaders(plant('lib/a.spec.ts', 'it();\n'))).toEqual([]);
  });

  it('T2: too long, longer than its exception, an exception that could shrink or is not needed', () => {
    const path = 'lib/a.ts';
    expect(rules.oversize(plant(path, lines(500)), {})).toEqual([]);
    expect(rules.oversize(plant(path, lines(501)), {})).toHaveLength(1);
    expect(rules.oversize(plant(path, lines(600)), { [path]: 600 })).toEqual([]);
    expect(rules.oversize(plant(path, lines(601)), { [path]: 600 })).toHaveLength(1);
    expect(rules.oversize(plant(path, lines(599)), { [path]: 600 })).toHaveLength(1);
    expect(rules.oversize([], { [path]: 600 })).toHaveLength(1);
    expect(rules.oversize(plant('lib/a.spec.ts', lines(900)), {})).toEqual([]);
    expect(rules.shrunk(plant(path, lines(550)), { [path]: 600, 'lib/gone.ts': 700 })).toEqual({ [path]: 550 });
    expect(rules.shrunk(plant(path, lines(650)), { [path]: 600 })).toEqual({ [path]: 600 });
  });

  it.each([
    ['a path of a machine', `see /${'work'}/shared/x`],
    ['a home folder', "const log = '/home/someone/log';"],
    ['a registry', 'https://registry.example.org/x'],
    ['a mirror', 'http://npm-mirror.internal:4873/'],
    ['unfinished work', '// TODO later'],
    ['how it came about', 'As agreed in the previous session.'],
    ['a number of a ticket', 'It fixes #12.'],
    ['a credential', `ghp_${'a1'.repeat(18)}`],
  ])('T3: %s', (_, text) => expect(rules.bannedWords(plant('docs/a.md', text))).toHaveLength(1));

  it('T3: leaves alone what only looks like it', () => {
    const text = 'https://docs.npmjs.com/cli /api/work/items client session (§6.3) registry.find() npm run test etcd-io/raft#12 `/tmp/x`';
    expect(rules.bannedWords(plant('docs/a.md', text))).toEqual([]);
  });

  it('T4: a clock in a pure folder, also behind a disabled lint rule; not in a comment, a spec or an adapter', () => {
    const text = 'export const t = Date.now(); // eslint-disable-line -- because\n';
    for (const path of ['lib/raft/a.ts', 'lib/state-machine/a.ts', 'lib/workflow/state-machine/a.ts', 'lib/management/command.ts']) {
      expect(rules.clocksInPureFolders(plant(path, text))).toHaveLength(1);
    }
    for (const word of ['new Date()', 'Math.random()', 'setTimeout(f, 1)', 'process.pid', 'performance.now()']) {
      expect(rules.clocksInPureFolders(plant('lib/raft/a.ts', `export const t = ${word};\n`))).toHaveLength(1);
    }
    expect(rules.clocksInPureFolders(plant('lib/raft/a.ts', '/** Date.now() is not read. */\n'))).toEqual([]);
    expect(rules.clocksInPureFolders(plant('lib/raft/a.spec.ts', text))).toEqual([]);
    expect(rules.clocksInPureFolders(plant('lib/cluster/clock.ts', text))).toEqual([]);
  });

  it('T5: a metric, a sample or an error code that nobody can read about', () => {
    const metric = plant('lib/metrics/metrics.ts', "new Counter({ name: 'raftoral_commits_total' })");
    expect(rules.undocumentedMetrics(metric)).toHaveLength(1);
    expect(rules.undocumentedMetrics([...metric, ...plant('docs/OPERATIONS.md', '`raftoral_commits_total`')])).toEqual([]);
    const sample = plant('sample/01-orders/main.ts', '');
    expect(rules.unlistedSamples(sample)).toHaveLength(1);
    expect(rules.unlistedSamples([...sample, ...plant('README.md', '[orders](sample/01-orders)')])).toEqual([]);

    const table: ErrorTable = { NOT_LEADER: { httpStatus: 503, retryable: true, summary: 'Not the leader.', remedy: 'Retry.' } };
    const page = renderErrorsPage(table);
    expect(rules.staleErrorsPage(plant('docs/ERRORS.md', page), page)).toEqual([]);
    expect(rules.staleErrorsPage([], page)).toHaveLength(1);
    expect(rules.staleErrorsPage(plant('docs/ERRORS.md', page), renderErrorsPage({ ...table, GONE: table['NOT_LEADER']! }))).toHaveLength(
      1,
    );
    expect(rules.staleErrorsPage(plant('docs/ERRORS.md', page), undefined)).toHaveLength(1);
    expect(incompleteCodes(table)).toEqual([]);
    expect(incompleteCodes({ 'not-leader': { httpStatus: 200, retryable: true, summary: ' ', remedy: '' } })).toHaveLength(4);
  });

  it('T6: a rule switched off without a reason, a test left out or run alone', () => {
    expect(rules.silencedRules(plant('lib/a.ts', '// eslint-disable-next-line no-console\n'))).toHaveLength(1);
    expect(rules.silencedRules(plant('lib/a.ts', '// eslint-disable-next-line no-console -- the command line speaks\n'))).toEqual([]);
    expect(rules.silencedRules(plant('lib/a.spec.ts', "it.only('x', f);\nxit('y', f);\ndescribe.skip('z', f);\n"))).toHaveLength(3);
    expect(rules.silencedRules(plant('lib/a.spec.ts', 'it.skip(`not run: ${SCRIPTS} is missing`, f);\n'))).toEqual([]);
  });

  it('T8: a spec that is named and is not there', () => {
    const header = (spec: string): TextFile[] => plant('lib/cluster/a.ts', `/** Tests: ${spec}. */\n`);
    const there = [...plant('test/cluster/a.spec.ts', ''), ...plant('lib/b.spec.ts', '')];
    expect(rules.missingSpecs([...header('c.spec.ts'), ...there])).toHaveLength(1);
    expect(rules.missingSpecs([...header('test/a.spec.ts, ../c.spec.ts'), ...there])).toHaveLength(2);
    for (const spec of ['a.spec.ts', 'test/cluster/a.spec.ts', '../b.spec.ts', '*.spec.ts'])
      expect(rules.missingSpecs([...header(spec), ...there])).toEqual([]);
  });

  it('T7: a host in the lock file', () => {
    expect(rules.hostsInLockFile(plant('package-lock.json', '"resolved": "https://example.org/a.tgz"'))).toHaveLength(1);
    expect(rules.hostsInLockFile(plant('package-lock.json', '"resolved": "https://example.org/a.tgz", "integrity"'))).toHaveLength(1);
    expect(rules.hostsInLockFile(plant('package-lock.json', '"version": "1.0.0"'))).toEqual([]);
  });
});

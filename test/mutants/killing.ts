/**
 * Runs killers against the copy as it stands: specs by Jest, all of a fault in one process, or compiled programs: the simulator, real faults. Each process has a group of
 * its own, that is ended with everything in it when its time is over.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FIRST_FAILURE } from './jest/first-failure.js';
import type { FaultKiller, SeedKiller } from './mutant.js';

export interface Verdict {
  /** `broken`: it could not even be loaded, which says nothing of the test. */
  readonly state: 'passed' | 'failed' | 'hung' | 'broken';
  /** Of what failed: the test's name, or the line of the seed. */
  readonly by: string;
  readonly ms: number;
}

interface Ended {
  readonly code: number | null;
  readonly isLate: boolean;
  readonly output: string;
}

interface JestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly message: string;
    readonly assertionResults: ReadonlyArray<{ readonly status: string; readonly fullName: string }>;
  }>;
}

/** Of one test: on a busy machine some take far longer than they may in `npm test`. */
const TEST_LIMIT_MS = 60_000;
/** A killer prints less; what a fault makes it print beyond is not kept. */
const OUTPUT_MAX = 1 << 20;

/** All processes that are running now, to be ended with this one. */
const running = new Set<number>();

export function endAll(): void {
  for (const pid of running) endGroup(pid);
}

/** All of them in one process, in their order; it is ended at the first test that fails. */
export async function runSpecs(paths: readonly string[], folder: string, limitMs: number): Promise<Verdict> {
  const started = performance.now();
  const verdict = (state: Verdict['state'], by: string): Verdict => ({ state, by, ms: performance.now() - started });
  const helper = (name: string): string => join(folder, 'dist', 'test', 'mutants', 'jest', `${name}.js`);
  const flags = ['--bail=1', `--reporters=${helper('first-failure')}`, `--testSequencer=${helper('in-order')}`];
  const { report, ended } = await jest(paths, folder, limitMs, flags, FIRST_FAILURE);
  const [, path, test] = FIRST_FAILURE.exec(ended.output) ?? [];
  if (path !== undefined) return verdict('failed', `${relative(folder, path)} › ${test}`);
  if (ended.isLate) return verdict('hung', paths.join(', '));
  if (report === null)
    return verdict(ended.code === 0 ? 'broken' : 'failed', `the process of ${paths.join(', ')} ended with ${ended.code}`);
  for (const { name, assertionResults } of report.testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed !== undefined) return verdict('failed', `${relative(folder, name)} › ${failed.fullName}`);
  }
  if (report.success && report.numPassedTests > 0) return verdict('passed', '');
  const message = report.testResults.map((result) => result.message).join('\n');
  return verdict('broken', message.split('\n').slice(0, 6).join(' '));
}

/** Of the unchanged code: how long each spec took, ms; what is wrong with it instead, if anything. */
export async function measureSpecs(
  paths: readonly string[],
  folder: string,
  limitMs: number,
): Promise<ReadonlyMap<string, number | string>> {
  if (paths.length === 0) return new Map();
  const { report, ended } = await jest(paths, folder, limitMs, []);
  if (report === null) throw new Error(`the specs could not be run on the unchanged code: ${ended.output.slice(-2000)}`);
  const found = new Map<string, number | string>(paths.map((path) => [path, 'it was not found']));
  for (const { name, status, startTime, endTime, message, assertionResults } of report.testResults) {
    const failed = assertionResults.find((result) => result.status === 'failed');
    // `focused`: a part of it is not run here, and says why.
    const isSound = status === 'passed' || (status === 'focused' && failed === undefined);
    const why = failed === undefined ? `${status} ${message.split('\n').slice(0, 4).join(' ')}` : failed.fullName;
    found.set(relative(folder, name), isSound ? endTime - startTime : why);
  }
  return found;
}

async function jest(
  paths: readonly string[],
  folder: string,
  limitMs: number,
  flags: readonly string[],
  until?: RegExp,
): Promise<{ readonly report: JestReport | null; readonly ended: Ended }> {
  const file = join(folder, 'jest-report.json');
  rmSync(file, { force: true });
  // What is ended in the middle does not clear away its files.
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const program = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
  const result = ['--json', `--outputFile=${file}`, `--cacheDirectory=${join(folder, 'cache')}`];
  const all = ['--ci', '--runInBand', '--silent', `--testTimeout=${TEST_LIMIT_MS}`, ...result, ...flags];
  const args = ['--experimental-vm-modules', program, ...all, '--runTestsByPath', ...paths];
  const ended = await run(args, { folder, limitMs, until, variables: { TMPDIR: temporary } });
  rmSync(temporary, { recursive: true, force: true });
  const report = !ended.isLate && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JestReport) : null;
  return { report, ended };
}

/** Seeds, or a case of real faults. */
export async function runProgram(killer: SeedKiller | FaultKiller, folder: string, limitMs: number): Promise<Verdict> {
  const started = performance.now();
  const verdict = (state: Verdict['state'], by: string): Verdict => ({ state, by, ms: performance.now() - started });
  const { args, failed, name } = 'fault' in killer ? programOfFault(killer) : programOfSeeds(killer);
  const ended = await run([join(folder, 'dist', 'test', args[0]!), ...args.slice(1)], { folder, limitMs, until: failed });
  const line = failed.exec(ended.output)?.[0].trim();
  if (line !== undefined) return verdict('failed', `${name}: ${line.replace(/; replay: .*/, '')}`);
  if (ended.isLate) return verdict('hung', name);
  if (ended.code === 0) return verdict('passed', '');
  const last = ended.output.trim().split('\n').at(-1) ?? '';
  return verdict(/\d+ passed, \d+ failed/.test(ended.output) ? 'failed' : 'broken', `${name}: ${last}`);
}

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  /** The line that says so. */
  readonly failed: RegExp;
}

function programOfSeeds({ profile, tenant, seeds }: SeedKiller): Program {
  const flags = ['--seeds', `1..${seeds}`, '--profile', profile, '--tenant', tenant, '--jobs', '1'];
  return { name: `${profile} (${tenant})`, args: ['simulation/main.js', ...flags], failed: /^seed \d+ failed: .*$/m };
}

function programOfFault({ fault }: FaultKiller): Program {
  return { name: `real faults, ${fault}`, args: ['fault/main.js', '--only', fault, '--seed', '1'], failed: /^\s*FAILED .*$/m };
}

interface RunOptions {
  readonly folder: string;
  readonly limitMs: number;
  /** Nothing more is to be learnt once this was printed. */
  readonly until?: RegExp | undefined;
  /** Of its environment. */
  readonly variables?: Readonly<Record<string, string>>;
}

function run(args: readonly string[], { folder, limitMs, until, variables = {} }: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const env = { ...inherited, ...variables };
    const child = spawn(process.execPath, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const pid = child.pid;
    if (pid !== undefined) running.add(pid);
    let output = '';
    let isLate = false;
    const end = (): void => {
      if (pid !== undefined) endGroup(pid);
    };
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, limitMs);
    const read = (chunk: Buffer): void => {
      if (output.length > OUTPUT_MAX) return;
      output += chunk.toString('utf8');
      if (until?.test(output) === true) end();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      // Whatever it left behind.
      end();
      resolve({ code, isLate, output });
    });
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}

/**
 * `npm run test:faults [-- --full] [--only NAME]… [--seed N] [--kills N] [--cuts N] [--rounds N]`: real processes, real files, real faults. Linux, root.
 *
 * Ends with the table of counts and the line `N passed, N failed`; exit code 1 if anything failed or nothing ran. Without root, or where a tool is
 * missing, it says NOT RUN and exits with 2. Everything that is random follows from the seed (the moments of threads and disks do not).
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../lib/testing/index.js';
import type { CaseContext, FaultCase } from './fault-case.js';
import { clockJumpCase, fakeTimeMissing } from './clock-jump.js';
import { datagramsCase } from './datagrams.js';
import { fullDiskCase } from './full-disk.js';
import { killCase, passiveKillCase } from './kill.js';
import { Machine } from './machine.js';
import { enterNamespace, isInsideNamespace, namespaceMissing } from './mount-namespace.js';
import { namespacesMissing } from './namespaces.js';
import { partitionCase } from './partition.js';
import { pauseCase } from './pause.js';
import { lostSyncCase, powerCutCase } from './power-cut.js';
import { readOnlyCase } from './read-only.js';
import { refusalCase } from './refusal.js';
import { Report } from './report.js';
import { retentionCase } from './retention.js';
import { rollingCases } from './rolling.js';
import { compileShim } from './shim.js';
import { slowDiskCase } from './slow-disk.js';
import { syncCountCase } from './sync-count.js';
import { hasFiu, syncFailureCase } from './sync-failure.js';
import { twoLayersCase } from './two-layers.js';
import { upgradeCases } from './upgrade.js';

const CASES: readonly FaultCase[] = [
  lostSyncCase,
  syncCountCase,
  powerCutCase,
  syncFailureCase,
  fullDiskCase,
  readOnlyCase,
  refusalCase,
  slowDiskCase,
  killCase,
  passiveKillCase,
  retentionCase,
  ...rollingCases,
  pauseCase,
  clockJumpCase,
  partitionCase,
  datagramsCase,
  twoLayersCase,
  ...upgradeCases,
];
/** What runs beside a case, one after the other: none of them needs two cores. A life of one node under kills is a start every other second, one on a slow disk waits, and so does who listens to cut links. */
const BESIDE: ReadonlyMap<FaultCase, readonly FaultCase[]> = new Map([
  [powerCutCase, [syncFailureCase, fullDiskCase, readOnlyCase]],
  [killCase, [passiveKillCase, retentionCase, refusalCase, slowDiskCase]],
  [partitionCase, [clockJumpCase]],
]);
const TOOLS = ['mkfs.ext4', 'e2fsck', 'mount', 'umount', 'losetup', 'fsfreeze', 'unshare', 'setpriv', 'gcc', 'fiu-run', 'fiu-ctrl'];

const { values: given } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    seed: { type: 'string' },
    kills: { type: 'string' },
    cuts: { type: 'string' },
    rounds: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});

function missing(): string | null {
  const why = namespaceMissing(TOOLS);
  if (why !== null) return why;
  if (!hasFiu()) return 'not installed: the preload libraries of libfiu (Debian: fiu-utils)';
  return namespacesMissing() ?? fakeTimeMissing();
}

function number(name: 'seed' | 'kills' | 'cuts' | 'rounds', otherwise: number): number {
  const value = given[name] === undefined ? otherwise : Number(given[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${given[name]}: a whole number is wanted`);
  return value;
}

function chosen(): readonly FaultCase[] {
  const unknown = given.only?.filter((name) => !CASES.some((known) => known.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`no case is called ${unknown.join(', ')}; there are ${CASES.map(({ name }) => name).join(', ')}`);
  return given.only === undefined ? CASES : CASES.filter(({ name }) => given.only!.includes(name));
}

async function runCases(): Promise<void> {
  const seed = number('seed', Date.now() % 1_000_000);
  const report = new Report();
  const machine = new Machine();
  process.stdout.write(`seed ${seed}\n`);
  const context: Omit<CaseContext, 'random'> = {
    machine,
    library: compileShim(machine),
    report,
    kills: number('kills', given.full ? 1_000 : 100),
    cuts: number('cuts', given.full ? 100 : 20),
    rounds: number('rounds', given.full ? 40 : 6),
  };
  const cases = chosen();
  for (const each of cases) each.prepare?.(machine);
  const besideOf = (each: FaultCase): readonly FaultCase[] => (BESIDE.get(each) ?? []).filter((other) => cases.includes(other));
  const others = new Set(cases.flatMap(besideOf));
  for (const each of cases)
    if (!others.has(each)) await Promise.all([runCase(each, context, seed), runBeside(besideOf(each), context, seed)]);
  machine.releaseAll();
  report.end();
  process.exit(report.failed === 0 && report.passed > 0 ? 0 : 1);
}

async function runCase(one: FaultCase, context: Omit<CaseContext, 'random'>, seed: number): Promise<void> {
  const { name, what } = one;
  const { report } = context;
  const startedMs = performance.now();
  report.begin(name, what);
  try {
    await one.run({ ...context, random: new SeededRandom(seed, name) });
  } catch (error) {
    report.check('the case ran to its end', false, error instanceof Error ? String(error.stack) : String(error));
  }
  report.say(`${name}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

/** One after the other, beside another case. */
async function runBeside(cases: readonly FaultCase[], context: Omit<CaseContext, 'random'>, seed: number): Promise<void> {
  for (const one of cases) {
    const report = context.report.beside();
    await runCase(one, { ...context, report }, seed);
    context.report.take(report);
  }
}

if (given.list) process.stdout.write(`${CASES.map(({ name, what }) => `${name.padEnd(14)} ${what}`).join('\n')}\n`);
else {
  const why = missing();
  if (why !== null) {
    process.stdout.write(`NOT RUN: ${why}\n`);
    process.exitCode = 2;
  } else if (!isInsideNamespace()) enterNamespace(fileURLToPath(import.meta.url));
  else await runCases();
}

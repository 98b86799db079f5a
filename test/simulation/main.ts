/**
 * npm run simulate -- --seed N | --seeds A..B --profile calm|network [--json] [--verbose]
 *
 * Runs seeds one after the other; every tenth is run twice, and both runs must have the same trace hash. A seed that fails prints one line
 * with the command that replays it. Ends with `N passed, N failed`; exit code 1 if any failed.
 */
import { parseArgs } from 'node:util';
import { PROFILE_NAMES, type ProfileName } from './profile.js';
import { runSeed, TENANT_NAMES, type SeedReport, type TenantName } from './run-seed.js';

const USAGE = 'usage: npm run simulate -- --seed N | --seeds A..B [--profile calm|network] [--tenant workflow|kv] [--json] [--verbose]';
const JOURNAL_LINES = 20_000;
/** One seed in so many is run twice. */
const TWICE_EVERY = 10;

interface Request {
  readonly first: number;
  readonly last: number;
  readonly profile: ProfileName;
  readonly tenant: TenantName;
  readonly json: boolean;
  readonly verbose: boolean;
}

function readRequest(): Request {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      profile: { type: 'string', default: 'network' },
      tenant: { type: 'string', default: 'workflow' },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const range = values.seeds === undefined ? [values.seed, values.seed] : values.seeds.split('..');
  const [first, last] = range.map(Number);
  const isRange = range.length === 2 && Number.isSafeInteger(first) && Number.isSafeInteger(last) && first! >= 0 && first! <= last!;
  if (!isRange) throw new Error(`--seed takes a whole number, --seeds A..B two of them\n${USAGE}`);
  const profile = PROFILE_NAMES.find((name) => name === values.profile);
  if (profile === undefined) throw new Error(`there is no profile '${values.profile}'\n${USAGE}`);
  const tenant = TENANT_NAMES.find((name) => name === values.tenant);
  if (tenant === undefined) throw new Error(`there is no tenant '${values.tenant}'\n${USAGE}`);
  return { first: first!, last: last!, profile, tenant, json: values.json, verbose: values.verbose };
}

async function runChecked(seed: number, request: Request): Promise<SeedReport> {
  const options = { seed, profile: request.profile, tenant: request.tenant, journalLines: request.verbose ? JOURNAL_LINES : 0 };
  const report = await runSeed(options);
  if (!report.passed || seed % TWICE_EVERY !== 0) return report;
  const again = await runSeed(options);
  if (again.hash === report.hash) return report;
  return { ...report, passed: false, failure: `two runs of one seed differ: trace ${report.hash}, then ${again.hash}` };
}

function print(report: SeedReport, request: Request): void {
  const { journal, ...facts } = report;
  if (request.verbose && journal !== '') process.stdout.write(`${journal}\n`);
  if (request.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else if (request.verbose || request.first === request.last) process.stdout.write(`${describe(report)}\n`);
  if (report.passed || request.json) return;
  const replay = `npm run simulate -- --seed ${report.seed} --profile ${report.profile} --tenant ${request.tenant} --verbose`;
  process.stdout.write(`seed ${report.seed} failed: ${(report.failure ?? '').split('\n')[0]}; replay: ${replay}\n`);
  if (request.verbose) process.stdout.write(`${report.failure}\n`);
}

function describe(report: SeedReport): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const size = `${report.nodes} nodes, ${report.virtualMs} virtual ms, ${report.tasks} tasks, ${report.entries} entries`;
  return `seed ${report.seed} ${report.passed ? 'passed' : 'FAILED'}: ${size}; faults: ${list(report.faults)}; done: ${list(report.work)}; trace ${report.hash}`;
}

async function main(): Promise<void> {
  const request = readRequest();
  const started = performance.now();
  let passed = 0;
  let failed = 0;
  for (let seed = request.first; seed <= request.last; seed++) {
    const report = await runChecked(seed, request);
    print(report, request);
    if (report.passed) passed++;
    else failed++;
  }
  const seconds = (performance.now() - started) / 1000;
  if (!request.json) process.stdout.write(`${((passed + failed) / seconds).toFixed(1)} seeds/s, profile ${request.profile}\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});

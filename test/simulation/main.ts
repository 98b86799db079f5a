/**
 * npm run simulate -- --seed N | --seeds A..B | --regressions [--profile NAME] [--tenant workflow|kv] [--jobs N] [--json] [--verbose] …
 *
 * Runs seeds, several at a time in threads of their own (a seed knows nothing of the others); every tenth is run twice, and both runs must have the same
 * trace hash. A seed that fails prints one line with the command that replays it. Ends with `N passed, N failed`; exit code 1 if any failed. Over many
 * seeds every kind of fault of the profile must have struck, else that is a failure too: a fault that never happens proves nothing.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { REQUIRED_FAULTS } from './profile.js';
import { commandOf, optionsOf, readRequest, type Request, type SeedJob } from './request.js';
import { runSeed } from './run-seed.js';
import type { SeedReport } from './seed-report.js';
import { shrink } from './shrink.js';

/** One seed in so many is run twice. */
const TWICE_EVERY = 10;
/** From so many seeds on every kind of fault must have struck. */
const ALL_FAULTS_FROM_SEEDS = 200;

async function runChecked(job: SeedJob, request: Request): Promise<SeedReport> {
  const options = optionsOf(job, request);
  const report = await runSeed(options);
  if (!report.passed || job.seed % TWICE_EVERY !== 0) return report;
  const again = await runSeed(options);
  if (again.hash === report.hash) return report;
  return { ...report, passed: false, failure: `two runs of one seed differ: trace ${report.hash}, then ${again.hash}` };
}

function print(report: SeedReport, job: SeedJob, request: Request): void {
  const { journal, ...facts } = report;
  const isAlone = request.jobs.length === 1;
  if (request.verbose && journal !== '') process.stdout.write(`${journal}\n`);
  if (request.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else if (request.verbose || isAlone) process.stdout.write(`${describe(report)}\n`);
  if (report.passed || request.json) return;
  process.stdout.write(
    `seed ${report.seed} failed: ${(report.failure ?? '').split('\n')[0]}; replay: ${commandOf(job, request)} --verbose\n`,
  );
  if (request.verbose) process.stdout.write(`${report.failure}\n`);
}

function listOf(counts: Readonly<Record<string, number>>): string {
  const struck = Object.entries(counts).filter(([, count]) => count > 0);
  return struck.map(([name, count]) => `${count} ${name}`).join(', ');
}

function describe(report: SeedReport): string {
  const size = `${report.nodes} nodes, ${report.virtualMs} virtual ms, ${report.tasks} tasks, ${report.entries} entries`;
  const strikes = report.strikes.map(({ number, kind }) => `${number} ${kind}`).join(', ');
  const verdict = report.passed ? 'passed' : 'FAILED';
  return `seed ${report.seed} ${verdict}: ${size}; faults by number: ${strikes}; counted: ${listOf(report.faults)}; done: ${listOf(report.work)}; trace ${report.hash}`;
}

/** Sums over all seeds. */
class Totals {
  passed = 0;
  failed = 0;
  private virtualMs = 0;
  private readonly faults: Record<string, number> = {};
  private readonly work: Record<string, number> = {};
  private readonly started = performance.now();

  add(report: SeedReport): void {
    if (report.passed) this.passed++;
    else this.failed++;
    this.virtualMs += report.virtualMs;
    for (const [name, count] of Object.entries(report.faults)) this.faults[name] = (this.faults[name] ?? 0) + count;
    for (const [name, count] of Object.entries(report.work)) this.work[name] = (this.work[name] ?? 0) + count;
  }

  /** False: a kind of fault that the profile has never struck. */
  print(request: Request): boolean {
    const seeds = this.passed + this.failed;
    const { user, system } = process.cpuUsage();
    const cpuSeconds = (user + system) / 1e6;
    const seconds = (performance.now() - this.started) / 1000;
    const required = request.profile === null ? [] : REQUIRED_FAULTS[request.profile];
    const missing = required.filter((name) => (this.faults[name] ?? 0) + (this.work[name] ?? 0) === 0);
    const isProof = seeds < ALL_FAULTS_FROM_SEEDS || request.isSelective || request.tenant !== 'workflow' || missing.length === 0;
    const perSeed = cpuSeconds / seeds;
    const speed = `${(seeds / seconds).toFixed(1)} seeds/s, ${perSeed.toFixed(3)} processor seconds a seed (${(1 / perSeed).toFixed(1)} seeds/s on a core of its own)`;
    const time = `${(this.virtualMs / 3_600_000).toFixed(2)} virtual hours, ${(this.virtualMs / seeds / 1000).toFixed(1)} s a seed`;
    if (request.json) {
      const { faults, work, passed, failed } = this;
      process.stdout.write(
        `${JSON.stringify({ total: { passed, failed, faults, work, missing, virtualMs: this.virtualMs, seconds, cpuSeconds } })}\n`,
      );
    } else {
      process.stdout.write(`faults: ${listOf(this.faults)}\ndone: ${listOf(this.work)}\n`);
      process.stdout.write(`${speed}; ${time}; profile ${request.profile ?? 'as listed'}\n`);
    }
    if (!isProof) process.stdout.write(`these faults never struck in ${seeds} seeds: ${missing.join(', ')}\n`);
    process.stdout.write(`${this.passed} passed, ${this.failed} failed\n`);
    return isProof;
  }
}

async function main(): Promise<void> {
  const request = readRequest();
  if (request.shrink) {
    process.exitCode = (await shrink(request.jobs[0]!, request, (line) => process.stdout.write(`${line}\n`))) ? 1 : 0;
    return;
  }
  const totals = new Totals();
  const take = (report: SeedReport, job: SeedJob): void => {
    print(report, job, request);
    totals.add(report);
  };
  if (request.threads > 1) await runInThreads(request, take);
  else for (const job of request.jobs) take(await runChecked(job, request), job);
  const isProof = totals.print(request);
  process.exitCode = totals.failed === 0 && isProof ? 0 : 1;
}

/** Each thread asks for a seed when it is free; reports are taken in the order of the jobs. */
async function runInThreads(request: Request, take: (report: SeedReport, job: SeedJob) => void): Promise<void> {
  const { jobs } = request;
  const reports = new Map<number, SeedReport>();
  let next = 0;
  let taken = 0;
  const threads = Array.from({ length: request.threads }, async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: request, resourceLimits: { maxYoungGenerationSizeMb: 64 } });
    await new Promise<void>((resolve, reject) => {
      const feed = (): void => {
        if (next < jobs.length) worker.postMessage(next++);
        else resolve();
      };
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`a thread ended by itself with code ${code}`)));
      worker.on('message', ({ at, report }: { at: number; report: SeedReport }) => {
        reports.set(at, report);
        for (let ready = reports.get(taken); ready !== undefined; ready = reports.get(taken)) {
          reports.delete(taken);
          take(ready, jobs[taken++]!);
        }
        feed();
      });
      feed();
    });
    await worker.terminate();
  });
  await Promise.all(threads);
}

function serve(request: Request): void {
  parentPort!.on('message', (at: number) => {
    void runChecked(request.jobs[at]!, request).then((report) => parentPort!.postMessage({ at, report }));
  });
}

if (isMainThread) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  });
} else serve(workerData as Request);

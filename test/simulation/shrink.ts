/**
 * Reduces a failing seed: fewer kinds of faults, fewer faults, fewer clients, a shorter phase with faults. What still fails for the same reason is kept.
 *
 * S1. What is printed last was run, and failed.
 */
import type { AnyFaultKind } from './profile.js';
import { commandOf, optionsOf, type Reduction, type Request, type SeedJob } from './request.js';
import { runSeed } from './run-seed.js';
import type { SeedReport } from './seed-report.js';

/** Runs, at most. */
const RUNS_MAX = 150;

/** What is asked of a run. */
export type ShrinkReport = Pick<SeedReport, 'passed' | 'failure' | 'strikes' | 'clients' | 'safetyMs' | 'tasks'>;

/** True if the seed fails at all. `print` gets the command after each step that made it smaller. `attempt` runs the seed, reduced. */
export async function shrink(
  job: SeedJob,
  request: Pick<Request, 'reduction'>,
  print: (line: string) => void,
  attempt: (reduction: Reduction) => Promise<ShrinkReport> = (reduction) => runSeed(optionsOf(job, { reduction, verbose: false })),
): Promise<boolean> {
  let runs = 1;
  let best = request.reduction;
  let failed = await attempt(best);
  if (failed.passed) {
    print(`seed ${job.seed} passes: there is nothing to reduce`);
    return false;
  }
  const reason = reasonOf(failed);
  print(`fails with: ${failed.failure!.split('\n')[0]}`);
  const isStill = async (reduction: Reduction): Promise<boolean> => {
    if (runs >= RUNS_MAX) return false;
    runs++;
    const report = await attempt(reduction);
    if (report.passed || reasonOf(report) !== reason) return false;
    best = reduction;
    failed = report;
    print(`${report.tasks} tasks, ${report.strikes.length} faults: ${commandOf(job, { reduction })}`);
    return true;
  };

  // Without any fault at all; else by kind, then one by one, the last ones first: they are most often too late to matter.
  if (!(await isStill({ ...best, faults: [] }))) {
    for (const kind of kindsOf(failed)) await isStill({ ...best, without: [...best.without, kind] });
    let numbers = failed.strikes.map(({ number }) => number);
    if (await isStill({ ...best, faults: numbers })) numbers = [...best.faults!];
    for (let size = Math.max(1, numbers.length >> 1); ; size >>= 1) {
      for (let end = numbers.length; end > 0; end -= size) {
        const fewer = numbers.filter((_, i) => i < end - size || i >= end);
        if (fewer.length < numbers.length && (await isStill({ ...best, faults: fewer }))) numbers = fewer;
      }
      if (size <= 1) break;
    }
  }
  for (let clients = 1; clients < failed.clients; clients++) if (await isStill({ ...best, clients })) break;
  for (const share of [0.25, 0.5, 0.75]) if (await isStill({ ...best, safetyMs: Math.ceil(failed.safetyMs * share) })) break;
  // A kind that no fault is left of need not be named.
  if (best.faults !== null && best.without.length > 0) await isStill({ ...best, without: [] });
  print(`after ${runs} runs: ${failed.failure!.split('\n')[0]}`);
  print(commandOf(job, { reduction: best }));
  return true;
}

/** The promise that did not hold. */
function reasonOf({ failure }: ShrinkReport): string {
  return /^[^:\n]*/.exec(failure ?? '')![0];
}

function kindsOf({ strikes }: ShrinkReport): AnyFaultKind[] {
  return [...new Set(strikes.map(({ kind }) => kind))];
}

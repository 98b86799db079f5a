/**
 * simulate(): a user's own workflow on three nodes of the real engine, in virtual time, under faults, seed after seed, inside any test runner.
 * Owns: the loop over the seeds, and what a failure says.
 *
 * U1. The same seed does the same: a failure names the seed, and the option that runs it again.
 * U2. One seed in `rerunEvery` is run twice; if the second run differs, something in it does not come from the seed, and that is a failure.
 * U3. A kind of fault that never struck in many seeds is a failure: the run proved less than it says.
 * Tests: simulate.spec.ts, and the sample's own.
 */
import type { WorkflowClass } from '../../client/workflow-target.js';
import { SystemClock } from '../../cluster/clock.js';
import { RaftoralError } from '../../errors/index.js';
import { installRejectionTrap } from '../../workflow/rejection-trap.js';
import { readOptions, type SimulateOptions, type SimulationFault, type SimulationPlan } from './options.js';
import { runSeed, type SeedOutcome } from './run-seed.js';

/** Over so many seeds every kind of fault must have struck (U3). */
const MANY_SEEDS = 200;

export interface SimulationReport {
  readonly seeds: number;
  /** Seeds that were run twice. */
  readonly rerun: number;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Partial<Record<SimulationFault, number>>>;
  readonly virtualMs: number;
  readonly elapsedMs: number;
  readonly seedsPerSecond: number;
}

/**
 * Resolves when every seed has passed. Rejects at the first that fails, with SIMULATION_FAILED: seed, how to run it again, and what happened step
 * by step; its cause is what `check` threw. Rejects with INVALID_ARGUMENT, INVALID_WORKFLOW_DEFINITION, or what `world`, `input`, `drive` or Nest threw.
 */
export async function simulate<Workflow extends WorkflowClass, World = undefined>(
  workflow: Workflow,
  options: SimulateOptions<Workflow, World> = {},
): Promise<SimulationReport> {
  const plan = readOptions(workflow, options);
  const clock = new SystemClock();
  const startedMs = clock.monotonic();
  const struck: Partial<Record<SimulationFault, number>> = Object.fromEntries(plan.faults.map((kind) => [kind, 0]));
  let virtualMs = 0;
  let rerun = 0;
  const removeTrap = installRejectionTrap();
  try {
    for (let seed = plan.firstSeed; seed < plan.firstSeed + plan.seeds; seed++) {
      const outcome = await runSeed(workflow, options, plan, seed);
      await judge(workflow, options, outcome);
      if (plan.rerunEvery > 0 && (seed - plan.firstSeed) % plan.rerunEvery === 0) {
        compare(workflow, outcome, await runSeed(workflow, options, plan, seed));
        rerun++;
      }
      virtualMs += outcome.virtualMs;
      for (const kind of outcome.faults) struck[kind] = (struck[kind] ?? 0) + 1;
    }
  } finally {
    removeTrap();
  }
  checkStruck(plan, struck);
  const elapsedMs = clock.monotonic() - startedMs;
  const seedsPerSecond = Math.round((plan.seeds + rerun) / Math.max(elapsedMs / 1000, 1e-6));
  return { seeds: plan.seeds, rerun, faults: struck, virtualMs: Math.round(virtualMs), elapsedMs, seedsPerSecond };
}

async function judge<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  { check }: SimulateOptions<Workflow, World>,
  outcome: SeedOutcome<Workflow, World>,
): Promise<void> {
  const { failure, ending } = outcome;
  if (failure !== null || ending === null) throw failed(workflow, outcome, failure ?? 'not ended', undefined);
  if (check === undefined) {
    if (ending.status !== 'completed')
      throw failed(workflow, outcome, `the run ended as ${ending.status}: ${ending.error?.message ?? ''}`, ending.error);
    return;
  }
  try {
    await check(ending);
  } catch (error) {
    throw failed(workflow, outcome, error instanceof Error ? error.message : String(error), error);
  }
}

/** U2. */
function compare<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  first: SeedOutcome<Workflow, World>,
  second: SeedOutcome<Workflow, World>,
): void {
  if (first.hash === second.hash) return;
  const at = first.steps.findIndex((line, index) => line !== second.steps[index]);
  const lines =
    at === -1
      ? 'the steps are the same, the messages between the nodes are not'
      : `the first step that differs:\n    first run:  ${first.steps[at]?.trim() ?? 'none'}\n    second run: ${second.steps[at]?.trim() ?? 'none'}`;
  throw failed(
    workflow,
    first,
    `two runs of the seed differ; ${lines}\n  Something does not come from the seed: a real timer, fetch, Date.now() or Math.random() in a provider, or state that outlives a seed. Use remote(), sleep(), now() and random of the process that \`providers\` is given, and make fresh objects in \`world\``,
    undefined,
  );
}

/** U3. */
function checkStruck(plan: SimulationPlan, struck: Partial<Record<SimulationFault, number>>): void {
  const never = plan.faults.filter((kind) => struck[kind] === 0);
  if (never.length === 0 || plan.seeds < MANY_SEEDS) return;
  throw new RaftoralError(
    'SIMULATION_FAILED',
    `simulate(): in ${plan.seeds} seeds ${never.map((kind) => `'${kind}'`).join(' and ')} never struck; the runs are too short for it, or no call goes through remote().`,
    { details: { never } },
  );
}

function failed<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  { seed, steps, faults }: SeedOutcome<Workflow, World>,
  why: string,
  cause: unknown,
): RaftoralError {
  const message = [
    `simulate(${workflow.name}): seed ${seed} failed: ${why}`,
    '',
    `  run it again:  simulate(${workflow.name}, { ...options, seed: ${seed} })`,
    `  faults:        ${faults.length === 0 ? 'none' : faults.join(', ')}`,
    '  step by step (virtual time):',
    ...steps.map((line) => `  ${line}`),
  ].join('\n');
  return new RaftoralError('SIMULATION_FAILED', message, { details: { seed, faults, why }, ...(cause === undefined ? {} : { cause }) });
}

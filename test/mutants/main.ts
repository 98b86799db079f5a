/**
 * npm run mutants [-- --only ID[,ID…] | --layer NAME | --sample N [--seed S]] [--list] [--check] [--json]
 *
 * Plants one fault after the other in a copy of the sources and runs its killers, the specs first, until one fails. A killer must pass on the unchanged
 * code first (once a run). One that does not end within its time is caught too, and said to have hung. Prints a line per fault, and the survivors with
 * what ran against them. Ends with `N passed, N failed`: a fault that was caught has passed. Exit code 1 if any survived, or could not be planted.
 *
 * --check   only looks whether every fault can be planted and is a program that compiles (types too)
 * --sample  so many faults, drawn by the seed, at least one of each layer while there is room
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { endAll, measureSpecs, runProgram, runSpecs, type Verdict } from './killing.js';
import { killersOf, LAYERS, nameOfKiller, type FaultKiller, type Mutant, type SeedKiller } from './mutant.js';
import { MUTANTS } from './mutants.js';
import { typeErrorsOf } from './type-check.js';
import { StaleMutant, Workspace } from './workspace.js';

const USAGE = 'usage: npm run mutants [-- --only ID[,ID…] | --layer NAME | --sample N [--seed S]] [--list] [--check] [--json]';
/** For the killers on the unchanged code. */
const BASELINE_LIMIT_MS = 1_800_000;
/** On a fault: so much, and so many times what they took on the unchanged code. A machine may be busy. */
const LIMIT_MS_MIN = 60_000;
const LIMIT_FACTOR = 8;

interface Outcome {
  readonly mutant: Mutant;
  readonly state: 'caught' | 'hung' | 'survived' | 'not planted';
  readonly by: string;
  readonly ms: number;
}

interface Request {
  readonly mutants: readonly Mutant[];
  readonly list: boolean;
  readonly check: boolean;
  readonly json: boolean;
}

function readRequest(): Request {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      layer: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      list: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  let mutants = MUTANTS;
  if (values.only !== undefined) {
    const ids = values.only.split(',');
    const unknown = ids.filter((id) => !MUTANTS.some((mutant) => mutant.id === id));
    if (unknown.length > 0) throw new Error(`there is no fault ${unknown.join(', ')} (--list names them)\n${USAGE}`);
    mutants = mutants.filter(({ id }) => ids.includes(id));
  }
  if (values.layer !== undefined) {
    const layer = LAYERS.find((name) => name === values.layer);
    if (layer === undefined) throw new Error(`there is no layer '${values.layer}' (${LAYERS.join(', ')})\n${USAGE}`);
    mutants = mutants.filter((mutant) => mutant.layer === layer);
  }
  if (values.sample !== undefined) {
    const [count, seed] = [Number(values.sample), Number(values.seed)];
    if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed))
      throw new Error(`--sample and --seed take whole numbers\n${USAGE}`);
    mutants = drawSample(mutants, count, new SeededRandom(seed));
  }
  return { mutants, list: values.list, check: values.check, json: values.json };
}

/** One of each layer first, then any. */
function drawSample(mutants: readonly Mutant[], count: number, random: SeededRandom): readonly Mutant[] {
  const left = [...mutants];
  for (let i = left.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  const first = LAYERS.flatMap((layer) => left.find((mutant) => mutant.layer === layer) ?? []);
  const drawn = new Set([...first, ...left].slice(0, count));
  for (const mutant of [...first, ...left]) if (drawn.size < Math.min(count, left.length)) drawn.add(mutant);
  return mutants.filter((mutant) => drawn.has(mutant));
}

class Session {
  private specs: ReadonlyMap<string, number | string> = new Map();
  private readonly programs = new Map<string, Verdict>();

  constructor(private readonly workspace: Workspace) {}

  /** Every spec must pass on the unchanged code. */
  async prepare(mutants: readonly Mutant[]): Promise<void> {
    const paths = new Set(mutants.flatMap(({ killers }) => killers).filter((killer) => typeof killer === 'string'));
    this.specs = await measureSpecs([...paths], this.workspace.folder, BASELINE_LIMIT_MS);
  }

  async judge(mutant: Mutant): Promise<Outcome> {
    const started = performance.now();
    const outcome = (state: Outcome['state'], by: string): Outcome => ({ mutant, state, by, ms: performance.now() - started });
    const folder = this.workspace.folder;
    const { specs, others } = killersOf(mutant);
    let unchangedMs = 0;
    for (const path of specs) {
      const took = this.specs.get(path) ?? 'it was not run';
      if (typeof took === 'string') return outcome('not planted', `${path} fails on the unchanged code: ${took}`);
      unchangedMs += took;
    }
    const runs: Array<() => Promise<Verdict>> = [];
    if (specs.length > 0) runs.push(() => this.runOn(mutant, () => runSpecs(specs, folder, limitOf(unchangedMs))));
    for (const killer of others) {
      runs.push(async () => {
        const baseline = await this.baseline(killer);
        if (baseline.state !== 'passed') return { ...baseline, state: 'broken', by: `on the unchanged code: ${baseline.by}` };
        return this.runOn(mutant, () => runProgram(killer, folder, limitOf(baseline.ms)));
      });
    }
    for (const run of runs) {
      const { state, by } = await run();
      if (state === 'failed') return outcome('caught', by);
      if (state === 'hung') return outcome('hung', by);
      if (state === 'broken') return outcome('not planted', by);
    }
    return outcome('survived', mutant.killers.map(nameOfKiller).join(', '));
  }

  private async runOn(mutant: Mutant, run: () => Promise<Verdict>): Promise<Verdict> {
    let restore: () => void;
    try {
      restore = this.workspace.plant(mutant);
    } catch (error) {
      if (error instanceof StaleMutant) return { state: 'broken', by: error.message, ms: 0 };
      throw error;
    }
    try {
      return await run();
    } finally {
      restore();
    }
  }

  private async baseline(killer: SeedKiller | FaultKiller): Promise<Verdict> {
    const name = nameOfKiller(killer);
    let verdict = this.programs.get(name);
    if (verdict === undefined) {
      verdict = await runProgram(killer, this.workspace.folder, BASELINE_LIMIT_MS);
      this.programs.set(name, verdict);
    }
    return verdict;
  }
}

function limitOf(unchangedMs: number): number {
  return LIMIT_MS_MIN + unchangedMs * LIMIT_FACTOR;
}

function print(outcome: Outcome, json: boolean): void {
  const { mutant, state, by, ms } = outcome;
  if (json) {
    const { id, layer, what, file } = mutant;
    process.stdout.write(`${JSON.stringify({ id, layer, what, file, state, by, seconds: Math.round(ms / 100) / 10 })}\n`);
  } else {
    process.stdout.write(`${state.padEnd(11)} ${mutant.id.padEnd(34)} ${`${(ms / 1000).toFixed(0)} s`.padStart(6)}  ${by}\n`);
  }
}

async function main(): Promise<void> {
  const request = readRequest();
  if (request.list) {
    for (const { id, layer, what, file } of request.mutants)
      process.stdout.write(`${id.padEnd(34)} ${layer.padEnd(14)} ${what} (${file})\n`);
    process.stdout.write(`${request.mutants.length} planted faults\n`);
    return;
  }
  const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
  if (request.check) {
    const errors = typeErrorsOf(request.mutants, repository);
    for (const error of errors) process.stdout.write(`${error}\n`);
    process.stdout.write(`${request.mutants.length} planted faults compile, but for ${errors.length} errors\n`);
    process.exitCode = errors.length === 0 ? 0 : 1;
    return;
  }
  const workspace = new Workspace(repository);
  const stop = (): void => {
    endAll();
    workspace.remove();
    process.exit(130);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const outcomes: Outcome[] = [];
  try {
    const session = new Session(workspace);
    await session.prepare(request.mutants);
    for (const mutant of request.mutants) {
      const outcome = await session.judge(mutant);
      outcomes.push(outcome);
      print(outcome, request.json);
    }
  } finally {
    workspace.remove();
  }
  const missed = outcomes.filter(({ state }) => state === 'survived' || state === 'not planted');
  if (!request.json) {
    for (const { mutant, state, by } of missed) process.stdout.write(`\n${mutant.id} ${state}: ${mutant.what} (${mutant.file})\n  ${by}\n`);
    const hung = outcomes.filter(({ state }) => state === 'hung').length;
    process.stdout.write(
      `\n${outcomes.length} planted faults, ${missed.length} survivors${hung > 0 ? `, ${hung} caught by standing still` : ''}\n`,
    );
  }
  process.stdout.write(`${outcomes.length - missed.length} passed, ${missed.length} failed\n`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});

/**
 * What the command line asks of the simulator, and the command line that asks for one seed as it was run. Throws what the usage says.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ALL_FAULT_KINDS, PROFILE_NAMES, type AnyFaultKind, type ProfileName } from './profile.js';
import { TENANT_NAMES, type SeedOptions, type TenantName } from './run-seed.js';

const USAGE = `usage: npm run simulate -- --seed N | --seeds A..B | --regressions [options]
  --profile NAME       ${PROFILE_NAMES.join(', ')}; default network
  --tenant NAME        workflow (default), or kv: the Raft shell alone
  --steps N            ends after N tasks, without a verdict on what has not ended by then
  --without KIND,…     kinds of faults that do not strike
  --faults N,…         only these faults strike, by the numbers that --verbose shows; none: no fault at all
  --clients N          so many clients
  --safety MS          length of the phase with faults, virtual ms
  --shrink             reduces a failing seed, and prints the smallest command that still fails
  --verbose, --trace   what happened, line by line
  --json               a report a line; --jobs N threads`;
const JOURNAL_LINES = 50_000;
const JOBS_MAX = 8;
/** A thread takes a while to warm up: fewer seeds than this each are not worth one. */
const SEEDS_PER_THREAD_MIN = 20;

/** A seed that once failed. */
export interface SeedJob {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly tenant: TenantName;
}

/** How a seed was reduced. */
export interface Reduction {
  readonly without: readonly AnyFaultKind[];
  /** null: all. */
  readonly faults: readonly number[] | null;
  readonly clients: number | null;
  readonly safetyMs: number | null;
  readonly steps: number | null;
}

export interface Request {
  readonly jobs: readonly SeedJob[];
  /** null: several. */
  readonly profile: ProfileName | null;
  readonly tenant: TenantName;
  readonly reduction: Reduction;
  /** Not everything that the profile draws is to strike. */
  readonly isSelective: boolean;
  readonly threads: number;
  readonly shrink: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
}

export function readRequest(): Request {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      regressions: { type: 'boolean', default: false },
      profile: { type: 'string', default: 'network' },
      tenant: { type: 'string', default: 'workflow' },
      steps: { type: 'string' },
      without: { type: 'string' },
      faults: { type: 'string' },
      clients: { type: 'string' },
      safety: { type: 'string' },
      jobs: { type: 'string', default: `${Math.min(availableParallelism(), JOBS_MAX)}` },
      shrink: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) throw new Error(USAGE);
  const profile = oneOf(values.profile, PROFILE_NAMES, 'profile');
  const tenant = oneOf(values.tenant, TENANT_NAMES, 'tenant');
  const jobs = values.regressions ? regressionSeeds() : seedsOf(values.seeds ?? values.seed, profile, tenant);
  if (values.shrink && jobs.length !== 1) throw new Error(`--shrink takes one seed\n${USAGE}`);
  const without = (values.without ?? '').split(',').filter((kind) => kind !== '');
  const reduction: Reduction = {
    without: without.map((kind) => oneOf(kind, ALL_FAULT_KINDS, 'kind of fault')),
    faults:
      values.faults === undefined
        ? null
        : values.faults === 'none'
          ? []
          : values.faults.split(',').map((text) => wholeNumber(text, '--faults')),
    clients: values.clients === undefined ? null : wholeNumber(values.clients, '--clients'),
    safetyMs: values.safety === undefined ? null : wholeNumber(values.safety, '--safety'),
    steps: values.steps === undefined ? null : wholeNumber(values.steps, '--steps'),
  };
  const wanted = wholeNumber(values.jobs, '--jobs');
  return {
    jobs,
    profile: values.regressions ? null : profile,
    tenant,
    reduction,
    isSelective:
      Object.values(reduction).some((part) => part !== null && !(Array.isArray(part) && part.length === 0)) || values.faults !== undefined,
    threads: Math.max(1, Math.min(wanted, Math.floor(jobs.length / SEEDS_PER_THREAD_MIN))),
    shrink: values.shrink,
    json: values.json,
    verbose: values.verbose || values.trace,
  };
}

export function optionsOf({ seed, profile, tenant }: SeedJob, { reduction, verbose }: Pick<Request, 'reduction' | 'verbose'>): SeedOptions {
  const { without, faults, clients, safetyMs, steps } = reduction;
  return {
    seed,
    profile,
    tenant,
    journalLines: verbose ? JOURNAL_LINES : 0,
    plan: { ...(clients === null ? {} : { clients }), ...(safetyMs === null ? {} : { safetyMs }) },
    selection: { without: new Set(without), only: faults === null ? null : new Set(faults) },
    ...(steps === null ? {} : { stepsMax: steps }),
  };
}

/** Without --verbose. */
export function commandOf({ seed, profile, tenant }: SeedJob, { reduction }: Pick<Request, 'reduction'>): string {
  const { without, faults, clients, safetyMs, steps } = reduction;
  const parts = [
    `npm run simulate -- --seed ${seed} --profile ${profile}`,
    ...(tenant === 'workflow' ? [] : [`--tenant ${tenant}`]),
    ...(without.length === 0 ? [] : [`--without ${without.join()}`]),
    ...(faults === null ? [] : [`--faults ${faults.length === 0 ? 'none' : faults.join()}`]),
    ...(clients === null ? [] : [`--clients ${clients}`]),
    ...(safetyMs === null ? [] : [`--safety ${safetyMs}`]),
    ...(steps === null ? [] : [`--steps ${steps}`]),
  ];
  return parts.join(' ');
}

/** regression-seeds.json beside this file's source: every seed that once showed something. */
export function regressionSeeds(): SeedJob[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const beside = join(here, 'regression-seeds.json');
  // Compiled code stands in dist/test/simulation.
  const file = existsSync(beside) ? beside : join(here, '../../../test/simulation/regression-seeds.json');
  const listed = JSON.parse(readFileSync(file, 'utf8')) as ReadonlyArray<{
    seed: number;
    profile: string;
    tenant?: string;
    showed: string;
  }>;
  return listed.map(({ seed, profile, tenant }) => ({
    seed: wholeNumber(`${seed}`, 'a seed in regression-seeds.json'),
    profile: oneOf(profile, PROFILE_NAMES, 'profile'),
    tenant: oneOf(tenant ?? 'workflow', TENANT_NAMES, 'tenant'),
  }));
}

function seedsOf(text: string | undefined, profile: ProfileName, tenant: TenantName): SeedJob[] {
  const range = (text ?? '').split('..').map((part) => (/^\d+$/.test(part) ? Number(part) : NaN));
  const [first, last = first] = range;
  if (range.length > 2 || !Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first! > last!)
    throw new Error(`--seed takes a whole number, --seeds A..B two of them\n${USAGE}`);
  return Array.from({ length: last! - first! + 1 }, (_, i) => ({ seed: first! + i, profile, tenant }));
}

function oneOf<T extends string>(text: string, names: readonly T[], what: string): T {
  const found = names.find((name) => name === text);
  if (found === undefined) throw new Error(`there is no ${what} '${text}'\n${USAGE}`);
  return found;
}

function wholeNumber(text: string, what: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`${what} takes whole numbers from 1\n${USAGE}`);
  return number;
}

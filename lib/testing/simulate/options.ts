/**
 * What simulate() takes, and what it refuses. Types and checks; runs nothing.
 */
import type { ModuleMetadata } from '@nestjs/common';
import type { TestingModuleBuilder } from '@nestjs/testing';
import type { WorkflowClient } from '../../client/workflow-client.js';
import type { WorkflowHandle } from '../../client/workflow-handle.js';
import type { InputOf, OutputOf, WorkflowClass } from '../../client/workflow-target.js';
import { RaftoralError } from '../../errors/index.js';
import { readWorkflowIdentity } from '../../raftoral.metadata-accessor.js';
import { parseDuration } from '../../workflow/duration.js';
import type { RunStatus } from '../../workflow/event.js';
import type { SeededRandom } from '../seeded-random.js';
import type { SimulatedProcess } from './process.js';

/**
 * crash-owner: the process of the run's owner dies · crash-any: that of any node · restart: a node hands its runs over, ends and starts again ·
 * torn-write: a node loses power in the middle of a disk write · power-cut: all nodes lose power at once · failed-sync: a sync fails, which ends
 * the process · slow-disk · partition · one-way: a node is not heard, or hears nobody · pause: a process stands still, and goes on · clock-jump:
 * a wall clock jumps by up to 3 s · lost-answer: a call through remote() takes effect, and its caller gets an error.
 */
export const SIMULATION_FAULTS = [
  'crash-owner',
  'crash-any',
  'restart',
  'torn-write',
  'power-cut',
  'failed-sync',
  'slow-disk',
  'partition',
  'one-way',
  'pause',
  'clock-jump',
  'lost-answer',
] as const;
export type SimulationFault = (typeof SIMULATION_FAULTS)[number];

export interface SimulateOptions<Workflow extends WorkflowClass, World = undefined> {
  /** How many seeds. Default 100. */
  readonly seeds?: number;
  /** The first of them. Default 1. */
  readonly firstSeed?: number;
  /** This seed alone: what a failure tells you to run again. */
  readonly seed?: number;
  /** Default: all but 'lost-answer', which only a workflow that retries can survive. An empty list: nothing fails. */
  readonly faults?: readonly SimulationFault[];
  /** A seed has 1 to so many faults. Default 3. */
  readonly faultsPerSeedMax?: number;
  /** 1 to 7. Default 3. */
  readonly nodes?: number;
  /** The input of run(), or how it is drawn. It must be a plain JSON value; a function is called. */
  readonly input?: InputOf<Workflow> | ((seed: number, random: SeededRandom) => InputOf<Workflow>);
  /** Default: `simulated-SEED`. */
  readonly workflowId?: string | ((seed: number) => string);
  /** Makes what the workflow's side effects act upon: once per seed, the same for all nodes, untouched by crashes. */
  readonly world?: (setup: { readonly seed: number; readonly random: SeededRandom }) => World | Promise<World>;
  /** As in a module; a function is called for each start of a node's process. */
  readonly imports?: ModuleMetadata['imports'] | ((process: SimulatedProcess<World>) => ModuleMetadata['imports']);
  readonly providers?: ModuleMetadata['providers'] | ((process: SimulatedProcess<World>) => ModuleMetadata['providers']);
  /** A last word on a process's module before it is compiled: `builder.overrideProvider(Payments).useValue(process.remote(world))`. */
  readonly configure?: (builder: TestingModuleBuilder, process: SimulatedProcess<World>) => TestingModuleBuilder;
  /** Runs beside the workflow, in virtual time: sends signals, asks queries, cancels. The seed ends when it has ended too. */
  readonly drive?: (run: SimulatedRun<Workflow, World>) => Promise<void>;
  /** Looks at how a seed ended; what it throws fails the seed. Default: the run must have completed. */
  readonly check?: (ending: SimulationEnding<Workflow, World>) => void | Promise<void>;
  /** Virtual time within which everything must have ended: ms or a text. Default '1h'. */
  readonly within?: number | string;
  /** After so long a silent node counts as down: ms or a text. Default '300ms'; give '60s' to a workflow that sleeps for hours, or most of the work goes into idle pings. */
  readonly peerDownAfter?: number | string;
  /** Every so many seeds one is run twice, and must do the same both times. Default 10; 0: never. */
  readonly rerunEvery?: number;
}

/** What `drive` gets. Everything it awaits must come from here. */
export interface SimulatedRun<Workflow extends WorkflowClass, World> {
  readonly seed: number;
  /** A stream of its own. */
  readonly random: SeededRandom;
  readonly world: World;
  readonly input: InputOf<Workflow>;
  /** Calls go to any node that is up, and again to another, until one answers. */
  readonly handle: WorkflowHandle<Workflow>;
  readonly client: WorkflowClient;
  /** Waits in virtual time. */
  sleep(ms: number): Promise<void>;
  /** Adds a line to the steps. */
  log(text: string): void;
}

/** What `check` gets. */
export interface SimulationEnding<Workflow extends WorkflowClass, World> {
  readonly seed: number;
  readonly input: InputOf<Workflow>;
  readonly world: World;
  readonly workflowId: string;
  readonly status: RunStatus;
  /** What run() returned; undefined unless `status` is completed. */
  readonly result: OutputOf<Workflow> | undefined;
  /** The workflow's own error, if it failed. */
  readonly error: Error | undefined;
  /** As history() of a handle gives it: replay() takes it. */
  readonly history: string;
  /** What happened, line by line. */
  readonly steps: readonly string[];
  /** Faults that struck, in order. */
  readonly faults: readonly SimulationFault[];
  readonly virtualMs: number;
}

/** Options with defaults. */
export interface SimulationPlan {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly faults: readonly SimulationFault[];
  readonly faultsPerSeedMax: number;
  readonly nodes: number;
  readonly withinMs: number;
  readonly peerDownAfterMs: number;
  readonly rerunEvery: number;
}

const SEEDS_MAX = 10_000_000;
const NODES_MAX = 7;
const FAULTS_PER_SEED_MAX = 50;
/** Shorter than in production, so that a seed takes less virtual time. */
const PEER_DOWN_AFTER_MS = 300;
/** Several times the longest way of a message. */
const PEER_DOWN_AFTER_MS_MIN = 100;

/** Throws INVALID_ARGUMENT that names the option. */
export function readOptions<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  options: SimulateOptions<Workflow, World>,
): SimulationPlan {
  if (readWorkflowIdentity(workflow) === undefined) refuse('workflow', 'is not a class decorated with @Workflow');
  const { seed, faults = SIMULATION_FAULTS.filter((fault) => fault !== 'lost-answer'), faultsPerSeedMax = 3, nodes = 3 } = options;
  if (!Array.isArray(faults)) refuse('faults', `must be an array of ${SIMULATION_FAULTS.join(', ')}`);
  const unknown = (faults as readonly string[]).find((fault) => !(SIMULATION_FAULTS as readonly string[]).includes(fault));
  if (unknown !== undefined) refuse('faults', `has ${JSON.stringify(unknown)}, which is none of ${SIMULATION_FAULTS.join(', ')}`);
  for (const name of ['drive', 'check', 'world', 'configure'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') refuse(name, 'must be a function');
  }
  return {
    seeds: seed === undefined ? whole('seeds', options.seeds ?? 100, 1, SEEDS_MAX) : 1,
    firstSeed: checkSeed(seed === undefined ? 'firstSeed' : 'seed', seed ?? options.firstSeed ?? 1),
    faults,
    faultsPerSeedMax: whole('faultsPerSeedMax', faultsPerSeedMax, 1, FAULTS_PER_SEED_MAX),
    nodes: whole('nodes', nodes, 1, NODES_MAX),
    withinMs: parseDuration(options.within ?? '1h', 'simulate(): within'),
    peerDownAfterMs: Math.max(
      PEER_DOWN_AFTER_MS_MIN,
      parseDuration(options.peerDownAfter ?? PEER_DOWN_AFTER_MS, 'simulate(): peerDownAfter'),
    ),
    rerunEvery: whole('rerunEvery', options.rerunEvery ?? 10, 0, SEEDS_MAX),
  };
}

function checkSeed(name: string, seed: number): number {
  return whole(name, seed, 0, Number.MAX_SAFE_INTEGER - SEEDS_MAX);
}

function whole(name: string, value: number, low: number, high: number): number {
  if (!Number.isSafeInteger(value) || value < low || value > high)
    refuse(name, `must be a whole number from ${low} to ${high}, not ${JSON.stringify(value)}`);
  return value;
}

function refuse(argument: string, what: string): never {
  throw new RaftoralError('INVALID_ARGUMENT', `simulate(): ${argument} ${what}.`, { details: { argument } });
}

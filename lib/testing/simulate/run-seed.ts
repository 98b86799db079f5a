/**
 * One seed: boots a cluster, starts the workflow, breaks things, heals them, and waits for the end. The answer is data.
 *
 * R1. Virtual time stands still while Nest makes providers, so nothing depends on how long that takes.
 * R2. The seed fails by itself if the run does not end, if code is found not to be deterministic, or if a node can not run it.
 */
import type { ModuleMetadata } from '@nestjs/common';
import { RequestForwarder } from '../../client/request-forwarder.js';
import { WorkflowClient } from '../../client/workflow-client.js';
import type { WorkflowHandle } from '../../client/workflow-handle.js';
import type { InputOf, OutputOf, StartArgs, WorkflowClass } from '../../client/workflow-target.js';
import { SingleClusterSlotMap } from '../../cluster/slot-map-port.js';
import { isRaftoralError } from '../../errors/index.js';
import { readWorkflowIdentity } from '../../raftoral.metadata-accessor.js';
import type { StartOptions } from '../../workflow/service.js';
import { openWorkflows, TEST_CLUSTER_ID, type NestWorkflows } from '../nest-workflows.js';
import { SeededRandom } from '../seeded-random.js';
import { TraceHash } from '../trace-hash.js';
import { SimulatedCluster } from './cluster.js';
import { Faults } from './faults.js';
import type { SimulateOptions, SimulationEnding, SimulationFault, SimulationPlan } from './options.js';
import { OutsideService } from './outside-service.js';
import type { SimulatedProcess } from './process.js';
import { showValue } from './steps.js';

/** Nodes that keep each other busy for nothing. */
const TASKS_MAX = 5_000_000;
/** Bodies of former owners, and calls that are on their way, come to their end after the run has. */
const AFTERMATH_MS = 5_000;

export interface SeedOutcome<Workflow extends WorkflowClass, World> {
  readonly seed: number;
  /** Why the seed failed by itself (R2); null if it did not. */
  readonly failure: string | null;
  /** null if the run did not end. */
  readonly ending: SimulationEnding<Workflow, World> | null;
  readonly steps: readonly string[];
  readonly faults: readonly SimulationFault[];
  readonly virtualMs: number;
  /** Equal for two runs of one seed. */
  readonly hash: string;
}

type Ending<Workflow extends WorkflowClass, World> = Pick<SimulationEnding<Workflow, World>, 'status' | 'result' | 'error' | 'history'>;

/** Rejects with what the user's `world`, `input`, providers or `drive` threw. */
export async function runSeed<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  options: SimulateOptions<Workflow, World>,
  plan: SimulationPlan,
  seed: number,
): Promise<SeedOutcome<Workflow, World>> {
  const trace = new TraceHash();
  const given = (label: string): SeededRandom => new SeededRandom(seed, `given/${label}`);
  const world = (await options.world?.({ seed, random: given('world') })) as World;
  const drawn: unknown = options.input;
  const input = (
    typeof drawn === 'function' ? (drawn as (seed: number, random: SeededRandom) => unknown)(seed, given('input')) : drawn
  ) as InputOf<Workflow>;
  const { workflowId: idOption } = options;
  const workflowId = typeof idOption === 'function' ? idOption(seed) : (idOption ?? `simulated-${seed}`);
  const cluster = new SimulatedCluster<World>({
    seed,
    nodes: plan.nodes,
    peerDownAfterMs: plan.peerDownAfterMs,
    trace,
    workflowId,
    world,
    openWorkflows: (process) => openFor(workflow, options, process),
  });
  const faults = new Faults(cluster, workflowId, plan.faults, plan.faultsPerSeedMax);
  let failure: string | null = null;
  let ending: Ending<Workflow, World> | null = null;
  try {
    const story = tell(workflow, options, { seed, world, input, workflowId, cluster, faults, random: given('drive') });
    ending = await inVirtualTime(cluster, story, plan.withinMs);
    if (ending === null) failure = `not ended within ${plan.withinMs} ms of virtual time: ${whyOpen(cluster, workflowId)}`;
    const [problem] = cluster.problems;
    if (problem !== undefined) failure = problem.text;
  } finally {
    await cluster.dispose();
  }
  const steps = cluster.steps.render();
  for (const line of steps) trace.text(line);
  const virtualMs = cluster.time.nowMs;
  return {
    seed,
    failure,
    ending: ending === null ? null : { seed, input, world, workflowId, ...ending, steps, faults: faults.struck, virtualMs },
    steps,
    faults: faults.struck,
    virtualMs,
    hash: trace.digest(),
  };
}

interface Story<World> {
  readonly seed: number;
  readonly world: World;
  readonly input: unknown;
  readonly workflowId: string;
  readonly cluster: SimulatedCluster<World>;
  readonly faults: Faults<World>;
  readonly random: SeededRandom;
}

async function tell<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  options: SimulateOptions<Workflow, World>,
  { seed, world, input, workflowId, cluster, faults, random }: Story<World>,
): Promise<Ending<Workflow, World>> {
  const { steps } = cluster;
  await cluster.boot();
  const service = new OutsideService(cluster);
  const forwarder = new RequestForwarder(new SingleClusterSlotMap(TEST_CLUSTER_ID));
  forwarder.attach(service);
  const client = new WorkflowClient(forwarder, readWorkflowIdentity);
  const { name, version } = readWorkflowIdentity(workflow)!;
  steps.step(
    'client',
    'client',
    `starts ${name} version ${version} as '${workflowId}'${input === undefined ? '' : ` with ${showValue(input)}`}`,
  );
  faults.begin();
  const handle = (await client.start(
    workflow,
    ...([input, { workflowId }] as unknown as StartArgs<Workflow, StartOptions>),
  )) as WorkflowHandle<Workflow>;
  const driving =
    options.drive?.({
      seed,
      random,
      world,
      input: input as InputOf<Workflow>,
      handle,
      client,
      sleep: (ms) => cluster.sleep(ms),
      log: (text) => steps.add('client', text),
    }) ?? Promise.resolve();
  const [ended] = await Promise.all([endOf(handle), driving]);
  steps.step('client', 'client', `sees the run ${ended.status}${ended.error === undefined ? '' : `: ${ended.error.message}`}`);
  await faults.heal();
  const limitMs = cluster.time.nowMs + AFTERMATH_MS;
  do await cluster.sleep(50);
  while (cluster.traffic.underWay > 0 && cluster.time.nowMs < limitMs);
  return { ...ended, history: await handle.history() };
}

async function endOf<Workflow extends WorkflowClass, World>(
  handle: WorkflowHandle<Workflow>,
): Promise<Pick<SimulationEnding<Workflow, World>, 'status' | 'result' | 'error'>> {
  try {
    const result = (await handle.result()) as OutputOf<Workflow>;
    return { status: 'completed', result, error: undefined };
  } catch (error) {
    if (isRaftoralError(error, 'WORKFLOW_FAILED'))
      return { status: 'failed', result: undefined, error: error.cause instanceof Error ? error.cause : error };
    if (isRaftoralError(error, 'WORKFLOW_CANCELLED')) return { status: 'cancelled', result: undefined, error };
    if (isRaftoralError(error, 'WORKFLOW_TERMINATED')) return { status: 'terminated', result: undefined, error };
    if (isRaftoralError(error, 'WORKFLOW_BLOCKED')) return { status: 'blocked', result: undefined, error };
    throw error;
  }
}

/** Moves time until the story has ended; null if it has not within `withinMs`, or some node found a problem. */
async function inVirtualTime<T, World>(cluster: SimulatedCluster<World>, story: Promise<T>, withinMs: number): Promise<T | null> {
  const state = { isOver: false };
  const mark = (): void => {
    state.isOver = true;
  };
  story.then(mark, mark);
  const { time } = cluster;
  time.afterTask = () => {
    if (time.taskCount > TASKS_MAX) throw new Error(`a storm: ${TASKS_MAX} tasks in ${time.nowMs.toFixed(0)} ms of virtual time`);
  };
  while (!state.isOver) {
    const isDue = await time.runUntil(
      () => state.isOver || cluster.wantsWorkflows || cluster.problems.length > 0,
      Math.max(0, withinMs - time.nowMs),
    );
    if (!isDue || cluster.problems.length > 0) return null;
    await cluster.makeWorkflows();
  }
  return story;
}

/** For a run that did not end: what it waits for. */
function whyOpen<World>(cluster: SimulatedCluster<World>, workflowId: string): string {
  for (const { engine } of cluster.nodes) {
    const run = engine.state.current(workflowId);
    if (run === undefined) continue;
    if (run.outcome !== null) return `the run has ended (${run.outcome}), and drive() has not`;
    const awaiting = engine.runtime.table.get(run.runId)?.awaiting() ?? [];
    const what = awaiting.map(({ kind, key, occurrence }) => `${kind} '${key}' #${occurrence}`).join(', ');
    return `the run is ${run.status}${run.blockedReason === null ? '' : ` (${run.blockedReason})`}${what === '' ? '' : `, and waits for ${what}`}`;
  }
  return 'no node has the run';
}

async function openFor<Workflow extends WorkflowClass, World>(
  workflow: Workflow,
  options: SimulateOptions<Workflow, World>,
  process: SimulatedProcess<World>,
): Promise<NestWorkflows> {
  const { configure } = options;
  const imports = typeof options.imports === 'function' ? options.imports(process) : options.imports;
  const providers = typeof options.providers === 'function' ? options.providers(process) : options.providers;
  return openWorkflows({
    workflows: [workflow],
    ...present<ModuleMetadata, 'imports'>('imports', imports),
    ...present<ModuleMetadata, 'providers'>('providers', providers),
    ...(configure === undefined ? {} : { configure: (builder) => configure(builder, process) }),
  });
}

function present<Type, Key extends keyof Type>(key: Key, value: Type[Key]): Partial<Pick<Type, Key>> {
  return value === undefined ? {} : ({ [key]: value } as unknown as Pick<Type, Key>);
}

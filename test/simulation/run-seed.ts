/**
 * One seed: a safety phase with faults, then a phase without any, in which everything must heal. The answer is data; nothing is printed.
 */
import { SimulatedNetwork } from '../../lib/testing/simulated-network.js';
import { KvClients } from './kv-clients.js';
import { KvTenant } from './kv-tenant.js';
import { Nemesis, type FaultSelection } from './nemesis.js';
import type { GroupProfileName, ProfileName } from './profile.js';
import type { SeedReport } from './seed-report.js';
import type { SideGroup } from './side-groups.js';
import { runTopologySeed } from './topology/run-topology-seed.js';
import { Violation } from './violation.js';
import { WorkflowClients } from './workflow-clients.js';
import { WorkflowTenant } from './workflow-tenant.js';
import { World, type Sabotage, type WorldOptions } from './world.js';

export const TENANT_NAMES = ['workflow', 'kv'] as const;
export type TenantName = (typeof TENANT_NAMES)[number];

export interface SeedOptions extends Omit<WorldOptions, 'profile'> {
  readonly profile: ProfileName;
  /** What the group replicates. */
  readonly tenant: TenantName;
  /** For tests of the simulator itself: a state machine with a fault of its own, to see that the oracle notices. */
  readonly sabotage?: Sabotage;
  /** Which of the drawn faults strike. Default: all. */
  readonly selection?: FaultSelection;
  /** Ends, without a verdict on what has not ended by then, after so many tasks. */
  readonly stepsMax?: number;
}

/** A tenant with its clients, as the script of a seed drives them. */
export interface Workload {
  readonly world: World<unknown>;
  /** Resolves when all clients have an answer to their last call, after stop(). */
  run(): Promise<void>;
  stop(): void;
  /** Workflows that were acknowledged and that a live node holds as open, as `id on node n`: a client does not wait for each of them. */
  open(): readonly string[];
  /** Everything that was begun has ended as it must; asked when all nodes have applied everything. Throws a Violation. */
  verify(): Promise<void>;
  readonly counts: Readonly<Record<string, number>>;
  dispose(): void;
}

/** Of a profile of one group. */
type GroupSeedOptions = SeedOptions & { readonly profile: GroupProfileName };

export async function runSeed(options: SeedOptions): Promise<SeedReport> {
  const { seed, profile, journalLines, selection, stepsMax, plan } = options;
  if (profile !== 'topology') return runGroupSeed({ ...options, profile });
  const { clients, safetyMs } = plan ?? {};
  return runTopologySeed({
    seed,
    plan: { ...(clients === undefined ? {} : { clients }), ...(safetyMs === undefined ? {} : { safetyMs }) },
    ...(journalLines === undefined ? {} : { journalLines }),
    ...(selection === undefined ? {} : { selection }),
    ...(stepsMax === undefined ? {} : { stepsMax }),
  });
}

async function runGroupSeed(options: GroupSeedOptions): Promise<SeedReport> {
  const workload = makeWorkload(options);
  const { world } = workload;
  const nemesis = new Nemesis(world, options.selection);
  let failure: string | null = null;
  try {
    const limitMs = world.plan.safetyMs + world.plan.livenessMsMax;
    let isDone = false;
    script(workload, nemesis).then(
      () => (isDone = true),
      (error: unknown) => world.time.fail(error),
    );
    const isOver = (): boolean => isDone || world.time.taskCount >= (options.stepsMax ?? Infinity);
    if (!(await world.time.runUntil(isOver, limitMs))) {
      const open = workload.open();
      const what = open.length === 0 ? '' : `; open: ${open.join(', ')}`;
      throw new Violation(
        'liveness',
        `not everything has healed and ended ${world.plan.livenessMsMax / 1000} s after the last fault${what}`,
      );
    }
  } catch (error) {
    failure = describe(error);
    if (world.journal.isOn) for (const node of world.live) world.journal.write(`node ${node.id}: ${JSON.stringify(node.group.status())}`);
  }
  workload.dispose();
  for (const node of world.live) node.virtual.kill();
  world.oracle.addTo(world.trace);
  for (const side of world.sides) side.oracle.addTo(world.trace);
  return {
    seed: options.seed,
    profile: options.profile,
    passed: failure === null,
    failure,
    hash: world.trace.digest(),
    nodes: world.plan.nodes,
    virtualMs: Math.round(world.time.nowMs),
    tasks: world.time.taskCount,
    entries: world.sides.reduce((sum, side) => sum + side.oracle.entries, world.oracle.entries),
    faults: { ...networkFaults(world.network), ...world.diskFaults, ...Object.fromEntries(nemesis.counts) },
    strikes: nemesis.strikes,
    clients: world.plan.clients,
    safetyMs: world.plan.safetyMs,
    work: { ...workload.counts, ...sideCounts(world) },
    journal: world.journal.text,
  };
}

async function script(workload: Workload, nemesis: Nemesis): Promise<void> {
  const { world } = workload;
  await world.boot();
  const clients = Promise.all([workload.run(), ...world.sides.map((side) => side.clients.run())]);
  const broken = new Promise<never>((_, reject) => void clients.catch(reject));
  await Promise.race([nemesis.run().then(() => nemesis.repaired()), broken]);
  world.onBurst = null;
  workload.stop();
  for (const side of world.sides) side.clients.stop();
  await clients;
  await settle(workload);
  if (world.plan.endsInBlackout) {
    await world.loseAllPower();
    await settle(workload);
  }
  await workload.verify();
  for (const side of world.sides) side.verify();
  await world.oracle.compareFinal(await world.finalSnapshots());
  world.oracle.check();
}

/** Between two commands of a run, all nodes may have applied everything there is: who was acknowledged is to end as well. */
async function settle({ world, open }: Workload): Promise<void> {
  while (!world.isSettled || open().length > 0) await world.sleep(50);
}

function makeWorkload(options: GroupSeedOptions): Workload {
  return options.tenant === 'kv' ? kvWorkload(options) : workflowWorkload(options);
}

function kvWorkload(options: GroupSeedOptions): Workload {
  const world = new World(options, new KvTenant(options.sabotage));
  const clients = new KvClients(world);
  return {
    world: world as World<unknown>,
    run: () => clients.run(),
    stop: () => clients.stop(),
    open: () => [],
    verify: async () => {
      for (const node of world.live) clients.verify(node.service.machine);
      clients.verifyHistory();
    },
    get counts() {
      return { puts: clients.puts, reads: clients.reads, undecided: clients.undecided };
    },
    dispose: () => undefined,
  };
}

function workflowWorkload(options: GroupSeedOptions): Workload {
  const tenant = new WorkflowTenant(options.sabotage);
  const world = new World(options, tenant);
  const clients = new WorkflowClients(world, tenant);
  return {
    world: world as World<unknown>,
    run: () => clients.run(),
    stop: () => clients.stop(),
    open: () => clients.open(),
    verify: () => clients.verify(),
    get counts() {
      return { ...clients.counts, ...tenant.oracle.counts, events: tenant.oracle.events, repeatedEffects: tenant.inventory.repeated };
    },
    dispose: () => tenant.dispose(),
  };
}

function networkFaults(network: SimulatedNetwork): Record<string, number> {
  const { lost, duplicated, reordered, clogs, partitioned } = network.counts;
  return { lost, duplicated, reordered, clogs, partitioned };
}

function sideCounts({ sides, oracle }: World<unknown>): Record<string, number> {
  if (sides.length === 0) return borders(oracle.lastIndex);
  const of = (count: (side: SideGroup) => number): number => sides.reduce((sum, side) => sum + count(side), 0);
  return {
    ...borders(oracle.lastIndex),
    sideGroups: sides.length,
    puts: of(({ clients }) => clients.puts),
    reads: of(({ clients }) => clients.reads),
  };
}

/** Where numbers of some width end; 1 if the log went beyond. */
function borders(lastIndex: number): Record<string, number> {
  const beyond = { beyond2to32: 2 ** 32, beyond2to40: 2 ** 40, near2to53: 2 ** 53 - 1_000_200 };
  return Object.fromEntries(Object.entries(beyond).map(([name, border]) => [name, lastIndex > border ? 1 : 0]));
}

function describe(error: unknown): string {
  if (error instanceof Violation) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

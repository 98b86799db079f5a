/**
 * One seed of profile `topology`: a deployment that grows, is changed and struck under load; then a phase without faults, in which everything must come to rest. The answer
 * is data; nothing is printed.
 */
import { isRaftoralError } from '../../../lib/errors/index.js';
import type { SeedReport } from '../seed-report.js';
import { Violation } from '../violation.js';
import { TopologyClients } from './clients.js';
import { TopologyNemesis, type TopologySelection } from './nemesis.js';
import { Settling } from './settled.js';
import { TopologyWorld, type TopologyWorldOptions } from './world.js';

export interface TopologySeedOptions extends TopologyWorldOptions {
  readonly selection?: TopologySelection;
  /** Ends, without a verdict on what has not ended by then, after so many tasks. */
  readonly stepsMax?: number;
}

export async function runTopologySeed(options: TopologySeedOptions): Promise<SeedReport> {
  const { seed, stepsMax = Infinity } = options;
  const world = new TopologyWorld(options);
  const { time, plan, oracle } = world;
  const clients = new TopologyClients(world);
  const nemesis = new TopologyNemesis(world, clients, options.selection);
  const settling = new Settling(world);
  let stage = 'the deployment begins';
  let failure: string | null = null;
  const script = async (): Promise<void> => {
    await world.boot();
    stage = 'faults';
    const working = clients.run();
    await Promise.race([nemesis.run(), working.then(() => new Promise<never>(() => undefined))]);
    clients.stop();
    stage = 'calls that are open';
    await working;
    stage = 'rest';
    await settling.wait();
    stage = 'the end';
    settling.verify();
    await clients.verify();
    oracle.check();
  };
  try {
    let isDone = false;
    script().then(
      () => (isDone = true),
      (error: unknown) => time.fail(error),
    );
    const isOver = (): boolean => isDone || world.isBeyond || time.taskCount >= stepsMax;
    if (!(await time.runUntil(isOver, plan.safetyMs + plan.livenessMsMax)))
      throw new Violation(
        'liveness',
        `not everything has healed and ended ${plan.livenessMsMax / 1000} s after the last fault (${stage}): ${settling.why}`,
      );
  } catch (error) {
    failure = describe(error);
    if (world.journal.isOn) writeState(world);
  }
  for (const process of world.live) {
    process.virtual.kill();
    process.died();
  }
  oracle.addTo(world.trace);
  return {
    seed,
    profile: 'topology',
    passed: failure === null,
    failure,
    hash: world.trace.digest(),
    nodes: world.machines.length,
    virtualMs: Math.round(time.nowMs),
    tasks: time.taskCount,
    entries: oracle.entries,
    faults: { ...faultsOf(world), ...Object.fromEntries(nemesis.counts) },
    strikes: nemesis.strikes,
    clients: plan.clients,
    safetyMs: plan.safetyMs,
    work: {
      ...clients.counts,
      ...oracle.counts,
      ...world.counts,
      majoritiesLost: world.isBeyond ? 1 : 0,
      children: oracle.workflows.counts.children,
      events: oracle.workflows.events,
    },
    journal: world.journal.text,
  };
}

function faultsOf({ network, machines }: TopologyWorld): Record<string, number> {
  const { lost, duplicated, reordered, clogs, partitioned } = network.counts;
  const of = (name: 'powerCuts' | 'lossyCuts' | 'tornCuts' | 'syncs'): number =>
    machines.reduce((sum, { disk }) => sum + disk.counts[name], 0);
  return {
    lost,
    duplicated,
    reordered,
    clogs,
    partitioned,
    powerCuts: of('powerCuts'),
    lossyCuts: of('lossyCuts'),
    tornCuts: of('tornCuts'),
    syncs: of('syncs'),
  };
}

function writeState({ live, journal, topology }: TopologyWorld): void {
  for (const { name, node, groups } of live) {
    journal.write(
      `${name}: node ${node.nodeId}, ${node.phase}, ${node.progress ?? ''}, topology ${node.hasManagement ? node.management.topology.version : '-'}`,
    );
    for (const { group } of groups.values()) journal.write(`${name}: ${JSON.stringify(group.status())}`);
  }
  if (topology === null) return;
  for (const each of topology.nodes.values()) journal.write(JSON.stringify({ ...each, info: { ...each.info, workflows: [] } }));
  for (const each of topology.clusters.values()) journal.write(JSON.stringify({ ...each, slots: topology.slots.countOf(each.clusterId) }));
  for (const each of topology.moves.values()) journal.write(JSON.stringify(each));
}

function describe(error: unknown): string {
  if (error instanceof Violation) return error.message;
  if (isRaftoralError(error)) return `${error.code}: ${error.stack ?? error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

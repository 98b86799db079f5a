/**
 * Bench: what a checkpoint costs in one cluster of 50 nodes, and in ten clusters of 5.
 *
 * Messages are counted in virtual time: workflows of 10 and of 60 checkpoints run one after the other, and what the longer one sent more, by 50, is that of a checkpoint. No
 * clock and no load of the machine is in it. The rates are real: all 50 nodes, and the code of every replica, share one thread, so a rate is the inverse of the
 * processor time that all nodes of the layout together spend on a checkpoint. The layouts alternate.
 */
import { VirtualTime } from '../../lib/testing/virtual-time.js';
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { definitionOf } from '../support/definition.js';
import { median, round, type Measure } from './measure.js';
import type { BenchOptions } from './options.js';
import { Layout, type LayoutNode, type Traffic } from './scale-layout.js';

const LAYOUTS = [
  { clusters: 1, nodesPerCluster: 50 },
  { clusters: 10, nodesPerCluster: 5 },
] as const;
const [SHORT, LONG] = [10, 60] as const;
/** Workflows in flight, over all clusters. */
const IN_FLIGHT = [10, 100];
const STEPS = 20;

@Workflow('scale_checkpoints', 1)
class Checkpoints {
  async run(steps: number): Promise<number> {
    for (let step = 1; step <= steps; step++) await this.record(`step ${step}`);
    return steps;
  }

  @Checkpoint('status')
  private async record(status: string): Promise<string> {
    return status;
  }
}

const WORKFLOWS = [definitionOf(Checkpoints)];

/** Of one checkpoint, one at a time in each cluster. */
async function counted(at: number): Promise<Measure> {
  const { clusters, nodesPerCluster } = LAYOUTS[at]!;
  const layout = await Layout.start({ clusters, nodesPerCluster, workflows: WORKFLOWS, time: new VirtualTime({ tasksPerLoop: 64 }) });
  const { leaders } = layout;
  const run = async (steps: number): Promise<Traffic> => {
    const before = { ...layout.sent };
    await layout.settled(Promise.all(leaders.map((leader) => execute(leader, steps))));
    await layout.until(() => layout.isQuiet);
    return difference(layout.sent, before);
  };
  await run(SHORT);
  const short = await run(SHORT);
  const long = await run(LONG);
  await layout.stop();
  const checkpoints = clusters * (LONG - SHORT);
  const each = difference(long, short);
  const per = (count: number): number => round(count / checkpoints);
  return {
    bench: 'scale messages',
    clusters,
    nodes_per_cluster: nodesPerCluster,
    checkpoints,
    appends: per(each.appends),
    answers: per(each.answers),
    notices: per(each.notices),
    messages_per_checkpoint: per(each.appends + each.answers + each.notices),
    frames_per_checkpoint: per(each.frames),
  };
}

async function execute({ service }: LayoutNode, steps: number): Promise<void> {
  await service.result(await service.start('scale_checkpoints', steps));
}

function difference(after: Traffic, before: Traffic): Traffic {
  return {
    appends: after.appends - before.appends,
    notices: after.notices - before.notices,
    answers: after.answers - before.answers,
    others: after.others - before.others,
    frames: after.frames - before.frames,
  };
}

interface Rate {
  readonly perS: number;
  readonly cpuUs: number;
  readonly messages: number;
}

async function rate(layout: Layout, workflows: number, inFlight: number): Promise<Rate> {
  const { leaders } = layout;
  let next = 0;
  const client = async (leader: LayoutNode): Promise<void> => {
    while (next++ < workflows) await execute(leader, STEPS);
  };
  const clients = Array.from({ length: inFlight }, (_, at) => leaders[at % leaders.length]!);
  const before = { ...layout.sent };
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await Promise.all(clients.map(client));
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const { appends, answers, notices } = difference(layout.sent, before);
  const checkpoints = workflows * STEPS;
  return { perS: checkpoints / seconds, cpuUs: (user + system) / checkpoints, messages: (appends + answers + notices) / checkpoints };
}

async function rates(inFlight: number, { rounds, workflows }: BenchOptions): Promise<Measure[]> {
  const taken: Rate[][] = LAYOUTS.map(() => []);
  for (let i = 0; i < rounds; i++) {
    for (const [at, { clusters, nodesPerCluster }] of LAYOUTS.entries()) {
      const layout = await Layout.start({ clusters, nodesPerCluster, workflows: WORKFLOWS });
      await rate(layout, Math.ceil(workflows / 4), inFlight);
      taken[at]!.push(await rate(layout, workflows, inFlight));
      await layout.stop();
    }
  }
  return LAYOUTS.map(({ clusters, nodesPerCluster }, at) => ({
    bench: 'scale checkpoint rate',
    clusters,
    nodes_per_cluster: nodesPerCluster,
    in_flight: inFlight,
    rounds,
    per_s: round(median(taken[at]!.map(({ perS }) => perS))),
    cpu_us_per_checkpoint: round(median(taken[at]!.map(({ cpuUs }) => cpuUs))),
    messages_per_checkpoint: round(median(taken[at]!.map(({ messages }) => messages))),
    times_as_fast_as_one_cluster: round(median(taken[at]!.map(({ perS }, i) => perS / taken[0]![i]!.perS))),
  }));
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const at of LAYOUTS.keys()) measures.push(await counted(at));
  // --rounds 0: the counts alone.
  if (options.rounds > 0) for (const inFlight of IN_FLIGHT) measures.push(...(await rates(inFlight, options)));
  return measures;
}

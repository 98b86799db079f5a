/**
 * Bench: a thousand execution groups on one set of three processes, with disks and gRPC on loopback: each has its state machine and its workflow runtime,
 * and no runs. Start-up is from the fork until each group has a leader that this node knows and takes runs here, for the first time, after a stop, and after a kill of all
 * three at once. A storm would be elections beyond one for each group (cockroach#6106): terms are counted. Idle: processor time of each process while all groups sleep.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { round, type Measure } from './measure.js';
import { inDataFolder } from './node.js';
import type { BenchOptions } from './options.js';
import { probe, probeMeasures } from './probes.js';
import { ScaleProcesses, type GroupsSeen, type Moment, type StartTimes } from './scale-child.js';

const ASLEEP_MS_MAX = 180_000;
/** What follows the last group's falling asleep. */
const SETTLE_MS = 3_000;

export async function run(options: BenchOptions): Promise<Measure[]> {
  return inDataFolder(options, async (folder) => {
    const nodes = options.nodes > 1 ? options.nodes : 3;
    const { groups, transport } = options;
    const measures = probeMeasures('scale thousand', [await probe(folder)]);
    const start = (): Promise<ScaleProcesses> => ScaleProcesses.start({ folder, nodes, groups, transport });
    let terms: readonly number[] = Array.from({ length: groups }, () => 1);
    for (const [kind, end] of [
      ['first', 'stop'],
      ['after a stop, whose hand-overs are counted', 'kill'],
      ['after a kill', 'stop'],
    ] as const) {
      const processes = await start();
      try {
        await asleep(processes, groups);
        await sleep(SETTLE_MS);
        const seen = await processes.seen();
        measures.push(startMeasure(kind, options, processes, seen, terms));
        terms = highest(seen);
        if (kind === 'after a kill') measures.push(...(await idle(processes, options)));
      } finally {
        await processes[end]();
      }
    }
    return measures;
  });
}

function startMeasure(
  kind: string,
  { groups, transport }: BenchOptions,
  { times, tookMs }: ScaleProcesses,
  seen: readonly GroupsSeen[],
  before: readonly number[],
): Measure {
  const worst = (pick: (times: StartTimes) => Moment): number => round(Math.max(...times.map((one) => pick(one).atMs)) / 1_000);
  const cpu = (pick: (times: StartTimes) => Moment): number => round(Math.max(...times.map((one) => pick(one).cpuMs)) / 1_000);
  const elections = highest(seen).map((term, at) => term - before[at]!);
  return {
    bench: 'scale thousand start',
    start: kind,
    processes: times.length,
    groups,
    transport,
    took_s: round(tookMs / 1_000),
    listening_s: worst(({ listening }) => listening),
    hosting_s: worst(({ hosting }) => hosting),
    opened_s: worst(({ opened }) => opened),
    led_s: worst(({ led }) => led),
    ready_s: worst(({ ready }) => ready),
    listening_cpu_s: cpu(({ listening }) => listening),
    hosting_cpu_s: cpu(({ hosting }) => hosting),
    opened_cpu_s: cpu(({ opened }) => opened),
    ready_cpu_s: cpu(({ ready }) => ready),
    elections_per_group: round(elections.reduce((a, b) => a + b, 0) / groups),
    elections_max: Math.max(...elections),
    groups_with_more_than_one: elections.filter((count) => count > 1).length,
    leading: seen.map(({ leading }) => leading).join(' '),
    frames_sent: seen.map(({ framesSent }) => framesSent).join(' '),
    loop_lag_ms_max: round(Math.max(...seen.map(({ loopLagMsMax }) => loopLagMsMax))),
    rss_mb_max: round(Math.max(...seen.map(({ rssMb }) => rssMb))),
  };
}

/** Of each group, over all nodes. */
function highest(seen: readonly GroupsSeen[]): number[] {
  return seen[0]!.terms.map((_, at) => Math.max(...seen.map(({ terms }) => terms[at]!)));
}

async function idle(processes: ScaleProcesses, { groups, seconds, transport }: BenchOptions): Promise<Measure[]> {
  const cpu = (): Promise<number[]> => Promise.all(processes.workers.map((worker) => worker.ask<number>('cpu')));
  const framesBefore = await processes.seen();
  const [before, began] = [await cpu(), performance.now()];
  await sleep(seconds * 1_000);
  const after = await cpu();
  const tookMs = performance.now() - began;
  const seen = await processes.seen();
  return seen.map(({ asleep: sleeping, framesSent, heapMb, rssMb }, at) => ({
    bench: 'scale thousand idle',
    process: at + 1,
    groups,
    asleep: sleeping,
    transport,
    seconds: round(tookMs / 1_000),
    cpu_percent: round(((after[at]! - before[at]!) / tookMs) * 100),
    frames_sent_per_s: round(((framesSent - framesBefore[at]!.framesSent) / tookMs) * 1_000),
    heap_mb: round(heapMb),
    rss_mb: round(rssMb),
  }));
}

async function asleep(processes: ScaleProcesses, groups: number): Promise<void> {
  const untilMs = Date.now() + ASLEEP_MS_MAX;
  for (;;) {
    const seen = await processes.seen();
    if (seen.every((one) => one.asleep === groups)) return;
    if (Date.now() > untilMs)
      throw new Error(`after ${ASLEEP_MS_MAX} ms ${seen.map((one) => one.asleep).join(', ')} of ${groups} groups sleep`);
    await sleep(500);
  }
}

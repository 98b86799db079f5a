/**
 * Bench: w10 on nodes in processes of their own, one machine, loopback; all replicas run the code, each has files of its own. Clients are in the leader's
 * process, as they are where an application embeds the engine.
 */
import { percentile, round, type Measure } from './measure.js';
import type { WorkRequest } from './node-child.js';
import { inDataFolder } from './node.js';
import { NodeProcesses } from './node-processes.js';
import type { BenchOptions } from './options.js';
import { probe, probeMeasures } from './probes.js';
import { cpuOf, type Worker } from './worker.js';

const STEPS = 10;
/** As many as the peers are warmed up with, and what a process of three needs for its compiler. */
const WARM_UP = 30;
const WARM_UP_TOGETHER = 300;

export async function run(options: BenchOptions): Promise<Measure[]> {
  return inDataFolder(options, async (folder) => {
    const probes = [await probe(folder)];
    const processes = await NodeProcesses.start({
      folder,
      nodes: options.nodes,
      transport: options.transport,
      busyPollMs: options.busyPollMs,
    });
    try {
      const leader = processes.node(await processes.leaderId());
      await work(leader, { count: WARM_UP, clients: 1, steps: STEPS });
      const alone = await measured(processes, leader, { count: options.sequential, clients: 1, steps: STEPS });
      probes.push(await probe(folder));
      await work(leader, { count: WARM_UP_TOGETHER, clients: options.clients, steps: STEPS });
      const together = await measured(processes, leader, { count: options.workflows, clients: options.clients, steps: STEPS });
      probes.push(await probe(folder));
      const head = { bench: 'w10', processes: options.nodes, transport: options.transport };
      const row = (clients: number, count: number, { tookMs, allMs, cpuMs }: Measured): Measure => ({
        ...head,
        clients,
        workflows: count,
        p50_ms: round(percentile(tookMs, 0.5)),
        p99_ms: round(percentile(tookMs, 0.99)),
        workflows_per_s: round((count / allMs) * 1_000),
        steps_per_s: round(((count * STEPS) / allMs) * 1_000),
        cpu_ms_per_workflow: round(cpuMs / count),
      });
      return [...probeMeasures('w10', probes), row(1, options.sequential, alone), row(options.clients, options.workflows, together)];
    } finally {
      await processes.stop();
    }
  });
}

interface Took {
  readonly tookMs: Float64Array;
  readonly allMs: number;
}

/** With the processor time of all processes together. */
interface Measured extends Took {
  readonly cpuMs: number;
}

async function measured(processes: NodeProcesses, worker: Worker, request: WorkRequest): Promise<Measured> {
  const all = processes.alive.map(([, each]) => each);
  const before = await cpuOf(all);
  const took = await work(worker, request);
  return { ...took, cpuMs: (await cpuOf(all)) - before };
}

function work(worker: Worker, request: WorkRequest): Promise<Took> {
  return worker.ask('work', request);
}

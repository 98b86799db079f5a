/**
 * Bench: a workflow of ten checkpoints on three nodes in one process, memory storage, in-process network; from start() to its result.
 * All three replicas run the code in one thread; workflows are counted once. Not measured: disk, sockets, computes, Nest.
 */
import { Checkpoint } from '../../lib/decorators/checkpoint.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { definitionOf } from '../support/definition.js';
import { startMemoryCluster, type MemoryCluster, type MemoryNode } from '../support/memory-cluster.js';
import { percentile, round, type Measure } from './measure.js';

@Workflow('ten_checkpoints', 1)
class TenCheckpoints {
  private status = '';

  async run(input: { order: string }): Promise<{ order: string; status: string }> {
    for (let step = 1; step <= 10; step++) this.status = await this.record(`step ${step}`);
    return { order: input.order, status: this.status };
  }

  @Checkpoint('status')
  private async record(status: string): Promise<string> {
    return status;
  }
}

interface Case {
  readonly clients: number;
  readonly frames: 'by-reference' | 'encoded';
  readonly workflows: number;
  /** Where workflows are started: on the leader, or on each node in turn. */
  readonly startedOn: 'leader' | 'each';
}

async function load(cluster: MemoryCluster, { clients, workflows, startedOn }: Case): Promise<Float64Array> {
  const latencies = new Float64Array(workflows);
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < workflows) {
      const at = next++;
      const node: MemoryNode = startedOn === 'leader' ? cluster.leader : cluster.nodes[at % cluster.nodes.length]!;
      const began = performance.now();
      const ref = await node.service.start('ten_checkpoints', { order: `order-${at}` });
      await node.service.result(ref);
      latencies[at] = (performance.now() - began) * 1000;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return latencies;
}

function heapUsed(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
  return heap + arrayBuffers;
}

async function measure(one: Case): Promise<Measure> {
  const reports: string[] = [];
  const cluster = await startMemoryCluster([definitionOf(TenCheckpoints)], { encodeFrames: one.frames === 'encoded', reports });
  await load(cluster, { ...one, workflows: Math.ceil(one.workflows / 3) });
  const heapBefore = heapUsed();
  const began = performance.now();
  const latencies = await load(cluster, one);
  const seconds = (performance.now() - began) / 1000;
  const heapAfter = heapUsed();
  await cluster.stop();
  if (reports.length !== 0) throw new Error(`the bench workflow was reported: ${reports[0]}`);
  latencies.sort();
  return {
    bench: 'workflow-memory',
    clients: one.clients,
    nodes: 3,
    started_on: one.startedOn,
    frames: one.frames,
    p50_us: round(percentile(latencies, 0.5)),
    p99_us: round(percentile(latencies, 0.99)),
    per_s: Math.round(one.workflows / seconds),
    heap_bytes_per_workflow: Math.round((heapAfter - heapBefore) / one.workflows),
  };
}

export async function run(workflows = 10_000): Promise<Measure[]> {
  const measures: Measure[] = [];
  // The engine's timers keep no process alive.
  const alive = setInterval(() => undefined, 1_000);
  try {
    for (const frames of ['by-reference', 'encoded'] as const) {
      for (const clients of [1, 64]) measures.push(await measure({ clients, frames, workflows, startedOn: 'leader' }));
    }
    measures.push(await measure({ clients: 64, frames: 'by-reference', workflows, startedOn: 'each' }));
  } finally {
    clearInterval(alive);
  }
  return measures;
}

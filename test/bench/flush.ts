/**
 * Bench: what a flush of state does to the commits beside it: workflows of ten steps with many in flight, each step one commit. A step belongs to a flush
 * if any part of it fell into one.
 */
import { RAFTORAL_STORAGE, type RaftStorage } from '../../lib/index.js';
import { percentile, round, type Measure } from './measure.js';
import { bootCluster, inDataFolder, inFlight } from './node.js';
import type { BenchOptions } from './options.js';
import { probe, probeMeasures } from './probes.js';
import { Steps, watch } from './workflows.js';

const STEPS = 10;
const WARM_UP_WORKFLOWS = 2_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  return inDataFolder(options, async (folder) => {
    const probes = [await probe(folder)];
    const cluster = await bootCluster(folder, { nodes: 1, storage: 'sqlite' });
    const flushes = watchFlushes(cluster.nodes[0]!.app.get<RaftStorage>(RAFTORAL_STORAGE));
    const one = (): Promise<unknown> => cluster.client.execute(Steps, { steps: STEPS });
    await inFlight(options.clients, WARM_UP_WORKFLOWS, one);

    flushes.length = 0;
    const steps: Span[] = [];
    watch.onStep = (tookMs) => {
      const toMs = performance.now();
      steps.push({ fromMs: toMs - tookMs, toMs });
    };
    const began = performance.now();
    await inFlight(options.clients, options.workflows, one);
    const seconds = (performance.now() - began) / 1_000;
    watch.onStep = null;
    probes.push(await probe(folder));
    await cluster.close();
    return [...probeMeasures('flush', probes), ...compare(options, steps, flushes, seconds)];
  });
}

/** Notes when each flush ran, from its call until it was durable. */
function watchFlushes(storage: RaftStorage): Span[] {
  const spans: Span[] = [];
  const { state } = storage;
  if (state === null) throw new Error('this storage has no rows of state');
  const flush = state.flush.bind(state);
  state.flush = async (...args) => {
    const fromMs = performance.now();
    await flush(...args);
    spans.push({ fromMs, toMs: performance.now() });
  };
  return spans;
}

function compare({ clients, workflows }: BenchOptions, steps: readonly Span[], flushes: readonly Span[], seconds: number): Measure[] {
  const isBeside = (step: Span): boolean => flushes.some(({ fromMs, toMs }) => step.fromMs < toMs && step.toMs > fromMs);
  const beside: number[] = [];
  const without: number[] = [];
  for (const step of steps) (isBeside(step) ? beside : without).push(step.toMs - step.fromMs);
  const line = (name: string, took: number[]) => {
    const sorted = took.sort((a, b) => a - b);
    const at = (share: number): number => round(percentile(sorted, share));
    return { bench: 'flush', case: name, clients, workflows, steps: took.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1) };
  };
  const lines = [line('steps while no flush ran', without), line('steps while one ran', beside)] as const;
  const flushMs = flushes.map(({ fromMs, toMs }) => toMs - fromMs).sort((a, b) => a - b);
  return [
    ...lines,
    {
      bench: 'flush',
      case: 'in all',
      flushes: flushes.length,
      flush_p50_ms: round(percentile(flushMs, 0.5)),
      share_of_time: round(flushMs.reduce((a, b) => a + b, 0) / 1_000 / seconds),
      workflows_per_s: round(workflows / seconds),
      p99_ratio: round(lines[1].p99_ms / lines[0].p99_ms),
    },
  ];
}

/**
 * Bench: one workflow of very many durable computes (--steps, a million by default; --clients of them at once) that then waits, and a restart: whether memory
 * stays where it is, whether the last steps cost what the first did, and how long the replay takes until the run goes on.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { INestApplicationContext } from '@nestjs/common';
import { RaftoralNode, signalRef } from '../../lib/index.js';
import { round, type Measure } from './measure.js';
import { memoryOf, mib } from './memory.js';
import { bootNode, firstStart, inDataFolder, patiently } from './node.js';
import type { BenchOptions } from './options.js';
import { Steps, watch } from './workflows.js';

const GO = signalRef<null>('go');
const WORKFLOW_ID = 'long';
const PARTS = 10;

interface Part {
  readonly bench: 'long';
  readonly steps_done: number;
  /** Of the last hundredth of all. */
  readonly us_per_step: number;
  readonly held_mib: number;
  readonly rss_mib: number;
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  if (globalThis.gc === undefined) throw new Error('memory is measured after a collection: start node with --expose-gc');
  return inDataFolder(options, async (folder) => {
    const { steps, storage, clients: width } = options;
    const first = await bootNode(folder, storage);
    await firstStart(first.client);
    const parts: Part[] = [];
    const at = new Float64Array(steps);
    watch.onBody = (step) => {
      if (at[step] !== 0) return; // replayed
      at[step] = performance.now();
      if ((step + 1) % Math.ceil(steps / PARTS) === 0 && step + 1 < steps) parts.push(partOf(at, step));
    };
    const handle = await first.client.start(Steps, { steps, width, wait: true }, { workflowId: WORKFLOW_ID });
    const events = steps + 1;
    while ((await handle.describe()).events < events) await new Promise((resolve) => setTimeout(resolve, 100));
    watch.onBody = null;
    parts.push(partOf(at, steps - 1));
    await first.app.close();
    if (storage === 'memory') return parts;
    return [...parts, await restarted(folder, steps, parts)];
  });
}

async function restarted(folder: string, steps: number, parts: readonly Part[]): Promise<Measure> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const began = performance.now();
  const { app, client } = await bootNode(folder, 'sqlite');
  const bootedMs = performance.now() - began;
  const handle = client.getHandle(Steps, WORKFLOW_ID);
  let rssMaxMib = 0;
  const sampling = setInterval(() => (rssMaxMib = Math.max(rssMaxMib, mib(memoryOf(process.pid).rssBytes))), 50);
  await patiently(() => handle.signal(GO, null));
  await handle.result();
  const goesOnMs = performance.now() - began;
  clearInterval(sampling);
  delay.disable();
  const heldMib = held();
  checkLeader(app);
  await app.close();
  return {
    bench: 'long restart',
    steps,
    booted_ms: Math.round(bootedMs),
    goes_on_ms: Math.round(goesOnMs),
    replayed_events_per_s: Math.round(((steps + 1) * 1_000) / goesOnMs),
    loop_delay_max_ms: Math.round(delay.max / 1e6),
    rss_max_mib: rssMaxMib,
    held_mib: heldMib,
    last_per_first: round(parts.at(-1)!.us_per_step / parts[0]!.us_per_step),
  };
}

/** A node that stopped under the load would make figures of nothing. */
function checkLeader(app: INestApplicationContext): void {
  const { failure } = app.get(RaftoralNode).nodeStatus();
  if (failure !== null) throw new Error(`the node has stopped: ${failure}`);
}

/** Of the steps up to `step`; memory after a collection. */
function partOf(at: Float64Array, step: number): Part {
  const from = step - Math.max(1, Math.floor(at.length / 100));
  return {
    bench: 'long',
    steps_done: step + 1,
    us_per_step: round(((at[step]! - at[from]!) * 1_000) / (step - from)),
    held_mib: held(),
    rss_mib: mib(memoryOf(process.pid).rssBytes),
  };
}

/** After a collection, MiB. */
function held(): number {
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return mib(heapUsed + external);
}

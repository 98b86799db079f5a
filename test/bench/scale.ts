/**
 * Bench: what grows when a deployment grows. Each part is a file of its own, and --only takes one of them (or several whose names have that in common).
 *
 *   messages    replication of a checkpoint in one cluster of 50 nodes, and in ten clusters of 5
 *   groups      a command in a process that drives 1 to 32 groups
 *   thousand    a thousand groups on three processes: start-up, elections, idle
 *   management  state and traffic of cluster 0 with 500 nodes and 300 clusters
 *   forward     a call from a node that hosts nothing, against the leader's own (the bench of that name)
 */
import type { Measure } from './measure.js';
import type { BenchOptions } from './options.js';

const PARTS: Readonly<Record<string, (options: BenchOptions) => Promise<readonly Measure[]>>> = {
  messages: async (options) => (await import('./scale-messages.js')).run({ ...options, workflows: 200 }),
  groups: async (options) => (await import('./scale-groups.js')).run(options),
  thousand: async (options) => (await import('./scale-thousand.js')).run(options),
  management: async (options) => (await import('./scale-management.js')).run(options),
  forward: async (options) => (await import('./forward.js')).run(options),
};

export async function run(options: BenchOptions): Promise<readonly Measure[]> {
  const names = Object.keys(PARTS).filter((name) => name.includes(options.only));
  if (names.length === 0) throw new Error(`--only is ${options.only}; it must be one of ${Object.keys(PARTS).join(', ')}`);
  const alive = setInterval(() => undefined, 1_000); // the engine's timers keep no process alive
  const found: Record<string, readonly Measure[]> = {};
  try {
    for (const name of names) found[name] = await PARTS[name]!(options);
  } finally {
    clearInterval(alive);
  }
  return options.json ? [{ bench: 'scale', ...found }] : Object.values(found).flat();
}

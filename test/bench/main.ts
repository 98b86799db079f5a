/**
 * `npm run bench -- NAME [--json] [options]`: tables, or with --json one line per measure.
 *
 *   raft-memory      three nodes in one process, memory storage: 200-byte commands, proposed on the leader until applied there
 *   workflow-memory  a workflow of ten checkpoints on such nodes
 *   w10              ten sequential durable steps, one at a time and many in flight
 *   w1000            one workflow of 1,000 (--steps) of them, in bare commits of the same disk
 *   idle             memory of runs that do nothing, open and closed
 *   start-up         a node that has much state, from its start to its first answers
 *   flush            commits while the state is flushed, and while it is not
 *   peers            w10 and w1000, interleaved with the same work of other engines
 *
 * Figures and what they leave out: docs/BENCHMARKS.md.
 */
import { formatTable, type Measure } from './measure.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';

interface Bench {
  readonly load: () => Promise<(options: BenchOptions) => Promise<readonly Measure[]>>;
  readonly defaults?: Partial<BenchOptions>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  'raft-memory': { load: async () => (await import('./raft-memory.js')).run.bind(null, {}) },
  'workflow-memory': { load: async () => (await import('./workflow-memory.js')).run.bind(null, undefined) },
  w10: { load: async () => (await import('./w10.js')).run },
  w1000: { load: async () => (await import('./w1000.js')).run },
  idle: { load: async () => (await import('./idle.js')).run },
  'start-up': { load: async () => (await import('./start-up.js')).run },
  flush: { load: async () => (await import('./flush.js')).run, defaults: { workflows: 20_000 } },
  peers: { load: async () => (await import('./peers.js')).run },
};

async function main(args: readonly string[]): Promise<void> {
  const [[name], options] = readOptions(args, (given) => BENCHES[given]?.defaults ?? {});
  const bench = name === undefined ? undefined : BENCHES[name];
  if (bench === undefined) {
    process.stderr.write(`usage: npm run bench -- NAME [options]\nNAME is one of ${Object.keys(BENCHES).join(', ')}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const measures = await (await bench.load())(options);
  process.stdout.write(options.json ? measures.map((measure) => `${JSON.stringify(measure)}\n`).join('') : `${formatTable(measures)}\n`);
}

// A node in a process of its own, for the bench that started it.
if (process.argv[2] === 'child') await (await import('./child.js')).runChild(process.argv[3]!);
else await main(process.argv.slice(2));

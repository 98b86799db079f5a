/**
 * `npm run bench -- NAME [--json] [options]`: tables, or with --json one line per measure.
 *
 *   raft-memory      three nodes in one process, memory storage: 200-byte commands, proposed on the leader until applied there
 *   workflow-memory  a workflow of ten checkpoints on such nodes
 *   w10              ten sequential durable steps, one at a time and many in flight
 *   w1000            one workflow of 1,000 (--steps) of them, in bare commits of the same disk
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
};

const [[name], options] = readOptions(process.argv.slice(2), (given) => BENCHES[given]?.defaults ?? {});
const bench = name === undefined ? undefined : BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`usage: npm run bench -- NAME [options]\nNAME is one of ${Object.keys(BENCHES).join(', ')}\n${USAGE}`);
  process.exitCode = 2;
} else {
  const measures = await (await bench.load())(options);
  process.stdout.write(options.json ? measures.map((measure) => `${JSON.stringify(measure)}\n`).join('') : `${formatTable(measures)}\n`);
}

/**
 * `npm run bench -- NAME [--json]`: a table, or with --json one line per measure.
 *
 *   raft-memory      three nodes in one process, memory storage: 200-byte commands, proposed on the leader until applied there
 *   workflow-memory  a workflow of ten checkpoints on such nodes
 *
 * Figures and what they leave out: docs/BENCHMARKS.md.
 */
import { parseArgs } from 'node:util';
import { formatTable, type Measure } from './measure.js';

const BENCHES: Readonly<Record<string, () => Promise<{ run(): Promise<readonly Measure[]> }>>> = {
  'raft-memory': () => import('./raft-memory.js'),
  'workflow-memory': () => import('./workflow-memory.js'),
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
const [name] = positionals;
const load = name === undefined ? undefined : BENCHES[name];
if (load === undefined) {
  process.stderr.write(`usage: npm run bench -- NAME [--json]\nNAME is one of ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const measures = await (await load()).run();
  process.stdout.write(values.json ? measures.map((measure) => `${JSON.stringify(measure)}\n`).join('') : `${formatTable(measures)}\n`);
}

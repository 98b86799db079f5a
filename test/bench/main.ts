/**
 * `npm run bench -- NAME [--json] [options]`: tables, or with --json one line per measure.
 *
 *   raft-memory      three nodes in one process, memory storage: 200-byte commands, proposed on the leader until applied there
 *   workflow-memory  a workflow of ten checkpoints on such nodes
 *   raft-durable     three processes with disks: 200-byte commands, interleaved with puts to etcd
 *   w10              ten sequential durable steps, one at a time and many in flight; --nodes 3: three processes
 *   w1000            one workflow of 1,000 (--steps) of them, in bare commits of the same disk
 *   long             one workflow of a million of them, then a restart: memory, the last steps against the first, and the replay
 *   idle             memory of runs that do nothing, open and closed; --nodes 3: processor and disk of three processes whose groups do nothing
 *   start-up         a node that has much state, from its start to its first answers
 *   flush            commits while the state is flushed, and while it is not
 *   failover         from the death of an owner to the next checkpoint of its runs
 *   join             a node that joins three with much state: how long, and what the others' commits take meanwhile
 *   forward          start and result from a node that hosts nothing against the leader's own, over gRPC on loopback
 *   moves            slots with open workflows that go from one cluster to another and back: how long they stand still
 *   scale            what grows with a deployment: messages for a checkpoint, groups of a process, a thousand of them, the management of 500 nodes; --only
 *   gossip           who is there, in groups of 10 to 500 nodes in virtual time: detection, false positives, messages and bytes; --nodes N: of one size
 *   peers            w10 and w1000, interleaved with the same work of other engines
 *
 * Figures and what they leave out: docs/BENCHMARKS.md.
 */
import { formatTable, type Measure } from './measure.js';
import { readOptions, USAGE, type BenchOptions } from './options.js';

type BenchRun = (options: BenchOptions) => Promise<readonly Measure[]>;

interface Bench {
  readonly load: () => Promise<BenchRun>;
  readonly defaults?: Partial<BenchOptions>;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  'raft-memory': { load: async () => (await import('./raft-memory.js')).run.bind(null, {}) },
  'workflow-memory': { load: async () => (await import('./workflow-memory.js')).run.bind(null, undefined) },
  'raft-durable': { load: async () => (await import('./raft-durable.js')).run, defaults: { sequential: 1_000 } },
  w10: { load: async () => byNodes((await import('./w10.js')).run, (await import('./w10-processes.js')).run) },
  w1000: { load: async () => (await import('./w1000.js')).run },
  long: { load: async () => (await import('./long.js')).run, defaults: { steps: 1_000_000 } },
  idle: { load: async () => byNodes((await import('./idle.js')).run, (await import('./idle-processes.js')).run) },
  failover: { load: async () => (await import('./failover.js')).run },
  join: { load: async () => (await import('./join.js')).run, defaults: { bytes: 100 * 1024 * 1024 } },
  'start-up': { load: async () => (await import('./start-up.js')).run },
  flush: { load: async () => (await import('./flush.js')).run, defaults: { workflows: 20_000 } },
  forward: { load: async () => (await import('./forward.js')).run, defaults: { sequential: 2_000 } },
  moves: { load: async () => (await import('./moves.js')).run, defaults: { open: 1_000, rounds: 20 } },
  scale: {
    load: async () => (await import('./scale.js')).run,
    defaults: { commands: 60_000, groups: 1_000, sequential: 2_000 },
  },
  gossip: { load: async () => (await import('./gossip.js')).run, defaults: { kills: 10, seconds: 80 } },
  peers: { load: async () => (await import('./peers.js')).run },
};

/** More than one node: a process each. */
function byNodes(alone: BenchRun, together: BenchRun): BenchRun {
  return (options) => (options.nodes > 1 ? together(options) : alone(options));
}

/** What runs in a process that a bench started. */
async function runChild(name: string, request: string): Promise<void> {
  switch (name) {
    case 'raft':
      return (await import('./raft-child.js')).runRaftChild(JSON.parse(request) as never);
    case 'scale':
      return (await import('./scale-child.js')).runScaleChild(JSON.parse(request) as never);
    case 'node':
      return (await import('./node-child.js')).runNodeChild(JSON.parse(request) as never);
    default:
      return (await import('./child.js')).runChild(request);
  }
}

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
if (process.argv[2] === 'child') await runChild(process.argv[3]!, process.argv[4]!);
else await main(process.argv.slice(2));

/**
 * Bench: one Raft group on three processes, sqlite storage, commands of 200 bytes until they are applied where they were proposed; one client, and many.
 * In turns with puts of 200 bytes to three members of etcd, if it is installed. Not measured: machines and a network between them.
 */
import { spawnSync } from 'node:child_process';
import { median, percentile, round, type Measure } from './measure.js';
import { inDataFolder } from './node.js';
import type { BenchOptions } from './options.js';
import { copyPeer, isThere, printedBy, type Printed } from './peers.js';
import { probe, probeMeasures, type Probes } from './probes.js';
import { RaftProcesses, type LoadRequest } from './raft-child.js';
import { cpuOf, type Worker } from './worker.js';

const NODES = 3;
const PEER = 'etcd';

interface Line {
  readonly system: string;
  readonly round: number;
  readonly where: string;
  readonly clients: number;
  readonly commands: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perS: number;
  /** Processor time that a command takes in all processes together, µs: says more than the clock on a machine that is busy. */
  readonly cpuUs: number;
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  return inDataFolder(options, async (folder) => {
    const hasPeer = isThere(PEER, options.shared) && isInstalled();
    if (hasPeer) copyPeer(PEER, options.shared, folder);
    const lines: Line[] = [];
    const probes: Probes[] = [];
    for (let at = 1; at <= options.rounds; at++) {
      probes.push(await probe(folder));
      lines.push(...(await ours(at, `${folder}/round-${at}`, options)));
      if (hasPeer) lines.push(...(await etcd(at, folder, options)));
    }
    return [...probeMeasures('raft-durable', probes), ...lines.map((line) => shown(line, options)), ...medians(lines, options)];
  });
}

function isInstalled(): boolean {
  if (spawnSync('etcd', ['--version']).status === 0) return true;
  process.stderr.write('etcd is left out: it is not installed (Debian: etcd-server)\n');
  return false;
}

async function ours(at: number, folder: string, options: BenchOptions): Promise<Line[]> {
  const processes = await RaftProcesses.start({
    folder,
    nodes: NODES,
    groups: 1,
    transport: options.transport,
    busyPollMs: options.busyPollMs,
  });
  try {
    const leader = await processes.leader();
    const follower = processes.workers.find((worker) => worker !== leader)!;
    const lines: Line[] = [];
    await loaded(leader, { clients: options.clients, commands: options.commands / 5 });
    for (const [where, worker] of [
      ['leader', leader],
      ['follower', follower],
    ] as const) {
      for (const clients of [1, options.clients]) {
        const commands = clients === 1 ? options.sequential : options.commands;
        const cpuBefore = await cpuOf(processes.workers);
        const { tookMs, allMs } = await loaded(worker, { clients, commands });
        const cpuUs = (((await cpuOf(processes.workers)) - cpuBefore) / commands) * 1_000;
        lines.push({
          system: 'raftoral',
          round: at,
          where,
          clients,
          commands,
          p50Ms: percentile(tookMs, 0.5),
          p99Ms: percentile(tookMs, 0.99),
          perS: (commands / allMs) * 1_000,
          cpuUs,
        });
      }
    }
    return lines;
  } finally {
    await processes.stop();
  }
}

function loaded(worker: Worker, request: LoadRequest): Promise<{ readonly tookMs: Float64Array; readonly allMs: number }> {
  return worker.ask('load', { ...request, commands: Math.ceil(request.commands) });
}

async function etcd(at: number, folder: string, options: BenchOptions): Promise<Line[]> {
  const work = { N_LAT: String(options.sequential), N_THR: String(options.commands) };
  const printed = await printedBy(PEER, ['bash', `${folder}/${PEER}/run.sh`], { DATA: folder, ...work });
  const line = (name: string, clients: number, commands: number): Line => {
    const found = printed.find((one) => one['case'] === name);
    if (found === undefined) throw new Error(`${PEER} printed no line of ${name}`);
    const value = (key: string): number => Number((found as Printed)[key]);
    return {
      system: PEER,
      round: at,
      where: 'leader',
      clients,
      commands,
      p50Ms: value('p50_ms'),
      p99Ms: value('p99_ms'),
      perS: value('puts_per_s'),
      cpuUs: Number.NaN,
    };
  };
  return [line('put-1-client', 1, options.sequential), line('put-64-clients', 64, options.commands)];
}

function shown(line: Line, options: BenchOptions): Measure {
  return {
    bench: 'raft-durable',
    system: line.system,
    transport: line.system === PEER ? 'grpc' : options.transport,
    round: line.round,
    proposed_on: line.where,
    clients: line.clients,
    commands: line.commands,
    p50_ms: round(line.p50Ms),
    p99_ms: round(line.p99Ms),
    per_s: round(line.perS),
    cpu_us_per_command: round(line.cpuUs),
  };
}

/** A ratio above 1 says that ours is better. */
function medians(lines: readonly Line[], options: BenchOptions): Measure[] {
  const of = (system: string, where: string, clients: number, value: (line: Line) => number): number => {
    const values = lines.filter((line) => line.system === system && line.where === where && line.clients === clients).map(value);
    return values.length === 0 ? Number.NaN : median(values);
  };
  return [1, options.clients].flatMap((clients) =>
    ['leader', 'follower'].map((where) => {
      const p50Ms = of('raftoral', where, clients, (line) => line.p50Ms);
      const perS = of('raftoral', where, clients, (line) => line.perS);
      const etcdP50Ms = of(PEER, 'leader', clients, (line) => line.p50Ms);
      const etcdPerS = of(PEER, 'leader', clients, (line) => line.perS);
      return {
        bench: 'raft-durable',
        median_of: options.rounds,
        proposed_on: where,
        clients,
        p50_ms: round(p50Ms),
        per_s: round(perS),
        etcd_p50_ms: round(etcdP50Ms),
        etcd_per_s: round(etcdPerS),
        p50_is_better_by: round(etcdP50Ms / p50Ms),
        rate_is_better_by: round(perS / etcdPerS),
      };
    }),
  );
}

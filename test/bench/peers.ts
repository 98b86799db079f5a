/**
 * Bench: the same work as the peers in ../shared/peers, interleaved with them, because the disk drifts: ours, a peer, ours, the next peer, and so for
 * --rounds rounds; then the medians, and how many times better. A peer's folder is copied to a place of its own, where it installs what it needs.
 * Peers run in processes of their own (server, client and worker); ours is one process, as an application has it.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, round, type Measure } from './measure.js';
import { inDataFolder } from './node.js';
import type { BenchOptions } from './options.js';

/** Longest time for one round of one system, ms. */
const ROUND_MS_MAX = 10 * 60_000;
/** So that one leaves the disk quiet for the next, ms. */
const PAUSE_MS = 2_000;
const OURS = 'raftoral';

interface Line {
  readonly system: string;
  readonly round: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly workflowsPerS: number;
  readonly longStepsPerS: number;
  readonly lastPerFirst: number;
  readonly pssMib: number;
  readonly fsyncUs: number;
}

/** What the peers' scripts and our benches print, as far as it is read here. */
export type Printed = Readonly<Record<string, unknown>>;

export async function run(options: BenchOptions): Promise<Measure[]> {
  return inDataFolder(options, async (folder) => {
    const peers = options.peers.filter((peer) => isThere(peer, options.shared));
    for (const peer of peers) copyPeer(peer, options.shared, folder);
    const lines: Line[] = [];
    for (let at = 1; at <= options.rounds; at++) {
      for (const peer of peers) {
        await attempt(lines, () => runOurs(at, folder, options));
        await attempt(lines, () => runPeer(peer, at, folder, options));
      }
      if (peers.length === 0) await attempt(lines, () => runOurs(at, folder, options));
    }
    return [...lines.map(shown), ...medians(lines, [OURS, ...peers])];
  });
}

export function isThere(peer: string, shared: string): boolean {
  if (existsSync(join(shared, 'peers', peer, 'run.sh'))) return true;
  process.stderr.write(`${peer} is left out: there is no ${join(shared, 'peers', peer, 'run.sh')}; name the folder with --shared\n`);
  return false;
}

export function copyPeer(peer: string, shared: string, folder: string): void {
  const target = join(folder, peer);
  cpSync(resolve(shared, 'peers', peer), target, { recursive: true });
  chmodSync(target, 0o755);
  for (const file of readdirSync(target)) chmodSync(join(target, file), 0o755);
}

/** One that can not run is left out aloud; the others go on. */
async function attempt(lines: Line[], measure: () => Promise<Line>): Promise<void> {
  try {
    const line = await measure();
    lines.push(line);
    process.stderr.write(`${JSON.stringify(shown(line))}\n`);
  } catch (error) {
    process.stderr.write(`left out: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  await sleep(PAUSE_MS);
}

async function runOurs(at: number, folder: string, options: BenchOptions): Promise<Line> {
  const work = ['--sequential', String(options.sequential), '--workflows', String(options.workflows), '--clients', String(options.clients)];
  const warmUp = ['--warm-up', String(options.warmUp), '--busy-poll', String(options.busyPollMs)];
  const bench = (name: string, ...more: string[]): Promise<Printed[]> =>
    printedBy(
      OURS,
      [process.execPath, '--expose-gc', process.argv[1]!, name, '--json', '--storage', options.storage, '--data', folder, ...more],
      {},
    );
  const w10 = await bench('w10', ...work, ...warmUp);
  const w1000 = await bench('w1000', '--steps', String(options.steps), ...work, ...warmUp);
  const alone = find(OURS, w10, 'clients', 1);
  const together = find(OURS, w10, 'clients', options.clients);
  const long = find(OURS, w1000, 'steps', options.steps);
  return {
    system: OURS,
    round: at,
    latencyP50Ms: number(alone['p50_ms']),
    latencyP99Ms: number(alone['p99_ms']),
    workflowsPerS: number(together['workflows_per_s']),
    longStepsPerS: number(long['steps_per_s']),
    lastPerFirst: number(long['last_hundred_per_first']),
    pssMib: number(together['pss_mib']),
    fsyncUs: number(w10.find((line) => String(line['case']).startsWith('probe: write'))?.['p50_us']),
  };
}

async function runPeer(peer: string, at: number, folder: string, options: BenchOptions): Promise<Line> {
  const data = join(folder, `${peer}-data`);
  mkdirSync(data, { recursive: true, mode: 0o755 });
  const lines = await printedBy(peer, ['bash', join(folder, peer, 'run.sh')], {
    DATA: data,
    CASES: 'latency,throughput,w1000',
    MODES: 'aof-always', // BullMQ: fsync before each reply, as everybody else here
    WARM: String(options.warmUp),
    N_LAT: String(options.sequential),
    N_THR: String(options.workflows),
    CONC: String(options.clients),
    N_LONG: String(options.steps),
  });
  const latency = find(peer, lines, 'case', 'W10-latency');
  const throughput = find(peer, lines, 'case', 'W10-throughput');
  const long = find(peer, lines, 'case', 'W1000');
  return {
    system: peer,
    round: at,
    latencyP50Ms: number(latency['p50_ms']),
    latencyP99Ms: number(latency['p99_ms']),
    workflowsPerS: number(throughput['workflows_per_s']),
    longStepsPerS: number(long['steps_per_s']),
    lastPerFirst: number(long['slowdown']),
    pssMib: number(throughput['pss_mb']),
    fsyncUs: number(find(peer, lines, 'case', 'fsync-probe')['p50_ms']) * 1_000,
  };
}

/** The JSON lines of a program that ends by itself. In a process group of its own, so that what it started ends with it. */
export async function printedBy(name: string, command: readonly string[], env: Record<string, string>): Promise<Printed[]> {
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  });
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  const late = setTimeout(kill, ROUND_MS_MAX);
  process.once('exit', kill);
  const lines: Printed[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2_000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) lines.push(JSON.parse(line) as Printed);
  });
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', done);
  });
  clearTimeout(late);
  process.off('exit', kill);
  if (code !== 0)
    throw new Error(`${name} ended with ${code === null ? `a signal, after ${ROUND_MS_MAX} ms at most` : `code ${code}`}: ${said}`);
  return lines;
}

function find(system: string, lines: readonly Printed[], name: string, value: unknown): Printed {
  const line = lines.find((one) => one[name] === value);
  if (line === undefined) throw new Error(`${system} printed no line whose ${name} is ${String(value)}`);
  return line;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}

function shown(line: Line): Measure {
  return {
    bench: 'peers',
    system: line.system,
    round: line.round,
    w10_p50_ms: line.latencyP50Ms,
    w10_p99_ms: line.latencyP99Ms,
    w10_workflows_per_s: line.workflowsPerS,
    w1000_steps_per_s: line.longStepsPerS,
    last_per_first: line.lastPerFirst,
    pss_mib: line.pssMib,
    fsync_us: line.fsyncUs,
  };
}

/** A ratio above 1 says that ours is better. Ours is the median of all its runs, twice as many as a peer has. */
function medians(lines: readonly Line[], systems: readonly string[]): Measure[] {
  const of = (system: string, value: (line: Line) => number): number => median(lines.filter((line) => line.system === system).map(value));
  const rows: Measure[] = [];
  for (const system of systems) {
    const runs = lines.filter((line) => line.system === system).length;
    if (runs === 0) continue;
    const more = (value: (line: Line) => number): number => round(of(OURS, value) / of(system, value));
    const less = (value: (line: Line) => number): number => round(of(system, value) / of(OURS, value));
    rows.push({
      bench: 'peers',
      median_of: system,
      runs,
      w10_p50_ms: round(of(system, (line) => line.latencyP50Ms)),
      w10_p99_ms: round(of(system, (line) => line.latencyP99Ms)),
      w10_workflows_per_s: round(of(system, (line) => line.workflowsPerS)),
      w1000_steps_per_s: round(of(system, (line) => line.longStepsPerS)),
      last_per_first: round(of(system, (line) => line.lastPerFirst)),
      pss_mib: round(of(system, (line) => line.pssMib)),
      ours_p50_is_better_by: less((line) => line.latencyP50Ms),
      ours_rate_is_better_by: more((line) => line.workflowsPerS),
      ours_steps_are_better_by: more((line) => line.longStepsPerS),
    });
  }
  return rows;
}

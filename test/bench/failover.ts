/**
 * Bench: three nodes in processes of their own; the owner of ten resident runs that do steps all the time dies, stops, blocks or hands over. From that
 * to the next committed checkpoint of its runs, on another node: of the first, and of the last of them. Detection, election and resumption apart.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, round, type Measure } from './measure.js';
import type { NodeSeen, RunsRequest } from './node-child.js';
import { inDataFolder } from './node.js';
import { NodeProcesses } from './node-processes.js';
import type { BenchOptions } from './options.js';
import { probe, probeMeasures, type Probes } from './probes.js';

const NODES = 3;
const RUNS = 10;
/** Body of each step. */
const STEP_MS = 10;
const STEPS = 100_000;
/** Runs go on undisturbed for so long before. */
const CALM_MS = 400;
const RESUME_MS_MAX = 20_000;
const BLOCK_MS = 2_000;

type Kind =
  | 'kill a leader'
  | 'kill a follower'
  | 'SIGSTOP a leader'
  | 'SIGSTOP a follower'
  | 'block a leader'
  | 'stop a leader'
  | 'stop a follower'
  | 'transfer';

interface Round {
  readonly kind: Kind;
  /** The first survivor knew; all of them did. */
  readonly detectionMs: number;
  readonly allKnewMs: number;
  readonly electionMs: number;
  readonly resumptionMs: number;
  readonly firstRunMs: number;
  readonly allRunsMs: number;
}

export async function run(options: BenchOptions): Promise<Measure[]> {
  return inDataFolder(options, async (folder) => {
    const probes: Probes[] = [await probe(folder)];
    const processes = await NodeProcesses.start({ folder, nodes: NODES, transport: options.transport });
    const rounds: Round[] = [];
    const few = Math.ceil(options.kills / 3);
    const every: Array<[Kind, number]> = [
      ['kill a leader', options.kills],
      ['kill a follower', options.kills],
      ['SIGSTOP a leader', few],
      ['SIGSTOP a follower', few],
      ['block a leader', few],
      ['stop a leader', few],
      ['stop a follower', few],
      ['transfer', few],
    ];
    const plan = every.filter(([kind]) => kind.includes(options.only));
    try {
      for (const [kind, count] of plan) {
        for (let at = 0; at < count; at++) {
          const done = await oneRound(processes, kind, `${kind.replaceAll(' ', '-')}-${at}`);
          process.stderr.write(`${JSON.stringify(done)}\n`);
          rounds.push(done);
        }
        probes.push(await probe(folder));
      }
    } finally {
      await processes.stop();
    }
    return [...probeMeasures('failover', probes), ...plan.map(([kind]) => summary(kind, rounds, options))];
  });
}

async function oneRound(processes: NodeProcesses, kind: Kind, prefix: string): Promise<Round> {
  const leader = await processes.leaderId();
  const isOfLeader = kind.endsWith('leader') || kind === 'transfer';
  const victim = isOfLeader ? leader : processes.members.find((id) => id !== leader)!;
  const worker = processes.node(victim);
  const request: RunsRequest = { prefix, count: RUNS, steps: STEPS, pauseMs: STEP_MS, waiting: false };
  const runIds = await worker.ask<string[]>('startRuns', request);
  await sleep(CALM_MS);
  const owned = await worker.ask<number>('owned');
  if (owned !== RUNS) throw new Error(`node ${victim} owns ${owned} runs instead of ${RUNS}`);
  const others = processes.members.filter((id) => id !== victim);
  for (const id of processes.members) await processes.node(id).ask('forget');
  const heir = others[0]!;
  const atMs = Date.now();
  const over = act(processes, kind, victim, heir);
  const isPlanned = kind === 'transfer' || kind.startsWith('stop');
  const witnesses = kind === 'transfer' ? processes.members : others;
  const result = isPlanned
    ? await handedOver(processes, kind, { others: witnesses, runIds, victim, atMs }, over)
    : await resumed(processes, kind, { others, runIds, victim, atMs });
  await over;
  await heal(processes, kind, victim);
  await processes.node(await processes.leaderId()).ask('cancelAll');
  return result;
}

/** Does it; resolves when nothing more is to come of it. */
async function act(processes: NodeProcesses, kind: Kind, victim: number, heir: number): Promise<void> {
  const worker = processes.node(victim);
  if (kind.startsWith('kill')) worker.signal('SIGKILL');
  else if (kind.startsWith('SIGSTOP')) worker.signal('SIGSTOP');
  else if (kind.startsWith('block')) await worker.ask('block', BLOCK_MS);
  else if (kind.startsWith('stop')) await worker.stop();
  else await worker.ask('transfer', heir);
}

async function heal(processes: NodeProcesses, kind: Kind, victim: number): Promise<void> {
  const worker = processes.node(victim);
  if (kind.startsWith('SIGSTOP')) worker.signal('SIGCONT');
  if (kind.startsWith('kill') || kind.startsWith('stop')) {
    await worker.ended;
    await processes.boot(victim);
  }
  await processes.healed();
}

interface Watched {
  readonly others: readonly number[];
  readonly runIds: readonly string[];
  readonly victim: number;
  readonly atMs: number;
}

async function resumed(processes: NodeProcesses, kind: Kind, { others, runIds, victim, atMs }: Watched): Promise<Round> {
  const firstMs = new Map<string, number>();
  const downMs = new Map<number, number>();
  let leadMs = Infinity;
  while (firstMs.size < runIds.length) {
    await sleep(50);
    if (Date.now() - atMs > RESUME_MS_MAX)
      throw new Error(`after '${kind}' of node ${victim} ${runIds.length - firstMs.size} runs did not go on within ${RESUME_MS_MAX} ms`);
    for (const id of others) {
      const seen = await processes.node(id).ask<NodeSeen>('seen');
      const down = seen.downs.find(({ peer }) => peer === victim);
      if (down !== undefined) downMs.set(id, down.atMs);
      for (const lead of seen.leads) leadMs = Math.min(leadMs, lead.atMs);
      for (const { runId, firstAtMs } of seen.runs) {
        // In an epoch of another owner.
        const times = Object.entries(firstAtMs).filter(([epoch]) => Number(epoch) > 1);
        for (const [, ms] of times) if (runIds.includes(runId)) firstMs.set(runId, Math.min(firstMs.get(runId) ?? Infinity, ms));
      }
    }
  }
  const all = [...firstMs.values()];
  const isLed = kind.endsWith('leader') && Number.isFinite(leadMs);
  const knownMs = downMs.size === 0 ? atMs : Math.min(...downMs.values());
  const ledMs = isLed ? Math.max(leadMs, atMs) : knownMs;
  return {
    kind,
    detectionMs: knownMs - atMs,
    allKnewMs: Math.max(knownMs, ...downMs.values()) - atMs,
    electionMs: Math.max(0, ledMs - knownMs),
    resumptionMs: Math.max(...all) - Math.max(ledMs, knownMs),
    firstRunMs: Math.min(...all) - atMs,
    allRunsMs: Math.max(...all) - atMs,
  };
}

/** Nobody died: the longest time in which a run made no progress, above what a step takes by itself. */
async function handedOver(processes: NodeProcesses, kind: Kind, watched: Watched, over: Promise<void>): Promise<Round> {
  await over;
  const doneMs = Date.now() - watched.atMs;
  await sleep(CALM_MS);
  const gaps: number[] = [];
  for (const id of watched.others) {
    const seen = await processes.node(id).ask<NodeSeen>('seen');
    const runs = seen.runs.filter(({ runId }) => watched.runIds.includes(runId));
    if (runs.length !== watched.runIds.length) throw new Error(`after '${kind}' node ${id} saw only ${runs.length} of the runs go on`);
    for (const { gapMsMax } of runs) gaps.push(gapMsMax - STEP_MS);
  }
  return {
    kind,
    detectionMs: 0,
    allKnewMs: 0,
    electionMs: doneMs,
    resumptionMs: 0,
    firstRunMs: Math.min(...gaps),
    allRunsMs: Math.max(...gaps),
  };
}

function summary(kind: Kind, rounds: readonly Round[], options: BenchOptions): Measure {
  const of = rounds.filter((one) => one.kind === kind);
  const p50 = (value: (one: Round) => number): number => round(median(of.map(value)));
  const max = (value: (one: Round) => number): number => Math.max(...of.map(value));
  return {
    bench: 'failover',
    case: kind,
    transport: options.transport,
    rounds: of.length,
    detection_p50_ms: p50((one) => one.detectionMs),
    all_knew_p50_ms: p50((one) => one.allKnewMs),
    detection_max_ms: max((one) => one.detectionMs),
    election_p50_ms: p50((one) => one.electionMs),
    election_max_ms: max((one) => one.electionMs),
    resumption_p50_ms: p50((one) => one.resumptionMs),
    first_run_p50_ms: p50((one) => one.firstRunMs),
    all_runs_p50_ms: p50((one) => one.allRunsMs),
    all_runs_max_ms: max((one) => one.allRunsMs),
  };
}

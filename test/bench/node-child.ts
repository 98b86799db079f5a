/**
 * A workflow node in a process of its own, with disk and transport, as one of a static cluster: the child's side.
 */
import { RAFTORAL_TRANSPORT } from '../../lib/index.js';
import { makeTransport, type CarrierKind } from './carriers.js';
import { bootNode, inFlight, patiently, type BenchNode } from './node.js';
import { cpuMs, serve } from './worker.js';
import { Steps, watch } from './workflows.js';

export interface NodeChildRequest {
  readonly nodeId: number;
  readonly members: readonly number[];
  readonly path: string;
  readonly transport: CarrierKind;
  /** `host:port` of every member, by id, this one included; free when the bench began. */
  readonly addresses: Readonly<Record<number, string>>;
  /** A node that waits to be added, if true. */
  readonly join?: boolean;
  readonly busyPollMs: number;
}

/** What a replica saw of a run. Times by the wall clock, ms: all processes of a machine share it. */
export interface RunSeen {
  readonly runId: string;
  epoch: number;
  /** When its code went on behind the first step of each epoch. */
  readonly firstAtMs: Record<number, number>;
  lastAtMs: number;
  /** Longest time between two steps. */
  gapMsMax: number;
}

export interface NodeSeen {
  readonly runs: readonly RunSeen[];
  readonly downs: ReadonlyArray<{ readonly peer: number; readonly atMs: number }>;
  readonly leads: ReadonlyArray<{ readonly term: number; readonly atMs: number }>;
}

export interface WorkRequest {
  readonly count: number;
  readonly clients: number;
  readonly steps: number;
}

export async function runNodeChild(request: NodeChildRequest): Promise<void> {
  const { nodeId, members, path, addresses, join = false, busyPollMs } = request;
  const transport = makeTransport(request.transport, addresses[nodeId]);
  transport.learnAddresses(Object.entries(addresses).map(([id, address]) => ({ nodeId: Number(id), address, incarnation: 0 })));
  const booting = bootNode(path, 'sqlite', {
    nodeId,
    members: join ? [] : members,
    join,
    raft: { busyPollMs },
    overridden: [{ provide: RAFTORAL_TRANSPORT, useValue: transport }],
  });
  let load: Load | null = null;
  let booted: BenchNode | null = null;
  let seen: ((isToForget: boolean) => NodeSeen) | null = null;
  const node = (): BenchNode => {
    if (booted === null) throw new Error('the node has not begun');
    return booted;
  };
  serve(
    {
      begin: async () => {
        booted = await booting;
        seen = watchAll(booted);
        return nodeId;
      },
      ready: () => patiently(() => node().client.execute(Steps, { steps: 0 })),
      status: () => node().node.group.status(),
      leads: () => node().node.group.isLeader,
      hellos: () => [...node().node.state.hellos.values()].filter((hello) => !hello.down).length,
      work: ({ count, clients, steps }: WorkRequest) => work(node(), count, clients, steps),
      startRuns: (runs: RunsRequest) => startRuns(node(), runs),
      owned: () => [...node().node.state.openRuns()].filter((run) => run.owner === nodeId).length,
      /** Everything since it was told to forget. */
      seen: () => seen!(false),
      forget: () => void seen!(true),
      transfer: (to: number) => node().node.group.transferLeadership(to),
      addLearner: (id: number) => node().node.group.addLearner(id),
      promote: (id: number) => node().node.group.promote(id),
      block: (ms: number) => {
        // After the answer has left.
        setTimeout(() => {
          const until = Date.now() + ms;
          while (Date.now() < until);
        }, 20);
      },
      cancelAll: () => cancelAll(node()),
      fill: (request: FillRequest) => fill(node(), request),
      beginLoad: (clients: number) => {
        load = new Load(node(), clients);
      },
      endLoad: () => load!.end(),
      cpu: () => cpuMs(),
    },
    () => node().app.close(),
  );
}

async function work(
  { client }: BenchNode,
  count: number,
  clients: number,
  steps: number,
): Promise<{ tookMs: Float64Array; allMs: number }> {
  const began = performance.now();
  const tookMs = await inFlight(clients, count, () => client.execute(Steps, { steps }));
  return { tookMs, allMs: performance.now() - began };
}

export interface RunsRequest {
  readonly prefix: string;
  readonly count: number;
  readonly steps: number;
  readonly pauseMs: number;
  /** Runs that only wait for a signal. */
  readonly waiting: boolean;
}

export interface FillRequest {
  readonly prefix: string;
  readonly count: number;
}

/** Open runs with a input of 20 kB each: what the state of a node holds, and its snapshots carry. Answers the bytes so far. */
async function fill({ client, node }: BenchNode, { prefix, count }: FillRequest): Promise<number> {
  await inFlight(64, count, (at) => client.start(Steps, { steps: 0, wait: true, pad: PAD }, { workflowId: `${prefix}-${at}` }));
  return node.state.openRunCount * PAD.length;
}

const PAD = 'y'.repeat(20_000);

/** Runs of one step, one after the other on each client, until it is ended. */
class Load {
  private readonly tookMs: number[] = [];
  private isOver = false;
  private readonly clients: Promise<unknown>;

  constructor({ client }: BenchNode, clients: number) {
    const one = async (): Promise<void> => {
      while (!this.isOver) {
        const began = performance.now();
        await client.execute(Steps, { steps: 1 });
        this.tookMs.push(performance.now() - began);
      }
    };
    this.clients = Promise.all(Array.from({ length: clients }, one));
  }

  async end(): Promise<Float64Array> {
    this.isOver = true;
    await this.clients;
    return Float64Array.from(this.tookMs).sort();
  }
}

async function startRuns({ client }: BenchNode, { prefix, count, steps, pauseMs, waiting }: RunsRequest): Promise<string[]> {
  const runs: string[] = [];
  await inFlight(64, count, async (at) => {
    const input = waiting ? { steps: 0, wait: true } : { steps, pauseMs };
    runs.push((await patiently(() => client.start(Steps, input, { workflowId: `${prefix}-${at}` }))).runId);
  });
  return runs;
}

async function cancelAll({ client, node }: BenchNode): Promise<number> {
  const open = [...node.state.openRuns()].map((run) => run.workflowId);
  await inFlight(64, open.length, async (at) => {
    await client.getHandle(Steps, open[at]!).terminate();
  });
  return open.length;
}

/** Keeps what happens from now on. */
function watchAll({ node }: BenchNode): (isToForget: boolean) => NodeSeen {
  const runs = new Map<string, RunSeen>();
  const downs: Array<{ peer: number; atMs: number }> = [];
  const leads: Array<{ term: number; atMs: number }> = [];
  watch.onCommitted = (runId) => {
    const atMs = Date.now();
    const epoch = node.state.run(runId)?.epoch ?? 0;
    let seen = runs.get(runId);
    if (seen === undefined) {
      seen = { runId, epoch, firstAtMs: {}, lastAtMs: atMs, gapMsMax: 0 };
      runs.set(runId, seen);
    }
    seen.firstAtMs[epoch] ??= atMs;
    seen.epoch = epoch;
    seen.gapMsMax = Math.max(seen.gapMsMax, atMs - seen.lastAtMs);
    seen.lastAtMs = atMs;
  };
  node.group.subscribe({
    onPeerDown: (peer) => downs.push({ peer, atMs: Date.now() }),
    onLeadership: ({ isLeader, term }) => isLeader && leads.push({ term, atMs: Date.now() }),
  });
  return (isToForget) => {
    const all = { runs: [...runs.values()], downs: [...downs], leads: [...leads] };
    if (isToForget) {
      runs.clear();
      downs.length = 0;
      leads.length = 0;
    }
    return all;
  };
}

/**
 * A node of bare Raft groups in a process of its own: host, storage on disk, transport; no workflows. Both sides.
 */
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom, type RaftNode } from '../../lib/cluster/index.js';
import { COMMAND_BODY_OFFSET, COMMAND_FRAME_VERSION, type StateMachine } from '../../lib/state-machine/index.js';
import { BENCH_LOGGER, makeTransport, type CarrierKind } from './carriers.js';
import { openStore } from './store.js';
import { cpuMs, folderOf, serve, Worker, type WorkerOptions } from './worker.js';

const DEPLOYMENT = '00000000-0000-4000-8000-000000000003';
export const COMMAND_BYTES = 200;

export interface RaftChildRequest {
  readonly nodeId: number;
  readonly members: readonly number[];
  readonly folder: string;
  readonly groups: number;
  readonly transport: CarrierKind;
  readonly busyPollMs: number;
}

export interface LoadRequest {
  readonly clients: number;
  readonly commands: number;
}

/** Keeps the last values, as a key-value store would. */
class Values implements StateMachine<number> {
  private static readonly kept = 10_000;
  private values: Uint8Array[] = [];

  apply(index: number, _term: number, frame: Uint8Array): number {
    this.values[index % Values.kept] = frame;
    return index;
  }

  applyMembership(): void {}

  snapshot(): Uint8Array {
    const parts = this.values.flatMap((frame, at) => {
      const head = Buffer.allocUnsafe(8);
      head.writeUInt32LE(at, 0);
      head.writeUInt32LE(frame.length, 4);
      return [head, frame];
    });
    return new Uint8Array(Buffer.concat(parts));
  }

  restore(_index: number, bytes: Uint8Array): void {
    this.values = [];
    const buffer = Buffer.from(bytes);
    for (let at = 0; at < buffer.length;) {
      const length = buffer.readUInt32LE(at + 4);
      this.values[buffer.readUInt32LE(at)] = new Uint8Array(buffer.subarray(at + 8, at + 8 + length));
      at += 8 + length;
    }
  }
}

// --- the parent's side --------------------------------------------------------------------------------------------------------

export class RaftProcesses {
  private constructor(
    readonly workers: readonly Worker[],
    readonly members: readonly number[],
  ) {}

  /** Resolves when every group has a leader that all know. */
  static async start(
    options: {
      readonly folder: string;
      readonly nodes: number;
      readonly groups: number;
      readonly transport: CarrierKind;
      readonly busyPollMs?: number;
    },
    perNode: (nodeId: number) => WorkerOptions = () => ({}),
  ): Promise<RaftProcesses> {
    const { folder, nodes, groups, transport, busyPollMs = 0 } = options;
    const members = Array.from({ length: nodes }, (_, at) => at + 1);
    const started = await Promise.all(
      members.map((nodeId) => {
        const request: RaftChildRequest = { nodeId, members, folder: folderOf(folder, nodeId), groups, transport, busyPollMs };
        return Worker.start<string>('raft', request, perNode(nodeId));
      }),
    );
    const addresses = started.map(({ begin }, at) => ({ nodeId: members[at]!, address: begin, incarnation: 1 }));
    const processes = new RaftProcesses(
      started.map(({ worker }) => worker),
      members,
    );
    await Promise.all(processes.workers.map((worker) => worker.ask('meet', addresses)));
    await Promise.all(processes.workers.map((worker) => worker.ask('settled')));
    return processes;
  }

  /** Of group 1. */
  async leader(): Promise<Worker> {
    for (;;) {
      for (const worker of this.workers) if (await worker.ask<boolean>('leads')) return worker;
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}

// --- the child's side ---------------------------------------------------------------------------------------------------------

export async function runRaftChild({
  nodeId,
  members,
  folder,
  groups: count,
  transport: kind,
  busyPollMs,
}: RaftChildRequest): Promise<void> {
  const transport = makeTransport(kind);
  await transport.listen();
  const host = new RaftHost({
    nodeId,
    deployment: DEPLOYMENT,
    incarnation: 1,
    clock: new SystemClock(),
    scheduler: new EventLoopScheduler(),
    random: new SystemRandom(),
    storage: openStore(folder),
    transport,
    logger: BENCH_LOGGER,
    tuning: { busyPollMs },
  });
  const groups: RaftNode<number>[] = [];
  serve(
    {
      begin: () => transport.advertised,
      meet: async (addresses: Parameters<typeof transport.learnAddresses>[0]) => {
        transport.learnAddresses(addresses);
        await host.start();
        for (let groupId = 1; groupId <= count; groupId++) {
          groups.push(await host.createGroup<number>({ groupId, stateMachine: new Values(), members }));
        }
      },
      settled: () => allSettled(groups),
      leads: () => groups[0]!.isLeader,
      load: ({ clients, commands }: LoadRequest) => load(groups[0]!, clients, commands),
      cpu: () => cpuMs(),
      asleep: () => groups.filter((group) => group.status().hibernating).length,
      status: () => host.status(),
    },
    () => host.stop(),
  );
}

async function allSettled(groups: readonly RaftNode<number>[]): Promise<void> {
  for (const group of groups)
    while (group.leaderId === 0 || group.appliedIndex === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Each client has one command in flight; answers what each took until it was applied here, ms, and how long all of them took. */
async function load(
  group: RaftNode<number>,
  clients: number,
  commands: number,
): Promise<{ readonly tookMs: Float64Array; readonly allMs: number }> {
  const tookMs = new Float64Array(commands);
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < commands) {
      const at = next++;
      const frame = new Uint8Array(COMMAND_BYTES);
      frame[0] = COMMAND_FRAME_VERSION;
      frame.fill(120, COMMAND_BODY_OFFSET);
      const began = performance.now();
      await group.propose(frame);
      tookMs[at] = performance.now() - began;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { tookMs: tookMs.sort(), allMs: performance.now() - began };
}

/**
 * Bench: what a command costs when a process drives many groups: 1 to 32 of them on three nodes in one process, memory storage, in-process network, 200-byte commands
 * on the leader of each group until applied there. Each group has the same number of commands outstanding, whatever their number; leaders are spread over the nodes.
 * The sizes alternate within each round, and are compared with one group in the same round. Processor time, so that other work of the machine is not in it; threads of the
 * garbage collector are. Not measured: disk, sockets, and a state machine that does anything.
 */
import { EventLoopScheduler, RaftHost, SystemClock, SystemRandom, type RaftNode } from '../../lib/cluster/index.js';
import { COMMAND_FRAME_VERSION, type StateMachine } from '../../lib/state-machine/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { median, round, type Measure } from './measure.js';
import type { BenchOptions } from './options.js';

const DEPLOYMENT = '00000000-0000-4000-8000-000000000012';
const NODES = [1, 2, 3];
const SIZES = [1, 2, 4, 8, 16, 32];
const OUTSTANDING = [1, 16];
const COMMAND_BYTES = 200;
const FRAMES = ['by-reference', 'encoded'] as const;

type Frames = (typeof FRAMES)[number];

class Counter implements StateMachine<number> {
  private count = 0;

  apply(): number {
    return ++this.count;
  }

  applyMembership(): void {}

  snapshot(): Uint8Array {
    return new Uint8Array(new Float64Array([this.count]).buffer);
  }

  restore(_index: number, bytes: Uint8Array): void {
    this.count = new Float64Array(bytes.slice().buffer)[0]!;
  }
}

interface Groups {
  /** Of each group. */
  readonly leaders: ReadonlyArray<RaftNode<number>>;
  stop(): Promise<void>;
}

async function start(count: number, frames: Frames): Promise<Groups> {
  const network = new InProcessNetwork({ encodeFrames: frames === 'encoded' });
  const [clock, scheduler, random] = [new SystemClock(), new EventLoopScheduler(), new SystemRandom()];
  const hosts = NODES.map((nodeId) => {
    const [storage, transport] = [new MemoryRaftStorage(), network.createTransport()];
    return new RaftHost({ nodeId, deployment: DEPLOYMENT, incarnation: 1, clock, scheduler, random, storage, transport });
  });
  for (const host of hosts) await host.start();
  const leaders: Array<RaftNode<number>> = [];
  for (let groupId = 1; groupId <= count; groupId++) {
    const replicas = await Promise.all(
      hosts.map((host) => host.createGroup<number>({ groupId, stateMachine: new Counter(), members: NODES })),
    );
    const wanted = replicas[groupId % NODES.length]!;
    while (replicas.every(({ isLeader }) => !isLeader)) await pause();
    if (!wanted.isLeader) await replicas.find(({ isLeader }) => isLeader)!.transferLeadership(wanted.nodeId);
    while (!wanted.isLeader) await pause();
    leaders.push(wanted);
  }
  return {
    leaders,
    stop: async () => {
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

/** µs per command: of all threads of the process, and of the clock. */
interface Cost {
  readonly cpuUs: number;
  readonly wallUs: number;
}

async function load(leaders: Groups['leaders'], outstanding: number, commands: number): Promise<Cost> {
  let next = 0;
  const client = async (leader: RaftNode<number>): Promise<void> => {
    while (next++ < commands) {
      const command = new Uint8Array(COMMAND_BYTES);
      command[0] = COMMAND_FRAME_VERSION;
      await leader.propose(command);
    }
  };
  (globalThis as { gc?: () => void }).gc?.();
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  await Promise.all(leaders.flatMap((leader) => Array.from({ length: outstanding }, () => client(leader))));
  const wallUs = ((performance.now() - began) * 1_000) / commands;
  const { user, system } = process.cpuUsage(cpu);
  return { cpuUs: (user + system) / commands, wallUs };
}

async function measure(count: number, frames: Frames, outstanding: number, commands: number): Promise<Cost> {
  const groups = await start(count, frames);
  await load(groups.leaders, outstanding, Math.ceil(commands / 4));
  const cost = await load(groups.leaders, outstanding, commands);
  await groups.stop();
  return cost;
}

async function compare(frames: Frames, outstanding: number, { rounds, commands }: BenchOptions): Promise<Measure[]> {
  const taken = SIZES.map((): Cost[] => []);
  for (let i = 0; i < rounds; i++)
    for (const [at, count] of SIZES.entries()) taken[at]!.push(await measure(count, frames, outstanding, commands));
  return SIZES.map((groups, at) => ({
    bench: 'scale groups',
    groups,
    outstanding_per_group: outstanding,
    frames,
    rounds,
    cpu_us_per_command: round(median(taken[at]!.map(({ cpuUs }) => cpuUs))),
    wall_us_per_command: round(median(taken[at]!.map(({ wallUs }) => wallUs))),
    // Of one round each: the machine drifts.
    cpu_against_one_group: round(median(taken[at]!.map(({ cpuUs }, i) => cpuUs / taken[0]![i]!.cpuUs))),
    wall_against_one_group: round(median(taken[at]!.map(({ wallUs }, i) => wallUs / taken[0]![i]!.wallUs))),
  }));
}

/** @param options `commands`: of each size and round. */
export async function run(options: BenchOptions): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const frames of FRAMES) for (const outstanding of OUTSTANDING) measures.push(...(await compare(frames, outstanding, options)));
  return measures;
}

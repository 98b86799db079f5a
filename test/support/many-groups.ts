/**
 * Many groups on three hosts in virtual time, whose logs outlive their processes: for specs of what groups of one node do to each other.
 * All groups have the same members. Frames travel by reference; a filter may take single envelopes out of them.
 */
import { RaftHost, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import type { Envelope, Frame, Transport } from '../../lib/transport/transport.js';
import { DEPLOYMENT, TextMachine } from './raft-cluster.js';
import { MemoryDisk, RowStorage } from './row-storage.js';

export const MEMBERS: readonly number[] = [1, 2, 3];

export interface GroupsOfNode {
  readonly id: number;
  readonly time: VirtualNode;
  readonly host: RaftHost;
  /** By group id - 1; those that it does not host are missing. */
  readonly groups: ReadonlyArray<RaftNode<string>>;
}

export interface ManyGroupsOptions {
  readonly count: number;
  readonly tuning?: Partial<RaftHostTuning>;
  readonly seed?: number;
  /** What a frame takes from node to node, ms. Default 0. */
  readonly delayMs?: number;
  /** What a write takes until it is durable, ms; what was not is not there after a crash. Default 0. */
  readonly writeMs?: number;
}

export class ManyGroups {
  readonly time = new VirtualTime();
  readonly nodes = new Map<number, GroupsOfNode>();
  /** False: this envelope is lost. */
  filter: ((from: number, to: number, envelope: Envelope) => boolean) | null = null;
  /** Frames that left each node, by virtual time. */
  readonly sentAt: Array<{ readonly atMs: number; readonly from: number; readonly to: number }> = [];
  private readonly machines = new Map<number, TextMachine[]>();
  private readonly network = new InProcessNetwork();
  private readonly disks = new Map<number, MemoryDisk>();
  private readonly random: SeededRandom;

  constructor(private readonly options: ManyGroupsOptions) {
    this.random = new SeededRandom(options.seed ?? 1);
  }

  /** Node 1 leads all of them. */
  static async led(options: ManyGroupsOptions): Promise<ManyGroups> {
    const many = new ManyGroups(options);
    for (const id of MEMBERS) await many.add(id);
    await many.elected();
    for (const group of many.node(1).groups) if (!group.isLeader) await many.time.runUntilSettled(group.transferLeadership(1), 5_000);
    await many.elected();
    return many;
  }

  node(id: number): GroupsOfNode {
    return this.nodes.get(id)!;
  }

  get alive(): GroupsOfNode[] {
    return [...this.nodes.values()].filter(({ time }) => time.alive);
  }

  /** Starts a node on its disk, for the first time or again; it opens the first groups only, if so many are given. */
  async add(id: number, count = this.options.count): Promise<GroupsOfNode> {
    return this.time.runUntilSettled(this.open(id, count), 5_000);
  }

  crash(id: number): void {
    this.network.crash(id);
    this.node(id).time.kill();
  }

  /** As many as there are groups: term of each, as its leader, or the node that knows most, has it. */
  terms(): number[] {
    return Array.from({ length: this.options.count }, (_, at) => Math.max(...this.hosting(at).map(({ groups }) => groups[at]!.term)));
  }

  /** Waits until every group has a leader that all live nodes know; the time that it took, ms. */
  async elected(maxMs = 20_000): Promise<number> {
    const startMs = this.time.nowMs;
    const isLed = (at: number): boolean => {
      const leaders = new Set(this.hosting(at).map(({ groups }) => groups[at]!.leaderId));
      const [leader] = leaders;
      return leaders.size === 1 && leader !== 0 && this.node(leader!).groups[at]?.isLeader === true;
    };
    const all = Array.from({ length: this.options.count }, (_, at) => at);
    if (!(await this.time.runUntil(() => all.every(isLed), maxMs))) throw new Error('some group has no leader');
    return this.time.nowMs - startMs;
  }

  /** What the state machine of group `at` + 1 holds on this node. */
  texts(id: number, at: number): readonly string[] {
    return this.machines.get(id)![at]!.texts;
  }

  stop(): void {
    for (const { host } of this.alive) host.crash();
  }

  private hosting(at: number): GroupsOfNode[] {
    return this.alive.filter(({ groups }) => at < groups.length);
  }

  private async open(id: number, count: number): Promise<GroupsOfNode> {
    const time = this.time.createNode({ name: `node ${id}` });
    let disk = this.disks.get(id);
    if (disk === undefined) this.disks.set(id, (disk = new MemoryDisk()));
    const host = new RaftHost({
      nodeId: id,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: time,
      scheduler: time,
      random: this.random,
      storage: new RowStorage({ disk, time: () => time, writeMs: this.options.writeMs ?? 0 }),
      transport: this.filtering(id, time, this.network.createTransport()),
      tuning: this.options.tuning ?? {},
    });
    await host.start();
    const groups: Array<RaftNode<string>> = [];
    const machines: TextMachine[] = [];
    const node: GroupsOfNode = { id, time, host, groups };
    for (let groupId = 1; groupId <= count; groupId++) {
      const stateMachine = new TextMachine();
      machines.push(stateMachine);
      groups.push(await host.createGroup({ groupId, stateMachine, members: MEMBERS }));
    }
    this.nodes.set(id, node);
    this.machines.set(id, machines);
    return node;
  }

  /** Frames to a paused node wait in its socket; those on their way to a node that dies are lost. */
  private filtering(from: number, time: VirtualNode, transport: Transport): Transport {
    const passing = (to: number, frame: Frame): Frame => {
      const { filter } = this;
      return filter === null ? frame : { ...frame, envelopes: frame.envelopes.filter((envelope) => filter(from, to, envelope)) };
    };
    return {
      start: (identity, handlers) =>
        transport.start(identity, {
          ...handlers,
          onFrames: (frames) => {
            const { delayMs = 0 } = this.options;
            if (delayMs > 0) time.setTimer(delayMs, () => handlers.onFrames!(frames));
            else if (time.paused) time.turn(() => handlers.onFrames!(frames));
            else if (time.alive) handlers.onFrames!(frames);
          },
        }),
      stop: () => transport.stop(),
      send: (to, sent) => {
        this.sentAt.push({ atMs: this.time.nowMs, from, to });
        const frame = passing(to, sent);
        if (frame.envelopes.length > 0) transport.send(to, frame);
      },
    };
  }
}

/**
 * A group of nodes that only gossip, in virtual time: the pure cores, a network that delays and loses, nodes that die, come back, stand still, or are slow at their messages.
 * Nothing is awaited, so that hundreds of nodes run for minutes of virtual time in seconds. Everything follows from the seed.
 *
 * A slow node (`slowDown`) is what the authors of Lifeguard measured with: its timers go on, but what it sends leaves, and what it gets is heard, only when the slowness is over.
 * A node that stands still (`pause`) does nothing at all meanwhile, as after SIGSTOP.
 */
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { TaskHeap, type VirtualTask } from '../../lib/testing/task-heap.js';
import type { MemberChange } from '../../lib/membership/swim/beliefs.js';
import { decodeMessage, encodeMessage } from '../../lib/membership/swim/message-codec.js';
import { MessageKind, type GossipMessage } from '../../lib/membership/swim/message.js';
import { compareClaims, MemberStatus, type MemberFacts, type MemberRecord } from '../../lib/membership/swim/record.js';
import { resolveMembershipSettings, type MembershipSettings } from '../../lib/membership/swim/settings.js';
import { Swim } from '../../lib/membership/swim/swim.js';

export interface GossipWorldOptions {
  readonly nodes: number;
  readonly seed: number;
  readonly settings?: Partial<MembershipSettings>;
  readonly lossRate?: number;
  readonly delayMsMin?: number;
  readonly delayMsMax?: number;
  /** Share of messages that arrive twice. */
  readonly duplicationRate?: number;
  /** Through the codec, both ways. Default: messages go by reference, and are encoded only for their length. */
  readonly isEncoded?: boolean;
  /** After every step: what must always hold is looked at. */
  readonly isWatched?: boolean;
}

export interface Traffic {
  messages: number;
  bytes: number;
}

class Task implements VirtualTask {
  cancelled = false;

  constructor(
    readonly atMs: number,
    readonly sequence: number,
    readonly run: () => void,
  ) {}
}

export class GossipNode {
  swim: Swim;
  isDead = false;
  /** Of its messages. */
  slowUntilMs = 0;
  pausedUntilMs = 0;
  tickAtMs = Infinity;
  readonly sent: Traffic = { messages: 0, bytes: 0 };
  readonly received: Traffic = { messages: 0, bytes: 0 };
  /** The highest claims that its table held; of others by id. */
  readonly highest = new Map<number, MemberRecord>();
  ownIncarnation = 0;

  constructor(
    readonly nodeId: number,
    public process: number,
    private readonly make: (process: number) => Swim,
  ) {
    this.swim = make(process);
  }

  restart(process: number): void {
    this.process = process;
    this.swim = this.make(process);
    this.isDead = false;
    this.highest.clear();
    this.ownIncarnation = 0;
  }
}

export class GossipWorld {
  nowMs = 0;
  readonly nodes: readonly GossipNode[];
  /** Called for every change that a node sees. */
  onChange: ((observer: GossipNode, change: MemberChange) => void) | null = null;
  lossRate: number;
  private readonly settings: MembershipSettings;
  private readonly random: SeededRandom;
  private readonly heap = new TaskHeap<Task>();
  private readonly cut = new Set<string>();
  private sequence = 0;

  constructor(private readonly options: GossipWorldOptions) {
    this.settings = resolveMembershipSettings(options.settings);
    this.random = new SeededRandom(options.seed, 'gossip-network');
    this.lossRate = options.lossRate ?? 0;
    this.nodes = Array.from({ length: options.nodes }, (_, i) => {
      const nodeId = i + 1;
      const make = (process: number): Swim =>
        new Swim({
          nodeId,
          process,
          facts: factsOf(nodeId),
          seeds: [1, 2, 3],
          settings: this.settings,
          chance: new SeededRandom(options.seed, `node-${nodeId}-${process}`),
          nowMs: this.nowMs,
        });
      return new GossipNode(nodeId, 1_763_000_000_000 + nodeId, make);
    });
    for (const node of this.nodes) this.settle(node);
  }

  get living(): GossipNode[] {
    return this.nodes.filter((node) => !node.isDead);
  }

  node(nodeId: number): GossipNode {
    return this.nodes[nodeId - 1]!;
  }

  run(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const task = this.heap.peek();
      if (task === undefined || task.atMs > untilMs) break;
      this.heap.pop();
      this.nowMs = task.atMs;
      task.run();
    }
    this.nowMs = untilMs;
  }

  /** False: it was not so within `maxMs`. Looked at after each `stepMs`. */
  runUntil(isSo: () => boolean, maxMs: number, stepMs = 10): boolean {
    const untilMs = this.nowMs + maxMs;
    while (!isSo()) {
      if (this.nowMs >= untilMs) return false;
      this.run(stepMs);
    }
    return true;
  }

  /** Everybody knows everybody who lives, and takes nobody who does not live to be here. */
  get isSettled(): boolean {
    const { living } = this;
    const isHere = (observer: GossipNode, nodeId: number): boolean => observer.swim.get(nodeId)?.status === MemberStatus.ALIVE;
    return living.every((observer) => this.nodes.every((node) => node === observer || isHere(observer, node.nodeId) === !node.isDead));
  }

  kill(nodeId: number): void {
    const node = this.node(nodeId);
    node.isDead = true;
    node.tickAtMs = Infinity;
  }

  restart(nodeId: number): void {
    const node = this.node(nodeId);
    node.restart(node.process + 1_000);
    node.tickAtMs = Infinity;
    this.settle(node);
  }

  slowDown(nodeId: number, ms: number): void {
    this.node(nodeId).slowUntilMs = this.nowMs + ms;
  }

  pause(nodeId: number, ms: number): void {
    const node = this.node(nodeId);
    node.pausedUntilMs = Math.max(node.pausedUntilMs, this.nowMs + ms);
  }

  partition(a: readonly number[], b: readonly number[]): void {
    for (const from of a) for (const to of b) this.cut.add(`${from}>${to}`).add(`${to}>${from}`);
  }

  partitionOneWay(from: readonly number[], to: readonly number[]): void {
    for (const a of from) for (const b of to) this.cut.add(`${a}>${b}`);
  }

  heal(): void {
    this.cut.clear();
  }

  /** Lets the node do something by itself (leave, tell its load), and sends what comes of it; nothing if it is dead. */
  act(nodeId: number, act: (swim: Swim) => void): void {
    const node = this.node(nodeId);
    if (node.isDead) return;
    act(node.swim);
    this.settle(node);
  }

  /** All know all from the start, as if they had met long ago. */
  acquaint(): void {
    const records = this.nodes.map(({ swim }) => swim.self);
    for (const node of this.nodes) {
      const other = this.nodes[node.nodeId % this.nodes.length]!;
      const message = {
        kind: MessageKind.EXCHANGE,
        process: other.process,
        isAnswer: true,
        isLast: true,
        records: [other.swim.self, ...records],
      } as const;
      node.swim.receive(this.nowMs, other.nodeId, message);
      this.settle(node);
    }
  }

  private at(atMs: number, run: () => void): void {
    this.heap.push(new Task(atMs, this.sequence++, run));
  }

  /** What came of its last step: messages leave, changes are told, the next tick is set. */
  private settle(node: GossipNode): void {
    for (const { to, message } of node.swim.takeMessages()) this.send(node, to, message);
    for (const change of node.swim.takeChanges()) this.onChange?.(node, change);
    if (this.options.isWatched === true) this.watch(node);
    const dueAtMs = node.swim.dueAtMs;
    if (dueAtMs >= node.tickAtMs) return;
    node.tickAtMs = dueAtMs;
    this.at(Math.max(dueAtMs, this.nowMs), () => this.tick(node, dueAtMs));
  }

  private tick(node: GossipNode, atMs: number): void {
    if (node.isDead || node.tickAtMs !== atMs) return;
    if (node.pausedUntilMs > this.nowMs) {
      // What arrived while it stood still is heard first: it stands before this in line.
      this.at(node.pausedUntilMs, () => this.tick(node, atMs));
      return;
    }
    node.tickAtMs = Infinity;
    node.swim.tick(this.nowMs);
    this.settle(node);
  }

  private send(from: GossipNode, to: number, message: GossipMessage): void {
    const { delayMsMin = 0.2, delayMsMax = 2, duplicationRate = 0, isEncoded } = this.options;
    const bytes = encodeMessage(message);
    from.sent.messages++;
    from.sent.bytes += bytes.length;
    const leavesAtMs = Math.max(this.nowMs, from.slowUntilMs);
    const isLost = this.lossRate > 0 && this.random.chance(this.lossRate);
    const copies = duplicationRate > 0 && this.random.chance(duplicationRate) ? 2 : 1;
    const receiver = this.nodes[to - 1];
    if (isLost || receiver === undefined) return;
    const { process } = from;
    for (let i = 0; i < copies; i++) {
      const skew = this.random.float();
      const delayMs = delayMsMin + (delayMsMax - delayMsMin) * skew * skew * skew;
      this.at(leavesAtMs + delayMs, () => {
        if (from.process === process && from.isDead && leavesAtMs > this.nowMs - delayMs) return;
        this.deliver(from.nodeId, receiver, isEncoded === true ? decodeMessage(bytes) : message, bytes.length);
      });
    }
  }

  private deliver(from: number, node: GossipNode, message: GossipMessage, bytes: number): void {
    if (node.isDead || this.cut.has(`${from}>${node.nodeId}`)) return;
    const laterMs = Math.max(node.slowUntilMs, node.pausedUntilMs);
    if (laterMs > this.nowMs) {
      this.at(laterMs, () => this.deliver(from, node, message, bytes));
      return;
    }
    node.received.messages++;
    node.received.bytes += bytes;
    node.swim.receive(this.nowMs, from, message);
    this.settle(node);
  }

  /** What must always hold, of one node after one of its steps. Throws if it does not. */
  private watch(node: GossipNode): void {
    const { self, waiting, size } = node.swim;
    const fail = (what: string): never => {
      throw new Error(`node ${node.nodeId} at ${this.nowMs} ms (seed ${this.options.seed}): ${what}`);
    };
    if (self.status !== MemberStatus.ALIVE && self.status !== MemberStatus.LEFT)
      fail(`it says of itself that its status is ${self.status}`);
    if (self.incarnation < node.ownIncarnation) fail(`its incarnation fell from ${node.ownIncarnation} to ${self.incarnation}`);
    node.ownIncarnation = self.incarnation;
    if (size > this.settings.membersMax) fail(`it knows ${size} nodes`);
    if (waiting.news > size + 1 || waiting.loads > size + 1 || waiting.suspicions > size || waiting.relays > this.settings.relaysMax)
      fail(`what waits is beyond its bounds: ${JSON.stringify(waiting)} of ${size} members`);
    const known = node.swim.others();
    for (const record of known) {
      const before = node.highest.get(record.nodeId);
      if (before !== undefined && compareClaims(record, before) < 0) fail(`what it knows of node ${record.nodeId} fell`);
      const about = this.node(record.nodeId);
      if (record.process === about.process && record.incarnation > about.swim.self.incarnation)
        fail(`it knows incarnation ${record.incarnation} of node ${record.nodeId}, which has ${about.swim.self.incarnation}`);
      if (record.process > about.process) fail(`it knows a process of node ${record.nodeId} that never was`);
      if (record.status === MemberStatus.LEFT && record.process === about.process && about.swim.self.status !== MemberStatus.LEFT)
        fail(`it takes node ${record.nodeId} to have left, and it has not`);
      node.highest.set(record.nodeId, record);
    }
    // A node that was forgotten may come back with what an old table says of it.
    for (const nodeId of node.highest.keys()) if (node.swim.get(nodeId) === undefined) node.highest.delete(nodeId);
  }
}

export function factsOf(nodeId: number): MemberFacts {
  return {
    addresses: [`10.0.${nodeId >> 8}.${nodeId & 0xff}:7000`],
    workflowsDigest: Uint8Array.from({ length: 8 }, (_, i) => (nodeId * 31 + i) & 0xff),
  };
}

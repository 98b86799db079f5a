/**
 * Raft groups on several hosts in virtual time, over an in-process network: for specs of the shell.
 * Node n has a clock and a scheduler of its own; macrotasks are counted.
 */
import { RaftHost, type GroupListener, type RaftHostTuning, type RaftNode } from '../../lib/cluster/index.js';
import { RaftoralError } from '../../lib/errors/index.js';
import type { Scheduler } from '../../lib/cluster/scheduler.js';
import type { ConfState } from '../../lib/raft/index.js';
import { COMMAND_BODY_OFFSET, readLogTimeStamp, type StateMachine } from '../../lib/state-machine/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import type { RaftStorage } from '../../lib/storage/storage.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { DEFAULT_FRAME_LIMITS } from '../../lib/transport/envelope-codec.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { EnvelopeKind, type Envelope, type Frame, type Transport } from '../../lib/transport/transport.js';

export const DEPLOYMENT = '00000000-0000-4000-8000-00000000000a';

/** A command frame with this text as its body. */
export function frame(text: string): Uint8Array {
  const body = Buffer.from(text, 'utf8');
  const bytes = new Uint8Array(COMMAND_BODY_OFFSET + body.length);
  bytes[0] = 1;
  bytes.set(body, COMMAND_BODY_OFFSET);
  return bytes;
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(COMMAND_BODY_OFFSET)).toString('utf8');
}

/** Keeps every command's text, once: a repetition answers as the first did. Throws on the text 'poison'. */
export class TextMachine implements StateMachine<string> {
  texts: string[] = [];
  readonly stamps: number[] = [];
  readonly memberships: ConfState[] = [];
  restores = 0;

  apply(_index: number, _term: number, bytes: Uint8Array): string {
    const text = textOf(bytes);
    if (text === 'poison' || text === 'malformed') throw new Error('a command of an unknown kind');
    this.stamps.push(readLogTimeStamp(bytes));
    if (!this.texts.includes(text)) this.texts.push(text);
    return `${text}@${this.texts.indexOf(text)}`;
  }

  check(bytes: Uint8Array): void {
    if (textOf(bytes) === 'malformed') throw new RaftoralError('MALFORMED_FRAME', 'the text is malformed');
  }

  applyMembership(_index: number, membership: ConfState): void {
    this.memberships.push(membership);
  }

  snapshot(): Uint8Array {
    return Buffer.from(JSON.stringify(this.texts), 'utf8');
  }

  restore(_index: number, bytes: Uint8Array): void {
    this.texts = JSON.parse(Buffer.from(bytes).toString('utf8')) as string[];
    this.restores++;
  }
}

export class CountingScheduler implements Scheduler {
  turns = 0;

  constructor(private readonly inner: Scheduler) {}

  turn(callback: () => void): void {
    this.turns++;
    this.inner.turn(callback);
  }

  soon(callback: () => void): void {
    this.inner.soon(callback);
  }
}

export interface TestNode {
  readonly id: number;
  readonly time: VirtualNode;
  readonly scheduler: CountingScheduler;
  readonly host: RaftHost;
  readonly machine: TextMachine;
  readonly group: RaftNode<string>;
  readonly alarms: string[];
  /** What listeners heard, as text. */
  readonly heard: string[];
}

export interface TestNodeOptions {
  readonly members?: readonly number[];
  readonly join?: boolean;
  readonly tuning?: Partial<RaftHostTuning>;
  readonly clockOffsetMs?: number;
  readonly storage?: RaftStorage;
  readonly machine?: () => TextMachine;
  readonly nextDeadlineMs?: () => number;
  /** Called with the node's clock, before its host is made. */
  readonly onTime?: (time: VirtualNode) => void;
  readonly wrapTransport?: (transport: Transport) => Transport;
}

export class TestCluster {
  readonly time = new VirtualTime();
  readonly network: InProcessNetwork;
  readonly nodes = new Map<number, TestNode>();
  private readonly transports = new Map<number, Transport>();
  private readonly random: SeededRandom;
  private dropped: Array<{ readonly from: number; readonly to: number; readonly kinds: readonly number[] }> = [];

  constructor(options: { readonly seed?: number; readonly encodeFrames?: boolean; readonly frameBytesMax?: number } = {}) {
    this.random = new SeededRandom(options.seed ?? 1);
    const frameLimits = { ...DEFAULT_FRAME_LIMITS, frameBytesMax: options.frameBytesMax ?? DEFAULT_FRAME_LIMITS.frameBytesMax };
    this.network = new InProcessNetwork({ encodeFrames: options.encodeFrames ?? false, frameLimits });
  }

  /** Three voters unless told otherwise. */
  static async start(
    ids: readonly number[] = [1, 2, 3],
    options: TestNodeOptions & { readonly seed?: number; readonly encodeFrames?: boolean; readonly frameBytesMax?: number } = {},
  ): Promise<TestCluster> {
    const cluster = new TestCluster(options);
    for (const id of ids) await cluster.add(id, { members: ids, ...options });
    return cluster;
  }

  async add(id: number, options: TestNodeOptions): Promise<TestNode> {
    const time = this.time.createNode({ name: `node ${id}`, clockOffsetMs: options.clockOffsetMs ?? 0 });
    options.onTime?.(time);
    const scheduler = new CountingScheduler(time);
    const alarms: string[] = [];
    const wire = this.network.createTransport();
    this.transports.set(id, wire);
    const transport = this.filtering(id, time, wire);
    const host = new RaftHost({
      nodeId: id,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: time,
      scheduler,
      random: this.random,
      storage: options.storage ?? new MemoryRaftStorage(),
      transport: options.wrapTransport?.(transport) ?? transport,
      tuning: options.tuning ?? {},
      onAlarm: (text) => alarms.push(text),
    });
    await host.start();
    const machine = options.machine?.() ?? new TextMachine();
    const group = await host.createGroup<string>({
      groupId: 1,
      stateMachine: machine,
      ...(options.members === undefined ? {} : { members: options.members }),
      ...(options.join === undefined ? {} : { join: options.join }),
      ...(options.nextDeadlineMs === undefined ? {} : { nextDeadlineMs: options.nextDeadlineMs }),
    });
    const heard: string[] = [];
    group.subscribe(noting(heard));
    const node: TestNode = { id, time, scheduler, host, machine, group, alarms, heard };
    this.nodes.set(id, node);
    return node;
  }

  node(id: number): TestNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }

  /** Those whose process lives. */
  get alive(): TestNode[] {
    return [...this.nodes.values()].filter((node) => node.time.alive);
  }

  get leader(): TestNode | undefined {
    return this.alive.filter((node) => node.group.isLeader).sort((a, b) => b.group.term - a.group.term)[0];
  }

  followers(): TestNode[] {
    return this.alive.filter((node) => !node.group.isLeader);
  }

  /** Waits until one node leads and all others of `among` know it. */
  async elect(among: readonly TestNode[] = this.alive, maxMs = 10_000): Promise<TestNode> {
    const agreed = (): TestNode | undefined => {
      const leader = among.find((node) => node.group.isLeader);
      const all = among.every((node) => node.group.leaderId === leader?.id && node.group.term === leader.group.term);
      return leader !== undefined && all && leader.group.appliedIndex === leader.group.status().lastIndex ? leader : undefined;
    };
    if (!(await this.time.runUntil(() => agreed() !== undefined, maxMs))) throw new Error('no leader was elected');
    return agreed()!;
  }

  /** What the promise gives, in virtual time. */
  settled<T>(promise: Promise<T>, maxMs = 20_000): Promise<T> {
    return this.time.runUntilSettled(promise, maxMs);
  }

  /** A peer without a host: sends what a test wants, keeps what it gets. */
  async impostor(id: number): Promise<{ readonly received: Envelope[]; send(to: number, ...envelopes: Envelope[]): void }> {
    const transport = this.network.createTransport();
    const received: Envelope[] = [];
    const keep = (arrived: Frame): unknown => received.push(...arrived.envelopes.filter((envelope) => envelope.kind !== EnvelopeKind.PING));
    const identity = { deployment: DEPLOYMENT, nodeId: id, incarnation: 1, volatile: true };
    await transport.start(identity, { onFrame: keep, onPeerDisconnected: () => undefined });
    return { received, send: (to, ...envelopes) => transport.send(to, { deployment: DEPLOYMENT, from: id, incarnation: 1, envelopes }) };
  }

  /** From now on frames of one node to another lose their envelopes of these kinds. */
  dropEnvelopes(from: number, to: number, kinds: readonly number[]): void {
    this.dropped.push({ from, to, kinds });
  }

  /** An envelope that looks as if this node had sent it. */
  answerAs(from: number, to: number, envelope: Envelope): void {
    this.transports.get(from)!.send(to, { deployment: DEPLOYMENT, from, incarnation: 1, envelopes: [envelope] });
  }

  restoreLinks(): void {
    this.dropped = [];
  }

  /** Frames to a dead node vanish, those to a paused one wait in its socket; dropEnvelopes() is done here too. */
  private filtering(from: number, time: VirtualNode, transport: Transport): Transport {
    return {
      start: (identity, handlers) =>
        transport.start(identity, {
          ...handlers,
          onFrames: (frames) => {
            if (time.paused) time.turn(() => handlers.onFrames!(frames));
            else if (time.alive) handlers.onFrames!(frames);
          },
        }),
      stop: () => transport.stop(),
      send: (to, sent) => {
        const rules = this.dropped.filter((rule) => rule.from === from && rule.to === to);
        const envelopes = sent.envelopes.filter((envelope) => !rules.some((rule) => rule.kinds.includes(envelope.kind)));
        if (envelopes.length > 0) transport.send(to, rules.length === 0 ? sent : { ...sent, envelopes });
      },
    };
  }

  /** The process dies: nothing of it runs any more. */
  crash(id: number): void {
    const node = this.node(id);
    this.network.crash(id);
    node.time.kill();
  }

  async stop(): Promise<void> {
    for (const node of this.alive) node.host.crash();
  }
}

function noting(heard: string[]): GroupListener {
  return {
    onApplied: (index) => heard.push(`applied ${index}`),
    onLeadership: ({ leaderId, isLeader }) => heard.push(`leader ${leaderId}${isLeader ? ' (me)' : ''}`),
    onRestored: (index) => heard.push(`restored ${index}`),
    onMembership: ({ voters, learners }) => heard.push(`members ${voters.join()}+${learners.join()}`),
    onPeerDown: (peer) => heard.push(`down ${peer}`),
    onPeerUp: (peer) => heard.push(`up ${peer}`),
    onRemoved: () => heard.push('removed'),
    onHalted: () => heard.push('halted'),
  };
}

/** The code that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

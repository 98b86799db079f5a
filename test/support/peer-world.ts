/**
 * Several PeerTransports in one process, in virtual time, over a wire in memory that a test can cut, stall, tap and break.
 */
import type { LogLevel } from '../../lib/cluster/logger.js';
import { MemoryWire, type MemoryCarrierOptions } from '../../lib/testing/memory-carrier.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { PeerTransport, type PeerTransportOptions } from '../../lib/transport/peer/peer-transport.js';
import type { PeerCredentials } from '../../lib/transport/security/credentials.js';
import { EnvelopeKind, type Frame, type TransportHandlers, type TransportIdentity } from '../../lib/transport/transport.js';

export const DEPLOYMENT = '7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11';
export const PEER_SECRET: PeerCredentials = { kind: 'secret', secret: Buffer.from('a secret of the peers, long enough') };

export interface PeerOptions extends Partial<Pick<PeerTransportOptions, 'credentials' | 'tuning' | 'resolve' | 'advertise'>> {
  readonly carrier?: Partial<MemoryCarrierOptions>;
}

/** What a host would have heard. */
export class PeerRecorder implements TransportHandlers {
  readonly frames: Frame[] = [];
  readonly disconnected: number[] = [];
  readonly refused: number[] = [];

  onFrame(frame: Frame): void {
    this.frames.push(frame);
  }

  onPeerDisconnected(peer: number): void {
    this.disconnected.push(peer);
  }

  onPeerRefused(peer: number): void {
    this.refused.push(peer);
  }

  /** Marks of the pings of one sender, in order of arrival. */
  marks(from: number): number[] {
    return this.frames.flatMap((frame) =>
      frame.from === from ? frame.envelopes.map((envelope) => ('nowMs' in envelope ? envelope.nowMs : -1)) : [],
    );
  }
}

export class Peer {
  readonly recorder = new PeerRecorder();
  readonly lines: string[] = [];
  readonly transport: PeerTransport;
  identity: TransportIdentity | null = null;

  constructor(
    readonly world: PeerWorld,
    readonly address: string,
    readonly node: VirtualNode,
    options: PeerOptions,
  ) {
    this.transport = new PeerTransport({
      carrier: world.wire.createCarrier({ address, ...options.carrier }),
      credentials: options.credentials ?? PEER_SECRET,
      clock: node,
      scheduler: node,
      random: new SeededRandom(world.seed, `${address} ${world.peersMade}`),
      logger: { isDebug: false, log: (level: LogLevel, text: string) => void (level === 'debug' || this.lines.push(`${level}: ${text}`)) },
      advertise: options.advertise ?? null,
      tuning: options.tuning ?? {},
      resolve: options.resolve ?? ((seed) => Promise.resolve([seed])),
    });
  }

  async start(nodeId: number, changes: Partial<TransportIdentity> = {}): Promise<this> {
    this.identity = { deployment: DEPLOYMENT, nodeId, incarnation: 1, volatile: false, ...changes };
    await this.world.time.runUntilSettled(this.transport.start(this.identity, this.recorder), 20_000);
    return this;
  }

  /** A frame that bears a mark. */
  send(to: number, mark: number, changes: Partial<Frame> = {}): void {
    const { deployment, nodeId, incarnation } = this.identity!;
    this.transport.send(to, { deployment, from: nodeId, incarnation, envelopes: [{ kind: EnvelopeKind.PING, nowMs: mark }], ...changes });
  }

  async stop(): Promise<void> {
    await this.world.time.runUntilSettled(this.transport.stop(), 20_000);
  }

  /** As a process is: nothing more runs, its channels break, its port is closed. */
  kill(): void {
    this.node.kill();
    this.world.wire.kill(this.address);
  }

  call(
    to: string | number,
    method: string,
    request: Record<string, unknown> = {},
    timeoutMs = 2_000,
  ): Promise<Readonly<Record<string, unknown>>> {
    return this.world.time.runUntilSettled(this.transport.call(to, method, request, { timeoutMs }), 60_000);
  }

  stateOf(nodeId: number): string {
    return this.transport.peers().find((peer) => peer.nodeId === nodeId)?.state ?? 'none';
  }
}

export class PeerWorld {
  readonly time = new VirtualTime();
  readonly wire: MemoryWire;
  peersMade = 0;

  constructor(
    readonly seed = 1,
    wireDelayMs?: () => number,
    /** Of each message, for the first channels that are dialled. */
    channelDelaysMs: readonly number[] = [],
  ) {
    const given = [...channelDelaysMs];
    const { time } = this;
    // Each channel with a delay of its own besides: one that was made later may be faster.
    const channelScheduler = (): VirtualNode => {
      const ownMs = given.shift() ?? (wireDelayMs === undefined ? 0 : 4 * wireDelayMs());
      return time.createNode({ name: 'channel', turnDelayMs: () => ownMs + (wireDelayMs?.() ?? 0) });
    };
    this.wire = new MemoryWire({ scheduler: time.createNode({ name: 'wire', turnDelayMs: wireDelayMs }), channelScheduler });
  }

  peer(number: number, options: PeerOptions = {}): Peer {
    this.peersMade++;
    const address = options.carrier?.address ?? `10.0.0.${number}:7000`;
    return new Peer(this, address, this.time.createNode({ name: address }), options);
  }

  /** Nodes 1 to `count`, each with the first as its seed, all connected. */
  async cluster(count: number, options: PeerOptions = {}): Promise<Peer[]> {
    const peers: Peer[] = [];
    for (let i = 1; i <= count; i++) {
      const peer = this.peer(i, options);
      peer.transport.setSeeds([`10.0.0.1:7000`]);
      peers.push(await peer.start(i));
    }
    await this.time.advance(100);
    return peers;
  }
}

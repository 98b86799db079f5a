/**
 * A network of real processes' transports, as the transport suite wants one: PeerTransport over the channels of an adapter, each with a listener of its own.
 *
 * H1. Nobody sees the whole network: settle() asks the transports themselves. A marker goes from each node to each other, behind whatever was sent before; once
 *     all have arrived and nothing else has, nothing is under way. Markers reach no recorder.
 * H2. Nodes know each other by seeds: whoever starts is told the addresses of all that started before.
 * H3. dispose() stops every transport that was made.
 */
import { SystemClock } from '../cluster/clock.js';
import { SILENT_LOGGER } from '../cluster/logger.js';
import { SystemRandom } from '../cluster/random.js';
import { EventLoopScheduler } from '../cluster/scheduler.js';
import type { ChannelCarrier } from '../transport/channel.js';
import type { FrameLimits } from '../transport/envelope-codec.js';
import { PeerTransport } from '../transport/peer/peer-transport.js';
import type { PeerTuning } from '../transport/peer/tuning.js';
import type { PeerCredentials } from '../transport/security/credentials.js';
import { EnvelopeKind, type Frame, type Transport, type TransportHandlers, type TransportIdentity } from '../transport/transport.js';
import type { TransportHarness, TransportNetworkHarness } from './transport-suite.js';

/** Makes the channels of one process; they listen on a free port of 127.0.0.1 (or wherever the adapter's network is). */
export type CarrierMaker = (options: {
  /** `host:port` to listen on again; absent: any free one. */
  readonly listen?: string;
}) => ChannelCarrier;

export interface PeerMaking {
  readonly carrier: ChannelCarrier;
  readonly credentials?: PeerCredentials;
  readonly tuning?: Partial<PeerTuning>;
  readonly frameLimits?: FrameLimits;
}

export const SUITE_SECRET: PeerCredentials = { kind: 'secret', secret: new TextEncoder().encode('the secret of the suite, long enough') };

const CLOCK = new SystemClock();
const SCHEDULER = new EventLoopScheduler();
const RANDOM = new SystemRandom();
const SETTLE_MS_MAX = 20_000;
const LOOK_MS = 5;
/** A marker that was dropped (no channel yet) is sent again after so long. */
const REPEAT_MS = 50;

/** A transport with the machine's clock, as a node has it. */
export function makePeerTransport({ carrier, credentials = SUITE_SECRET, tuning, frameLimits }: PeerMaking): PeerTransport {
  return new PeerTransport({
    carrier,
    credentials,
    clock: CLOCK,
    scheduler: SCHEDULER,
    random: RANDOM,
    logger: SILENT_LOGGER,
    advertise: null,
    ...(tuning === undefined ? {} : { tuning }),
    ...(frameLimits === undefined ? {} : { frameLimits }),
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void CLOCK.setTimer(ms, resolve));
}

/** Waits for what a network brings about in its own time; rejects naming `what` when that is long over. */
export async function eventually(what: string, condition: () => boolean, withinMs: number = SETTLE_MS_MAX): Promise<void> {
  const beganMs = CLOCK.monotonic();
  while (!condition()) {
    if (CLOCK.monotonic() - beganMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await pause(LOOK_MS);
  }
}

/** The harness of transportSuite() for an adapter that reaches other processes. */
export function networkHarness(makeCarrier: CarrierMaker, credentials: PeerCredentials = SUITE_SECRET): TransportHarness {
  return { create: () => new PeerNetwork(makeCarrier, credentials) };
}

class PeerNetwork implements TransportNetworkHarness {
  private readonly nodes: WatchedTransport[] = [];

  constructor(
    private readonly makeCarrier: CarrierMaker,
    private readonly credentials: PeerCredentials,
  ) {}

  createTransport(): Transport {
    const node = new WatchedTransport(
      makePeerTransport({ carrier: this.makeCarrier({}), credentials: this.credentials }),
      () => this.nodes,
    );
    this.nodes.push(node);
    return node;
  }

  async settle(): Promise<void> {
    for (;;) {
      const before = this.framesReceived();
      await this.markersArrive();
      await eventually('the peers of a node that stopped hear of it', () => this.live().every((node) => node.knowsWhoIsGone(this.nodes)));
      if (this.framesReceived() === before) return;
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  private live(): WatchedTransport[] {
    return this.nodes.filter(({ isLive }) => isLive);
  }

  private framesReceived(): number {
    return this.nodes.reduce((sum, { framesReceived }) => sum + framesReceived, 0);
  }

  private async markersArrive(): Promise<void> {
    const pairs = this.live().flatMap((from) => this.live().map((to) => ({ from, to, marker: from.nextMarker() })));
    let sentMs = -Infinity;
    await eventually('a marker arrives', () => {
      const missing = pairs.filter(({ from, to, marker }) => from.isLive && to.isLive && !to.hasMarker(from.nodeId, marker));
      if (CLOCK.monotonic() - sentMs >= REPEAT_MS) {
        sentMs = CLOCK.monotonic();
        for (const { from, to, marker } of missing) from.sendMarker(to.nodeId, marker);
      }
      return missing.length === 0;
    });
  }
}

/** Counts what arrives, and keeps markers to itself: a marker is a PONG with a stamp that no clock has. */
class WatchedTransport implements Transport {
  isLive = false;
  framesReceived = 0;
  private identity: TransportIdentity | null = null;
  private lastMarker = 0;
  private readonly markers = new Map<number, number>();

  constructor(
    private readonly transport: PeerTransport,
    private readonly all: () => readonly WatchedTransport[],
  ) {}

  get nodeId(): number {
    return this.identity?.nodeId ?? 0;
  }

  async start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void> {
    const others = this.all().filter((node) => node !== this && node.isLive);
    await this.transport.listen();
    this.transport.setSeeds(others.map(({ transport }) => transport.advertised));
    this.identity = identity;
    await this.transport.start(identity, {
      onFrame: (frame) => {
        if (this.takeMarker(frame)) return;
        this.framesReceived++;
        handlers.onFrame(frame);
      },
      onPeerDisconnected: (peer) => handlers.onPeerDisconnected(peer),
      onPeerRefused: (peer) => handlers.onPeerRefused?.(peer),
    });
    this.isLive = true;
  }

  send(to: number, frame: Frame): void {
    this.transport.send(to, frame);
  }

  async stop(): Promise<void> {
    this.isLive = false;
    await this.transport.stop();
  }

  nextMarker(): number {
    return --this.lastMarker;
  }

  sendMarker(to: number, marker: number): void {
    const { deployment, nodeId, incarnation } = this.identity!;
    this.transport.send(to, { deployment, from: nodeId, incarnation, envelopes: [{ kind: EnvelopeKind.PONG, nowMs: marker }] });
  }

  hasMarker(from: number, marker: number): boolean {
    return (this.markers.get(from) ?? 0) <= marker;
  }

  knowsWhoIsGone(nodes: readonly WatchedTransport[]): boolean {
    const live = new Set(nodes.filter(({ isLive }) => isLive).map(({ nodeId }) => nodeId));
    return this.transport.peers().every(({ nodeId, state }) => state !== 'connected' || live.has(nodeId));
  }

  private takeMarker(frame: Frame): boolean {
    const [envelope] = frame.envelopes;
    if (envelope?.kind !== EnvelopeKind.PONG || envelope.nowMs >= 0) return false;
    this.markers.set(frame.from, Math.min(envelope.nowMs, this.markers.get(frame.from) ?? 0));
    return true;
  }
}

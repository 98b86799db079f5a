/**
 * A network with faults, in virtual time. Owns: the state of every directed link, what is in flight, and the count of every fault.
 *
 * S1. Everything that happens follows from the seed: one random stream, drawn in the order of sending.
 * S2. Without faults, frames of one link keep their order, as on a connection.
 * S3. A frame is encoded when it is sent and decoded at each arrival, unless `byReference`; the trace hash is over what arrives.
 * S4. What a crashed node had sent may still arrive (it was on the wire) or be lost, by chance; what was on its way to it is lost.
 * S5. Node ids are used as R42 says; frames with another deployment or sender are dropped (R44).
 * Tests: simulated-network.spec.ts, and the transport suite.
 */
import { EnvelopeCodec } from '../transport/envelope-codec.js';
import { NodeRegistry } from '../transport/node-registry.js';
import type { Frame, Transport, TransportHandlers, TransportIdentity } from '../transport/transport.js';
import type { SeededRandom } from './seeded-random.js';
import type { TraceHash } from './trace-hash.js';
import type { VirtualNode, VirtualTime } from './virtual-time.js';

/** Of one directed link. Rates are probabilities per frame. */
export interface LinkProfile {
  /** Delay of an ordinary frame: between these two, mostly near the lower one. */
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  readonly lossRate: number;
  readonly duplicationRate: number;
  /** Chance that a frame does not wait for those sent before it, and is late by up to `reorderMsMax`. */
  readonly reorderRate: number;
  readonly reorderMsMax: number;
  /** Chance that the link stands still from this frame on, for up to `clogMsMax`. */
  readonly clogRate: number;
  readonly clogMsMax: number;
}

export const CALM_LINK: LinkProfile = {
  delayMsMin: 0.2,
  delayMsMax: 1,
  lossRate: 0,
  duplicationRate: 0,
  reorderRate: 0,
  reorderMsMax: 0,
  clogRate: 0,
  clogMsMax: 0,
};

/** Frames since the network was made; what was dropped or disturbed, by kind. */
export interface NetworkFaultCounts {
  sent: number;
  delivered: number;
  lost: number;
  duplicated: number;
  reordered: number;
  clogs: number;
  /** Dropped by a partition. */
  partitioned: number;
  /** To nobody, or lost with a crash. */
  noPeer: number;
  crashes: number;
  /** Refused by the codec, or with another deployment or sender. */
  refused: number;
}

export interface SimulatedNetworkOptions {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  /** Default CALM_LINK. */
  readonly link?: LinkProfile;
  /** Hand frames over by reference, as the in-process network does. Default false. */
  readonly byReference?: boolean;
  /** Gets every delivered frame with its virtual time. */
  readonly trace?: TraceHash;
}

interface Link {
  profile: LinkProfile;
  /** No frame that keeps order arrives before this. */
  lastArrivalMs: number;
  cut: boolean;
}

interface Endpoint {
  readonly identity: TransportIdentity;
  readonly handlers: TransportHandlers;
  readonly node: VirtualNode;
  open: boolean;
}

export class SimulatedNetwork {
  readonly counts: NetworkFaultCounts = {
    sent: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    clogs: 0,
    partitioned: 0,
    noPeer: 0,
    crashes: 0,
    refused: 0,
  };
  private readonly nodes = new NodeRegistry<Endpoint>();
  private readonly links = new Map<number, Map<number, Link>>();
  private readonly codec = new EnvelopeCodec();
  private profile: LinkProfile;

  constructor(private readonly options: SimulatedNetworkOptions) {
    this.profile = options.link ?? CALM_LINK;
  }

  get nodeIds(): readonly number[] {
    return this.nodes.nodeIds;
  }

  /** A transport for the process that runs on `node`. */
  createTransport(node: VirtualNode): Transport {
    return new SimulatedTransport(this, node);
  }

  /** The profile of every link, also of those to come; ends clogs. */
  setProfile(profile: LinkProfile): void {
    this.profile = profile;
    for (const links of this.links.values()) {
      for (const link of links.values()) {
        link.profile = profile;
        link.lastArrivalMs = 0;
      }
    }
  }

  /** The profile of one direction. */
  setLink(from: number, to: number, profile: LinkProfile): void {
    this.link(from, to).profile = profile;
  }

  /** Nothing that is sent from now on passes between the two sides, until heal(). */
  partition(sideA: readonly number[], sideB: readonly number[]): void {
    this.partitionOneWay(sideA, sideB);
    this.partitionOneWay(sideB, sideA);
  }

  partitionOneWay(from: readonly number[], to: readonly number[]): void {
    for (const a of from) for (const b of to) if (a !== b) this.link(a, b).cut = true;
  }

  /** Whether a partition keeps frames of this direction away. */
  isCut(from: number, to: number): boolean {
    return this.links.get(from)?.get(to)?.cut === true;
  }

  /** Ends all partitions. */
  heal(): void {
    for (const links of this.links.values()) for (const link of links.values()) link.cut = false;
  }

  /** Frames of this link arrive no earlier than in `ms`. */
  clog(from: number, to: number, ms: number): void {
    const link = this.link(from, to);
    link.lastArrivalMs = Math.max(link.lastArrivalMs, this.options.time.nowMs + ms);
    this.counts.clogs++;
  }

  /** Kills the node: it runs and hears nothing more. Its peers get a hint after the delay of a link, if they are not cut off. */
  crash(nodeId: number): void {
    const endpoint = this.nodes.get(nodeId);
    if (endpoint === undefined) return;
    this.counts.crashes++;
    endpoint.open = false;
    endpoint.node.kill();
    this.nodes.delete(nodeId);
    endpoint.handlers.onCrashed?.();
    this.tellPeers(nodeId);
  }

  /** Called by its transports only. */
  join(node: VirtualNode, identity: TransportIdentity, handlers: TransportHandlers): Endpoint {
    const endpoint: Endpoint = { identity, handlers, node, open: true };
    this.nodes.add(identity, endpoint);
    return endpoint;
  }

  leave(endpoint: Endpoint): void {
    if (!endpoint.open) return;
    endpoint.open = false;
    this.nodes.delete(endpoint.identity.nodeId);
    this.tellPeers(endpoint.identity.nodeId);
  }

  carry(sender: Endpoint, to: number, frame: Frame): void {
    const { counts } = this;
    const from = sender.identity.nodeId;
    counts.sent++;
    if (frame.from !== from || frame.deployment !== sender.identity.deployment) {
      counts.refused++;
      return;
    }
    const link = this.link(from, to);
    const arrivalsMs = this.draw(link); // drawn before it is known whether anyone listens: one stream, one order
    const receiver = this.nodes.get(to);
    if (link.cut) counts.partitioned++;
    else if (receiver === undefined) counts.noPeer++;
    else if (arrivalsMs.length !== 0) this.launch(sender, receiver, frame, arrivalsMs);
  }

  /** Times of arrival of one frame on this link: none when it is lost, two when it is repeated. */
  private draw(link: Link): number[] {
    const { random, time } = this.options;
    const { profile, cut } = link;
    if (profile.lossRate !== 0 && random.chance(profile.lossRate)) {
      if (!cut) this.counts.lost++;
      return [];
    }
    if (profile.clogRate !== 0 && random.chance(profile.clogRate)) {
      link.lastArrivalMs = Math.max(link.lastArrivalMs, time.nowMs + random.float() * profile.clogMsMax);
      this.counts.clogs++;
    }
    const arrivals = [this.arrival(link)];
    if (profile.duplicationRate !== 0 && random.chance(profile.duplicationRate)) {
      if (!cut) this.counts.duplicated++;
      arrivals.push(this.arrival(link) + random.float() * profile.delayMsMax);
    }
    return arrivals;
  }

  private arrival(link: Link): number {
    const { random, time } = this.options;
    const { profile } = link;
    const skew = random.float();
    const delay = profile.delayMsMin + (profile.delayMsMax - profile.delayMsMin) * skew * skew * skew;
    if (profile.reorderRate !== 0 && random.chance(profile.reorderRate)) {
      this.counts.reordered++;
      return time.nowMs + delay + random.float() * profile.reorderMsMax;
    }
    link.lastArrivalMs = Math.max(link.lastArrivalMs, time.nowMs + delay);
    return link.lastArrivalMs;
  }

  private launch(sender: Endpoint, receiver: Endpoint, frame: Frame, arrivalsMs: readonly number[]): void {
    let bytes: Uint8Array | null = null;
    try {
      if (this.options.byReference !== true) bytes = this.codec.encode(frame);
    } catch {
      this.counts.refused++; // N1 of the port: send never throws
      return;
    }
    for (const atMs of arrivalsMs) {
      this.options.time.schedule(atMs, () => this.deliver(sender, receiver, frame, bytes), receiver.node, 'work');
    }
  }

  private deliver(sender: Endpoint, receiver: Endpoint, frame: Frame, bytes: Uint8Array | null): void {
    if (!receiver.open) {
      this.counts.noPeer++;
      return;
    }
    if (!sender.open && this.options.random.chance(0.5)) {
      this.counts.noPeer++;
      return;
    }
    this.counts.delivered++;
    const { trace } = this.options;
    if (trace !== undefined) {
      trace.number(this.options.time.nowMs);
      trace.number(receiver.identity.nodeId);
      if (bytes !== null) trace.bytes(bytes);
      else traceFrame(trace, frame);
    }
    receiver.handlers.onFrame(bytes === null ? frame : this.codec.decode(bytes));
  }

  private tellPeers(nodeId: number): void {
    const { time } = this.options;
    for (const peer of this.nodes.endpoints()) {
      const link = this.link(nodeId, peer.identity.nodeId);
      if (link.cut) continue;
      const hint = (): void => {
        if (peer.open) peer.handlers.onPeerDisconnected(nodeId);
      };
      time.schedule(time.nowMs + link.profile.delayMsMin, hint, peer.node, 'work');
    }
  }

  private link(from: number, to: number): Link {
    let links = this.links.get(from);
    if (links === undefined) this.links.set(from, (links = new Map()));
    let link = links.get(to);
    if (link === undefined) links.set(to, (link = { profile: this.profile, lastArrivalMs: 0, cut: false }));
    return link;
  }
}

/** Of a frame that was never bytes: enough that no two frames of one sender and moment are taken for each other. */
function traceFrame(trace: TraceHash, frame: Frame): void {
  trace.number(frame.from);
  for (const envelope of frame.envelopes) {
    trace.number(envelope.kind);
    if (!('message' in envelope)) continue;
    const { type, term, index, commit, entries } = envelope.message;
    trace.number(type);
    trace.number(term);
    trace.number(index);
    trace.number(commit);
    for (const entry of entries) trace.bytes(entry.data);
  }
}

class SimulatedTransport implements Transport {
  private endpoint: Endpoint | null = null;

  constructor(
    private readonly network: SimulatedNetwork,
    private readonly node: VirtualNode,
  ) {}

  async start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void> {
    this.endpoint = this.network.join(this.node, identity, handlers);
  }

  send(to: number, frame: Frame): void {
    if (this.endpoint === null) return;
    if (this.endpoint.open) this.network.carry(this.endpoint, to, frame);
  }

  async stop(): Promise<void> {
    if (this.endpoint !== null) this.network.leave(this.endpoint);
  }
}

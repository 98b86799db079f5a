/**
 * The transport of separate processes, over any carrier of bytes. Owns the identity of this process towards others, its frames and its own calls; who is
 * at the other end and how they are reached is peer-hub.ts.
 *
 * T1. A frame reaches the host only from a proved peer, and only if its sender, incarnation and deployment are those of the handshake (R44, N3).
 * T2. send() neither blocks nor throws: what can not leave is dropped and counted (N1). One frame is encoded once and is one message.
 * T3. A process without identity is a guest: it may call and be called, and gets and sends no frames.
 * T4. start() rejects with NODE_ID_REUSED if one that it knows says so, proved; it waits `startDialMs` for that and no longer.
 * Tests: peer-transport.spec.ts, peer-security.spec.ts, peer-suite.spec.ts; test/fuzz.
 */
import { isRaftoralError, RaftoralError } from '../../errors/index.js';
import type { ChannelCarrier } from '../channel.js';
import { DEFAULT_FRAME_LIMITS, EnvelopeCodec, type FrameLimits } from '../envelope-codec.js';
import type { TransportClock, TransportLogger, TransportRandom, TransportScheduler } from '../machine-port.js';
import type {
  NetworkTransport,
  NodeAddress,
  PeerCallHandler,
  PeerCallOptions,
  PeerIdentity,
  PeerLinkStatus,
} from '../network-transport-port.js';
import type { PeerCredentials } from '../security/credentials.js';
import { advertisedAddress } from '../security/listen-policy.js';
import type { Frame, TransportHandlers, TransportIdentity } from '../transport.js';
import type { CallBody } from './calls.js';
import type { Connection, ConnectionEnd } from './connection.js';
import { describeEnd, type DialOutcome } from './link.js';
import { PacketKind, Refusal, type PeerDescription } from './packet-codec.js';
import { PeerHub, type PeerHubEvents, type PeerHubStatistics } from './peer-hub.js';
import { MAC_BYTES } from './seal.js';
import { resolveByDns } from './seeds.js';
import { DEFAULT_PEER_TUNING, type PeerTuning } from './tuning.js';

export interface PeerTransportOptions {
  readonly carrier: ChannelCarrier;
  readonly credentials: PeerCredentials;
  readonly clock: TransportClock;
  readonly scheduler: TransportScheduler;
  readonly random: TransportRandom;
  readonly logger: TransportLogger;
  /** `host:port` at which peers reach this process; null: as the carrier is bound. */
  readonly advertise: string | null;
  readonly tuning?: Partial<PeerTuning>;
  readonly frameLimits?: FrameLimits;
  /** A seed → all addresses behind it. Default: by DNS. */
  readonly resolve?: (address: string) => Promise<readonly string[]>;
}

/** Frames since the transport was made. */
export interface PeerTransportStatistics extends PeerHubStatistics {
  readonly framesSent: number;
  readonly bytesSent: number;
  readonly framesReceived: number;
  readonly bytesReceived: number;
  /** Not sent: no address, no channel, too much waiting, not this node's own, or larger than a peer would take. */
  readonly framesDropped: number;
  /** Received, and not of the peer that the handshake bound, or of a guest. */
  readonly framesRefused: number;
  readonly framesMalformed: number;
}

type Phase = 'new' | 'listening' | 'started' | 'stopped';

/** Refusals that say how the two are set up, and not how one of them is just now. */
const SET_UP: readonly Refusal[] = [Refusal.VERSION, Refusal.SECURITY, Refusal.SECRET, Refusal.DEPLOYMENT];

export class PeerTransport implements NetworkTransport {
  readonly processId: string;
  onAddressesChanged: ((addresses: readonly NodeAddress[]) => void) | null = null;
  private readonly codec: EnvelopeCodec;
  private readonly hub: PeerHub;
  private readonly tuning: PeerTuning;
  private readonly counts = {
    framesSent: 0,
    bytesSent: 0,
    framesReceived: 0,
    bytesReceived: 0,
    framesDropped: 0,
    framesRefused: 0,
    framesMalformed: 0,
  };
  private phase: Phase = 'new';
  private advertisedAt = '';
  private identity: TransportIdentity | null = null;
  private handlers: TransportHandlers | null = null;
  private framesToSelf: Frame[] = [];
  private onReused: ((error: RaftoralError) => void) | null = null;

  constructor(private readonly options: PeerTransportOptions) {
    const { carrier, credentials, clock, scheduler, random, logger } = options;
    this.processId = random.uuid();
    this.tuning = { ...DEFAULT_PEER_TUNING, ...options.tuning };
    this.codec = new EnvelopeCodec(options.frameLimits ?? DEFAULT_FRAME_LIMITS);
    this.hub = new PeerHub({
      carrier,
      credentials,
      clock,
      scheduler,
      random,
      logger,
      tuning: this.tuning,
      resolve: options.resolve ?? resolveByDns,
      describe: () => this.describe(),
      events: this.events(),
    });
  }

  get advertised(): string {
    return this.advertisedAt;
  }

  get statistics(): PeerTransportStatistics {
    return { ...this.counts, ...this.hub.statistics };
  }

  async listen(): Promise<void> {
    if (this.phase !== 'new')
      throw new RaftoralError('INVALID_CONFIGURATION', 'the transport listens already, or was stopped; make a new one');
    this.phase = 'listening';
    const { address } = await this.options.carrier.listen(this.hub.connections.accept);
    this.advertisedAt = advertisedAddress({ advertise: this.options.advertise, bound: address });
    this.hub.begin();
  }

  handle(method: string, handler: PeerCallHandler): void {
    this.hub.desk.handle(method, handler);
  }

  async call(to: string | number, method: string, request: CallBody, options: PeerCallOptions): Promise<CallBody> {
    const { desk } = this.hub;
    const json = desk.encode(method, request);
    if (this.phase === 'stopped') throw new RaftoralError('SHUTTING_DOWN', `the transport is stopped; peer call '${method}' was not sent`);
    if (to === this.identity?.nodeId || (to !== '' && to === this.advertisedAt)) return desk.local(this.self(), method, json);
    const beganMs = this.options.clock.monotonic();
    const connection = await this.reach(to, method, options.timeoutMs);
    if (connection === null) return desk.local(this.self(), method, json);
    const remainingMs = Math.max(1, options.timeoutMs - (this.options.clock.monotonic() - beganMs));
    return desk.send(connection, method, json, remainingMs);
  }

  addresses(): readonly NodeAddress[] {
    return this.hub.book.list();
  }

  learnAddresses(addresses: readonly NodeAddress[]): void {
    this.hub.learn(addresses, false);
  }

  resolve(seed: string): Promise<readonly string[]> {
    return this.hub.resolve(seed);
  }

  setSeeds(seeds: readonly string[]): void {
    this.hub.seeds.set(seeds);
  }

  peers(): readonly PeerLinkStatus[] {
    return this.hub.status();
  }

  async start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void> {
    const { nodeId, deployment, incarnation } = identity;
    if (!Number.isSafeInteger(nodeId) || nodeId < 1)
      throw new RaftoralError('INVALID_CONFIGURATION', `node.id is ${nodeId}; give a whole number from 1 to 2^53-1`);
    if (deployment === '') throw new RaftoralError('INVALID_CONFIGURATION', `node ${nodeId} has no deployment; give it the uuid of one`);
    if (this.phase === 'new') await this.listen();
    if (this.phase !== 'listening') throw new RaftoralError('INVALID_CONFIGURATION', 'a transport is started once; make a new one');
    this.phase = 'started';
    this.identity = identity;
    this.handlers = handlers;
    this.hub.learn([{ nodeId, address: this.advertisedAt, incarnation }], true);
    this.hub.identityChanged();
    try {
      await this.dialKnown();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  send(to: number, frame: Frame): void {
    const { identity, counts } = this;
    const isOwn =
      identity !== null &&
      this.handlers !== null &&
      frame.from === identity.nodeId &&
      frame.incarnation === identity.incarnation &&
      frame.deployment === identity.deployment;
    if (!isOwn) {
      counts.framesDropped++;
      return;
    }
    if (to === identity.nodeId) return this.sendToSelf(frame);
    const link = this.hub.link(to);
    if (!link.hasRoom()) {
      counts.framesDropped++;
      return;
    }
    const packet = this.encode(to, frame);
    if (packet === null) return;
    counts.framesSent++;
    counts.bytesSent += packet.length;
    link.send(packet);
  }

  async stop(): Promise<void> {
    if (this.phase === 'stopped') return;
    this.phase = 'stopped';
    this.handlers = null;
    this.framesToSelf = [];
    this.hub.stop();
    await this.options.carrier.close();
  }

  private events(): PeerHubEvents {
    return {
      frame: (connection, bytes) => this.receive(connection, bytes),
      disconnected: (nodeId) => this.handlers?.onPeerDisconnected(nodeId),
      gone: (nodeId) => this.handlers?.onPeerRefused?.(nodeId),
      addressesChanged: (addresses) => this.onAddressesChanged?.(addresses),
      reused: (error) => {
        if (this.onReused !== null) this.onReused(error);
        else this.options.logger.log('error', `this node is refused by a peer: ${error.message}`);
      },
    };
  }

  private describe(): PeerDescription {
    const { identity } = this;
    return {
      deployment: identity?.deployment ?? '',
      nodeId: identity?.nodeId ?? 0,
      incarnation: identity?.incarnation ?? 0,
      volatile: identity?.volatile ?? false,
      processId: this.processId,
      address: this.advertisedAt,
    };
  }

  private self(): PeerIdentity {
    const { nodeId, incarnation, deployment, address, processId } = this.describe();
    return { nodeId, incarnation, deployment, address, processId };
  }

  /** null: the bytes are larger than any peer takes. */
  private encode(to: number, frame: Frame): Uint8Array | null {
    try {
      const packet = this.codec.encode(frame, 1, MAC_BYTES);
      packet[0] = PacketKind.FRAME;
      return packet;
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      this.counts.framesDropped++;
      this.hub.warn('encode', `a frame to node ${to} was dropped: ${error.message}`);
      return null;
    }
  }

  private receive(connection: Connection, bytes: Uint8Array): void {
    const { remote, local } = connection;
    const { counts, handlers } = this;
    if (remote.nodeId === 0 || local.nodeId === 0 || handlers === null) {
      counts.framesRefused++;
      return;
    }
    let frame: Frame;
    try {
      frame = this.codec.decode(bytes);
    } catch (error) {
      if (!isRaftoralError(error, 'MALFORMED_FRAME')) throw error;
      // A version that knows more may send what this one does not: that frame is lost, not the connection.
      counts.framesMalformed++;
      this.hub.warn(`malformed ${remote.nodeId}`, `a frame of node ${remote.nodeId} was dropped: ${error.message}`);
      return;
    }
    if (frame.from !== remote.nodeId || frame.incarnation !== remote.incarnation || frame.deployment !== remote.deployment) {
      counts.framesRefused++;
      this.hub.warn(`sender ${remote.nodeId}`, `node ${remote.nodeId} sent a frame that is not its own: it was dropped`);
      return;
    }
    counts.framesReceived++;
    counts.bytesReceived += bytes.length;
    handlers.onFrame(frame);
  }

  private sendToSelf(frame: Frame): void {
    this.framesToSelf.push(frame);
    if (this.framesToSelf.length > 1) return;
    this.options.scheduler.soon(() => {
      const frames = this.framesToSelf;
      this.framesToSelf = [];
      for (const each of frames) this.handlers?.onFrame(each);
    });
  }

  /** T4. */
  private dialKnown(): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error: RaftoralError | null): void => {
        this.onReused = null;
        timer.cancel();
        if (error === null) resolve();
        else reject(error);
      };
      const timer = this.options.clock.setTimer(this.tuning.startDialMs, () => finish(null));
      this.onReused = finish;
      this.hub.dialKnown().then(() => finish(null), reject);
    });
  }

  /** A channel to call on; null: the address is this process. One attempt. */
  private reach(to: string | number, method: string, timeoutMs: number): Promise<Connection | null> {
    const open = this.hub.openTo(to);
    if (open !== null) return Promise.resolve(open);
    const address = typeof to === 'number' ? this.hub.addressOf(to) : to;
    const what = `peer call '${method}' to ${typeof to === 'number' ? `node ${to}` : to}`;
    if (address === null) return Promise.reject(new RaftoralError('NO_ROUTE', `${what} was not sent: the node's address is not known`));
    return new Promise((resolve, reject) => {
      const timer = this.options.clock.setTimer(timeoutMs, () =>
        reject(new RaftoralError('NO_ROUTE', `${what} was not sent: ${address} was not reached within ${timeoutMs} ms`)),
      );
      this.hub.connections.dial(address, (outcome: DialOutcome) => {
        timer.cancel();
        if ('ended' in outcome) {
          if (outcome.ended.refusal === Refusal.SELF) resolve(null);
          else reject(unreached(what, address, outcome.ended));
          return;
        }
        const { connection } = outcome;
        const found = connection.remote.nodeId;
        if (typeof to === 'number' && found !== to) {
          const whom = found === 0 ? 'a process without identity' : `node ${found}`;
          reject(new RaftoralError('NO_ROUTE', `${what} was not sent: at ${address} is ${whom}`));
        } else if (!connection.canSend) reject(new RaftoralError('NO_ROUTE', `${what} was not sent: the connection ended again`));
        else resolve(connection);
      });
    });
  }
}

function unreached(what: string, address: string, ended: ConnectionEnd): RaftoralError {
  const why = `${what} was not sent: ${address}: ${describeEnd(ended)}`;
  const details = { address };
  if (ended.refusal === Refusal.NODE_ID_REUSED) return new RaftoralError('NODE_ID_REUSED', why, { details });
  return new RaftoralError(SET_UP.includes(ended.refusal) ? 'PEER_REFUSED' : 'NO_ROUTE', why, { details });
}

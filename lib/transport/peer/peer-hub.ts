/**
 * All peers of a process: which channels there are, to whom, who is where. Owns links, address book, seeds and admission; knows nothing of what frames hold.
 *
 * U1. Between two nodes there is one channel in use (link.ts); a channel of a guest is used for calls only, and given up when it is idle.
 * U2. A channel made under an identity that this process, or a guest that became a node, no longer has is retired.
 * U3. Addresses are told to each peer when its channel opens, and to all when the book changes.
 * U4. What a name stood for is dialled as that name: a certificate may be for it. So many are remembered as nodes in the book; the oldest goes first.
 * U5. Where this process is, no other node is: one whose last known address is that of this process has none, until it is heard elsewhere (R42).
 * Tests: peer-transport.spec.ts, peer-chaos.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { ChannelCarrier } from '../channel.js';
import type { TransportClock, TransportLogger, TransportRandom, TransportScheduler, TransportTimer } from '../machine-port.js';
import type { NodeAddress, PeerLinkStatus } from '../network-transport-port.js';
import type { PeerCredentials } from '../security/credentials.js';
import { AddressBook } from './address-book.js';
import { Admission } from './admission.js';
import { CallDesk } from './calls.js';
import type { Connection, ConnectionEnd, ConnectionOwner } from './connection.js';
import { Connections } from './connections.js';
import { describeEnd, Link, type DialOutcome, type LinkOwner } from './link.js';
import { decodeAddresses, encodeAddresses, Refusal, type PeerDescription } from './packet-codec.js';
import { MAC_BYTES } from './seal.js';
import { Seeds } from './seeds.js';
import type { PeerTuning } from './tuning.js';

export interface PeerHubEvents {
  frame(connection: Connection, bytes: Uint8Array): void;
  disconnected(nodeId: number): void;
  gone(nodeId: number): void;
  addressesChanged(addresses: readonly NodeAddress[]): void;
  /** A known process says, proved, that this node's id is another's. */
  reused(error: RaftoralError): void;
}

export interface PeerHubOptions {
  readonly carrier: ChannelCarrier;
  readonly credentials: PeerCredentials;
  readonly clock: TransportClock;
  readonly scheduler: TransportScheduler;
  readonly random: TransportRandom;
  readonly logger: TransportLogger;
  readonly tuning: PeerTuning;
  readonly resolve: (address: string) => Promise<readonly string[]>;
  readonly describe: () => PeerDescription;
  readonly events: PeerHubEvents;
}

/** Of handshakes and channels, since the start. */
export interface PeerHubStatistics {
  /** Handshakes that ended without a session, by either side. */
  handshakesFailed: number;
  /** Channels closed because a packet did not open, was not well formed, or had no place. */
  channelsMisbehaved: number;
}

/** Silence is looked for so many times within the time that is allowed. */
const LOOKS_PER_SILENCE = 4;
/** The same warning at most once in so many ms. */
const WARN_EVERY_MS = 10_000;
const WARNINGS_KEPT = 256;
/** Refusals that say how the two are set up, and not how one of them is just now. */
const SET_UP: readonly Refusal[] = [Refusal.VERSION, Refusal.SECURITY, Refusal.SECRET, Refusal.DEPLOYMENT];

export class PeerHub implements ConnectionOwner, LinkOwner {
  readonly statistics: PeerHubStatistics = { handshakesFailed: 0, channelsMisbehaved: 0 };
  readonly clock: TransportClock;
  readonly random: TransportRandom;
  readonly tuning: PeerTuning;
  readonly book: AddressBook;
  readonly desk: CallDesk;
  readonly connections: Connections;
  readonly seeds: Seeds;
  private readonly admission: Admission;
  private readonly links = new Map<number, Link>();
  private readonly warnedAtMs = new Map<string, number>();
  /** U4. By address. */
  private readonly names = new Map<string, string>();
  private isTelling = false;
  private isStopped = false;
  private housekeeping: TransportTimer | null = null;

  constructor(private readonly options: PeerHubOptions) {
    const { carrier, credentials, clock, scheduler, random, tuning, describe } = options;
    this.clock = clock;
    this.random = random;
    this.tuning = tuning;
    this.book = new AddressBook(tuning.addressesMax);
    this.desk = new CallDesk(clock, tuning);
    const nameOf = (address: string): string | undefined => this.names.get(address);
    this.connections = new Connections({ carrier, credentials, clock, scheduler, random, tuning, describe, nameOf, owner: this });
    this.admission = new Admission({ tuning, book: this.book, self: describe, connections: this.connections });
    this.seeds = new Seeds({
      clock,
      random,
      tuning,
      resolve: (seed) => this.resolve(seed),
      dial: (address, done) => this.connections.dial(address, done),
      isKnown: (address) => this.isNodeAt(address),
      problem: (seed, text) => this.warn(`seed ${seed}`, `no node was found at the seed ${seed} yet: ${text}`),
    });
  }

  begin(): void {
    this.keepHouse();
  }

  stop(): void {
    this.isStopped = true;
    this.housekeeping?.cancel();
    this.seeds.stop();
    for (const link of this.links.values()) link.stop();
    this.connections.close();
  }

  link(nodeId: number): Link {
    let link = this.links.get(nodeId);
    if (link === undefined) {
      link = new Link(nodeId, this);
      this.links.set(nodeId, link);
    }
    return link;
  }

  status(): PeerLinkStatus[] {
    const self = this.options.describe().nodeId;
    for (const { nodeId } of this.book.list()) if (nodeId !== self) this.link(nodeId);
    return [...this.links.values()].sort((a, b) => a.nodeId - b.nodeId).map((link) => link.status());
  }

  learn(addresses: readonly NodeAddress[], isFirstHand: boolean): void {
    const self = this.options.describe();
    let isChanged = false;
    for (const address of addresses) {
      if (address.nodeId === self.nodeId && !(isFirstHand && address.address === self.address)) continue;
      if (!this.book.learn(address, isFirstHand)) continue;
      isChanged = true;
      this.links.get(address.nodeId)?.addressChanged();
    }
    if (!isChanged || this.isTelling || this.isStopped) return;
    this.isTelling = true;
    this.options.scheduler.turn(() => this.tellAddresses());
  }

  /** All addresses behind a seed. */
  async resolve(seed: string): Promise<readonly string[]> {
    const { names, tuning } = this;
    const addresses = await this.options.resolve(seed);
    for (const address of addresses) {
      if (address === seed) continue;
      names.delete(address);
      names.set(address, seed.slice(0, seed.lastIndexOf(':')));
      if (names.size > tuning.addressesMax) names.delete(names.keys().next().value!);
    }
    return addresses;
  }

  /** This process is someone else now: channels made before are given up (U2). */
  identityChanged(): void {
    for (const connection of this.connections) if (connection.isOpen && this.isOutOfDate(connection)) connection.retire();
  }

  /** Tries everybody who is known once; resolves when all have answered or failed. */
  async dialKnown(): Promise<void> {
    const self = this.options.describe();
    const others = this.book.list().filter(({ nodeId, address }) => nodeId !== self.nodeId && address !== self.address);
    const dials = others.map(({ nodeId, address }) => {
      this.link(nodeId).connect();
      return new Promise<void>((resolve) => this.connections.dial(address, () => resolve()));
    });
    await Promise.all([this.seeds.begin(), ...dials]);
  }

  /** A channel that calls to `to` can go on, now. */
  openTo(to: string | number): Connection | null {
    if (typeof to === 'number') return this.links.get(to)?.channel ?? null;
    for (const connection of this.connections)
      if (connection.canSend && (connection.dialled === to || connection.remote.address === to)) return connection;
    return null;
  }

  /** Logs it, unless it was said a moment ago. */
  warn(key: string, text: string): void {
    const nowMs = this.clock.monotonic();
    const saidAtMs = this.warnedAtMs.get(key);
    if (saidAtMs !== undefined && nowMs - saidAtMs < WARN_EVERY_MS) return;
    if (this.warnedAtMs.size >= WARNINGS_KEPT) this.warnedAtMs.clear();
    this.warnedAtMs.set(key, nowMs);
    this.options.logger.log('warn', text);
  }

  // ── ConnectionOwner ──

  judge(connection: Connection, remote: PeerDescription): void {
    this.admission.judgeDialer(remote, ({ refusal, text }) => {
      if (refusal !== Refusal.NONE) this.warnRefused(connection, remote, refusal, text);
      connection.conclude(refusal, text);
    });
  }

  opened(connection: Connection): void {
    const { remote } = connection;
    if (connection.role === 'acceptor') return this.note(connection);
    const { refusal, text } = this.admission.judge(remote);
    if (refusal !== Refusal.NONE) {
      this.warnRefused(connection, remote, refusal, text);
      return connection.refuse(refusal, text);
    }
    this.note(connection);
    const used = this.isBetweenNodes(connection) ? this.link(remote.nodeId).settle(connection) : connection;
    if (used === connection) {
      this.sendAddresses(connection); // the first packet says that this channel is kept
      if (this.isOutOfDate(connection)) connection.retire();
    }
    this.connections.settled(connection, used);
  }

  confirmed(connection: Connection): void {
    if (this.isBetweenNodes(connection)) this.link(connection.remote.nodeId).follow(connection);
    if (!connection.isOpen) return;
    this.sendAddresses(connection);
    if (this.isOutOfDate(connection)) connection.retire();
  }

  frame(connection: Connection, bytes: Uint8Array): void {
    this.options.events.frame(connection, bytes);
  }

  call(connection: Connection, packet: Uint8Array): void {
    this.desk.onCall(connection, packet);
  }

  answer(connection: Connection, packet: Uint8Array): void {
    this.desk.onAnswer(connection, packet);
  }

  addresses(connection: Connection, packet: Uint8Array): void {
    const addresses = decodeAddresses(packet, this.tuning.addressesMax);
    if (connection.remote.nodeId !== 0) this.learn(addresses, false);
  }

  retired(connection: Connection): void {
    if (this.isBetweenNodes(connection)) this.links.get(connection.remote.nodeId)?.retired(connection);
  }

  ended(connection: Connection, end: ConnectionEnd): void {
    const { statistics } = this;
    if (end.end === 'misbehaved') {
      statistics.channelsMisbehaved++;
      this.warn(`misbehaved ${connection.remoteAddress}`, `the channel with ${connection.remoteAddress} was closed: ${end.text}`);
    }
    if (!connection.wasOpened) {
      statistics.handshakesFailed++;
      if (SET_UP.includes(end.refusal)) this.warnRefused(connection, null, end.refusal, end.text);
    }
    this.desk.lost(connection, describeEnd(end));
    if (connection.wasOpened && this.isBetweenNodes(connection)) this.links.get(connection.remote.nodeId)?.ended(connection, end);
    this.connections.ended(connection, end);
    if (end.isProven && end.refusal === Refusal.NODE_ID_REUSED) {
      const self = this.options.describe();
      this.options.events.reused(new RaftoralError('NODE_ID_REUSED', end.text, { details: { nodeId: self.nodeId } }));
    }
  }

  // ── LinkOwner ──

  addressOf(nodeId: number): string | null {
    const address = this.book.get(nodeId)?.address ?? null;
    const self = this.options.describe();
    return address === self.address && nodeId !== self.nodeId ? null : address;
  }

  dial(address: string, done: (outcome: DialOutcome) => void): void {
    this.connections.dial(address, done);
  }

  disconnected(nodeId: number): void {
    this.options.logger.log('debug', `the connection with node ${nodeId} ended`, { nodeId });
    this.options.events.disconnected(nodeId);
  }

  gone(nodeId: number): void {
    this.options.events.gone(nodeId);
  }

  connected(nodeId: number): void {
    this.options.logger.log('debug', `connected with node ${nodeId}`, { nodeId });
  }

  // ── ──

  private note(connection: Connection): void {
    const { remote } = connection;
    this.admission.note(remote);
    this.learn([{ nodeId: remote.nodeId, address: remote.address, incarnation: remote.incarnation }], true);
  }

  private isBetweenNodes({ local, remote }: Connection): boolean {
    return local.nodeId !== 0 && remote.nodeId !== 0;
  }

  private isOutOfDate(connection: Connection): boolean {
    return connection.local.nodeId !== this.options.describe().nodeId;
  }

  private isNodeAt(address: string): boolean {
    if (address === this.options.describe().address) return true;
    for (const connection of this.connections)
      if (
        connection.canSend &&
        this.isBetweenNodes(connection) &&
        (connection.dialled === address || connection.remote.address === address)
      )
        return true;
    return false;
  }

  private sendAddresses(connection: Connection): void {
    connection.send(encodeAddresses(this.book.list().slice(0, this.tuning.addressesMax), MAC_BYTES));
  }

  private tellAddresses(): void {
    this.isTelling = false;
    if (this.isStopped) return;
    for (const connection of this.connections) if (connection.canSend) this.sendAddresses(connection);
    this.options.events.addressesChanged(this.book.list());
  }

  private warnRefused(connection: Connection, remote: PeerDescription | null, refusal: Refusal, text: string): void {
    const nodeId = remote?.nodeId ?? 0;
    const who = nodeId === 0 ? `a process at ${connection.remoteAddress}` : `node ${nodeId} at ${connection.remoteAddress}`;
    this.warn(`refusal ${refusal} ${nodeId}`, `no connection with ${who}: ${text}`);
  }

  /** Asks silent channels whether they live, and gives up guests that say nothing. */
  private keepHouse(): void {
    const { silenceMs, probeTimeoutMs, guestIdleMs } = this.tuning;
    this.housekeeping = this.clock.setTimer(
      silenceMs / LOOKS_PER_SILENCE,
      () => {
        const nowMs = this.clock.monotonic();
        for (const connection of this.connections) {
          if (!connection.isOpen) continue;
          const isIdle = connection.callsOpen === 0 && nowMs - connection.calledAtMs > guestIdleMs;
          if (!this.isBetweenNodes(connection) && isIdle) connection.retire();
          else if (nowMs - connection.heardAtMs > silenceMs && !connection.isProbed)
            connection.probe(probeTimeoutMs, (isAlive) => {
              if (!isAlive) connection.close(`nothing was heard for ${silenceMs + probeTimeoutMs} ms`);
            });
        }
        if (!this.isStopped) this.keepHouse();
      },
      { unref: true },
    );
  }
}

/**
 * What this node has towards one other: the channel in use, the attempts to get one, the frames that wait meanwhile. Owns which of several channels is used.
 *
 * L1. At most one channel is used for sending. Where both sides dialled, the one dialled by the lower node id is kept (canonical), and the other is retired.
 * L2. The dialer of a channel decides whether it is kept, the acceptor follows the first packet on it (C3). An acceptor that holds the canonical channel
 *     uses the new one (L6), asks whether the old one lives, and goes back to it if it does: so a half-open channel never keeps two nodes apart.
 * L3. Frames wait only while a channel is being made or changed (L6), `queueBytesMax` at most; else they are dropped and counted (N1).
 * L4. Attempts follow each other by doubled delays with jitter; a success, the peer's own call on us, and a new address begin anew.
 * L5. Right after a loss the peer is dialled up to `lossRedialsMax` times quickly. "Refused" then means that the process is gone: nobody listens where it did.
 * L6. What is sent on a channel does not overtake what was sent on the one before it: frames wait until the peer has worked on that, `changeMs` at most.
 * L7. A peer that gives a channel up has another. That may be slower, or be given up too: where the former ends before anything came on the latter, the peer is
 *     dialled, counts as connected for `rivalProbeMs` more unless nobody listens there, and frames wait. Who comes as another process was disconnected before.
 * Tests: peer-transport.spec.ts, peer-chaos.spec.ts.
 */
import type { TransportClock, TransportRandom, TransportTimer } from '../machine-port.js';
import type { PeerLinkStatus } from '../network-transport-port.js';
import type { Connection, ConnectionEnd } from './connection.js';
import { Refusal } from './packet-codec.js';
import type { PeerTuning } from './tuning.js';

export type DialOutcome = { readonly connection: Connection } | { readonly ended: ConnectionEnd };

export interface LinkOwner {
  readonly clock: TransportClock;
  readonly random: TransportRandom;
  readonly tuning: PeerTuning;
  addressOf(nodeId: number): string | null;
  dial(address: string, done: (outcome: DialOutcome) => void): void;
  /** The last channel is gone, or another process has the peer's place. */
  disconnected(nodeId: number): void;
  /** L5. */
  gone(nodeId: number): void;
  connected(nodeId: number): void;
}

/** Delays between the quick attempts after a loss, ms: a process that ends may close its listener a moment after its channels. */
const LOSS_REDIAL_MS = 20;

/** The one that the lower node id dialled. */
function isCanonical(connection: Connection): boolean {
  const { local, remote } = connection;
  return connection.role === 'dialer' ? local.nodeId < remote.nodeId : remote.nodeId < local.nodeId;
}

export class Link {
  private current: Connection | null = null;
  /** Confirmed, and not in use: the canonical channel while it is asked whether it lives. */
  private reserve: Connection | null = null;
  /** What was sent on `before` may still be under way (L6). */
  private change: { readonly before: Connection; readonly timer: TransportTimer } | null = null;
  /** The peer gave up the channel in use, and is about to use another (L7). */
  private isBetween = false;
  private betweenTimer: TransportTimer | null = null;
  /** As the owner was told last. */
  private isConnected = false;
  /** Of whom it is, or was, connected to. */
  private processId: string | null = null;
  private isDialing = false;
  private timer: TransportTimer | null = null;
  private attempts = 0;
  private lossRedials = 0;
  private isWanted = false;
  private isStopped = false;
  private queue: Uint8Array[] = [];
  private queuedBytes = 0;
  private problem: string | null = null;
  framesDropped = 0;

  constructor(
    readonly nodeId: number,
    private readonly owner: LinkOwner,
  ) {}

  /** The channel to send on now, or null. */
  get channel(): Connection | null {
    return this.current !== null && this.current.canSend ? this.current : null;
  }

  status(): PeerLinkStatus {
    const address = this.owner.addressOf(this.nodeId);
    const isConnected = this.channel !== null;
    const state = isConnected ? 'connected' : this.isDialing ? 'connecting' : address === null ? 'unknown-address' : 'waiting';
    const missing = address === null ? 'its address is not known' : null;
    const problem = isConnected ? null : (this.problem ?? missing ?? 'not connected yet');
    return { nodeId: this.nodeId, address, state, problem, framesDropped: this.framesDropped };
  }

  /** Whether a frame can be taken now; if not, it is counted as dropped. Asked before it is encoded. */
  hasRoom(): boolean {
    const { sendBufferBytesMax, queueBytesMax } = this.owner.tuning;
    const channel = this.channel;
    let isRoom: boolean;
    if (channel !== null && this.change === null) {
      isRoom = channel.bufferedBytes <= sendBufferBytesMax;
    } else {
      if (channel === null) {
        this.isWanted = true;
        this.connect();
      }
      isRoom = (channel !== null || this.isDialing || this.isBetween) && this.queuedBytes < queueBytesMax;
    }
    if (!isRoom) this.framesDropped++;
    return isRoom;
  }

  /** After hasRoom(). */
  send(packet: Uint8Array): void {
    const channel = this.channel;
    if (channel !== null && this.change === null) return channel.send(packet);
    this.queue.push(packet);
    this.queuedBytes += packet.length;
  }

  /** Dials now, unless it is connected, or waits between two attempts. */
  connect(): void {
    if (this.isStopped || this.current !== null || this.isDialing || this.timer !== null) return;
    const address = this.owner.addressOf(this.nodeId);
    if (address === null) return;
    this.isDialing = true;
    this.isWanted = false;
    this.owner.dial(address, (outcome) => this.dialled(outcome, address));
  }

  /** The same, at once even if it waits between two attempts. */
  connectNow(): void {
    this.cancelTimer();
    this.connect();
  }

  /** The peer is said to be elsewhere now. */
  addressChanged(): void {
    this.attempts = 0;
    if (this.timer === null) return;
    this.cancelTimer();
    if (this.isWanted || this.lossRedials > 0) this.connect();
  }

  /** This side dialled `connection` and may keep it or not (L1, L2); answers with the channel to use. */
  settle(connection: Connection): Connection {
    const old = this.channel;
    if (old === null || old === connection) return this.use(connection);
    if (old.remote.processId !== connection.remote.processId) return this.replace(old, connection);
    if (isCanonical(old) && !isCanonical(connection)) {
      connection.retire();
      return old;
    }
    this.use(connection);
    old.retire();
    return connection;
  }

  /** The other side dialled `connection`, and keeps it. */
  follow(connection: Connection): void {
    const old = this.channel;
    if (old === null || old === connection) {
      this.use(connection);
    } else if (old.remote.processId !== connection.remote.processId) {
      this.replace(old, connection);
    } else if (isCanonical(old) && !isCanonical(connection)) {
      this.reserve = old;
      this.use(connection);
      old.probe(this.owner.tuning.rivalProbeMs, (isAlive) => this.reserveHeard(old, connection, isAlive));
    } else {
      this.use(connection);
      old.retire();
    }
  }

  /** The peer gives `connection` up. */
  retired(connection: Connection): void {
    if (this.reserve === connection) this.reserve = null;
    if (this.current !== connection) return;
    if (this.reserve?.canSend === true) {
      this.use(this.reserve);
    } else {
      this.isBetween = true;
      this.waitBehind(connection);
    }
  }

  ended(connection: Connection, end: ConnectionEnd): void {
    if (this.reserve === connection) this.reserve = null;
    if (this.current !== connection) return;
    this.current = null;
    if (this.reserve?.canSend === true) {
      this.use(this.reserve);
    } else if (this.isBetween && !this.isStopped && end.end !== 'refused by peer') {
      this.betweenTimer ??= this.owner.clock.setTimer(this.owner.tuning.rivalProbeMs, () => this.lost(end), { unref: true });
      this.connectNow();
    } else {
      this.lost(end);
    }
  }

  stop(): void {
    this.cancelTimer();
    this.endBetween();
    this.endChange();
    this.flush();
    this.isStopped = true;
    this.dropQueue();
  }

  private lost(end: ConnectionEnd): void {
    this.endBetween();
    this.problem = describeEnd(end);
    if (this.isStopped) return;
    this.isConnected = false;
    this.owner.disconnected(this.nodeId);
    this.attempts = 0;
    this.lossRedials = this.owner.tuning.lossRedialsMax;
    this.connectNow();
    if (!this.isDialing) this.dropQueue();
  }

  private endBetween(): void {
    this.isBetween = false;
    this.betweenTimer?.cancel();
    this.betweenTimer = null;
  }

  private reserveHeard(old: Connection, connection: Connection, isAlive: boolean): void {
    if (this.reserve === old) this.reserve = null;
    if (!isAlive) return old.close('it is silent, and the peer uses another channel');
    if (this.current !== connection || !connection.isOpen || !old.canSend) return;
    this.use(old);
    connection.retire();
  }

  /** Another process speaks for this node: the newer one stays. */
  private replace(old: Connection, connection: Connection): Connection {
    if (connection.remote.incarnation < old.remote.incarnation) {
      connection.refuse(Refusal.NODE_ID_REUSED, `a later process of node ${this.nodeId} is connected`);
      return old;
    }
    this.current = null;
    old.close('a later process of the same node is connected');
    this.isConnected = false;
    this.owner.disconnected(this.nodeId);
    return this.use(connection);
  }

  private use(connection: Connection): Connection {
    const before = this.current;
    if (this.isConnected && this.processId !== connection.remote.processId) {
      this.isConnected = false;
      this.owner.disconnected(this.nodeId);
    }
    this.processId = connection.remote.processId;
    this.current = connection;
    if (this.reserve === connection) this.reserve = null;
    this.endBetween();
    this.attempts = 0;
    this.lossRedials = 0;
    this.isWanted = false;
    this.problem = null;
    this.cancelTimer();
    if (this.change?.before === connection) this.endChange();
    else if (before !== null && before !== connection) this.waitBehind(before);
    this.flush();
    if (!this.isConnected) {
      this.isConnected = true;
      this.owner.connected(this.nodeId);
    }
    return connection;
  }

  /** L6. Who waits already has sent nothing on what was used in between. */
  private waitBehind(before: Connection): void {
    if (this.change !== null || !before.isOpen) return;
    const passed = (): void => {
      if (this.change !== change) return;
      this.endChange();
      this.flush();
    };
    const change = { before, timer: this.owner.clock.setTimer(this.owner.tuning.changeMs, passed, { unref: true }) };
    this.change = change;
    before.mark(passed);
  }

  private endChange(): void {
    this.change?.timer.cancel();
    this.change = null;
  }

  private flush(): void {
    const { channel } = this;
    if (channel === null || this.change !== null) return;
    const queue = this.queue;
    this.queue = [];
    this.queuedBytes = 0;
    for (const packet of queue) channel.send(packet);
  }

  private dialled(outcome: DialOutcome, address: string): void {
    this.isDialing = false;
    if (this.isStopped || this.current !== null) return;
    if ('connection' in outcome) {
      const found = outcome.connection.remote.nodeId;
      if (found === this.nodeId) return; // it was settled, and is gone again
      this.problem = found === 0 ? `at ${address} is a process without identity` : `at ${address} is node ${found}`;
    } else {
      this.problem = describeEnd(outcome.ended);
      if (this.lossRedials > 0 && outcome.ended.end === 'refused') {
        this.lossRedials = 0;
        this.owner.gone(this.nodeId);
      }
    }
    if (this.isBetween) {
      if (!('ended' in outcome)) return;
      if (outcome.ended.end === 'refused') return this.lost(outcome.ended);
      this.isWanted = true;
      return this.wait();
    }
    this.dropQueue();
    this.wait();
  }

  private wait(): void {
    if (this.isStopped || this.timer !== null || this.isDialing) return;
    const isLoss = this.lossRedials > 0;
    if (isLoss) this.lossRedials--;
    const delayMs = isLoss ? LOSS_REDIAL_MS : this.backoffMs();
    this.timer = this.owner.clock.setTimer(
      delayMs,
      () => {
        this.timer = null;
        if (this.isWanted || isLoss) this.connect();
      },
      { unref: true },
    );
  }

  private backoffMs(): number {
    const { random, tuning } = this.owner;
    const fullMs = Math.min(tuning.backoffMsMax, tuning.backoffMsMin * 2 ** Math.min(this.attempts++, 20));
    return fullMs / 2 + random.int(Math.max(1, Math.ceil(fullMs / 2)));
  }

  private dropQueue(): void {
    this.framesDropped += this.queue.length;
    this.queue = [];
    this.queuedBytes = 0;
  }

  private cancelTimer(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}

/** For messages to people. */
export function describeEnd(end: ConnectionEnd): string {
  return end.text === '' ? end.end : `${end.end}: ${end.text}`;
}

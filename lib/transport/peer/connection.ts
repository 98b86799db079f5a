/**
 * One channel to one other process, from its first byte to its end: handshake, seals, packets. Owns the channel and its time-outs; decides nothing about
 * which channel is used for what (that is links.ts).
 *
 * C1. No packet reaches the owner before the other side has proved who it is, and none that does not open (H4, S2): then the channel is closed.
 * C2. `ended` is called exactly once, never inside send(), retire() or close(); after it nothing is called.
 * C3. An incoming channel is used for sending only after the dialer has sent a packet on it: the dialer decides which of several channels is kept.
 * C4. A retired channel takes no new frames and calls, but delivers what is under way; it is closed when both sides have retired it, nothing is owed,
 *     or `retireMs` have passed. So nothing is lost where two channels become one.
 * C5. A mark is passed when the other side has worked on all that was sent before it: it answers probes in the order of the channel.
 * Tests: peer-transport.spec.ts, peer-security.spec.ts; test/fuzz (channel).
 */
import { isRaftoralError } from '../../errors/index.js';
import { HANDSHAKE_BYTES_MAX, PACKET_BYTES_MAX, type ByteChannel, type ChannelEnd, type ChannelHandlers } from '../channel.js';
import type { TransportClock, TransportScheduler, TransportTimer } from '../machine-port.js';
import { checkBare, decodeRefused, encodeBare, encodeRefused, PacketKind, Refusal, type PeerDescription } from './packet-codec.js';
import { MAC_BYTES, type Role } from './seal.js';
import type { Session, SessionResult, SessionStep } from './session.js';
import type { PeerTuning } from './tuning.js';

/** How a connection ended, and what the other side said, if anything. */
export interface ConnectionEnd {
  readonly end: ChannelEnd | 'silent' | 'refused by peer' | 'misbehaved';
  readonly text: string;
  readonly refusal: Refusal;
  /** The other side, known, said so. */
  readonly isProven: boolean;
}

export interface ConnectionOwner {
  /** The dialer is proved: answer with connection.conclude(), now or later. */
  judge(connection: Connection, remote: PeerDescription): void;
  /** Both sides agree. For an acceptor the channel is usable once it is confirmed. */
  opened(connection: Connection): void;
  /** The dialer keeps this channel (C3). Not called on the dialer's side. */
  confirmed(connection: Connection): void;
  frame(connection: Connection, bytes: Uint8Array): void;
  call(connection: Connection, packet: Uint8Array): void;
  answer(connection: Connection, packet: Uint8Array): void;
  addresses(connection: Connection, packet: Uint8Array): void;
  /** The other side gives the channel up. */
  retired(connection: Connection): void;
  ended(connection: Connection, end: ConnectionEnd): void;
}

export interface ConnectionOptions {
  readonly role: Role;
  /** What was dialled; null for an incoming channel. */
  readonly dialled: string | null;
  /** Its handshake, once there is a channel. */
  readonly createSession: (channel: ByteChannel) => Session;
  readonly owner: ConnectionOwner;
  readonly clock: TransportClock;
  readonly scheduler: TransportScheduler;
  readonly tuning: PeerTuning;
}

type ConnectionState = 'handshake' | 'open' | 'ended';

export class Connection implements ChannelHandlers {
  private channel: ByteChannel | null = null;
  private session: Session | null = null;
  private state: ConnectionState = 'handshake';
  private result: SessionResult | null = null;
  private handshakeTimer: TransportTimer | null = null;
  private retireTimer: TransportTimer | null = null;
  private hasRetired = false;
  private wasRetired = false;
  private isUsable = false;
  private readonly waitingProbes: Array<{ readonly timer: TransportTimer; readonly done: (isAlive: boolean) => void }> = [];
  /** `after` so many answers to probes (C5). */
  private readonly marks: Array<{ readonly after: number; readonly done: () => void }> = [];
  private probesSent = 0;
  private probeAnswers = 0;
  /** When something came last, monotonic ms. */
  heardAtMs: number;
  /** Calls that wait for an answer from the other side, and calls of the other side that are being answered. */
  callsOpen = 0;
  /** When a call began or ended last, monotonic ms. */
  calledAtMs: number;

  constructor(private readonly options: ConnectionOptions) {
    const { clock, tuning } = options;
    this.heardAtMs = clock.monotonic();
    this.calledAtMs = this.heardAtMs;
    this.handshakeTimer = clock.setTimer(
      tuning.handshakeTimeoutMs,
      () => this.fail('failed', `no handshake within ${tuning.handshakeTimeoutMs} ms`),
      { unref: true },
    );
  }

  /** Gives it its channel; a dialer speaks first. */
  attach(channel: ByteChannel): void {
    this.channel = channel;
    this.session = this.options.createSession(channel);
    channel.limitIncoming?.(HANDSHAKE_BYTES_MAX);
    if (this.options.role === 'dialer') this.take(this.session.begin());
  }

  get role(): Role {
    return this.options.role;
  }

  get dialled(): string | null {
    return this.options.dialled;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  get isUnfinished(): boolean {
    return this.state === 'handshake';
  }

  /** Both sides had agreed, whatever became of it since. */
  get wasOpened(): boolean {
    return this.result !== null;
  }

  /** It was asked whether it lives, and has not answered yet. */
  get isProbed(): boolean {
    return this.waitingProbes.length > 0;
  }

  /** Frames and calls may be sent on it. */
  get canSend(): boolean {
    return this.state === 'open' && this.isUsable && !this.hasRetired && !this.wasRetired;
  }

  get remote(): PeerDescription {
    return this.result!.remote;
  }

  get local(): PeerDescription {
    return this.result!.local;
  }

  get remoteAddress(): string {
    return this.options.dialled ?? this.channel?.remote ?? 'unknown';
  }

  get bufferedBytes(): number {
    return this.channel?.bufferedBytes ?? 0;
  }

  /** `packet` ends with MAC_BYTES bytes that are free. */
  send(packet: Uint8Array): void {
    if (this.state !== 'open') return;
    const sealing = this.result!.sealing;
    if (sealing === null) {
      this.channel!.send(packet.subarray(0, packet.length - MAC_BYTES));
      return;
    }
    sealing.out.seal(packet);
    this.channel!.send(packet);
  }

  /** The acceptor's verdict on who wants to come in. */
  conclude(refusal: Refusal, text: string): void {
    if (this.state !== 'handshake') return;
    const { packet, result } = this.session!.conclude(refusal, text);
    this.channel!.send(packet);
    if (result === null) this.fail('local', text, refusal);
    else this.open(result);
  }

  /** Asks whether the other side lives; what it sends meanwhile is an answer too. */
  probe(timeoutMs: number, done: (isAlive: boolean) => void): void {
    if (this.state !== 'open') return done(false);
    this.sendProbe();
    this.awaitSign(timeoutMs, true, done);
  }

  /** `done` is called when the other side has worked on all that was sent so far (C5), or the channel is over; never inside. */
  mark(done: () => void): void {
    if (this.state !== 'open') return this.options.scheduler.soon(done);
    this.sendProbe();
    this.marks.push({ after: this.probesSent, done });
  }

  /** No new frames and calls on it (C4). */
  retire(): void {
    if (this.state !== 'open' || this.hasRetired) return;
    this.hasRetired = true;
    this.send(encodeBare(PacketKind.RETIRE, MAC_BYTES));
    this.retireTimer ??= this.options.clock.setTimer(this.options.tuning.retireMs, () => this.close('it was given up'), { unref: true });
    this.closeIfDone();
  }

  /** A call on it began (1) or ended (-1). */
  countCall(change: 1 | -1): void {
    this.callsOpen += change;
    this.calledAtMs = this.options.clock.monotonic();
    this.closeIfDone();
  }

  /** Says why, then closes. */
  refuse(refusal: Refusal, text: string): void {
    if (this.state === 'open') this.send(encodeRefused({ refusal, text }, MAC_BYTES));
    this.fail('local', text, refusal);
  }

  close(text: string): void {
    this.fail('local', text);
  }

  // ── ChannelHandlers ──

  onMessage(message: Uint8Array): void {
    if (this.state === 'ended') return;
    this.heardAtMs = this.options.clock.monotonic();
    if (this.state === 'handshake') {
      if (message.length > HANDSHAKE_BYTES_MAX)
        return this.fail('misbehaved', `a message of ${message.length} bytes during the handshake, at most ${HANDSHAKE_BYTES_MAX}`);
      return this.take(this.session!.receive(message));
    }
    if (message.length > PACKET_BYTES_MAX)
      return this.fail('misbehaved', `a message of ${message.length} bytes, at most ${PACKET_BYTES_MAX}`);
    const sealing = this.result!.sealing;
    const packet = sealing === null ? message : sealing.in.open(message);
    if (packet === null || packet.length === 0)
      return this.fail('misbehaved', 'a packet was altered, repeated, reordered, or sealed with another key');
    this.answerProbes();
    if (!this.isOpen) return;
    try {
      this.dispatch(packet);
    } catch (error) {
      if (!isRaftoralError(error, 'MALFORMED_FRAME')) throw error;
      this.fail('misbehaved', error.message);
    }
  }

  onDrained(): void {
    // Frames are dropped, not kept, while the channel is full (N1): nothing waits for this.
  }

  onClosed(end: ChannelEnd, text: string): void {
    this.fail(end, text);
  }

  // ── ──

  private take(step: SessionStep): void {
    switch (step.kind) {
      case 'send':
        this.channel!.send(step.packet);
        return;
      case 'judge':
        this.options.owner.judge(this, step.remote);
        return;
      case 'open':
        this.open(step.result);
        return;
      case 'end':
        if (step.packet !== null) this.channel!.send(step.packet);
        return this.fail('refused by peer', step.text, step.refusal, step.isProven);
    }
  }

  private open(result: SessionResult): void {
    this.result = result;
    this.state = 'open';
    this.channel!.limitIncoming?.(PACKET_BYTES_MAX);
    if (this.options.role === 'dialer') {
      this.isUsable = true;
      this.stopHandshakeTimer();
    }
    this.options.owner.opened(this);
  }

  private dispatch(packet: Uint8Array): void {
    const kind = packet[0]!;
    const { owner } = this.options;
    if (!this.isUsable && kind !== PacketKind.RETIRE && kind !== PacketKind.REFUSED) {
      this.isUsable = true;
      this.stopHandshakeTimer();
      owner.confirmed(this);
      if (this.state !== 'open') return;
    }
    switch (kind) {
      case PacketKind.FRAME:
        return owner.frame(this, packet.subarray(1));
      case PacketKind.CALL:
        return owner.call(this, packet);
      case PacketKind.ANSWER:
        return owner.answer(this, packet);
      case PacketKind.ADDRESSES:
        return owner.addresses(this, packet);
      case PacketKind.RETIRE:
        checkBare(packet);
        return this.onRetire();
      case PacketKind.PROBE:
        checkBare(packet);
        return this.send(encodeBare(PacketKind.PROBE_ANSWER, MAC_BYTES));
      case PacketKind.PROBE_ANSWER:
        checkBare(packet);
        return this.onProbeAnswer();
      case PacketKind.REFUSED: {
        const { refusal, text } = decodeRefused(packet);
        return this.fail('refused by peer', text, refusal, true);
      }
      default:
        return this.fail('misbehaved', `a packet of kind ${kind}, which has no place here`);
    }
  }

  private onRetire(): void {
    if (this.wasRetired) return;
    this.wasRetired = true;
    this.options.owner.retired(this);
    this.retire();
    this.closeIfDone();
  }

  private closeIfDone(): void {
    const isOwed = this.callsOpen > 0 || this.marks.length > 0;
    if (this.hasRetired && this.wasRetired && !isOwed) this.close('it was given up');
  }

  private sendProbe(): void {
    this.probesSent++;
    this.send(encodeBare(PacketKind.PROBE, MAC_BYTES));
  }

  private onProbeAnswer(): void {
    this.probeAnswers++;
    while (this.marks.length > 0 && this.marks[0]!.after <= this.probeAnswers) this.marks.shift()!.done();
    this.closeIfDone();
  }

  private awaitSign(timeoutMs: number, canWaitOnce: boolean, done: (isAlive: boolean) => void): void {
    const { clock, scheduler } = this.options;
    const dueMs = clock.monotonic() + timeoutMs;
    const expired = (): void => {
      const lateMs = clock.monotonic() - dueMs;
      this.waitingProbes.splice(this.waitingProbes.indexOf(probe), 1);
      // A process that was stopped hears what came meanwhile before it judges others.
      if (canWaitOnce && lateMs > timeoutMs / 2) return this.awaitSign(timeoutMs, false, done);
      const heardAtMs = this.heardAtMs;
      scheduler.turn(() => done(this.state === 'open' && this.heardAtMs !== heardAtMs));
    };
    const probe = { timer: clock.setTimer(timeoutMs, expired, { unref: true }), done };
    this.waitingProbes.push(probe);
  }

  private answerProbes(): void {
    for (const { timer, done } of this.waitingProbes.splice(0)) {
      timer.cancel();
      done(true);
    }
  }

  private stopHandshakeTimer(): void {
    this.handshakeTimer?.cancel();
    this.handshakeTimer = null;
  }

  private fail(end: ConnectionEnd['end'], text: string, refusal: Refusal = Refusal.NONE, isProven = false): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    this.stopHandshakeTimer();
    this.retireTimer?.cancel();
    this.channel?.close();
    const probes = this.waitingProbes.splice(0);
    for (const { timer } of probes) timer.cancel();
    const marks = this.marks.splice(0);
    this.options.scheduler.soon(() => {
      for (const { done } of probes) done(false);
      for (const { done } of marks) done();
      this.options.owner.ended(this, { end, text, refusal, isProven });
    });
  }
}

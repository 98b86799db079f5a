/**
 * A network of byte channels in memory, for specs of what stands above a carrier: two ends, a wire between them, and what a test does to it.
 *
 * M1. As the port demands: whole messages, in order, each once, or the channel ends; nothing is called back inside send(), dial() or close().
 * M2. Each message travels in a turn of its channel's scheduler, so a slow channel is overtaken by another. Both ends get bytes of their own.
 * M3. An address without listener is refused; a cut pair hears nothing of each other until it is healed, and dialling takes for ever, as with a
 *     firewall that drops.
 * Tests: the specs of lib/transport/peer, which stand on it.
 */
import type { Scheduler } from '../cluster/scheduler.js';
import { RaftoralError } from '../errors/index.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelEnd, ChannelHandlers, ListeningAt } from '../transport/channel.js';

export interface MemoryCarrierOptions {
  /** `host:port` of this process; others dial it. */
  readonly address: string;
  /** What the port's `isEncrypted` and `isPeerVerified` say of channels, on this side. Default false. */
  readonly isEncrypted?: boolean;
  readonly isPeerVerified?: boolean;
  /** What listen() says it is bound to. Default: the address. */
  readonly bound?: string | null;
}

/** Looks at each message on the wire: gives what arrives instead (in that order; none = lost), or `'break'`: the channel ends. */
export type WireTap = (passing: {
  readonly from: string;
  readonly to: string;
  readonly message: Uint8Array;
}) => readonly Uint8Array[] | 'break';

export interface MemoryWireOptions {
  readonly scheduler: Scheduler;
  /** One for each channel that is dialled. Default: `scheduler` for all, so that what is sent first arrives first on whatever channel. */
  readonly channelScheduler?: () => Scheduler;
}

export class MemoryWire {
  private readonly listeners = new Map<string, MemoryCarrier>();
  private readonly cuts = new Set<string>();
  private readonly stalled = new Set<string>();
  private readonly ends = new Set<MemoryEnd>();
  readonly scheduler: Scheduler;
  tap: WireTap | null = null;
  /** Channels that were dialled. */
  dialled = 0;

  constructor(private readonly options: MemoryWireOptions) {
    this.scheduler = options.scheduler;
  }

  channelScheduler(): Scheduler {
    return this.options.channelScheduler?.() ?? this.scheduler;
  }

  createCarrier(options: MemoryCarrierOptions): MemoryCarrier {
    return new MemoryCarrier(this, options);
  }

  /** A channel as a stranger opens it, without any transport above. */
  dialRaw(address: string, handlers: ChannelHandlers, from = 'stranger:1'): ByteChannel {
    return this.createCarrier({ address: from }).dial(address, handlers);
  }

  /** Nothing passes between the two any more, either way: what is sent waits for heal(), as TCP sends again; no end hears of it. */
  cut(a: string, b: string): void {
    this.cuts.add(`${a} ${b}`);
    this.cuts.add(`${b} ${a}`);
  }

  heal(): void {
    this.cuts.clear();
    for (const end of [...this.ends]) end.healed();
  }

  /** What this process sends stays in its buffers, until it flows() again. */
  stall(address: string): void {
    this.stalled.add(address);
  }

  flow(address: string): void {
    this.stalled.delete(address);
    for (const end of this.ends) if (end.own === address) end.flush();
  }

  /** The process is gone: all its channels break, and its port is closed. */
  kill(address: string): void {
    this.listeners.delete(address);
    for (const end of [...this.ends]) if (end.own === address) end.vanish();
  }

  /** The channels of this process break, and the other sides hear nothing of it: half-open, as when a router forgets them. */
  forget(address: string): void {
    for (const end of [...this.ends]) if (end.own === address) end.end('closed', 'the connection broke');
  }

  /** Open ends, for a test that looks for leaks. */
  get openEnds(): number {
    return this.ends.size;
  }

  isCut(from: string, to: string): boolean {
    return this.cuts.has(`${from} ${to}`);
  }

  isStalled(address: string): boolean {
    return this.stalled.has(address);
  }

  /** Another address of the process that listens at `address`. */
  alias(alias: string, address: string): void {
    this.listeners.set(alias, this.listeners.get(address)!);
  }

  // ── for carriers and ends ──

  bind(address: string, carrier: MemoryCarrier): void {
    if (this.listeners.has(address))
      throw new RaftoralError('INVALID_CONFIGURATION', `transport.listen is ${address}, which is in use; choose another port`);
    this.listeners.set(address, carrier);
  }

  unbind(address: string, carrier: MemoryCarrier): void {
    if (this.listeners.get(address) === carrier) this.listeners.delete(address);
  }

  connect(dialer: MemoryEnd, address: string): void {
    this.dialled++;
    this.scheduler.turn(() => {
      if (dialer.isClosed || this.isCut(dialer.own, address)) return;
      const listener = this.listeners.get(address);
      if (listener === undefined) dialer.end('refused', `${address} is not listening`);
      else listener.accept(dialer);
    });
  }

  add(end: MemoryEnd): void {
    this.ends.add(end);
  }

  delete(end: MemoryEnd): void {
    this.ends.delete(end);
  }
}

export class MemoryCarrier implements ChannelCarrier {
  private acceptor: ChannelAcceptor | null = null;
  private isClosed = false;
  readonly open = new Set<MemoryEnd>();

  constructor(
    private readonly wire: MemoryWire,
    private readonly options: MemoryCarrierOptions,
  ) {}

  async listen(accept: ChannelAcceptor): Promise<ListeningAt> {
    this.wire.bind(this.options.address, this);
    this.acceptor = accept;
    return { address: this.options.bound === undefined ? this.options.address : this.options.bound };
  }

  dial(address: string, handlers: ChannelHandlers, _name?: string): ByteChannel {
    const end = this.create(address);
    end.handlers = handlers;
    if (this.isClosed) this.wire.scheduler.turn(() => end.end('failed', 'the carrier is closed'));
    else this.wire.connect(end, address);
    return end;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.wire.unbind(this.options.address, this);
    for (const end of [...this.open]) end.close();
  }

  /** Called by the wire. */
  accept(dialer: MemoryEnd): void {
    const end = this.create(dialer.own);
    end.join(dialer);
    end.handlers = this.acceptor!(end);
    dialer.flush();
  }

  private create(remote: string): MemoryEnd {
    const { address, isEncrypted, isPeerVerified } = this.options;
    return new MemoryEnd(this.wire, this, address, remote, isEncrypted === true, isPeerVerified === true);
  }
}

export class MemoryEnd implements ByteChannel {
  handlers: ChannelHandlers | null = null;
  bufferedBytes = 0;
  isClosed = false;
  /** As limitIncoming() was called last. */
  messageBytesMax: number | null = null;
  private other: MemoryEnd | null = null;
  private scheduler: Scheduler;
  private waiting: Uint8Array[] = [];
  /** On the wire when it was cut. */
  private held: Uint8Array[] = [];

  constructor(
    private readonly wire: MemoryWire,
    private readonly carrier: MemoryCarrier,
    readonly own: string,
    readonly remote: string,
    readonly isEncrypted: boolean,
    readonly isPeerVerified: boolean,
  ) {
    this.scheduler = wire.scheduler;
    wire.add(this);
    carrier.open.add(this);
  }

  limitIncoming(messageBytesMax: number): void {
    this.messageBytesMax = messageBytesMax;
  }

  join(other: MemoryEnd): void {
    this.other = other;
    other.other = this;
    this.scheduler = other.scheduler = this.wire.channelScheduler();
  }

  send(message: Uint8Array): void {
    if (this.isClosed) return;
    this.waiting.push(message.slice());
    this.bufferedBytes += message.length;
    this.flush();
  }

  close(): void {
    if (this.isClosed) return;
    this.finish();
    this.scheduler.turn(() => this.handlers?.onClosed('local', ''));
    const other = this.other;
    if (other !== null && !this.wire.isCut(this.own, other.own)) this.scheduler.turn(() => other.end('closed', 'the other side ended it'));
  }

  /** Hands over what waits, each message in a turn of its own, in order. */
  flush(): void {
    if (this.other === null || this.wire.isStalled(this.own)) return;
    const messages = this.waiting;
    this.waiting = [];
    for (const message of messages)
      this.scheduler.turn(() => {
        this.bufferedBytes -= message.length;
        if (this.held.length > 0 || this.wire.isCut(this.own, this.other!.own)) this.held.push(message);
        else this.carry(message);
      });
  }

  /** The cut is over: what was held arrives, or it is found that nobody is there any more. */
  healed(): void {
    const other = this.other;
    if (other === null || this.wire.isCut(this.own, other.own)) return;
    this.scheduler.turn(() => {
      const { held } = this;
      this.held = [];
      if (other.isClosed) this.end('closed', 'the other side is gone');
      else for (const message of held) this.carry(message);
    });
  }

  /** Called once, from outside: it ended. */
  end(end: ChannelEnd, text: string): void {
    if (this.isClosed) return;
    this.finish();
    this.handlers?.onClosed(end, text);
  }

  /** Its process is gone: it hears nothing, the other side hears that it broke. */
  vanish(): void {
    const other = this.other;
    this.handlers = null;
    this.finish();
    if (other !== null && !this.wire.isCut(this.own, other.own)) this.scheduler.turn(() => other.end('closed', 'the connection broke'));
  }

  private carry(message: Uint8Array): void {
    const other = this.other!;
    if (other.isClosed) return;
    const arriving = this.wire.tap === null ? [message] : this.wire.tap({ from: this.own, to: other.own, message });
    if (arriving === 'break') {
      this.end('closed', 'the connection broke');
      other.end('closed', 'the connection broke');
      return;
    }
    for (const each of arriving) {
      if (other.isClosed) return;
      if (other.messageBytesMax !== null && each.length > other.messageBytesMax) {
        other.end('closed', `a message of ${each.length} bytes came, at most ${other.messageBytesMax}`);
        this.scheduler.turn(() => this.end('closed', 'the other side ended it'));
        return;
      }
      other.handlers?.onMessage(each);
    }
  }

  private finish(): void {
    this.isClosed = true;
    this.waiting = [];
    this.held = [];
    this.wire.delete(this);
    this.carrier.open.delete(this);
  }
}

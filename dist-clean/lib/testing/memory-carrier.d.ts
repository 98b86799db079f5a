/**
 * A network of byte channels in memory, for specs of what stands above a carrier: two ends, a wire between them, and what a test does to it.
 *
 * M1. As the port demands: whole messages, in order, each once, or the channel ends; nothing is called back inside send(), dial() or close().
 * M2. Each message travels in a turn of the wire's scheduler. Both ends get bytes of their own.
 * M3. An address without listener is refused; a cut pair hears nothing of each other until it is healed, and dialling takes for ever, as with a
 *     firewall that drops.
 * Tests: the specs of lib/transport/peer, which stand on it.
 */
import type { Scheduler } from '../cluster/scheduler.js';
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
export declare class MemoryWire {
    private readonly listeners;
    private readonly cuts;
    private readonly stalled;
    private readonly ends;
    readonly scheduler: Scheduler;
    tap: WireTap | null;
    /** Channels that were dialled. */
    dialled: number;
    constructor(options: {
        readonly scheduler: Scheduler;
    });
    createCarrier(options: MemoryCarrierOptions): MemoryCarrier;
    /** A channel as a stranger opens it, without any transport above. */
    dialRaw(address: string, handlers: ChannelHandlers, from?: string): ByteChannel;
    /** Nothing passes between the two any more, either way: what is sent waits for heal(), as TCP sends again; no end hears of it. */
    cut(a: string, b: string): void;
    heal(): void;
    /** What this process sends stays in its buffers, until it flows() again. */
    stall(address: string): void;
    flow(address: string): void;
    /** The process is gone: all its channels break, and its port is closed. */
    kill(address: string): void;
    /** The channels of this process break, and the other sides hear nothing of it: half-open, as when a router forgets them. */
    forget(address: string): void;
    /** Open ends, for a test that looks for leaks. */
    get openEnds(): number;
    isCut(from: string, to: string): boolean;
    isStalled(address: string): boolean;
    bind(address: string, carrier: MemoryCarrier): void;
    unbind(address: string, carrier: MemoryCarrier): void;
    connect(dialer: MemoryEnd, address: string): void;
    add(end: MemoryEnd): void;
    delete(end: MemoryEnd): void;
}
export declare class MemoryCarrier implements ChannelCarrier {
    private readonly wire;
    private readonly options;
    private acceptor;
    private isClosed;
    readonly open: Set<MemoryEnd>;
    constructor(wire: MemoryWire, options: MemoryCarrierOptions);
    listen(accept: ChannelAcceptor): Promise<ListeningAt>;
    dial(address: string, handlers: ChannelHandlers): ByteChannel;
    close(): Promise<void>;
    /** Called by the wire. */
    accept(dialer: MemoryEnd): void;
    private create;
}
export declare class MemoryEnd implements ByteChannel {
    private readonly wire;
    private readonly carrier;
    readonly own: string;
    readonly remote: string;
    readonly isEncrypted: boolean;
    readonly isPeerVerified: boolean;
    handlers: ChannelHandlers | null;
    bufferedBytes: number;
    isClosed: boolean;
    /** As limitIncoming() was called last. */
    messageBytesMax: number | null;
    private other;
    private waiting;
    /** On the wire when it was cut. */
    private held;
    constructor(wire: MemoryWire, carrier: MemoryCarrier, own: string, remote: string, isEncrypted: boolean, isPeerVerified: boolean);
    limitIncoming(messageBytesMax: number): void;
    join(other: MemoryEnd): void;
    send(message: Uint8Array): void;
    close(): void;
    /** Hands over what waits, each message in a turn of its own, in order. */
    flush(): void;
    /** The cut is over: what was held arrives, or it is found that nobody is there any more. */
    healed(): void;
    /** Called once, from outside: it ended. */
    end(end: ChannelEnd, text: string): void;
    /** Its process is gone: it hears nothing, the other side hears that it broke. */
    vanish(): void;
    private carry;
    private finish;
}

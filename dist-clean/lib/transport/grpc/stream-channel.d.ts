/**
 * A ByteChannel over one bidirectional gRPC stream: what both ends have in common. One packet is written at a time; what is sent meanwhile goes together
 * into the next one, so that many small messages cost one write.
 *
 * S1. B1, B2 of channel.ts: nothing is called back inside send() or close(), onClosed exactly once, nothing after it.
 * S2. `bufferedBytes` counts what was handed to send() and has not been taken by the network yet.
 * S3. After close() what waits still leaves, for `closeGraceMs`; then the stream is cut.
 * Tests: grpc-carrier.spec.ts.
 */
import type { ByteChannel, ChannelEnd, ChannelHandlers } from '../channel.js';
import type { GrpcLimits } from './limits.js';
import { type Packet } from './packet-wire.js';
/** One end of a stream, as both ends of grpc-js offer it. */
export interface PacketStream {
    write(packet: Packet, callback: () => void): unknown;
    /** Says that nothing more comes. */
    end(): unknown;
}
export declare abstract class StreamChannel implements ByteChannel {
    #private;
    protected readonly limits: GrpcLimits;
    abstract readonly remote: string;
    abstract readonly isEncrypted: boolean;
    abstract readonly isPeerVerified: boolean;
    constructor(limits: GrpcLimits, onGone: (channel: StreamChannel) => void);
    get bufferedBytes(): number;
    limitIncoming(messageBytesMax: number): void;
    send(message: Uint8Array): void;
    close(): void;
    /** Ends the stream at once. */
    abstract cut(): void;
    protected get isClosing(): boolean;
    protected bind(handlers: ChannelHandlers): void;
    protected attach(stream: PacketStream): void;
    protected take(packet: Packet): void;
    /** The stream is over; after close() that is 'local', whatever it looks like. Safe to call twice: the first word counts. */
    protected ended(end: ChannelEnd, text: string): void;
    /** Nothing of it is left in this process. */
    protected gone(): void;
}

/**
 * A channel that the other side opened: the server's end of one stream.
 *
 * A1. Its opening is answered at once, so that the dialer knows that it speaks to a node.
 * Tests: grpc-carrier.spec.ts.
 */
import type { Metadata, ServerDuplexStream } from '@grpc/grpc-js';
import type { ChannelAcceptor } from '../channel.js';
import type { Connection } from './listener.js';
import type { GrpcLimits } from './limits.js';
import type { Packet } from './packet-wire.js';
import { StreamChannel } from './stream-channel.js';
export interface AcceptParts {
    readonly connection: Connection;
    readonly limits: GrpcLimits;
    readonly onGone: (channel: StreamChannel) => void;
}
export declare class AcceptedChannel extends StreamChannel {
    #private;
    private readonly stream;
    private readonly parts;
    readonly remote: string;
    readonly isEncrypted: boolean;
    readonly isPeerVerified: boolean;
    constructor(stream: ServerDuplexStream<Packet, Packet>, parts: AcceptParts);
    /** Called once. */
    open(accept: ChannelAcceptor, opening: Metadata): void;
    /** What the other side keeps waiting can only be ended with its connection. */
    cut(): void;
}

import type { ChannelHandlers } from '../channel.js';
import type { HostAndPort } from '../security/loopback.js';
import type { TlsMaterial } from '../security/tls-files.js';
import type { GrpcLimits } from './limits.js';
import type { GrpcModules } from './modules.js';
import { StreamChannel } from './stream-channel.js';
export interface DialParts {
    readonly address: string;
    readonly tls: TlsMaterial | null;
    readonly serverName: string | undefined;
    readonly limits: GrpcLimits;
    readonly onGone: (channel: StreamChannel) => void;
}
export declare class DialedChannel extends StreamChannel {
    #private;
    private readonly parts;
    readonly remote: string;
    readonly isEncrypted: boolean;
    /** grpc-js ends the connection unless the certificate is of the authority and bears the name. */
    readonly isPeerVerified: boolean;
    constructor(parts: DialParts, handlers: ChannelHandlers);
    /** Never throws; called once. */
    open({ grpc }: GrpcModules, address: HostAndPort): void;
    /** It can not even be tried. */
    fail(text: string): void;
    cut(): void;
}

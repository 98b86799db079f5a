import type { ControlApi } from '../../client/control-port.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../channel.js';
import { type ControlGate } from './client-gate.js';
import { type GrpcLimits } from './limits.js';
import { type TlsSource } from './listener.js';
export interface GrpcCarrierOptions {
    /** `host:port`; port 0: any free one. */
    readonly listen: string;
    /** Server reflection, open to everybody. Default false. */
    readonly reflection?: boolean;
    /** Absent: not encrypted. Not closed by the carrier. */
    readonly tls?: TlsSource;
    /** Name that the peers' certificates must bear, where it is not the host of their address. */
    readonly serverName?: string;
    readonly limits?: Partial<GrpcLimits>;
}
export interface GrpcControlServing {
    readonly api: ControlApi;
    /** Who may call it. */
    readonly gate: ControlGate;
}
export declare class GrpcCarrier implements ChannelCarrier {
    #private;
    private readonly options;
    constructor(options: GrpcCarrierOptions);
    /** From now on clients are answered. Before, every call of theirs is UNAUTHENTICATED. */
    serveControl(serving: GrpcControlServing): void;
    listen(accept: ChannelAcceptor): Promise<ListeningAt>;
    dial(address: string, handlers: ChannelHandlers): ByteChannel;
    close(): Promise<void>;
}

import type { ChannelCarrier } from '../channel.js';
import { type FrameLimits } from '../envelope-codec.js';
import type { TransportClock, TransportLogger, TransportRandom, TransportScheduler } from '../machine-port.js';
import type { NetworkTransport, NodeAddress, PeerCallHandler, PeerCallOptions, PeerLinkStatus } from '../network-transport-port.js';
import type { PeerCredentials } from '../security/credentials.js';
import type { Frame, TransportHandlers, TransportIdentity } from '../transport.js';
import type { CallBody } from './calls.js';
import { type PeerHubStatistics } from './peer-hub.js';
import { type PeerTuning } from './tuning.js';
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
export declare class PeerTransport implements NetworkTransport {
    private readonly options;
    readonly processId: string;
    onAddressesChanged: ((addresses: readonly NodeAddress[]) => void) | null;
    private readonly codec;
    private readonly hub;
    private readonly tuning;
    private readonly counts;
    private phase;
    private advertisedAt;
    private identity;
    private handlers;
    private framesToSelf;
    private onReused;
    constructor(options: PeerTransportOptions);
    get advertised(): string;
    get statistics(): PeerTransportStatistics;
    listen(): Promise<void>;
    handle(method: string, handler: PeerCallHandler): void;
    call(to: string | number, method: string, request: CallBody, options: PeerCallOptions): Promise<CallBody>;
    addresses(): readonly NodeAddress[];
    learnAddresses(addresses: readonly NodeAddress[]): void;
    setSeeds(seeds: readonly string[]): void;
    peers(): readonly PeerLinkStatus[];
    start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void>;
    send(to: number, frame: Frame): void;
    stop(): Promise<void>;
    private events;
    private describe;
    private self;
    /** null: the bytes are larger than any peer takes. */
    private encode;
    private receive;
    private sendToSelf;
    /** T4. */
    private dialKnown;
    /** A channel to call on; null: the address is this process. One attempt. */
    private reach;
}

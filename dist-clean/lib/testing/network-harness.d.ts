import type { ChannelCarrier } from '../transport/channel.js';
import type { FrameLimits } from '../transport/envelope-codec.js';
import { PeerTransport } from '../transport/peer/peer-transport.js';
import type { PeerTuning } from '../transport/peer/tuning.js';
import type { PeerCredentials } from '../transport/security/credentials.js';
import type { TransportHarness } from './transport-suite.js';
/** Makes the channels of one process; they listen on a free port of 127.0.0.1 (or wherever the adapter's network is). */
export type CarrierMaker = (options: {
    /** `host:port` to listen on again; absent: any free one. */
    readonly listen?: string;
}) => ChannelCarrier;
export interface PeerMaking {
    readonly carrier: ChannelCarrier;
    readonly credentials?: PeerCredentials;
    readonly tuning?: Partial<PeerTuning>;
    readonly frameLimits?: FrameLimits;
}
export declare const SUITE_SECRET: PeerCredentials;
/** A transport with the machine's clock, as a node has it. */
export declare function makePeerTransport({ carrier, credentials, tuning, frameLimits }: PeerMaking): PeerTransport;
export declare function pause(ms: number): Promise<void>;
/** Waits for what a network brings about in its own time; rejects naming `what` when that is long over. */
export declare function eventually(what: string, condition: () => boolean, withinMs?: number): Promise<void>;
/** The harness of transportSuite() for an adapter that reaches other processes. */
export declare function networkHarness(makeCarrier: CarrierMaker): TransportHarness;

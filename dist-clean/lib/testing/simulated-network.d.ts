import type { Frame, Transport, TransportHandlers, TransportIdentity } from '../transport/transport.js';
import type { SeededRandom } from './seeded-random.js';
import type { TraceHash } from './trace-hash.js';
import type { VirtualNode, VirtualTime } from './virtual-time.js';
/** Of one directed link. Rates are probabilities per frame. */
export interface LinkProfile {
    /** Delay of an ordinary frame: between these two, mostly near the lower one. */
    readonly delayMsMin: number;
    readonly delayMsMax: number;
    readonly lossRate: number;
    readonly duplicationRate: number;
    /** Chance that a frame does not wait for those sent before it, and is late by up to `reorderMsMax`. */
    readonly reorderRate: number;
    readonly reorderMsMax: number;
    /** Chance that the link stands still from this frame on, for up to `clogMsMax`. */
    readonly clogRate: number;
    readonly clogMsMax: number;
}
export declare const CALM_LINK: LinkProfile;
/** Frames since the network was made; what was dropped or disturbed, by kind. */
export interface NetworkFaultCounts {
    sent: number;
    delivered: number;
    lost: number;
    duplicated: number;
    reordered: number;
    clogs: number;
    /** Dropped by a partition. */
    partitioned: number;
    /** To nobody, or lost with a crash. */
    noPeer: number;
    crashes: number;
    /** Refused by the codec, or with another deployment or sender. */
    refused: number;
}
export interface SimulatedNetworkOptions {
    readonly time: VirtualTime;
    readonly random: SeededRandom;
    /** Default CALM_LINK. */
    readonly link?: LinkProfile;
    /** Hand frames over by reference, as the in-process network does. Default false. */
    readonly byReference?: boolean;
    /** Gets every delivered frame with its virtual time. */
    readonly trace?: TraceHash;
}
interface Endpoint {
    readonly identity: TransportIdentity;
    readonly handlers: TransportHandlers;
    readonly node: VirtualNode;
    open: boolean;
}
export declare class SimulatedNetwork {
    private readonly options;
    readonly counts: NetworkFaultCounts;
    private readonly nodes;
    private readonly links;
    private readonly codec;
    private profile;
    constructor(options: SimulatedNetworkOptions);
    get nodeIds(): readonly number[];
    /** A transport for the process that runs on `node`. */
    createTransport(node: VirtualNode): Transport;
    /** The profile of every link, also of those to come; ends clogs. */
    setProfile(profile: LinkProfile): void;
    /** The profile of one direction. */
    setLink(from: number, to: number, profile: LinkProfile): void;
    /** Nothing that is sent from now on passes between the two sides, until heal(). */
    partition(sideA: readonly number[], sideB: readonly number[]): void;
    partitionOneWay(from: readonly number[], to: readonly number[]): void;
    /** Ends all partitions. */
    heal(): void;
    /** Frames of this link arrive no earlier than in `ms`. */
    clog(from: number, to: number, ms: number): void;
    /** Kills the node: it runs and hears nothing more. Its peers get a hint after the delay of a link, if they are not cut off. */
    crash(nodeId: number): void;
    /** Called by its transports only. */
    join(node: VirtualNode, identity: TransportIdentity, handlers: TransportHandlers): Endpoint;
    leave(endpoint: Endpoint): void;
    carry(sender: Endpoint, to: number, frame: Frame): void;
    /** Times of arrival of one frame on this link: none when it is lost, two when it is repeated. */
    private draw;
    private arrival;
    private launch;
    private deliver;
    private tellPeers;
    private link;
}
export {};

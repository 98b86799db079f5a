/**
 * A proxy of the test's own between two nodes: takes their channels, and delays, repeats, swaps and loses what they say, as a network of datagrams
 * would. Owns the channels on both sides. It stands above TLS and MACs, so the nodes must be without either (`insecure`).
 *
 * Y1. The handshake passes as it is, in order: what is examined is what comes after it. Y2. A channel that ends on one side ends on the other.
 */
import type { SeededRandom } from '../../lib/testing/index.js';
import type { ChannelCarrier } from '../../lib/transport/channel.js';
export interface LinkFaults {
    readonly delayMsMax: number;
    readonly duplicationRate: number;
    readonly reorderRate: number;
    readonly reorderMsMax: number;
    readonly lossRate: number;
}
export declare const NO_FAULTS: LinkFaults;
export declare class LinkProxy {
    private readonly listener;
    private readonly dialer;
    /** Where the node behind it listens. */
    private readonly target;
    private readonly random;
    faults: LinkFaults;
    readonly counts: {
        passed: number;
        delayed: number;
        duplicated: number;
        reordered: number;
        lost: number;
    };
    private readonly timers;
    constructor(listener: ChannelCarrier, dialer: ChannelCarrier, 
    /** Where the node behind it listens. */
    target: string, random: SeededRandom);
    listen(): Promise<void>;
    /** Cuts every connection. */
    close(): Promise<void>;
    private join;
    /** What arrives is for `other`. */
    private handlers;
    private later;
}

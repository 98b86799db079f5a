import { type Transport } from '../transport/transport.js';
/** A network that an adapter's spec can make, and wait for. */
export interface TransportHarness {
    /** An empty network. */
    create(): Promise<TransportNetworkHarness> | TransportNetworkHarness;
}
export interface TransportNetworkHarness {
    createTransport(): Transport;
    /** Resolves when everything that was sent has arrived or is lost. */
    settle(): Promise<void>;
    dispose?(): Promise<void>;
}
export interface TransportCase {
    readonly name: string;
    readonly run: () => Promise<void>;
}
/** The cases, over networks that `harness` makes. */
export declare function transportSuite(harness: TransportHarness): TransportCase[];

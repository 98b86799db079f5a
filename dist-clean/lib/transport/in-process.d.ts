/**
 * Transport between nodes of one process. Owns: who is connected, what waits in each inbox, and the faults a test asks for.
 *
 * X1. A frame is handed over in a microtask of the receiver's inbox, in the order of sending per pair; never inside send().
 * X2. Frames travel by reference; with `encodeFrames` each one goes through the codec, as it would on a wire.
 * X3. crash() drains nothing: frames queued to and from the node vanish, and it hears of nothing any more.
 * X4. A node id under which a node with a volatile store ran is never used again (R42); two live nodes never share one.
 * X5. All nodes of a network belong to one deployment; a frame with another deployment or sender is dropped and counted (R44).
 * Tests: in-process.spec.ts, and the transport suite of lib/testing.
 */
import { EnvelopeCodec, type FrameLimits } from './envelope-codec.js';
import type { Frame, Transport, TransportHandlers, TransportIdentity } from './transport.js';
export interface InProcessNetworkOptions {
    /** Default false: by reference. */
    readonly encodeFrames?: boolean;
    readonly frameLimits?: FrameLimits;
    /** Frames that may wait for one node; more are dropped and counted, as on a full socket. Default 65,536. */
    readonly inboxFramesMax?: number;
}
/** Frames since the network was made. */
export interface InProcessNetworkStatistics {
    sent: number;
    delivered: number;
    /** To nobody: unknown, stopped or crashed. */
    droppedNoPeer: number;
    droppedPartition: number;
    droppedInboxFull: number;
    /** Other deployment, other sender, not encodable, or not decodable. */
    droppedRefused: number;
}
export declare class InProcessNetwork {
    readonly statistics: InProcessNetworkStatistics;
    private readonly nodes;
    private readonly cut;
    readonly codec: EnvelopeCodec | null;
    readonly inboxFramesMax: number;
    constructor(options?: InProcessNetworkOptions);
    /** A transport for one node; its identity comes with start(). */
    createTransport(): Transport;
    /** The process of this node dies now. Its peers are told that the connection broke. */
    crash(nodeId: number): void;
    /** Nothing passes between the two sides, either way, until heal(). Adds to what is cut already. */
    partition(sideA: readonly number[], sideB: readonly number[]): void;
    heal(): void;
    /** Ids of the nodes that are connected now, ascending. */
    get nodeIds(): readonly number[];
    /** Called by its transports only. */
    register(endpoint: InProcessTransport, identity: TransportIdentity): void;
    unregister(endpoint: InProcessTransport): void;
    carry(sender: InProcessTransport, from: number, to: number, frame: Frame): void;
    private cutOneWay;
    private tellPeers;
}
declare class InProcessTransport implements Transport {
    private readonly network;
    identity: TransportIdentity | null;
    private handlers;
    private crashed;
    private frames;
    private senders;
    private scheduled;
    constructor(network: InProcessNetwork);
    start(identity: TransportIdentity, handlers: TransportHandlers): Promise<void>;
    send(to: number, frame: Frame): void;
    stop(): Promise<void>;
    enqueue(sender: InProcessTransport, frame: Frame): void;
    peerGone(nodeId: number): void;
    /** Dies as a process does: nothing is sent, said or heard any more. */
    die(): void;
    private clear;
    private readonly drain;
    private handOver;
    private open;
}
export {};

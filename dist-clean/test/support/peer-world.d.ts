import { MemoryWire, type MemoryCarrierOptions } from '../../lib/testing/memory-carrier.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { PeerTransport, type PeerTransportOptions } from '../../lib/transport/peer/peer-transport.js';
import type { PeerCredentials } from '../../lib/transport/security/credentials.js';
import { type Frame, type TransportHandlers, type TransportIdentity } from '../../lib/transport/transport.js';
export declare const DEPLOYMENT = "7a1f8f0e-3d43-4f3c-9a57-0f4c5b9f2d11";
export declare const PEER_SECRET: PeerCredentials;
export interface PeerOptions extends Partial<Pick<PeerTransportOptions, 'credentials' | 'tuning' | 'resolve' | 'advertise'>> {
    readonly carrier?: Partial<MemoryCarrierOptions>;
}
/** What a host would have heard. */
export declare class PeerRecorder implements TransportHandlers {
    readonly frames: Frame[];
    readonly disconnected: number[];
    readonly refused: number[];
    onFrame(frame: Frame): void;
    onPeerDisconnected(peer: number): void;
    onPeerRefused(peer: number): void;
    /** Marks of the pings of one sender, in order of arrival. */
    marks(from: number): number[];
}
export declare class Peer {
    readonly world: PeerWorld;
    readonly address: string;
    readonly node: VirtualNode;
    readonly recorder: PeerRecorder;
    readonly lines: string[];
    readonly transport: PeerTransport;
    identity: TransportIdentity | null;
    constructor(world: PeerWorld, address: string, node: VirtualNode, options: PeerOptions);
    start(nodeId: number, changes?: Partial<TransportIdentity>): Promise<this>;
    /** A frame that bears a mark. */
    send(to: number, mark: number, changes?: Partial<Frame>): void;
    stop(): Promise<void>;
    /** As a process is: nothing more runs, its channels break, its port is closed. */
    kill(): void;
    call(to: string | number, method: string, request?: Record<string, unknown>, timeoutMs?: number): Promise<Readonly<Record<string, unknown>>>;
    stateOf(nodeId: number): string;
}
export declare class PeerWorld {
    readonly seed: number;
    readonly time: VirtualTime;
    readonly wire: MemoryWire;
    peersMade: number;
    constructor(seed?: number, wireDelayMs?: () => number);
    peer(number: number, options?: PeerOptions): Peer;
    /** Nodes 1 to `count`, each with the first as its seed, all connected. */
    cluster(count: number, options?: PeerOptions): Promise<Peer[]>;
}

/**
 * What this node has towards one other: the channel in use, the attempts to get one, the frames that wait meanwhile. Owns which of several channels is used.
 *
 * L1. At most one channel is used for sending. Where both sides dialled, the one dialled by the lower node id is kept (canonical), and the other is retired.
 * L2. The dialer of a channel decides whether it is kept, the acceptor follows the first packet on it (C3). An acceptor that holds the canonical channel
 *     uses the new one at once, asks whether the old one lives, and goes back to it if it does: so a half-open channel never keeps two nodes apart.
 * L3. Frames wait only while a channel is being made, `queueBytesMax` at most; else they are dropped and counted (N1).
 * L4. Attempts follow each other by doubled delays with jitter; a success, the peer's own call on us, and a new address begin anew.
 * L5. Right after a loss the peer is dialled up to `lossRedialsMax` times quickly. "Refused" then means that the process is gone: nobody listens where it did.
 * Tests: peer-transport.spec.ts, peer-chaos.spec.ts.
 */
import type { TransportClock, TransportRandom } from '../machine-port.js';
import type { PeerLinkStatus } from '../network-transport-port.js';
import type { Connection, ConnectionEnd } from './connection.js';
import type { PeerTuning } from './tuning.js';
export type DialOutcome = {
    readonly connection: Connection;
} | {
    readonly ended: ConnectionEnd;
};
export interface LinkOwner {
    readonly clock: TransportClock;
    readonly random: TransportRandom;
    readonly tuning: PeerTuning;
    addressOf(nodeId: number): string | null;
    dial(address: string, done: (outcome: DialOutcome) => void): void;
    /** The last channel is gone, or another process has the peer's place. */
    disconnected(nodeId: number): void;
    /** L5. */
    gone(nodeId: number): void;
    connected(nodeId: number): void;
}
export declare class Link {
    readonly nodeId: number;
    private readonly owner;
    private current;
    /** Confirmed, and not in use: the canonical channel while it is asked whether it lives. */
    private reserve;
    /** The peer gave up the channel in use, and is about to use another. */
    private isBetween;
    private isDialing;
    private timer;
    private attempts;
    private lossRedials;
    private isWanted;
    private isStopped;
    private queue;
    private queuedBytes;
    private problem;
    framesDropped: number;
    constructor(nodeId: number, owner: LinkOwner);
    /** The channel to send on now, or null. */
    get channel(): Connection | null;
    status(): PeerLinkStatus;
    /** Whether a frame can be taken now; if not, it is counted as dropped. Asked before it is encoded. */
    hasRoom(): boolean;
    /** After hasRoom(). */
    send(packet: Uint8Array): void;
    /** Dials now, unless it is connected, or waits between two attempts. */
    connect(): void;
    /** The same, at once even if it waits between two attempts. */
    connectNow(): void;
    /** The peer is said to be elsewhere now. */
    addressChanged(): void;
    /** This side dialled `connection` and may keep it or not (L1, L2); answers with the channel to use. */
    settle(connection: Connection): Connection;
    /** The other side dialled `connection`, and keeps it. */
    follow(connection: Connection): void;
    /** The peer gives `connection` up. */
    retired(connection: Connection): void;
    ended(connection: Connection, end: ConnectionEnd): void;
    stop(): void;
    private reserveHeard;
    /** Another process speaks for this node: the newer one stays. */
    private replace;
    private use;
    private dialled;
    private wait;
    private backoffMs;
    private dropQueue;
    private cancelTimer;
}
/** For messages to people. */
export declare function describeEnd(end: ConnectionEnd): string;

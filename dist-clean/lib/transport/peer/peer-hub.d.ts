/**
 * All peers of a process: which channels there are, to whom, who is where. Owns links, address book, seeds and admission; knows nothing of what frames hold.
 *
 * U1. Between two nodes there is one channel in use (link.ts); a channel of a guest is used for calls only, and given up when it is idle.
 * U2. A channel made under an identity that this process, or a guest that became a node, no longer has is retired.
 * U3. Addresses are told to each peer when its channel opens, and to all when the book changes.
 * Tests: peer-transport.spec.ts, peer-chaos.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
import type { ChannelCarrier } from '../channel.js';
import type { TransportClock, TransportLogger, TransportRandom, TransportScheduler } from '../machine-port.js';
import type { NodeAddress, PeerLinkStatus } from '../network-transport-port.js';
import type { PeerCredentials } from '../security/credentials.js';
import { AddressBook } from './address-book.js';
import { CallDesk } from './calls.js';
import type { Connection, ConnectionEnd, ConnectionOwner } from './connection.js';
import { Connections } from './connections.js';
import { Link, type DialOutcome, type LinkOwner } from './link.js';
import { type PeerDescription } from './packet-codec.js';
import { Seeds } from './seeds.js';
import type { PeerTuning } from './tuning.js';
export interface PeerHubEvents {
    frame(connection: Connection, bytes: Uint8Array): void;
    disconnected(nodeId: number): void;
    gone(nodeId: number): void;
    addressesChanged(addresses: readonly NodeAddress[]): void;
    /** A known process says, proved, that this node's id is another's. */
    reused(error: RaftoralError): void;
}
export interface PeerHubOptions {
    readonly carrier: ChannelCarrier;
    readonly credentials: PeerCredentials;
    readonly clock: TransportClock;
    readonly scheduler: TransportScheduler;
    readonly random: TransportRandom;
    readonly logger: TransportLogger;
    readonly tuning: PeerTuning;
    readonly resolve: (address: string) => Promise<readonly string[]>;
    readonly describe: () => PeerDescription;
    readonly events: PeerHubEvents;
}
/** Of handshakes and channels, since the start. */
export interface PeerHubStatistics {
    /** Handshakes that ended without a session, by either side. */
    handshakesFailed: number;
    /** Channels closed because a packet did not open, was not well formed, or had no place. */
    channelsMisbehaved: number;
}
export declare class PeerHub implements ConnectionOwner, LinkOwner {
    private readonly options;
    readonly statistics: PeerHubStatistics;
    readonly clock: TransportClock;
    readonly random: TransportRandom;
    readonly tuning: PeerTuning;
    readonly book: AddressBook;
    readonly desk: CallDesk;
    readonly connections: Connections;
    readonly seeds: Seeds;
    private readonly admission;
    private readonly links;
    private readonly warnedAtMs;
    private isTelling;
    private isStopped;
    private housekeeping;
    constructor(options: PeerHubOptions);
    begin(): void;
    stop(): void;
    link(nodeId: number): Link;
    status(): PeerLinkStatus[];
    learn(addresses: readonly NodeAddress[], isFirstHand: boolean): void;
    /** This process is someone else now: channels made before are given up (U2). */
    identityChanged(): void;
    /** Tries everybody who is known once; resolves when all have answered or failed. */
    dialKnown(): Promise<void>;
    /** A channel that calls to `to` can go on, now. */
    openTo(to: string | number): Connection | null;
    /** Logs it, unless it was said a moment ago. */
    warn(key: string, text: string): void;
    judge(connection: Connection, remote: PeerDescription): void;
    opened(connection: Connection): void;
    confirmed(connection: Connection): void;
    frame(connection: Connection, bytes: Uint8Array): void;
    call(connection: Connection, packet: Uint8Array): void;
    answer(connection: Connection, packet: Uint8Array): void;
    addresses(connection: Connection, packet: Uint8Array): void;
    retired(connection: Connection): void;
    ended(connection: Connection, end: ConnectionEnd): void;
    addressOf(nodeId: number): string | null;
    dial(address: string, done: (outcome: DialOutcome) => void): void;
    disconnected(nodeId: number): void;
    gone(nodeId: number): void;
    connected(nodeId: number): void;
    private note;
    private isBetweenNodes;
    private isOutOfDate;
    private isNodeAt;
    private sendAddresses;
    private tellAddresses;
    private warnRefused;
    /** Asks silent channels whether they live, and gives up guests that say nothing. */
    private keepHouse;
}

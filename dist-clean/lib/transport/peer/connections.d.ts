import type { ByteChannel, ChannelCarrier, ChannelHandlers } from '../channel.js';
import type { TransportClock, TransportRandom, TransportScheduler } from '../machine-port.js';
import type { PeerCredentials } from '../security/credentials.js';
import { Connection, type ConnectionEnd, type ConnectionOwner } from './connection.js';
import type { DialOutcome } from './link.js';
import { type PeerDescription } from './packet-codec.js';
import type { PeerTuning } from './tuning.js';
export interface ConnectionsOptions {
    readonly carrier: ChannelCarrier;
    readonly credentials: PeerCredentials;
    readonly clock: TransportClock;
    readonly scheduler: TransportScheduler;
    readonly random: TransportRandom;
    readonly tuning: PeerTuning;
    readonly describe: () => PeerDescription;
    readonly owner: ConnectionOwner;
}
export declare class Connections implements Iterable<Connection> {
    private readonly options;
    private readonly all;
    private readonly dials;
    private isClosed;
    constructor(options: ConnectionsOptions);
    [Symbol.iterator](): IterableIterator<Connection>;
    /** For ChannelCarrier.listen(). */
    readonly accept: (channel: ByteChannel) => ChannelHandlers;
    /** `done` is never called inside. */
    dial(address: string, done: (outcome: DialOutcome) => void): void;
    /** A dialled channel was opened and judged: `used` is the one that takes its place, or itself. */
    settled(connection: Connection, used: Connection): void;
    ended(connection: Connection, end: ConnectionEnd): void;
    /** No more channels; those that are open are told. */
    close(): void;
    private finish;
    private make;
    /** 32 bytes of which nobody can guess more than nothing: three times 122 random bits, hashed. */
    private nonce;
    private makeRoom;
}

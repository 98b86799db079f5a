import { type ByteChannel, type ChannelEnd, type ChannelHandlers } from '../channel.js';
import type { TransportClock, TransportScheduler } from '../machine-port.js';
import { Refusal, type PeerDescription } from './packet-codec.js';
import { type Role } from './seal.js';
import type { Session } from './session.js';
import type { PeerTuning } from './tuning.js';
/** How a connection ended, and what the other side said, if anything. */
export interface ConnectionEnd {
    readonly end: ChannelEnd | 'silent' | 'refused by peer' | 'misbehaved';
    readonly text: string;
    readonly refusal: Refusal;
    /** The other side, known, said so. */
    readonly isProven: boolean;
}
export interface ConnectionOwner {
    /** The dialer is proved: answer with connection.conclude(), now or later. */
    judge(connection: Connection, remote: PeerDescription): void;
    /** Both sides agree. For an acceptor the channel is usable once it is confirmed. */
    opened(connection: Connection): void;
    /** The dialer keeps this channel (C3). Not called on the dialer's side. */
    confirmed(connection: Connection): void;
    frame(connection: Connection, bytes: Uint8Array): void;
    call(connection: Connection, packet: Uint8Array): void;
    answer(connection: Connection, packet: Uint8Array): void;
    addresses(connection: Connection, packet: Uint8Array): void;
    /** The other side gives the channel up. */
    retired(connection: Connection): void;
    ended(connection: Connection, end: ConnectionEnd): void;
}
export interface ConnectionOptions {
    readonly role: Role;
    /** What was dialled; null for an incoming channel. */
    readonly dialled: string | null;
    /** Its handshake, once there is a channel. */
    readonly createSession: (channel: ByteChannel) => Session;
    readonly owner: ConnectionOwner;
    readonly clock: TransportClock;
    readonly scheduler: TransportScheduler;
    readonly tuning: PeerTuning;
}
export declare class Connection implements ChannelHandlers {
    private readonly options;
    private channel;
    private session;
    private state;
    private result;
    private handshakeTimer;
    private retireTimer;
    private hasRetired;
    private wasRetired;
    private isUsable;
    private readonly waitingProbes;
    /** When something came last, monotonic ms. */
    heardAtMs: number;
    /** Calls that wait for an answer from the other side, and calls of the other side that are being answered. */
    callsOpen: number;
    /** When a call began or ended last, monotonic ms. */
    calledAtMs: number;
    constructor(options: ConnectionOptions);
    /** Gives it its channel; a dialer speaks first. */
    attach(channel: ByteChannel): void;
    get role(): Role;
    get dialled(): string | null;
    get isOpen(): boolean;
    get isUnfinished(): boolean;
    /** Both sides had agreed, whatever became of it since. */
    get wasOpened(): boolean;
    /** It was asked whether it lives, and has not answered yet. */
    get isProbed(): boolean;
    /** Frames and calls may be sent on it. */
    get canSend(): boolean;
    get remote(): PeerDescription;
    get local(): PeerDescription;
    get remoteAddress(): string;
    get bufferedBytes(): number;
    /** `packet` ends with MAC_BYTES bytes that are free. */
    send(packet: Uint8Array): void;
    /** The acceptor's verdict on who wants to come in. */
    conclude(refusal: Refusal, text: string): void;
    /** Asks whether the other side lives; what it sends meanwhile is an answer too. */
    probe(timeoutMs: number, done: (isAlive: boolean) => void): void;
    /** No new frames and calls on it (C4). */
    retire(): void;
    /** A call on it began (1) or ended (-1). */
    countCall(change: 1 | -1): void;
    /** Says why, then closes. */
    refuse(refusal: Refusal, text: string): void;
    close(text: string): void;
    onMessage(message: Uint8Array): void;
    onDrained(): void;
    onClosed(end: ChannelEnd, text: string): void;
    private take;
    private open;
    private dispatch;
    private onRetire;
    private closeIfDone;
    private awaitSign;
    private answerProbes;
    private stopHandshakeTimer;
    private fail;
}

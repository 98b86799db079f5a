import type { ByteChannel, ChannelHandlers } from '../channel.js';
import type { BodyBudget } from './body.js';
import { type HttpLimits } from './http-limits.js';
/** What TLS needs to dial: the options of node:tls. */
export interface DialTls {
    readonly ca: string | Buffer | ReadonlyArray<string | Buffer>;
    readonly cert: string | Buffer;
    readonly key: string | Buffer;
    /** Name that the certificate must bear; default the host of the address. */
    readonly servername?: string;
}
export interface DialedChannelOptions {
    readonly address: string;
    /** Under which the other side's routes stand. */
    readonly path: string;
    readonly tls: DialTls | null;
    readonly limits: HttpLimits;
    readonly bodies: BodyBudget;
    readonly handlers: ChannelHandlers;
    readonly forget: (channel: DialedChannel) => void;
}
export declare class DialedChannel implements ByteChannel {
    private readonly options;
    readonly remote: string;
    readonly isEncrypted: boolean;
    /** With TLS a certificate of another authority ends the channel before its first message. */
    readonly isPeerVerified: boolean;
    private readonly limits;
    private readonly agent;
    private readonly queue;
    private readonly requests;
    private state;
    private id;
    private sentSequence;
    private polledSequence;
    private isSending;
    private isFlushDue;
    private isClosedReported;
    private timer;
    private messageBytesMax;
    private target;
    constructor(options: DialedChannelOptions);
    get bufferedBytes(): number;
    limitIncoming(messageBytesMax: number): void;
    send(message: Uint8Array): void;
    close(): void;
    private open;
    private flushSoon;
    private flush;
    private sent;
    private poll;
    private arrived;
    private isOpen;
    private post;
    /** The other side said no: it has closed the channel, or it is nothing of ours. */
    private refused;
    private end;
    private reportClosed;
    private vanish;
}

/**
 * A peer channel that another process opened: its messages come as bodies of requests, ours leave as bodies of the answers to its polls.
 *
 * A1. Bodies and polls are numbered 1, 2, 3 …; one that is repeated, skipped or out of turn ends the channel.
 * A2. One poll is held at most, and never longer than `pollHoldMs`: it is answered with what there is to say, or with nothing.
 * A3. The other side is gone when the connection of the held poll ends, or when no poll comes for `pollGapMs` (`reconnectMs` once its connection has ended).
 * A4. Nothing is called back inside send() or close(); onClosed is the last call, and the only one of its kind.
 * Tests: http-carrier.spec.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ByteChannel, type ChannelEnd, type ChannelHandlers } from '../channel.js';
import { type HttpLimits } from './http-limits.js';
export interface AcceptedChannelOptions {
    readonly id: string;
    readonly remote: string;
    readonly isEncrypted: boolean;
    readonly isPeerVerified: boolean;
    readonly limits: HttpLimits;
    /** It takes no more requests. */
    readonly forget: (channel: AcceptedChannel) => void;
}
export declare class AcceptedChannel implements ByteChannel {
    private readonly options;
    readonly id: string;
    readonly remote: string;
    readonly isEncrypted: boolean;
    readonly isPeerVerified: boolean;
    /** Its other side has not proved who it is, as far as limitIncoming() says. */
    isStranger: boolean;
    private messageBytesMax;
    private readonly limits;
    private readonly queue;
    private handlers;
    /** ending: closed for the one who holds it; what was sent before waits for the other side's poll. */
    private state;
    private receivedSequence;
    private polledSequence;
    private isReceiving;
    private poll;
    /** A poll's answer is on its way. */
    private isAnswering;
    private isFlushDue;
    private holdTimer;
    private gapTimer;
    private pollSocket;
    constructor(options: AcceptedChannelOptions);
    get bufferedBytes(): number;
    /** Of the next body. */
    get bodyBytesMax(): number;
    /** In force before the first message. */
    bind(handlers: ChannelHandlers): void;
    limitIncoming(messageBytesMax: number): void;
    send(message: Uint8Array): void;
    close(): void;
    /** The other side, or the connection to it, ended it. */
    end(end: ChannelEnd, text: string): void;
    /** True if body `sequence` is the one whose turn it is; it is then expected by received(). */
    isTurnOfBody(sequence: number): boolean;
    /** A whole body. Hands its messages over; false if it ended the channel. */
    received(body: Uint8Array, isLast: boolean): boolean;
    polled(sequence: number, request: IncomingMessage, response: ServerResponse): void;
    /** What is sent in one go leaves in one answer. */
    private flushSoon;
    private answerPoll;
    private answered;
    private expectPoll;
    private readonly onSocketClosed;
    private watch;
    private vanish;
}
/** The channel is not, or no longer, there: nor are its connections of further use. */
export declare function answerGone(response: ServerResponse): void;

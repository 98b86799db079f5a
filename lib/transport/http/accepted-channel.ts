/**
 * A peer channel that another process opened: its messages come as bodies of requests, ours leave as bodies of the answers to its polls.
 *
 * A1. Bodies and polls are numbered 1, 2, 3 …; one that is repeated, skipped or out of turn ends the channel.
 * A2. One poll is held at most, and never longer than `pollHoldMs`: it is answered with what there is to say, or with nothing.
 * A3. The other side is gone when the connection of the held poll ends, or when no poll comes for `pollGapMs` (`reconnectMs` once its connection, or before the first poll
 *     the one that opened the channel, has ended).
 * A4. Nothing is called back inside send() or close(); onClosed is the last call, and the only one of its kind.
 * Tests: http-carrier.spec.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isRaftoralError } from '../../errors/index.js';
import { HANDSHAKE_BYTES_MAX, type ByteChannel, type ChannelEnd, type ChannelHandlers } from '../channel.js';
import { decodeBatch, encodeBatch, LENGTH_BYTES, tooLarge } from './batch-codec.js';
import { Header, type HttpLimits } from './http-limits.js';
import { MessageQueue } from './message-queue.js';

export interface AcceptedChannelOptions {
  readonly id: string;
  readonly remote: string;
  readonly isEncrypted: boolean;
  readonly isPeerVerified: boolean;
  readonly limits: HttpLimits;
  /** It takes no more requests. */
  readonly forget: (channel: AcceptedChannel) => void;
}

const OK = 200;
const NO_CONTENT = 204;
const GONE = 410;

export class AcceptedChannel implements ByteChannel {
  readonly id: string;
  readonly remote: string;
  readonly isEncrypted: boolean;
  readonly isPeerVerified: boolean;
  /** Its other side has not proved who it is, as far as limitIncoming() says. */
  isStranger = true;
  private messageBytesMax: number;
  private readonly limits: HttpLimits;
  private readonly queue: MessageQueue;
  private handlers: ChannelHandlers | null = null;
  /** ending: closed for the one who holds it; what was sent before waits for the other side's poll. */
  private state: 'open' | 'ending' | 'gone' = 'open';
  private receivedSequence = 0;
  private polledSequence = 0;
  private isReceiving = false;
  private poll: ServerResponse | null = null;
  /** A poll's answer is on its way. */
  private isAnswering = false;
  private isFlushDue = false;
  private holdTimer: NodeJS.Timeout | undefined;
  private gapTimer: NodeJS.Timeout | undefined;
  private pollSocket: Socket | undefined;

  constructor(private readonly options: AcceptedChannelOptions) {
    this.id = options.id;
    this.remote = options.remote;
    this.isEncrypted = options.isEncrypted;
    this.isPeerVerified = options.isPeerVerified;
    this.limits = options.limits;
    this.messageBytesMax = options.limits.messageBytesMax;
    this.queue = new MessageQueue(options.limits.batchBytesMax, options.limits.lowWaterBytes);
    this.expectPoll(options.limits.pollGapMs);
  }

  get bufferedBytes(): number {
    return this.queue.bytes;
  }

  /** Of the next body. */
  get bodyBytesMax(): number {
    return this.isStranger ? this.limits.strangerBytesMax : Math.max(this.messageBytesMax + LENGTH_BYTES, this.limits.batchBytesMax);
  }

  /** In force before the first message. `opener`: the connection over which the channel was opened. */
  bind(handlers: ChannelHandlers, opener: Socket): void {
    this.handlers = handlers;
    this.watch(opener);
  }

  limitIncoming(messageBytesMax: number): void {
    this.messageBytesMax = Math.min(messageBytesMax, this.limits.messageBytesMax);
    if (messageBytesMax > HANDSHAKE_BYTES_MAX) this.isStranger = false;
  }

  send(message: Uint8Array): void {
    if (this.state !== 'open') return;
    this.queue.push(message);
    this.flushSoon();
  }

  close(): void {
    if (this.state !== 'open') return;
    this.state = 'ending';
    queueMicrotask(() => this.handlers?.onClosed('local', 'closed here'));
    if (this.queue.isEmpty && this.poll === null && !this.isAnswering) return this.vanish();
    this.flushSoon();
    this.expectPoll(this.limits.lingerMs);
  }

  /** The other side, or the connection to it, ended it. */
  end(end: ChannelEnd, text: string): void {
    const wasOpen = this.state === 'open';
    if (this.state === 'gone') return;
    this.vanish();
    if (wasOpen) this.handlers?.onClosed(end, text);
  }

  /** True if body `sequence` is the one whose turn it is; it is then expected by received(). */
  isTurnOfBody(sequence: number): boolean {
    if (this.state === 'gone') return false;
    if (this.isReceiving || sequence !== this.receivedSequence + 1) {
      this.end('closed', `body ${sequence} came where ${this.receivedSequence + 1} was due`);
      return false;
    }
    this.isReceiving = true;
    return true;
  }

  /** A whole body. Hands its messages over; false if it ended the channel. */
  received(body: Uint8Array, isLast: boolean): boolean {
    this.isReceiving = false;
    this.receivedSequence++;
    let messages: Uint8Array[];
    try {
      messages = decodeBatch(body, this.limits.messageBytesMax);
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      this.end('closed', error.message);
      return false;
    }
    for (const message of messages) {
      if (this.state !== 'open') break;
      // One by one: a message may raise the bound of the next.
      if (message.length > this.messageBytesMax) this.end('closed', tooLarge(message.length, this.messageBytesMax));
      else this.handlers?.onMessage(message);
    }
    if (isLast) this.end('closed', 'the other side ended it');
    return this.state !== 'gone';
  }

  polled(sequence: number, request: IncomingMessage, response: ServerResponse): void {
    if (this.state === 'gone') return answerGone(response);
    if (this.poll !== null || sequence !== this.polledSequence + 1) {
      answerGone(response);
      return this.end('closed', `poll ${sequence} came where ${this.polledSequence + 1} was due`);
    }
    this.polledSequence = sequence;
    clearTimeout(this.gapTimer);
    this.poll = response;
    this.watch(request.socket);
    // Another poll says that the answer to the one before has arrived.
    this.answered();
    response.on('close', () => {
      if (this.poll === response) this.end('closed', 'the connection of its poll ended');
      else if (!response.writableFinished) this.end('closed', 'the connection ended within an answer');
    });
    this.holdTimer = setTimeout(() => this.answerPoll(), this.limits.pollHoldMs);
    if (!this.queue.isEmpty || this.state === 'ending') this.flushSoon();
  }

  /** What is sent in one go leaves in one answer. */
  private flushSoon(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    queueMicrotask(() => {
      this.isFlushDue = false;
      if (this.poll !== null && (!this.queue.isEmpty || this.state === 'ending')) this.answerPoll();
    });
  }

  private answerPoll(): void {
    const response = this.poll;
    if (response === null) return;
    this.poll = null;
    clearTimeout(this.holdTimer);
    const body = this.queue.isEmpty ? null : encodeBatch(this.queue.take());
    const isLast = this.state === 'ending' && this.queue.isEmpty;
    response.setHeader(Header.SEQUENCE, this.polledSequence);
    if (isLast) response.setHeader(Header.END, '1');
    this.isAnswering = true;
    response.on('finish', () => this.answered());
    if (body === null) {
      response.writeHead(isLast ? GONE : NO_CONTENT, isLast ? { 'content-length': 0 } : {});
      response.end();
    } else {
      response.writeHead(OK, { 'content-type': 'application/octet-stream', 'content-length': body.length });
      response.end(body);
    }
    if (isLast) this.vanish();
    else this.expectPoll(this.state === 'ending' ? this.limits.lingerMs : this.limits.pollGapMs);
  }

  private answered(): void {
    if (!this.isAnswering) return;
    this.isAnswering = false;
    this.queue.taken();
    if (this.state === 'open' && this.queue.isDrained()) this.handlers?.onDrained();
  }

  private expectPoll(withinMs: number): void {
    clearTimeout(this.gapTimer);
    this.gapTimer = setTimeout(() => this.end('closed', `no poll came for ${withinMs} ms`), withinMs);
    this.gapTimer.unref();
  }

  private readonly onSocketClosed = (): void => {
    if (this.state === 'open' && this.poll === null) this.expectPoll(this.limits.reconnectMs);
  };

  private watch(socket: Socket): void {
    if (this.pollSocket === socket) return;
    this.pollSocket?.off('close', this.onSocketClosed);
    this.pollSocket = socket;
    socket.on('close', this.onSocketClosed);
  }

  private vanish(): void {
    this.state = 'gone';
    clearTimeout(this.holdTimer);
    clearTimeout(this.gapTimer);
    this.pollSocket?.off('close', this.onSocketClosed);
    this.pollSocket = undefined;
    const held = this.poll;
    this.poll = null;
    if (held !== null) answerGone(held);
    this.queue.clear();
    this.options.forget(this);
  }
}

/** The channel is not, or no longer, there: nor are its connections of further use. */
export function answerGone(response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(GONE, { [Header.END]: '1', 'content-length': 0, connection: 'close' });
  response.end();
}

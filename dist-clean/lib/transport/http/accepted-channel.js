import { isRaftoralError } from '../../errors/index.js';
import { HANDSHAKE_BYTES_MAX } from '../channel.js';
import { decodeBatch, encodeBatch, LENGTH_BYTES, tooLarge } from './batch-codec.js';
import { Header } from './http-limits.js';
import { MessageQueue } from './message-queue.js';
const OK = 200;
const NO_CONTENT = 204;
const GONE = 410;
export class AcceptedChannel {
    options;
    id;
    remote;
    isEncrypted;
    isPeerVerified;
    /** Its other side has not proved who it is, as far as limitIncoming() says. */
    isStranger = true;
    messageBytesMax;
    limits;
    queue;
    handlers = null;
    /** ending: closed for the one who holds it; what was sent before waits for the other side's poll. */
    state = 'open';
    receivedSequence = 0;
    polledSequence = 0;
    isReceiving = false;
    poll = null;
    /** A poll's answer is on its way. */
    isAnswering = false;
    isFlushDue = false;
    holdTimer;
    gapTimer;
    pollSocket;
    constructor(options) {
        this.options = options;
        this.id = options.id;
        this.remote = options.remote;
        this.isEncrypted = options.isEncrypted;
        this.isPeerVerified = options.isPeerVerified;
        this.limits = options.limits;
        this.messageBytesMax = options.limits.messageBytesMax;
        this.queue = new MessageQueue(options.limits.batchBytesMax, options.limits.lowWaterBytes);
        this.expectPoll(options.limits.pollGapMs);
    }
    get bufferedBytes() {
        return this.queue.bytes;
    }
    /** Of the next body. */
    get bodyBytesMax() {
        return this.isStranger ? this.limits.strangerBytesMax : Math.max(this.messageBytesMax + LENGTH_BYTES, this.limits.batchBytesMax);
    }
    /** In force before the first message. */
    bind(handlers) {
        this.handlers = handlers;
    }
    limitIncoming(messageBytesMax) {
        this.messageBytesMax = Math.min(messageBytesMax, this.limits.messageBytesMax);
        if (messageBytesMax > HANDSHAKE_BYTES_MAX)
            this.isStranger = false;
    }
    send(message) {
        if (this.state !== 'open')
            return;
        this.queue.push(message);
        this.flushSoon();
    }
    close() {
        if (this.state !== 'open')
            return;
        this.state = 'ending';
        queueMicrotask(() => this.handlers?.onClosed('local', 'closed here'));
        if (this.queue.isEmpty && this.poll === null && !this.isAnswering)
            return this.vanish();
        this.flushSoon();
        this.expectPoll(this.limits.lingerMs);
    }
    /** The other side, or the connection to it, ended it. */
    end(end, text) {
        const wasOpen = this.state === 'open';
        if (this.state === 'gone')
            return;
        this.vanish();
        if (wasOpen)
            this.handlers?.onClosed(end, text);
    }
    /** True if body `sequence` is the one whose turn it is; it is then expected by received(). */
    isTurnOfBody(sequence) {
        if (this.state === 'gone')
            return false;
        if (this.isReceiving || sequence !== this.receivedSequence + 1) {
            this.end('closed', `body ${sequence} came where ${this.receivedSequence + 1} was due`);
            return false;
        }
        this.isReceiving = true;
        return true;
    }
    /** A whole body. Hands its messages over; false if it ended the channel. */
    received(body, isLast) {
        this.isReceiving = false;
        this.receivedSequence++;
        let messages;
        try {
            messages = decodeBatch(body, this.limits.messageBytesMax);
        }
        catch (error) {
            if (!isRaftoralError(error))
                throw error;
            this.end('closed', error.message);
            return false;
        }
        for (const message of messages) {
            if (this.state !== 'open')
                break;
            // One by one: a message may raise the bound of the next.
            if (message.length > this.messageBytesMax)
                this.end('closed', tooLarge(message.length, this.messageBytesMax));
            else
                this.handlers?.onMessage(message);
        }
        if (isLast)
            this.end('closed', 'the other side ended it');
        return this.state !== 'gone';
    }
    polled(sequence, request, response) {
        if (this.state === 'gone')
            return answerGone(response);
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
            if (this.poll === response)
                this.end('closed', 'the connection of its poll ended');
            else if (!response.writableFinished)
                this.end('closed', 'the connection ended within an answer');
        });
        this.holdTimer = setTimeout(() => this.answerPoll(), this.limits.pollHoldMs);
        if (!this.queue.isEmpty || this.state === 'ending')
            this.flushSoon();
    }
    /** What is sent in one go leaves in one answer. */
    flushSoon() {
        if (this.isFlushDue)
            return;
        this.isFlushDue = true;
        queueMicrotask(() => {
            this.isFlushDue = false;
            if (this.poll !== null && (!this.queue.isEmpty || this.state === 'ending'))
                this.answerPoll();
        });
    }
    answerPoll() {
        const response = this.poll;
        if (response === null)
            return;
        this.poll = null;
        clearTimeout(this.holdTimer);
        const body = this.queue.isEmpty ? null : encodeBatch(this.queue.take());
        const isLast = this.state === 'ending' && this.queue.isEmpty;
        response.setHeader(Header.SEQUENCE, this.polledSequence);
        if (isLast)
            response.setHeader(Header.END, '1');
        this.isAnswering = true;
        response.on('finish', () => this.answered());
        if (body === null) {
            response.writeHead(isLast ? GONE : NO_CONTENT, isLast ? { 'content-length': 0 } : {});
            response.end();
        }
        else {
            response.writeHead(OK, { 'content-type': 'application/octet-stream', 'content-length': body.length });
            response.end(body);
        }
        if (isLast)
            this.vanish();
        else
            this.expectPoll(this.state === 'ending' ? this.limits.lingerMs : this.limits.pollGapMs);
    }
    answered() {
        if (!this.isAnswering)
            return;
        this.isAnswering = false;
        this.queue.taken();
        if (this.state === 'open' && this.queue.isDrained())
            this.handlers?.onDrained();
    }
    expectPoll(withinMs) {
        clearTimeout(this.gapTimer);
        this.gapTimer = setTimeout(() => this.end('closed', `no poll came for ${withinMs} ms`), withinMs);
        this.gapTimer.unref();
    }
    onSocketClosed = () => {
        if (this.state === 'open' && this.poll === null)
            this.expectPoll(this.limits.reconnectMs);
    };
    watch(socket) {
        if (this.pollSocket === socket)
            return;
        this.pollSocket?.off('close', this.onSocketClosed);
        this.pollSocket = socket;
        socket.on('close', this.onSocketClosed);
    }
    vanish() {
        this.state = 'gone';
        clearTimeout(this.holdTimer);
        clearTimeout(this.gapTimer);
        this.pollSocket?.off('close', this.onSocketClosed);
        this.pollSocket = undefined;
        const held = this.poll;
        this.poll = null;
        if (held !== null)
            answerGone(held);
        this.queue.clear();
        this.options.forget(this);
    }
}
/** The channel is not, or no longer, there: nor are its connections of further use. */
export function answerGone(response) {
    if (response.headersSent || response.destroyed)
        return;
    response.writeHead(GONE, { [Header.END]: '1', 'content-length': 0, connection: 'close' });
    response.end();
}
//# sourceMappingURL=accepted-channel.js.map
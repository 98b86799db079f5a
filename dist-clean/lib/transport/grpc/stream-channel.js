import { PACKET_BYTES_MAX } from '../channel.js';
import { PacketAssembler, PacketQueue } from './packet-wire.js';
const CLOSED_HERE = 'closed by this side';
export class StreamChannel {
    limits;
    #queue = new PacketQueue();
    #assembler = new PacketAssembler(PACKET_BYTES_MAX);
    #stream = null;
    /** Of the packet that is being written. */
    #writingBytes = 0;
    #isWriting = false;
    #wasHigh = false;
    #isClosing = false;
    #isEnded = false;
    #graceTimer = null;
    #isGone = false;
    #onGone = null;
    #handlers = null;
    constructor(limits, onGone) {
        this.limits = limits;
        this.#onGone = () => onGone(this);
    }
    get bufferedBytes() {
        return this.#queue.bytes + this.#writingBytes;
    }
    limitIncoming(messageBytesMax) {
        this.#assembler.limit(messageBytesMax);
    }
    send(message) {
        if (this.#isClosing || this.#isEnded)
            return;
        this.#queue.push(message);
        if (this.bufferedBytes > this.limits.lowWaterBytes)
            this.#wasHigh = true;
        this.#pump();
    }
    close() {
        if (this.#isClosing || this.#isEnded)
            return;
        this.#isClosing = true;
        queueMicrotask(() => this.#tell('local', CLOSED_HERE));
        this.#graceTimer = setTimeout(() => this.cut(), this.limits.closeGraceMs);
        this.#graceTimer.unref();
        this.#pump();
    }
    get isClosing() {
        return this.#isClosing;
    }
    bind(handlers) {
        this.#handlers = handlers;
    }
    attach(stream) {
        this.#stream = stream;
        this.#pump();
    }
    take(packet) {
        try {
            this.#assembler.take(packet, (message) => this.#handlers?.onMessage(message), () => !this.#isClosing && !this.#isEnded);
        }
        catch (error) {
            if (!(error instanceof Error) || !('code' in error) || error.code !== 'MALFORMED_FRAME')
                throw error;
            this.ended('failed', error.message);
            this.cut();
        }
    }
    /** The stream is over; after close() that is 'local', whatever it looks like. Safe to call twice: the first word counts. */
    ended(end, text) {
        this.#isEnded = true;
        this.#queue.clear();
        this.#writingBytes = 0;
        if (this.#isClosing)
            this.#tell('local', CLOSED_HERE);
        else
            this.#tell(end, text);
    }
    /** Nothing of it is left in this process. */
    gone() {
        if (this.#isGone)
            return;
        this.#isGone = true;
        if (this.#graceTimer !== null)
            clearTimeout(this.#graceTimer);
        this.#onGone?.();
        this.#onGone = null;
    }
    #tell(end, text) {
        const handlers = this.#handlers;
        this.#handlers = null;
        handlers?.onClosed(end, text);
    }
    #pump() {
        if (this.#isWriting || this.#stream === null || this.#isEnded)
            return;
        const next = this.#queue.take();
        if (next === null) {
            if (this.#isClosing)
                this.#stream.end();
            return;
        }
        this.#isWriting = true;
        this.#writingBytes = next.bytes;
        this.#stream.write(next.packet, () => this.#written());
    }
    #written() {
        this.#isWriting = false;
        this.#writingBytes = 0;
        if (this.#isEnded)
            return;
        this.#pump();
        if (this.#wasHigh && this.bufferedBytes <= this.limits.lowWaterBytes) {
            this.#wasHigh = false;
            this.#handlers?.onDrained();
        }
    }
}
//# sourceMappingURL=stream-channel.js.map
/**
 * Messages that wait to leave in a batch. Owns their order and their bytes.
 *
 * Q1. take() gives them in the order of push(), each once, at most `batchBytesMax` bytes of a body, but always one message.
 * Q2. `bytes` is what waits plus what take() gave out and taken() has not confirmed.
 * Q3. isDrained() is true once for each fall of `bytes` below the low-water mark.
 */
import { LENGTH_BYTES } from './batch-codec.js';
export class MessageQueue {
    batchBytesMax;
    lowWaterBytes;
    messages = [];
    waitingBytes = 0;
    leavingBytes = 0;
    wasAbove = false;
    constructor(batchBytesMax, lowWaterBytes) {
        this.batchBytesMax = batchBytesMax;
        this.lowWaterBytes = lowWaterBytes;
    }
    get isEmpty() {
        return this.messages.length === 0;
    }
    get bytes() {
        return this.waitingBytes + this.leavingBytes;
    }
    /** Of one body that held all that waits. */
    get bodyBytes() {
        return this.waitingBytes + this.messages.length * LENGTH_BYTES;
    }
    push(message) {
        this.messages.push(message);
        this.waitingBytes += message.length;
        if (this.bytes >= this.lowWaterBytes)
            this.wasAbove = true;
    }
    take() {
        let bytes = 0;
        let count = 0;
        for (const message of this.messages) {
            if (count > 0 && bytes + message.length + (count + 1) * LENGTH_BYTES > this.batchBytesMax)
                break;
            bytes += message.length;
            count++;
        }
        const taken = count === this.messages.length ? this.messages : this.messages.slice(0, count);
        this.messages = count === this.messages.length ? [] : this.messages.slice(count);
        this.waitingBytes -= bytes;
        this.leavingBytes += bytes;
        return taken;
    }
    /** What the last take() gave out has left. */
    taken() {
        this.leavingBytes = 0;
    }
    isDrained() {
        if (!this.wasAbove || this.bytes >= this.lowWaterBytes)
            return false;
        this.wasAbove = false;
        return true;
    }
    clear() {
        this.messages = [];
        this.waitingBytes = 0;
        this.leavingBytes = 0;
        this.wasAbove = false;
    }
}
//# sourceMappingURL=message-queue.js.map
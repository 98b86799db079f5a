/**
 * The appends in flight to one peer, as a window limited by count and by bytes. Pure leaf.
 * F1. Indices are added in ascending order, never into a full window.
 * F2. `count` and `bytes` are exactly what was added and not yet freed.
 * F3. The limit in bytes may be overshot by the one message that reaches it.
 * Source: etcd-io/raft's flow control; thesis §10.2.1 on pipelining.
 */
import { fail } from './invariant.js';
const INITIAL_CAPACITY = 8;
export class Inflights {
    messagesMax;
    bytesMax;
    start = 0;
    countValue = 0;
    bytesValue = 0;
    /** Ring buffers of the same power-of-two capacity: last index and bytes of each message. */
    indices = [];
    sizes = [];
    constructor(messagesMax, bytesMax) {
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
    }
    get count() {
        return this.countValue;
    }
    get bytes() {
        return this.bytesValue;
    }
    isFull() {
        return this.countValue >= this.messagesMax || this.bytesValue >= this.bytesMax;
    }
    /** Records a message whose last entry is `index`. Throws if the window is full. */
    add(index, bytes) {
        if (this.isFull())
            fail('cannot add to a full window of inflight messages', { index, count: this.countValue, bytes: this.bytesValue });
        if (this.countValue === this.indices.length)
            this.grow();
        let at = this.start + this.countValue;
        if (at >= this.indices.length)
            at -= this.indices.length;
        this.indices[at] = index;
        this.sizes[at] = bytes;
        this.countValue++;
        this.bytesValue += bytes;
    }
    /** Frees every message whose last entry is at or below `index`. */
    freeTo(index) {
        const capacity = this.indices.length;
        while (this.countValue > 0 && this.indices[this.start] <= index) {
            this.bytesValue -= this.sizes[this.start];
            this.countValue--;
            this.start++;
            if (this.start === capacity)
                this.start = 0;
        }
        if (this.countValue === 0)
            this.start = 0;
    }
    reset() {
        this.start = 0;
        this.countValue = 0;
        this.bytesValue = 0;
    }
    grow() {
        const old = this.indices.length;
        const capacity = old === 0 ? INITIAL_CAPACITY : old * 2;
        const indices = [];
        const sizes = [];
        for (let i = 0; i < capacity; i++) {
            const from = i < old ? (this.start + i) % old : 0;
            indices.push(i < old ? this.indices[from] : 0);
            sizes.push(i < old ? this.sizes[from] : 0);
        }
        this.indices = indices;
        this.sizes = sizes;
        this.start = 0;
    }
}
//# sourceMappingURL=inflights.js.map
/**
 * The stream of a snapshot while it is received, in memory: for storages whose state is in memory too. Owns the bytes.
 * Tests: snapshot-spool.spec.ts.
 */
import { invariant } from '../errors/index.js';
export class MemorySpool {
    parts = [];
    /** Offset of each part. */
    starts = [];
    length = 0;
    async append(bytes) {
        if (bytes.length === 0)
            return;
        // A copy: it may be a small view of a large receive buffer.
        this.parts.push(bytes.slice());
        this.starts.push(this.length);
        this.length += bytes.length;
    }
    async read(offset, length) {
        invariant(offset + length <= this.length, () => `${length} bytes at ${offset} of a spool of ${this.length}`);
        const bytes = new Uint8Array(length);
        let at = 0;
        for (let part = this.partAt(offset); at < length; part++) {
            const from = offset + at - this.starts[part];
            const some = this.parts[part].subarray(from, from + length - at);
            bytes.set(some, at);
            at += some.length;
        }
        return bytes;
    }
    async discard() {
        this.parts = [];
        this.starts = [];
        this.length = 0;
    }
    /** The last one that begins at or before the offset. */
    partAt(offset) {
        let low = 0;
        let high = this.starts.length - 1;
        while (low < high) {
            const middle = (low + high + 1) >> 1;
            if (this.starts[middle] <= offset)
                low = middle;
            else
                high = middle - 1;
        }
        return low;
    }
}
//# sourceMappingURL=memory-spool.js.map
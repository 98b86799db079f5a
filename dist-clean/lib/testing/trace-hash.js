/**
 * A running hash of everything that happened in a simulation: two runs of one seed must end with the same digest.
 *
 * T1. The digest depends on every value that was added and on their order. (Two lanes of 32 bits; not for secrets.)
 */
const scratch = new DataView(new ArrayBuffer(8));
export class TraceHash {
    low = 0x811c9dc5;
    high = 0x9e3779b9;
    /** Values added. */
    count = 0;
    number(value) {
        scratch.setFloat64(0, value, true);
        this.word(scratch.getInt32(0, true));
        this.word(scratch.getInt32(4, true));
        this.count++;
    }
    bytes(value) {
        this.word(value.length);
        for (let i = 0; i < value.length; i++)
            this.low = Math.imul(this.low ^ value[i], 0x01000193);
        this.word(value.length);
        this.count++;
    }
    text(value) {
        this.word(value.length);
        for (let i = 0; i < value.length; i++)
            this.word(value.charCodeAt(i));
        this.count++;
    }
    /** 16 hexadecimal digits. */
    digest() {
        return hex(this.low) + hex(this.high);
    }
    word(value) {
        this.low = Math.imul(this.low ^ value, 0x01000193);
        let mixed = Math.imul(this.high ^ this.low, 0x85ebca6b);
        mixed ^= mixed >>> 13;
        this.high = (mixed + 0x9e3779b9) | 0;
    }
}
function hex(word) {
    return (word >>> 0).toString(16).padStart(8, '0');
}
//# sourceMappingURL=trace-hash.js.map
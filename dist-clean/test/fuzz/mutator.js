/** Bytes at which decoders of numbers and lengths turn. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff, 0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x7b];
const NOISE_BYTES_MAX = 512;
const INPUT_BYTES_MAX = 16 * 1024;
export class Mutator {
    random;
    corpus;
    constructor(random, corpus) {
        this.random = random;
        this.corpus = corpus;
    }
    next() {
        const { random } = this;
        const kind = random.int(20);
        if (kind === 0)
            return this.noise(random.int(NOISE_BYTES_MAX));
        let bytes = Uint8Array.from(this.pick());
        if (kind === 1)
            return bytes;
        for (let changes = 1 + (random.int(4) === 0 ? random.int(12) : random.int(3)); changes > 0; changes--)
            bytes = this.change(bytes);
        return bytes;
    }
    pick() {
        return this.corpus[this.random.int(this.corpus.length)];
    }
    change(bytes) {
        const { random } = this;
        const at = random.int(bytes.length + 1);
        if (bytes.length === 0)
            return this.noise(1 + random.int(16));
        switch (random.int(10)) {
            case 0:
                bytes[at % bytes.length] ^= 1 << random.int(8);
                return bytes;
            case 1:
                bytes[at % bytes.length] = random.int(256);
                return bytes;
            case 2:
                bytes[at % bytes.length] = EDGES[random.int(EDGES.length)];
                return bytes;
            case 3:
                return bytes.slice(0, at);
            case 4:
                return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random.int(8)))]);
            case 5:
                return this.joined(bytes.subarray(0, at), this.noise(1 + random.int(12)), bytes.subarray(at));
            case 6: {
                // The largest number that fits, or one that does not: as a varint, or as a fixed length.
                const edge = new Uint8Array(1 + random.int(9)).fill(0xff);
                edge[edge.length - 1] = random.int(2) === 0 ? 0x7f : 0xff;
                return this.joined(bytes.subarray(0, at), edge, bytes.subarray(Math.min(bytes.length, at + edge.length)));
            }
            case 7: {
                const part = bytes.subarray(at, Math.min(bytes.length, at + 1 + random.int(64)));
                return this.joined(bytes.subarray(0, at), ...Array.from({ length: 1 + random.int(6) }, () => part), bytes.subarray(at));
            }
            case 8: {
                const other = this.pick();
                const from = random.int(other.length + 1);
                return this.joined(bytes.subarray(0, at), other.subarray(from));
            }
            default: {
                const other = this.pick();
                const from = random.int(other.length + 1);
                return this.joined(bytes.subarray(0, at), other.subarray(from, from + random.int(32)), bytes.subarray(at));
            }
        }
    }
    joined(...parts) {
        const whole = Buffer.concat(parts);
        return Uint8Array.from(whole.length > INPUT_BYTES_MAX ? whole.subarray(0, INPUT_BYTES_MAX) : whole);
    }
    noise(length) {
        const bytes = new Uint8Array(length);
        for (let i = 0; i < length; i++)
            bytes[i] = this.random.int(256);
        return bytes;
    }
}
//# sourceMappingURL=mutator.js.map
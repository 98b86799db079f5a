/**
 * Random of a test: every number follows from a seed. Owns the generator (xoshiro128**, 128 bits of state).
 *
 * R1. The same (seed, label) gives the same sequence on every machine and version of Node.
 * R2. Streams of different labels do not disturb each other: what the network draws never shifts what the workload draws.
 * Source: D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators (2018). Tests: seeded-random.spec.ts.
 */
import { formatUuid } from '../cluster/random.js';
export class SeededRandom {
    seed;
    label;
    state = new Uint32Array(4);
    constructor(seed, label = '') {
        this.seed = seed;
        this.label = label;
        const high = Math.floor(Math.abs(seed) / 2 ** 32) >>> 0;
        let mixed = fnv1a(label) ^ (seed >>> 0) ^ Math.imul(high, 0x85ebca6b);
        for (let i = 0; i < 4; i++) {
            // splitmix32, so that neighbouring seeds start far apart
            mixed = (mixed + 0x9e3779b9) | 0;
            let word = mixed ^ (mixed >>> 16);
            word = Math.imul(word, 0x21f0aaad);
            word ^= word >>> 15;
            word = Math.imul(word, 0x735a2d97);
            this.state[i] = word ^ (word >>> 15);
        }
        if (this.state.every((word) => word === 0))
            this.state[0] = 1;
    }
    /** A stream of its own, named by `label` below this one's. */
    fork(label) {
        return new SeededRandom(this.seed, `${this.label}/${label}`);
    }
    /** 32 random bits, unsigned. */
    next() {
        const s = this.state;
        const times5 = Math.imul(s[1], 5);
        const result = Math.imul((times5 << 7) | (times5 >>> 25), 9) >>> 0;
        const t = s[1] << 9;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = (s[3] << 11) | (s[3] >>> 21);
        return result;
    }
    int(bound) {
        return Math.floor((this.next() / 2 ** 32) * bound);
    }
    /** A number in [0, 1). */
    float() {
        return this.next() / 2 ** 32;
    }
    /** A number in [low, high). */
    between(low, high) {
        return low + this.float() * (high - low);
    }
    chance(probability) {
        return this.float() < probability;
    }
    pick(items) {
        return items[this.int(items.length)];
    }
    /** A new array with the same items in another order. */
    shuffle(items) {
        const shuffled = [...items];
        for (let i = shuffled.length - 1; i > 0; i--) {
            const j = this.int(i + 1);
            [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
        }
        return shuffled;
    }
    bytes(length) {
        const bytes = new Uint8Array(length);
        for (let i = 0; i < length; i++)
            bytes[i] = this.next() >>> 24;
        return bytes;
    }
    uuid() {
        return formatUuid(this.bytes(16));
    }
}
function fnv1a(text) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++)
        hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return hash >>> 0;
}
//# sourceMappingURL=seeded-random.js.map
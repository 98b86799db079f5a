/**
 * Digest of committed values: input, arguments, finish. Pure. Fixed for the format: it is compared between replicas and builds.
 *
 * D1. A digest is a safe integer: the 32 bits of murmur3_x86_32 with seed 0, times 2^21, plus the upper 21 bits of the same hash with
 *     seed 0x9747b28c. Two unequal values share one by chance in 2^53; it guards against mistakes, not against an adversary.
 * D2. The digest of a text is the digest of its UTF-8.
 * Source: RULES R10, R26. Tests: slot.spec.ts.
 */
import { utf8 } from '../state-machine/index.js';
import { finalMix, mixBlock, scramble, tailBlock } from './slot.js';
const SEED_LOW = 0x9747b28c | 0;
const LOW_BITS = 21;
const ASCII_CHARS_MAX = 1024;
const asciiScratch = new Uint8Array(ASCII_CHARS_MAX);
export function digestOfBytes(bytes) {
    return digestOfPrefix(bytes, bytes.length);
}
export function digestOfText(text) {
    const length = text.length;
    if (length > ASCII_CHARS_MAX)
        return digestOfBytes(utf8(text));
    for (let i = 0; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit > 0x7f)
            return digestOfBytes(utf8(text));
        asciiScratch[i] = unit;
    }
    return digestOfPrefix(asciiScratch, length);
}
/** Both hashes in one pass over the words. */
function digestOfPrefix(bytes, length) {
    const blocksEnd = length & ~3;
    let high = 0;
    let low = SEED_LOW;
    for (let i = 0; i < blocksEnd; i += 4) {
        const block = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
        high = mixBlock(high, block);
        low = mixBlock(low, block);
    }
    if (blocksEnd < length) {
        const tail = scramble(tailBlock(bytes, blocksEnd, length));
        high ^= tail;
        low ^= tail;
    }
    return (finalMix(high ^ length) >>> 0) * 2 ** LOW_BITS + (finalMix(low ^ length) >>> (32 - LOW_BITS));
}
//# sourceMappingURL=digest.js.map
/**
 * Two direct-mapped memos of decoded strings. Pure: no result depends on what they hold.
 *
 * Keys and run ids come again with each command of a run: finding the string that was made before costs a tenth of making it, and its
 * hash is already known to the maps of the state machine.
 */
import { textOfUtf8 } from './text.js';
const UUID_CHARS = 36;
const HEX_CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
export const INTERNED_CHARS_MAX = 32;
const INTERNED_SLOTS = 1024;
const interned = new Array(INTERNED_SLOTS).fill('');
/** Text of at most INTERNED_CHARS_MAX bytes; undefined when one of them is not ASCII. */
export function internAscii(buffer, start, length) {
    let hash = length;
    let all = 0;
    for (let i = start; i < start + length; i++) {
        const byte = buffer[i];
        all |= byte;
        hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (all > 0x7f)
        return undefined;
    const slot = (hash ^ (hash >>> 15)) & (INTERNED_SLOTS - 1);
    const candidate = interned[slot];
    if (candidate.length === length) {
        let i = 0;
        while (i < length && candidate.charCodeAt(i) === buffer[start + i])
            i++;
        if (i === length)
            return candidate;
    }
    const text = textOfUtf8(buffer.subarray(start, start + length));
    interned[slot] = text;
    return text;
}
const UUID_SLOTS = 4096;
const uuidWords = new Int32Array(UUID_SLOTS * 4);
const uuidTexts = new Array(UUID_SLOTS).fill('');
const uuidCodes = new Uint8Array(UUID_CHARS).fill(0x2d);
function word(buffer, at) {
    return buffer[at] | (buffer[at + 1] << 8) | (buffer[at + 2] << 16) | (buffer[at + 3] << 24);
}
/** The UUID in 16 bytes at `at`, in lower case. */
export function uuidText(buffer, at) {
    const a = word(buffer, at);
    const b = word(buffer, at + 4);
    const c = word(buffer, at + 8);
    const d = word(buffer, at + 12);
    const mixed = Math.imul(a ^ (b << 7) ^ (c << 13) ^ d, 0x9e3779b1);
    const slot = mixed >>> 20;
    const base = slot * 4;
    const known = uuidTexts[slot];
    if (known !== '' && uuidWords[base] === a && uuidWords[base + 1] === b && uuidWords[base + 2] === c && uuidWords[base + 3] === d)
        return known;
    for (let i = 0, out = 0; i < 16; i++) {
        if (i === 4 || i === 6 || i === 8 || i === 10)
            out++;
        uuidCodes[out++] = HEX_CODES[buffer[at + i] >>> 4];
        uuidCodes[out++] = HEX_CODES[buffer[at + i] & 15];
    }
    const text = textOfUtf8(uuidCodes);
    uuidWords[base] = a;
    uuidWords[base + 1] = b;
    uuidWords[base + 2] = c;
    uuidWords[base + 3] = d;
    uuidTexts[slot] = text;
    return text;
}
//# sourceMappingURL=string-memo.js.map
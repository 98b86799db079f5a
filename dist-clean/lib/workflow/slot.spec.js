import { describe, expect, it } from '@jest/globals';
import { utf8 } from '../state-machine/index.js';
import { digestOfBytes, digestOfText } from './digest.js';
import { isWorkflowId, murmur3x86_32, slotOf, workflowIdProblem } from './slot.js';
describe('murmur3_x86_32', () => {
    // Values that other implementations publish.
    it.each([
        ['', 0, 0x00000000],
        ['', 1, 0x514e28b7],
        ['', 0xffffffff, 0x81f16f39],
        ['ffffffff', 0, 0x76293b50],
        ['21436587', 0, 0xf55b516b],
        ['21436587', 0x5082edee, 0x2362f9de],
        ['214365', 0, 0x7e4a8634],
        ['2143', 0, 0xa0f7b07a],
        ['21', 0, 0x72661cf4],
        ['00000000', 0, 0x2362f9de],
        [Buffer.from('Hello, world!').toString('hex'), 0x9747b28c, 0x24884cba],
        [Buffer.from('The quick brown fox jumps over the lazy dog').toString('hex'), 0x9747b28c, 0x2fa826cd],
    ])('of %s with seed %d', (bytes, seed, hash) => {
        expect(murmur3x86_32(Buffer.from(bytes, 'hex'), seed)).toBe(hash);
    });
});
describe('slots', () => {
    it.each([
        ['a', 962],
        ['order-1', 3927],
        ['order-2', 1050],
        ['0b5f7c1e-8f3a-4c57-9c2e-0f9a1b2c3d4e', 1400],
        ['größe', 3645],
        ['😀', 3051],
        ['x'.repeat(256), 1062],
    ])('R40: the slot of %s is pinned', (workflowId, slot) => {
        expect(slotOf(workflowId)).toBe(slot);
    });
    it('R40: the slot is the hash of the UTF-8, shifted by 20, whatever the length', () => {
        for (const id of ['', 'é', 'ab', 'x'.repeat(255), 'x'.repeat(257), `ü${'x'.repeat(300)}`]) {
            expect(slotOf(id)).toBe(murmur3x86_32(utf8(id), 0) >>> 20);
        }
    });
    it('R40: ids spread over the slots', () => {
        const slots = new Set(Array.from({ length: 20_000 }, (_, i) => slotOf(`order-${i}`)));
        expect(slots.size).toBeGreaterThan(4000);
        expect(Math.max(...slots)).toBeLessThan(4096);
    });
});
describe('workflow ids', () => {
    it('R40: 1 to 256 bytes of UTF-8, at N - 1, N and N + 1', () => {
        expect(workflowIdProblem('')).toMatch(/empty/);
        expect(isWorkflowId('a')).toBe(true);
        expect(isWorkflowId('a'.repeat(255))).toBe(true);
        expect(isWorkflowId('a'.repeat(256))).toBe(true);
        expect(workflowIdProblem('a'.repeat(257))).toMatch(/more than 256 bytes/);
        expect(isWorkflowId(`${'ü'.repeat(127)}a`)).toBe(true);
        expect(isWorkflowId('ü'.repeat(128))).toBe(true);
        expect(workflowIdProblem(`${'ü'.repeat(128)}a`)).toMatch(/257 bytes/);
        expect(isWorkflowId('😀'.repeat(64))).toBe(true);
        expect(isWorkflowId('😀'.repeat(65))).toBe(false);
    });
    it('R40: no control characters, C1 included; everything else is free', () => {
        for (const control of ['\u0000', '\n', '\u001f', '\u007f', '\u0080', '\u009f'])
            expect(workflowIdProblem(`a${control}`)).toMatch(/control character U\+00/);
        for (const free of [' ', '/', '\u00a0', '\u2028', '日本', '😀', "'", '\\'])
            expect(isWorkflowId(`a${free}`)).toBe(true);
    });
    it('R40: no lone surrogate', () => {
        expect(workflowIdProblem('a\ud800')).toMatch(/lone surrogate/);
        expect(workflowIdProblem('\udc00a')).toMatch(/lone surrogate/);
    });
});
describe('digests', () => {
    it.each([
        ['', 1930968],
        ['a', 2116204312392723],
        ['ab', 5479944141312234],
        ['abc', 6328456058571084],
        ['abcd', 2389981483895024],
        ['{"item":7,"quantity":2}', 2645175319824053],
        ['größe', 8015932746941283],
        ['x'.repeat(1025), 7175345376641942],
    ])('R10: the digest of %s is pinned', (text, digest) => {
        expect(digestOfText(text)).toBe(digest);
        expect(digestOfBytes(utf8(text))).toBe(digest);
        expect(Number.isSafeInteger(digest)).toBe(true);
    });
    it('R10: a digest is made of the two hashes that the format names', () => {
        for (let length = 0; length < 40; length++) {
            const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
            expect(digestOfBytes(bytes)).toBe(murmur3x86_32(bytes, 0) * 2 ** 21 + (murmur3x86_32(bytes, 0x9747b28c) >>> 11));
        }
    });
    it('R10: digests of near values differ', () => {
        const digests = new Set(Array.from({ length: 50_000 }, (_, i) => digestOfText(`{"n":${i}}`)));
        expect(digests.size).toBe(50_000);
    });
});
//# sourceMappingURL=slot.spec.js.map
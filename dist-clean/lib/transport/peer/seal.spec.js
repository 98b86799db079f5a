import { describe, expect, it } from '@jest/globals';
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { deriveKey, digestOf, isSame, MAC_BYTES, proofOf, Seal } from './seal.js';
const SECRET = Buffer.from('a secret of the peers');
const SALT = Buffer.alloc(32, 1);
function sealed(seal, text) {
    const packet = Buffer.concat([Buffer.from(text), Buffer.alloc(MAC_BYTES)]);
    seal.seal(packet);
    return packet;
}
describe('seals', () => {
    it('what was sealed opens once, in order, and nothing else does (S2)', () => {
        const key = deriveKey(SECRET, SALT, 'packets of the dialer');
        const [out, into] = [new Seal(key), new Seal(key)];
        const packets = ['one', 'two', 'three'].map((text) => sealed(out, text));
        expect(into.open(packets[1])).toBeNull();
        for (const [i, text] of ['one', 'two', 'three'].entries()) {
            expect(Buffer.from(into.open(packets[i])).toString()).toBe(text);
            expect(into.open(packets[i])).toBeNull();
        }
        expect(into.open(new Uint8Array(MAC_BYTES))).toBeNull();
        expect(into.open(new Uint8Array(0))).toBeNull();
    });
    it('the MAC is that of the head: truncated HMAC-SHA-256 over the number and the packet', () => {
        const key = createSecretKey(Buffer.alloc(32, 9));
        const seal = new Seal(key);
        for (let number = 0; number < 3; number++) {
            const packet = sealed(seal, 'text');
            const counter = Buffer.alloc(8);
            counter.writeBigUInt64BE(BigInt(number));
            const expected = createHmac('sha256', key)
                .update(Buffer.concat([counter, Buffer.from('text')]))
                .digest()
                .subarray(0, 16);
            expect(Buffer.from(packet.subarray(4))).toEqual(expected);
        }
    });
    it('keys of other labels, salts and secrets are other keys; the derivation is HKDF (RFC 5869)', () => {
        const prk = createHmac('sha256', SALT).update(SECRET).digest();
        const expected = createHmac('sha256', prk)
            .update('raftoral peer 1 label')
            .update(Buffer.from([1]))
            .digest();
        expect(deriveKey(SECRET, SALT, 'label').export()).toEqual(expected);
        const keys = [
            deriveKey(SECRET, SALT, 'label'),
            deriveKey(SECRET, SALT, 'label 2'),
            deriveKey(SECRET, Buffer.alloc(32), 'label'),
            deriveKey(Buffer.from('other'), SALT, 'label'),
        ];
        expect(new Set(keys.map((key) => key.export().toString('hex'))).size).toBe(4);
    });
    it('a proof depends on role, transcript and every word that was said; parts can not be shifted into each other (S1)', () => {
        const said = [Buffer.from('ab'), Buffer.from('c')];
        const base = { secret: SECRET, role: 'dialer', transcript: SALT, said };
        const variants = [
            base,
            { ...base, role: 'acceptor' },
            { ...base, transcript: Buffer.alloc(32) },
            { ...base, said: [Buffer.from('a'), Buffer.from('bc')] },
            { ...base, said: [Buffer.from('abc')] },
            { ...base, said: [...said, Buffer.alloc(0)] },
            { ...base, secret: Buffer.from('another secret') },
        ];
        expect(new Set(variants.map((each) => Buffer.from(proofOf(each)).toString('hex'))).size).toBe(variants.length);
        expect(Buffer.from(digestOf(Buffer.from('a')))).toEqual(createHash('sha256')
            .update(Buffer.from([0, 0, 0, 1, 0x61]))
            .digest());
    });
    it('bytes are the same or not, whatever their lengths', () => {
        expect([
            isSame(SALT, Buffer.from(SALT)),
            isSame(SALT, SALT.subarray(1)),
            isSame(SALT, Buffer.alloc(32)),
            isSame(Buffer.alloc(0), Buffer.alloc(0)),
        ]).toEqual([true, false, false, true]);
    });
});
//# sourceMappingURL=seal.spec.js.map
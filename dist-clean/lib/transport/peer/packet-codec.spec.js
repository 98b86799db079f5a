import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../testing/seeded-random.js';
import * as packets from './packet-codec.js';
import { PacketKind, Refusal } from './packet-codec.js';
const random = new SeededRandom(3, 'packets');
const number = () => [0, 1, 127, 128, 300, 2 ** 32, Number.MAX_SAFE_INTEGER][random.int(7)];
const text = (max) => Array.from({ length: random.int(max) }, () => ['a', 'ß', '€', '😀', 'z'][random.int(5)]).join('');
const bytes = (length) => Uint8Array.from({ length }, () => random.int(256));
function description() {
    const nodeId = number();
    return {
        deployment: nodeId === 0 ? text(20) : `d${text(20)}`,
        nodeId,
        incarnation: number(),
        volatile: random.int(2) === 0,
        processId: `p${text(15)}`,
        address: text(60),
    };
}
describe('packets', () => {
    it('what is encoded is decoded, whatever the values (P1)', () => {
        for (let i = 0; i < 500; i++) {
            const hello = {
                versionMin: random.int(256),
                versionMax: random.int(256),
                security: random.int(256),
                flags: random.int(256),
                nonce: bytes(32),
            };
            expect(packets.decodeHello(packets.encodeHello(hello))).toEqual(hello);
            const challenge = { version: random.int(256), security: random.int(256), flags: random.int(256), nonce: bytes(32) };
            expect(packets.decodeChallenge(packets.encodeChallenge(challenge))).toEqual(challenge);
            const who = description();
            const proof = bytes(random.int(2) * 32);
            const proofBody = packets.encodeProofBody(who);
            expect(packets.decodeProof(packets.appendProof(proofBody, proof))).toEqual({ description: who, proof, bodyBytes: proofBody.length });
            const refusal = random.int(9);
            const welcomeBody = packets.encodeWelcomeBody(refusal, 'why ß', who);
            const welcome = { refusal, text: 'why ß', description: who, proof, bodyBytes: welcomeBody.length };
            expect(packets.decodeWelcome(packets.appendProof(welcomeBody, proof))).toEqual(welcome);
            const call = { callId: number(), method: text(30), json: bytes(random.int(300)) };
            expect(packets.decodeCall(packets.encodeCall(call))).toEqual(call);
            const answer = { callId: number(), ok: random.int(2) === 0, json: bytes(random.int(300)) };
            expect(packets.decodeAnswer(packets.encodeAnswer(answer))).toEqual(answer);
            const addresses = Array.from({ length: random.int(5) }, () => ({ nodeId: number(), incarnation: number(), address: text(60) }));
            expect(packets.decodeAddresses(packets.encodeAddresses(addresses), 5)).toEqual(addresses);
        }
    });
    it('every cut of every packet is refused with its field (P2)', () => {
        const who = { ...description(), nodeId: 1, deployment: 'd' };
        const cases = [
            [packets.encodeHello({ versionMin: 1, versionMax: 1, security: 1, flags: 0, nonce: bytes(32) }), packets.decodeHello],
            [packets.encodeChallenge({ version: 1, security: 1, flags: 0, nonce: bytes(32) }), packets.decodeChallenge],
            [packets.appendProof(packets.encodeProofBody(who), bytes(32)), packets.decodeProof],
            [packets.appendProof(packets.encodeWelcomeBody(Refusal.NONE, 'x', who), bytes(32)), packets.decodeWelcome],
            [packets.encodeRefused({ refusal: Refusal.BUSY, text: 'x' }), packets.decodeRefused],
            [packets.encodeCall({ callId: 1, method: 'm', json: bytes(5) }), packets.decodeCall],
            [packets.encodeAnswer({ callId: 1, ok: true, json: bytes(5) }), packets.decodeAnswer],
            [packets.encodeAddresses([{ nodeId: 1, incarnation: 1, address: 'a:1' }]), (input) => packets.decodeAddresses(input, 5)],
        ];
        for (const [whole, decode] of cases) {
            for (let length = 0; length < whole.length; length++)
                expect(() => decode(whole.subarray(0, length))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
            expect(() => decode(Buffer.concat([whole, Buffer.alloc(1)]))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }));
        }
    });
    it('a released layout stays as it is: golden bytes of version 1', () => {
        const hex = (packet) => Buffer.from(packet).toString('hex');
        const who = { deployment: 'd', nodeId: 300, incarnation: 5, volatile: true, processId: 'p', address: 'a:1' };
        expect(hex(packets.encodeHello({ versionMin: 1, versionMax: 2, security: 1, flags: 3, nonce: new Uint8Array(32).fill(0xab) }))).toBe(`015241465401020103${'ab'.repeat(32)}`);
        expect(hex(packets.encodeChallenge({ version: 1, security: 1, flags: 3, nonce: new Uint8Array(32).fill(0xab) }))).toBe(`02010103${'ab'.repeat(32)}`);
        expect(hex(packets.appendProof(packets.encodeProofBody(who), new Uint8Array(0)))).toBe('03' + '0164' + 'ac02' + '05' + '01' + '0170' + '03613a31' + '00');
        expect(hex(packets.encodeRefused({ refusal: Refusal.SECRET, text: 'no' }))).toBe('0503026e6f');
        expect(hex(packets.encodeCall({ callId: 300, method: 'm', json: Buffer.from('{}') }))).toBe('07ac02016d027b7d');
        expect(hex(packets.encodeAnswer({ callId: 300, ok: true, json: Buffer.from('{}') }))).toBe('08ac0201027b7d');
        expect(hex(packets.encodeAddresses([{ nodeId: 1, incarnation: 2, address: 'a:1' }]))).toBe('0901010203613a31');
        expect(hex(packets.encodeBare(PacketKind.RETIRE))).toBe('0a');
    });
    it('an identity without deployment, and a process without a name, are no peers', () => {
        const who = { deployment: '', nodeId: 1, incarnation: 1, volatile: false, processId: 'p', address: '' };
        expect(() => packets.decodeProof(packets.appendProof(packets.encodeProofBody(who), new Uint8Array(0)))).toThrow(/deployment .* is empty/);
        const nameless = { ...who, deployment: 'd', processId: '' };
        expect(() => packets.decodeProof(packets.appendProof(packets.encodeProofBody(nameless), new Uint8Array(0)))).toThrow(/processId .* is empty/);
    });
});
//# sourceMappingURL=packet-codec.spec.js.map
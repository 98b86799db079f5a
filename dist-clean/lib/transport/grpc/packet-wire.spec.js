/** Packets: what is put in comes out, however it was joined and split; nothing that arrives does harm. */
import { describe, expect, it } from '@jest/globals';
import * as loader from '@grpc/proto-loader';
import { isRaftoralError } from '../../errors/index.js';
import { SeededRandom } from '../../testing/seeded-random.js';
import { PACKET_BYTES, PacketAssembler, PacketQueue, decodePacket, encodePacket } from './packet-wire.js';
import { loadProto } from './proto.js';
const open = () => true;
function drain(queue) {
    const packets = [];
    let bytes = 0;
    for (let next = queue.take(); next !== null; next = queue.take()) {
        packets.push(next.packet);
        bytes += next.bytes;
    }
    return { packets, bytes };
}
function bytesOf(random, length) {
    const start = random.int(256);
    return Uint8Array.from({ length }, (_, index) => (start + index * 7) % 251);
}
describe('packets of a peer stream', () => {
    it('K1, K2: any messages come out as they went in; no packet holds more than PACKET_BYTES', () => {
        const random = new SeededRandom(7);
        const sizes = [0, 1, 5, 127, 128, 4096, PACKET_BYTES - 1, PACKET_BYTES, PACKET_BYTES + 1, 3 * PACKET_BYTES + 17];
        for (let round = 0; round < 60; round++) {
            const queue = new PacketQueue();
            const messages = Array.from({ length: random.int(12) }, () => bytesOf(random, sizes[random.int(sizes.length)]));
            for (const message of messages)
                queue.push(message);
            const total = messages.reduce((sum, { length }) => sum + length, 0);
            expect(queue.bytes).toBe(total);
            const { packets, bytes } = drain(queue);
            expect([bytes, queue.bytes, queue.isEmpty]).toEqual([total, 0, true]);
            const assembler = new PacketAssembler(total);
            const heard = [];
            for (const packet of packets) {
                expect(packet.payloads.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(PACKET_BYTES);
                assembler.take(decodePacket(encodePacket(packet)), (message) => heard.push(message), open);
            }
            expect(heard.length).toBe(messages.length);
            heard.forEach((message, index) => expect(Buffer.compare(message, messages[index])).toBe(0));
        }
    });
    it('many small messages go into one packet, a message that fits one packet is not split', () => {
        const queue = new PacketQueue();
        for (let index = 0; index < 1_000; index++)
            queue.push(new Uint8Array(100));
        expect(drain(queue).packets).toHaveLength(1);
        queue.push(new Uint8Array(10));
        queue.push(new Uint8Array(PACKET_BYTES));
        expect(drain(queue).packets.map(({ payloads, isUnfinished }) => [payloads.map(({ length }) => length), isUnfinished])).toEqual([
            [[10], false],
            [[PACKET_BYTES], false],
        ]);
    });
    it('is what protobuf makes of it: bytes of either side are read by the other', () => {
        const definition = loadProto(loader).definition['raftoral.v1.PeerStream'];
        const { requestSerialize, requestDeserialize } = definition['Connect'];
        const packet = { payloads: [Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(300, 7)], isUnfinished: true };
        const wire = { payload: packet.payloads, unfinished: true };
        expect(encodePacket(packet).equals(requestSerialize(wire))).toBe(true);
        expect(requestDeserialize(encodePacket(packet))).toEqual(wire);
        const read = decodePacket(requestSerialize(wire));
        expect([read.payloads.map((payload) => Buffer.from(payload)), read.isUnfinished]).toEqual([packet.payloads, true]);
    });
    it('fields of a later version are skipped', () => {
        const later = Buffer.from([
            0x1a, 2, 9, 9, 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x35, 1, 2, 3, 4,
        ]);
        const packet = decodePacket(Buffer.concat([later, encodePacket({ payloads: [Buffer.from('x')], isUnfinished: false }), later]));
        expect(packet).toEqual({ payloads: [new Uint8Array([120])], isUnfinished: false });
    });
    it('K3: a message above the limit is refused before it is whole; the limit may rise between two messages of one packet', () => {
        const parts = { payloads: [new Uint8Array(60)], isUnfinished: true };
        const assembler = new PacketAssembler(100);
        assembler.take(parts, () => undefined, open);
        expect(() => assembler.take(parts, () => undefined, open)).toThrow(/120 bytes or more, and at most 100/);
        const rising = new PacketAssembler(10);
        const heard = [];
        rising.take({ payloads: [new Uint8Array(10), new Uint8Array(50)], isUnfinished: false }, (message) => {
            heard.push(message.length);
            rising.limit(50);
        }, open);
        expect(heard).toEqual([10, 50]);
    });
    it('who closes the channel in the middle of a packet hears no more of it', () => {
        const heard = [];
        const packet = { payloads: [new Uint8Array(1), new Uint8Array(2), new Uint8Array(3)], isUnfinished: false };
        new PacketAssembler(100).take(packet, (message) => heard.push(message.length), () => heard.length < 2);
        expect(heard).toEqual([1, 2]);
    });
    it('a small payload of a large packet holds no large buffer', () => {
        const { payloads } = decodePacket(encodePacket({ payloads: [new Uint8Array(10), new Uint8Array(200_000)], isUnfinished: false }));
        expect(payloads[0].buffer.byteLength).toBeLessThan(100);
    });
    it('K4: any bytes are a packet or MALFORMED_FRAME (40,000 inputs)', () => {
        const random = new SeededRandom(11);
        const good = encodePacket({ payloads: [bytesOf(random, 200), bytesOf(random, 0), bytesOf(random, 20)], isUnfinished: true });
        let refused = 0;
        for (let round = 0; round < 40_000; round++) {
            const bytes = Buffer.from(round % 2 === 0 ? bytesOf(random, random.int(40)) : good.subarray(0, 1 + random.int(good.length)));
            for (let changes = random.int(4); changes > 0 && bytes.length > 0; changes--)
                bytes[random.int(bytes.length)] = random.int(256);
            try {
                const { payloads } = decodePacket(bytes);
                expect(payloads.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(bytes.length);
            }
            catch (error) {
                refused++;
                if (!isRaftoralError(error, 'MALFORMED_FRAME'))
                    throw error;
            }
        }
        expect(refused).toBeGreaterThan(1_000);
    });
});
//# sourceMappingURL=packet-wire.spec.js.map
/**
 * Messages of the peer protocol as `Packet`s of raftoral.proto: several that wait travel in one, a large one in several. Written by hand: a packet is
 * built with one copy, and read without one.
 *
 * K1. What comes out is what went in: same messages, same order, same bounds.
 * K2. A packet holds at most PACKET_BYTES of payload, however large the messages are.
 * K3. A message larger than the reader's limit is refused before its last part was kept.
 * K4. Malformed bytes are MALFORMED_FRAME, never a crash; fields of a later version are skipped.
 * Tests: packet-wire.spec.ts.
 */
import { RaftoralError } from '../../errors/index.js';
/** Payload of one packet, bytes: small enough that a ping does not wait long behind a part of a snapshot. */
export const PACKET_BYTES = 256 * 1024;
const PAYLOAD_TAG = 0x0a; // field 1, length-delimited
const UNFINISHED_TAG = 0x10; // field 2, varint
const VARINT_BYTES_MAX = 5;
/** An empty payload counts too: no packet holds more of them. */
const PAYLOADS_MAX = 65_536;
/** What waits to be sent. */
export class PacketQueue {
    #messages = [];
    #head = 0;
    /** Bytes of the head that have left. */
    #sent = 0;
    #bytes = 0;
    /** Bytes that wait. */
    get bytes() {
        return this.#bytes;
    }
    get isEmpty() {
        return this.#head === this.#messages.length;
    }
    push(message) {
        this.#messages.push(message);
        this.#bytes += message.length;
    }
    /** The next packet, and how many bytes of messages it takes from the queue; null: nothing waits. */
    take() {
        if (this.isEmpty)
            return null;
        const payloads = [];
        let room = PACKET_BYTES;
        let isUnfinished = false;
        while (!this.isEmpty && payloads.length < PAYLOADS_MAX) {
            const message = this.#messages[this.#head];
            const rest = message.length - this.#sent;
            if (rest > room) {
                // A message that fits into a packet of its own is not split.
                if (payloads.length > 0 && this.#sent === 0 && rest <= PACKET_BYTES)
                    break;
                if (room > 0) {
                    payloads.push(message.subarray(this.#sent, this.#sent + room));
                    this.#sent += room;
                    room = 0;
                    isUnfinished = true;
                }
                break;
            }
            payloads.push(this.#sent === 0 ? message : message.subarray(this.#sent));
            room -= rest;
            this.#sent = 0;
            this.#head++;
        }
        if (this.#head > 1024 || this.isEmpty) {
            this.#messages = this.#messages.slice(this.#head);
            this.#head = 0;
        }
        const bytes = PACKET_BYTES - room;
        this.#bytes -= bytes;
        return { packet: { payloads, isUnfinished }, bytes };
    }
    clear() {
        this.#messages = [];
        this.#head = 0;
        this.#sent = 0;
        this.#bytes = 0;
    }
}
/** Puts messages together again. */
export class PacketAssembler {
    #parts = [];
    #bytes = 0;
    #messageBytesMax;
    constructor(messageBytesMax) {
        this.#messageBytesMax = messageBytesMax;
    }
    limit(messageBytesMax) {
        this.#messageBytesMax = messageBytesMax;
    }
    /** Calls back with each message that is complete, while `isOpen()`. Throws MALFORMED_FRAME for a message above the limit. */
    take(packet, onMessage, isOpen) {
        const { payloads, isUnfinished } = packet;
        for (let index = 0; index < payloads.length && isOpen(); index++) {
            const payload = payloads[index];
            const bytes = this.#bytes + payload.length;
            // Asked anew for each: what the receiver learns from one message may raise the limit for the next.
            if (bytes > this.#messageBytesMax)
                throw new RaftoralError('MALFORMED_FRAME', `The peer sent a message of ${bytes} bytes or more, and at most ${this.#messageBytesMax} are taken now.`);
            if (isUnfinished && index === payloads.length - 1) {
                this.#parts.push(payload);
                this.#bytes = bytes;
                return;
            }
            const message = this.#parts.length === 0 ? payload : Buffer.concat([...this.#parts, payload], bytes);
            this.#parts = [];
            this.#bytes = 0;
            onMessage(message);
        }
    }
}
export function encodePacket({ payloads, isUnfinished }) {
    let size = isUnfinished ? 2 : 0;
    for (const { length } of payloads)
        size += 1 + varintBytes(length) + length;
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (const payload of payloads) {
        bytes[at++] = PAYLOAD_TAG;
        at = writeVarint(bytes, at, payload.length);
        bytes.set(payload, at);
        at += payload.length;
    }
    if (isUnfinished) {
        bytes[at++] = UNFINISHED_TAG;
        bytes[at] = 1;
    }
    return bytes;
}
/** The payloads are views of `bytes`, but for small ones of a large packet, which are copied: no small message holds a large buffer. */
export function decodePacket(bytes) {
    const payloads = [];
    let isUnfinished = false;
    let at = 0;
    const varint = (what) => {
        let value = 0;
        for (let count = 0; count < VARINT_BYTES_MAX; count++) {
            if (at >= bytes.length)
                break;
            const byte = bytes[at++];
            value += (byte & 0x7f) * 2 ** (7 * count);
            if (byte < 0x80)
                return value;
        }
        throw malformed(at, what);
    };
    while (at < bytes.length) {
        const tag = varint('a tag');
        if (tag === UNFINISHED_TAG) {
            isUnfinished = varint('unfinished') !== 0;
            continue;
        }
        const wireType = tag & 7;
        if (wireType === 0)
            skipVarint();
        else if (wireType === 1)
            at += 8;
        else if (wireType === 5)
            at += 4;
        else if (wireType === 2) {
            const length = varint('a length');
            if (length > bytes.length - at)
                throw malformed(at, 'a payload');
            if (tag === PAYLOAD_TAG) {
                if (payloads.length >= PAYLOADS_MAX)
                    throw malformed(at, `more than ${PAYLOADS_MAX} payloads`);
                payloads.push(viewOrCopy(bytes, at, length));
            }
            at += length;
        }
        else
            throw malformed(at, 'a tag');
        if (at > bytes.length)
            throw malformed(at, 'a field');
    }
    return { payloads, isUnfinished };
    /** A 64-bit varint of another version has up to ten bytes. */
    function skipVarint() {
        for (let count = 0; count < 10; count++) {
            if (at >= bytes.length)
                break;
            if (bytes[at++] < 0x80)
                return;
        }
        throw malformed(at, 'a number');
    }
}
function viewOrCopy(bytes, at, length) {
    const view = bytes.subarray(at, at + length);
    return length * 2 >= bytes.buffer.byteLength ? view : Uint8Array.prototype.slice.call(view);
}
function malformed(at, what) {
    return new RaftoralError('MALFORMED_FRAME', `Packet of a peer stream: ${what} at offset ${at} can not be read.`);
}
function varintBytes(value) {
    let count = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128))
        count++;
    return count;
}
function writeVarint(bytes, start, value) {
    let at = start;
    let rest = value;
    while (rest >= 0x80) {
        bytes[at++] = (rest & 0x7f) | 0x80;
        rest = Math.floor(rest / 128);
    }
    bytes[at++] = rest;
    return at;
}
//# sourceMappingURL=packet-wire.js.map
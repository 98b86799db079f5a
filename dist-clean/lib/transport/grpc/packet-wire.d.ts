/** Payload of one packet, bytes: small enough that a ping does not wait long behind a part of a snapshot. */
export declare const PACKET_BYTES: number;
export interface Packet {
    readonly payloads: readonly Uint8Array[];
    readonly isUnfinished: boolean;
}
/** What waits to be sent. */
export declare class PacketQueue {
    #private;
    /** Bytes that wait. */
    get bytes(): number;
    get isEmpty(): boolean;
    push(message: Uint8Array): void;
    /** The next packet, and how many bytes of messages it takes from the queue; null: nothing waits. */
    take(): {
        readonly packet: Packet;
        readonly bytes: number;
    } | null;
    clear(): void;
}
/** Puts messages together again. */
export declare class PacketAssembler {
    #private;
    constructor(messageBytesMax: number);
    limit(messageBytesMax: number): void;
    /** Calls back with each message that is complete, while `isOpen()`. Throws MALFORMED_FRAME for a message above the limit. */
    take(packet: Packet, onMessage: (message: Uint8Array) => void, isOpen: () => boolean): void;
}
export declare function encodePacket({ payloads, isUnfinished }: Packet): Buffer;
/** The payloads are views of `bytes`, but for small ones of a large packet, which are copied: no small message holds a large buffer. */
export declare function decodePacket(bytes: Buffer): Packet;

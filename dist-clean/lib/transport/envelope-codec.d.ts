import { type Frame } from './transport.js';
export declare const FRAME_VERSION = 1;
export interface FrameLimits {
    readonly frameBytesMax: number;
    readonly envelopesMax: number;
    /** Entries of one message, and command frames of one PROPOSE. */
    readonly entriesMax: number;
    /** Ids in one list of a configuration. */
    readonly membersMax: number;
    /** UTF-8 bytes of the deployment and of a method name. */
    readonly textBytesMax: number;
}
export declare const DEFAULT_FRAME_LIMITS: FrameLimits;
export declare class EnvelopeCodec {
    private readonly limits;
    private readonly writer;
    /** As it was encoded last: a node's frames all bear the same. */
    private deployment;
    private deploymentBytes;
    constructor(limits?: FrameLimits);
    /** Fresh bytes, with room before and after them if that is asked for. Throws PAYLOAD_TOO_LARGE for a frame that no peer would take. */
    encode(frame: Frame, bytesBefore?: number, bytesAfter?: number): Uint8Array;
    /** Throws MALFORMED_FRAME, whose details name `field` and `offset`. */
    decode(bytes: Uint8Array): Frame;
}

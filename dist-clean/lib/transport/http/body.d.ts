/**
 * Reads bodies of requests and responses, whole, within bounds. Owns the count of bytes that are being received by one process.
 *
 * D1. A body is never longer than its bound, and all bodies under way together never longer than `bytesMax`: what exceeds it is refused, not cut.
 * D2. What is refused is read no further.
 */
import type { IncomingMessage } from 'node:http';
export declare class BodyBudget {
    private readonly bytesMax;
    private used;
    constructor(bytesMax: number);
    /** Rejects with PAYLOAD_TOO_LARGE, OVERLOADED, or MALFORMED_FRAME if the body ends before its end. */
    read(message: IncomingMessage, max: number, isIncoming?: boolean): Promise<Uint8Array<ArrayBuffer>>;
}

import type { TransportClock } from '../machine-port.js';
import type { PeerCallHandler, PeerIdentity } from '../network-transport-port.js';
import type { Connection } from './connection.js';
import type { PeerTuning } from './tuning.js';
export type CallBody = Readonly<Record<string, unknown>>;
export declare class CallDesk {
    private readonly clock;
    private readonly tuning;
    private readonly handlers;
    private readonly waiting;
    private lastCallId;
    private callsIn;
    constructor(clock: TransportClock, tuning: PeerTuning);
    handle(method: string, handler: PeerCallHandler): void;
    /** Throws PAYLOAD_TOO_LARGE or NOT_SERIALIZABLE. */
    encode(method: string, request: CallBody): Uint8Array;
    /** Sends it on `connection` and waits at most `timeoutMs`. */
    send(connection: Connection, method: string, json: Uint8Array, timeoutMs: number): Promise<CallBody>;
    onAnswer(connection: Connection, packet: Uint8Array): void;
    onCall(connection: Connection, packet: Uint8Array): void;
    /** A call of this process to itself. */
    local(from: PeerIdentity, method: string, json: Uint8Array): Promise<CallBody>;
    /** Its connection is gone. */
    lost(connection: Connection, why: string): void;
    private end;
    /** Never rejects. */
    private run;
}

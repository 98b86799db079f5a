import { type Socket } from 'node:net';
import type { TlsMaterial } from '../security/tls-files.js';
import { type GrpcLimits } from './limits.js';
/** Certificates that may change; see lib/transport/security/tls-files.ts. */
export interface TlsSource {
    readonly current: TlsMaterial;
    onChanged(listener: (material: TlsMaterial) => void): () => void;
}
/** One connection: what is known of its other end. */
export interface Connection {
    readonly remote: string;
    readonly isLoopback: boolean;
    readonly isEncrypted: boolean;
    readonly isPeerVerified: boolean;
    readonly hasClientCertificate: boolean;
    destroy(): void;
}
/** The two ends of a connection, as grpc-js names them. */
export interface ConnectionEnds {
    readonly localAddress?: string | undefined;
    readonly localPort?: number | undefined;
    readonly remoteAddress?: string | undefined;
    readonly remotePort?: number | undefined;
}
export declare class Listener {
    #private;
    private readonly onConnection;
    constructor(tls: TlsSource | null, limits: GrpcLimits, onConnection: (socket: Socket) => void);
    /** Resolves with `host:port` as bound. */
    listen(text: string): Promise<string>;
    /** The connection that a call came over; null: it has ended. */
    find(ends: ConnectionEnds): Connection | null;
    close(): Promise<void>;
}

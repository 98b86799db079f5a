/**
 * A grpc-js client for one address: its credentials and options, for peers and for clients of the control API.
 *
 * C1. Every client has connections of its own: closing it ends them, also those that are still being made. (grpc-js forgets a connection whose other
 *     side never answers; the socket of a process that hangs would stay for ever.) None waits in a shared pool with the backoff of an earlier failure.
 * C2. The other side's certificate must be of the authority, and bear the host of the address, or `serverName`.
 * C3. No proxy of the environment is used.
 * Source: grpc-js 1.14, channel-credentials (SecureConnector). Tests: grpc-carrier.spec.ts, grpc-tls.spec.ts.
 */
import type { Client } from '@grpc/grpc-js';
import type { HostAndPort } from '../security/loopback.js';
import { type GrpcLimits } from './limits.js';
import type { GrpcModule } from './modules.js';
export interface ClientTls {
    /** Absent: the authorities that Node knows. */
    readonly ca?: Buffer;
    /** Absent: no certificate of its own is shown. */
    readonly cert?: Buffer;
    readonly key?: Buffer;
}
export interface DialOptions {
    readonly address: HostAndPort;
    readonly tls: ClientTls | null;
    readonly serverName: string | undefined;
    readonly limits: GrpcLimits;
}
export interface DialedClient {
    readonly client: Client;
    /** Ends all its connections at once. */
    close(): void;
}
export declare function dialClient(grpc: GrpcModule, { address, tls, serverName, limits }: DialOptions): DialedClient;

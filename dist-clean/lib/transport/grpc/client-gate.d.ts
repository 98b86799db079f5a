/**
 * Stands before every call of the server: what is open, what needs the credentials of a client, and what has no handler.
 *
 * G1. A call of the control API reaches no handler, and its request is not read, before its credentials were checked; a signed request is checked again
 *     when it has been read, before it is handed on.
 * G2. Open without credentials: the health check; reflection, where it is switched on; the stream of peers, which has a handshake of its own.
 * G3. A method of a service that is not known here is refused: nothing is open because it was forgotten.
 * G4. Handlers learn of the connection from here (CallConnections), never from what the caller says.
 * Tests: grpc-strangers.spec.ts.
 */
import type { Metadata, ServerInterceptor } from '@grpc/grpc-js';
import type { Connection, ConnectionEnds } from './listener.js';
import type { GrpcModule } from './modules.js';
/** Checks who calls; see lib/transport/security/client-auth.ts. */
export interface ControlGate {
    /** Throws UNAUTHENTICATED. Null: the caller is known; else what is still to be proved, with the bytes of the request. */
    checkHead(head: {
        readonly authorization: string | undefined;
        readonly target: string;
        readonly isEncrypted: boolean;
        readonly isLoopback: boolean;
        readonly hasClientCertificate: boolean;
    }): {
        verify(body: Uint8Array): void;
    } | null;
}
export interface GateParts {
    readonly gate: () => ControlGate;
    readonly isControl: (path: string) => boolean;
    readonly hasReflection: boolean;
    readonly findConnection: (ends: ConnectionEnds) => Connection | null;
}
/** Connections of calls under way, for the handlers; a call is known by its metadata object. */
export declare class CallConnections {
    #private;
    set(metadata: Metadata, connection: Connection): void;
    of(metadata: Metadata): Connection | null;
}
export declare function clientGate(grpc: GrpcModule, parts: GateParts, connections: CallConnections): ServerInterceptor;

import type { ControlClient, JsonObject } from '../../client/control-port.js';
import { type ClientTls } from './dial-client.js';
export interface GrpcControlClientParts {
    /** `host:port` of a node. */
    readonly address: string;
    /** Value of the metadata `authorization` for a call (security/client-auth.ts); absent: none is sent. */
    readonly authorize?: (target: string, body: Uint8Array) => string;
    /** Absent: no TLS. `serverName`: what the node's certificate must bear, where that is not the host of the address. */
    readonly tls?: ClientTls & {
        readonly serverName?: string;
    };
}
export declare class GrpcControlClient implements ControlClient {
    #private;
    private readonly parts;
    constructor(parts: GrpcControlClientParts);
    call(method: string, request: JsonObject, options?: {
        readonly timeoutMs?: number;
    }): Promise<JsonObject>;
    stream(method: string, request: JsonObject, signal: AbortSignal): AsyncGenerator<JsonObject>;
    close(): Promise<void>;
}

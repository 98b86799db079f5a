import type { ControlClient, JsonObject } from '../../client/control-port.js';
export interface HttpControlClientOptions {
    /** `host:port`. */
    readonly address: string;
    /** Default `/raftoral`. */
    readonly path?: string;
    /** Absent: no TLS. PEM texts. */
    readonly tls?: {
        readonly ca?: Buffer;
        readonly cert?: Buffer;
        readonly key?: Buffer;
    };
    /** Name that the node's certificate must bear, where it is not the host of the address. */
    readonly serverName?: string;
    /** Value of `Authorization` for a call (security/client-auth.ts); absent: none is sent. */
    readonly authorize?: (target: string, body: Uint8Array) => string;
}
export declare class HttpControlClient implements ControlClient {
    private readonly parts;
    private readonly target;
    private readonly root;
    private readonly agent;
    private readonly bodies;
    private readonly calls;
    constructor(parts: HttpControlClientOptions);
    call(name: string, request: JsonObject, options?: {
        readonly timeoutMs?: number;
    }): Promise<JsonObject>;
    stream(name: string, request: JsonObject, signal: AbortSignal): AsyncIterable<JsonObject>;
    close(): Promise<void>;
    private send;
    private watch;
    private answerOf;
    private lost;
}

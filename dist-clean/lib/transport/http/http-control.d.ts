/**
 * The control API over HTTP: who calls is asked first, then what, and the answer is JSON or a stream of server-sent events.
 *
 * C1. Without a client's credentials no request gets further than being read: not to a route, not to the OpenAPI document, not to the service.
 * C2. What a caller gets for an error is {code, message, retryable, requestId?, details}, with the status of the code; or the protocol's (404, 405, 415).
 * C3. A caller that goes away aborts its call; at most `requestsMax` are under way at once, with bodies of `requestBytesMax` at most.
 * C4. close() ends streams at once and takes nothing new; calls under way are answered.
 * Tests: http-control.spec.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlApi } from '../../client/control-port.js';
import type { BodyBudget } from './body.js';
import { type CorsOption } from './cors.js';
import type { HttpHandler } from './http-front.js';
import { type HttpLimits } from './http-limits.js';
/** What is known of a caller before its body is read. */
export interface CallerHead {
    readonly authorization: string | undefined;
    /** Verb, a space, and the path with its query, as sent. */
    readonly target: string;
    readonly isEncrypted: boolean;
    readonly isLoopback: boolean;
    /** TLS has verified a certificate of the clients' authority. */
    readonly hasClientCertificate: boolean;
}
/** Decides who may call: security/client-auth.ts. Throws UNAUTHENTICATED. */
export interface ControlGate {
    /** Null: let in. Else the body is needed to decide. */
    checkHead(head: CallerHead): {
        verify(body: Uint8Array): void;
    } | null;
}
export interface HttpControlOptions {
    readonly api: ControlApi;
    readonly gate: ControlGate;
    readonly cors: CorsOption;
    /** Where the API stands: `<path>/v1`. */
    readonly root: string;
    readonly limits: HttpLimits;
    readonly bodies: BodyBudget;
    /** The connection's certificate is one of the clients' authority. */
    readonly hasClientCertificate: (request: IncomingMessage) => boolean;
}
export declare class HttpControl implements HttpHandler {
    private readonly options;
    private readonly cors;
    private readonly streams;
    private underWay;
    private isClosed;
    constructor(options: HttpControlOptions);
    close(): void;
    handle(path: string, request: IncomingMessage, response: ServerResponse): void;
    private answer;
    /** The body of a caller that has shown who it is. */
    private admit;
    private route;
    private call;
    private stream;
}

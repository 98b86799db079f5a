/**
 * Everything under one path prefix of an HTTP server, and nothing else of it: the health check, the peer channels, the control API.
 *
 * F1. What is under the prefix is answered here and reaches no listener of the application; all else is left alone (R44).
 * F2. Only `<path>/health` is answered without asking who calls.
 * Tests: http-mount.spec.ts, http-control.spec.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
/** @param path what stands behind the place where it is mounted, with the slash, without the query. */
export interface HttpHandler {
    handle(path: string, request: IncomingMessage, response: ServerResponse): void;
}
export interface HttpFrontOptions {
    readonly path: string;
    readonly peers: HttpHandler;
    readonly isServing: () => boolean;
}
export declare class HttpFront {
    private readonly options;
    readonly path: string;
    /** Answers under `<path>/v1`; null until there is a node to ask. */
    control: HttpHandler | null;
    constructor(options: HttpFrontOptions);
    owns(request: IncomingMessage): boolean;
    handle(request: IncomingMessage, response: ServerResponse): void;
    private answerHealth;
}
/** `/a/b`, without a slash at its end. Throws INVALID_CONFIGURATION. */
export declare function checkPath(path?: string): string;

/**
 * A listener of the engine's own: node:http, or node:https with certificates that are put in place while it runs.
 *
 * L1. close() resolves when the port is free; connections that idle end at once, requests under way are answered first, for `lingerMs` at most.
 * L2. What can not be bound is INVALID_CONFIGURATION naming the option and the address.
 * Tests: http-carrier.spec.ts, http-tls.spec.ts.
 */
import { type IncomingMessage, type ServerResponse } from 'node:http';
import type { HttpLimits } from './http-limits.js';
/** PEM texts of the listener. */
export interface ListenTls {
    readonly cert: Buffer;
    readonly key: Buffer;
    /** Of the peers. */
    readonly ca: Buffer;
    readonly clientCa: Buffer | null;
}
export declare class HttpListener {
    private readonly limits;
    private readonly server;
    private readonly isTls;
    constructor(limits: HttpLimits, tls: ListenTls | null, handle: (request: IncomingMessage, response: ServerResponse) => void);
    listen(address: string): Promise<string>;
    /** New connections get the new certificate; those that are open keep theirs. */
    renew(tls: ListenTls): void;
    close(): Promise<void>;
}

/**
 * Which pages of other origins may call the JSON API from a browser, and what a browser is told. Pure.
 *
 * O1. Without the option none may: a request that names an origin other than the server's own is refused, whatever its credentials, so that no
 *     page makes a browser call with a certificate, or an API that is open on purpose.
 * O2. A preflight needs no credentials (browsers send none), and tells nothing but what the option says.
 * Tests: http-control.spec.ts.
 */
import type { IncomingMessage } from 'node:http';
export type CorsOption = boolean | readonly string[];
export declare class Cors {
    private readonly option;
    constructor(option: CorsOption);
    /** Headers for the answer; null: this origin is refused. */
    headersFor(request: IncomingMessage): Readonly<Record<string, string>> | null;
    static isPreflight(request: IncomingMessage): boolean;
    static preflightHeaders(verbs: readonly string[]): Readonly<Record<string, string>>;
}

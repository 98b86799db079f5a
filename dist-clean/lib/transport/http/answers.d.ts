/**
 * Answers of the HTTP adapter that are one JSON value. Owns the form of an error: {code, message, retryable, requestId?, details}.
 *
 * N1. An answer is begun once; on a response that has begun or whose caller is gone nothing is written.
 * N2. On a server that closes, the connection ends with the answer, so that no keep-alive holds the close up.
 */
import type { ServerResponse } from 'node:http';
import { RaftoralError } from '../../errors/index.js';
/** A refusal whose status is the protocol's (404, 405, 415), not the code's. */
export declare class HttpRefusal extends RaftoralError {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    constructor(status: number, code: ConstructorParameters<typeof RaftoralError>[0], message: string, headers?: Readonly<Record<string, string>>);
    get httpStatus(): number;
}
export declare function toRaftoralError(error: unknown): RaftoralError;
export declare function errorBody(error: RaftoralError): Record<string, unknown>;
export declare function answerJson(response: ServerResponse, status: number, value: unknown, headers?: Readonly<Record<string, string>>): void;
export declare function answerError(response: ServerResponse, cause: unknown): void;

/**
 * Answers a RaftoralError over HTTP with the status of its code. Opt-in: `app.useGlobalFilters(new RaftoralExceptionFilter())`,
 * or as an APP_FILTER provider, or @UseFilters on a controller.
 *
 * F1. The body is {statusCode, code, message, retryable, requestId?, details}: plain JSON, without stack or cause.
 * F2. A retryable refusal (429, 503) carries Retry-After; a retry of a write sends the requestId of the body again.
 * F3. Errors that are not RaftoralErrors are never touched. Over other protocols (microservices, websockets) the error goes on
 *     as it is, to the filter of that protocol. An answer that has begun (a stream of events) is ended, not begun anew.
 */
import { type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RaftoralError, type RaftoralErrorCode } from './errors/index.js';
/** What a client over HTTP is told. */
export interface RaftoralErrorBody {
    readonly statusCode: number;
    readonly code: RaftoralErrorCode;
    readonly message: string;
    readonly retryable: boolean;
    /** Present when the call was a write whose outcome may be unknown: send it again with this id. */
    readonly requestId?: string;
    readonly details: Readonly<Record<string, unknown>>;
}
export declare class RaftoralExceptionFilter implements ExceptionFilter<RaftoralError> {
    private readonly adapterHost?;
    /** The adapter is only needed where the response has neither Express' nor Fastify's methods; Nest injects it for an APP_FILTER. */
    constructor(adapterHost?: HttpAdapterHost | undefined);
    catch(error: RaftoralError, host: ArgumentsHost): unknown;
}
export declare function errorBody(error: RaftoralError): RaftoralErrorBody;

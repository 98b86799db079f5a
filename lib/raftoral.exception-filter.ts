/**
 * Answers a RaftoralError over HTTP with the status of its code. Opt-in: `app.useGlobalFilters(new RaftoralExceptionFilter())`,
 * or as an APP_FILTER provider, or @UseFilters on a controller.
 *
 * F1. The body is {statusCode, code, message, retryable, requestId?, details}: plain JSON, without stack or cause.
 * F2. A retryable refusal (429, 503) carries Retry-After; a retry of a write sends the requestId of the body again.
 * F3. Errors that are not RaftoralErrors are never touched. Over other protocols (microservices, websockets) the error goes on
 *     as it is, to the filter of that protocol. An answer that has begun (a stream of events) is ended, not begun anew.
 */
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
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

const RETRY_AFTER_SECONDS = '1';
const TOO_MANY_REQUESTS = 429;
const SERVICE_UNAVAILABLE = 503;

@Catch(RaftoralError)
export class RaftoralExceptionFilter implements ExceptionFilter<RaftoralError> {
  /** The adapter is only needed where the response has neither Express' nor Fastify's methods; Nest injects it for an APP_FILTER. */
  constructor(private readonly adapterHost?: HttpAdapterHost) {}

  catch(error: RaftoralError, host: ArgumentsHost): unknown {
    if (host.getType() === 'rpc') return throwError(() => error);
    if (host.getType() !== 'http') throw error;
    const body = errorBody(error);
    const response: HttpResponse = host.switchToHttp().getResponse();
    const retryAfter = body.retryable && (body.statusCode === TOO_MANY_REQUESTS || body.statusCode === SERVICE_UNAVAILABLE);
    const adapter = this.adapterHost?.httpAdapter;
    if (adapter !== undefined) {
      if (adapter.isHeadersSent(response)) return adapter.end(response) as unknown;
      if (retryAfter) adapter.setHeader(response, 'Retry-After', RETRY_AFTER_SECONDS);
      adapter.reply(response, body, body.statusCode);
      return undefined;
    }
    if (response.headersSent === true || response.sent === true) return undefined;
    if (retryAfter) response.header('Retry-After', RETRY_AFTER_SECONDS);
    response.status(body.statusCode).send(body);
    return undefined;
  }
}

/** What Express and Fastify have in common. */
interface HttpResponse {
  status(code: number): HttpResponse;
  header(name: string, value: string): HttpResponse;
  send(body: unknown): unknown;
  /** Express. */
  readonly headersSent?: boolean;
  /** Fastify. */
  readonly sent?: boolean;
}

export function errorBody(error: RaftoralError): RaftoralErrorBody {
  return {
    statusCode: error.httpStatus,
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    details: error.details,
  };
}

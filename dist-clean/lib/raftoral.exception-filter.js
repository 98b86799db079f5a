var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * Answers a RaftoralError over HTTP with the status of its code. Opt-in: `app.useGlobalFilters(new RaftoralExceptionFilter())`,
 * or as an APP_FILTER provider, or @UseFilters on a controller.
 *
 * F1. The body is {statusCode, code, message, retryable, requestId?, details}: plain JSON, without stack or cause.
 * F2. A retryable refusal (429, 503) carries Retry-After; a retry of a write sends the requestId of the body again.
 * F3. Errors that are not RaftoralErrors are never touched. Over other protocols (microservices, websockets) the error goes on
 *     as it is, to the filter of that protocol. An answer that has begun (a stream of events) is ended, not begun anew.
 */
import { Catch } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { throwError } from 'rxjs';
import { RaftoralError } from './errors/index.js';
const RETRY_AFTER_SECONDS = '1';
const TOO_MANY_REQUESTS = 429;
const SERVICE_UNAVAILABLE = 503;
let RaftoralExceptionFilter = class RaftoralExceptionFilter {
    adapterHost;
    /** The adapter is only needed where the response has neither Express' nor Fastify's methods; Nest injects it for an APP_FILTER. */
    constructor(adapterHost) {
        this.adapterHost = adapterHost;
    }
    catch(error, host) {
        if (host.getType() === 'rpc')
            return throwError(() => error);
        if (host.getType() !== 'http')
            throw error;
        const body = errorBody(error);
        const response = host.switchToHttp().getResponse();
        const retryAfter = body.retryable && (body.statusCode === TOO_MANY_REQUESTS || body.statusCode === SERVICE_UNAVAILABLE);
        const adapter = this.adapterHost?.httpAdapter;
        if (adapter !== undefined) {
            if (adapter.isHeadersSent(response))
                return adapter.end(response);
            if (retryAfter)
                adapter.setHeader(response, 'Retry-After', RETRY_AFTER_SECONDS);
            adapter.reply(response, body, body.statusCode);
            return undefined;
        }
        if (response.headersSent === true || response.sent === true)
            return undefined;
        if (retryAfter)
            response.header('Retry-After', RETRY_AFTER_SECONDS);
        response.status(body.statusCode).send(body);
        return undefined;
    }
};
RaftoralExceptionFilter = __decorate([
    Catch(RaftoralError),
    __metadata("design:paramtypes", [HttpAdapterHost])
], RaftoralExceptionFilter);
export { RaftoralExceptionFilter };
export function errorBody(error) {
    return {
        statusCode: error.httpStatus,
        code: error.code,
        message: error.message,
        retryable: error.retryable,
        ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
        details: error.details,
    };
}
//# sourceMappingURL=raftoral.exception-filter.js.map
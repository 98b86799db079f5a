import { isRaftoralError, RaftoralError } from '../../errors/index.js';
/** A refusal whose status is the protocol's (404, 405, 415), not the code's. */
export class HttpRefusal extends RaftoralError {
    status;
    headers;
    constructor(status, code, message, headers = {}) {
        super(code, message);
        this.status = status;
        this.headers = headers;
    }
    get httpStatus() {
        return this.status;
    }
}
const RETRY_LATER = new Set([429, 503]);
export function toRaftoralError(error) {
    if (error instanceof RaftoralError)
        return error;
    if (isRaftoralError(error))
        return error;
    return new RaftoralError('INVARIANT_VIOLATED', `the call ended in an error of no code: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
    });
}
export function errorBody(error) {
    const { code, message, retryable, requestId, details } = error;
    return { code, message, retryable, ...(requestId === undefined ? {} : { requestId }), details };
}
export function answerJson(response, status, value, headers = {}) {
    if (response.headersSent || response.destroyed)
        return;
    const body = Buffer.from(JSON.stringify(value));
    for (const [name, text] of Object.entries(headers))
        response.setHeader(name, text);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.setHeader('content-length', body.length);
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-content-type-options', 'nosniff');
    if (isClosing(response))
        response.setHeader('connection', 'close');
    response.writeHead(status);
    response.end(body);
}
export function answerError(response, cause) {
    const error = toRaftoralError(cause);
    const status = error.httpStatus;
    answerJson(response, status, errorBody(error), {
        ...(error instanceof HttpRefusal ? error.headers : {}),
        ...(error.retryable && RETRY_LATER.has(status) ? { 'retry-after': '1' } : {}),
        ...(status === 401 ? { 'www-authenticate': 'Bearer realm="raftoral", Raftoral-HMAC' } : {}),
        // The rest of a body that was not read would be taken for the next request.
        ...(response.req.complete ? {} : { connection: 'close' }),
    });
}
/** The server takes no new connections: a connection that is kept alive would keep it from closing. */
function isClosing(response) {
    const socket = response.socket;
    return socket?.server?.listening === false;
}
//# sourceMappingURL=answers.js.map
import { RaftoralError } from '../../errors/index.js';
import { answerError, answerJson, errorBody, HttpRefusal, toRaftoralError } from './answers.js';
import { bodyRequest, matchPath, queryRequest } from './control-routes.js';
import { Cors } from './cors.js';
import { EventStreamWriter } from './event-stream.js';
import { Header } from './http-limits.js';
import { openApiDocument } from './open-api.js';
const OPEN_API = '/openapi.json';
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
/** So long an error may come as a status; afterwards the stream has begun. */
const FIRST_ITEM_MS = 100;
const NOTHING = new Uint8Array(0);
export class HttpControl {
    options;
    cors;
    streams = new Set();
    underWay = 0;
    isClosed = false;
    constructor(options) {
        this.options = options;
        this.cors = new Cors(options.cors);
    }
    close() {
        this.isClosed = true;
        for (const stream of this.streams)
            stream.abort();
    }
    handle(path, request, response) {
        this.answer(path, request, response).catch((error) => answerError(response, error));
    }
    async answer(path, request, response) {
        const cors = this.cors.headersFor(request);
        if (cors === null)
            throw new HttpRefusal(403, 'UNAUTHENTICATED', `origin ${request.headers.origin} is not among those that transport.cors names`);
        for (const [name, text] of Object.entries(cors))
            response.setHeader(name, text);
        if (Cors.isPreflight(request))
            return preflight(response, 'access-control-allow-origin' in cors);
        if (this.isClosed)
            throw new RaftoralError('SHUTTING_DOWN', 'this node is shutting down; ask another');
        if (this.underWay >= this.options.limits.requestsMax)
            throw new RaftoralError('OVERLOADED', `${this.underWay} requests are under way, which is the most that this node takes at once`);
        this.underWay++;
        try {
            const body = await this.admit(request);
            await this.route(path, request, response, body);
        }
        finally {
            this.underWay--;
        }
    }
    /** The body of a caller that has shown who it is. */
    async admit(request) {
        const { gate, limits, bodies, hasClientCertificate } = this.options;
        const { socket } = request;
        const pending = gate.checkHead({
            authorization: request.headers.authorization,
            target: `${request.method} ${request.url}`,
            isEncrypted: 'encrypted' in socket && socket.encrypted === true,
            isLoopback: isLoopback(socket.remoteAddress),
            hasClientCertificate: hasClientCertificate(request),
        });
        const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
        const body = hasBody ? await bodies.read(request, limits.requestBytesMax) : NOTHING;
        pending?.verify(body);
        return body;
    }
    async route(path, request, response, body) {
        const verb = request.method === 'HEAD' ? 'GET' : request.method;
        const isDocument = path === OPEN_API;
        const matches = matchPath(path);
        const allow = isDocument ? 'GET, HEAD, OPTIONS' : allowedOf([...matches.keys()]);
        if (!isDocument && matches.size === 0)
            throw new HttpRefusal(404, 'INVALID_ARGUMENT', `there is no such route; ${this.options.root}${OPEN_API} lists them all`);
        if (verb === 'OPTIONS') {
            response.writeHead(204, { allow });
            response.end();
            return;
        }
        const match = matches.get(verb);
        if (isDocument ? verb !== 'GET' : match === undefined)
            throw new HttpRefusal(405, 'INVALID_ARGUMENT', `this route takes ${allow}, not ${request.method}`, { allow });
        if (match === undefined)
            return answerJson(response, 200, openApiDocument(this.options.root));
        const asked = requestOf(match, request, body);
        if (match.method.isStream === true)
            return await this.stream(match, resumed(match, asked, request), request, response);
        await this.call(match, asked, request, response);
    }
    async call({ method }, asked, request, response) {
        const abort = new AbortController();
        response.on('close', () => abort.abort());
        answerJson(response, 200, await this.options.api.call(method.name, asked, contextOf(request, asked, abort.signal)));
    }
    async stream({ method }, asked, request, response) {
        const abort = new AbortController();
        const { signal } = abort;
        response.on('close', () => abort.abort());
        const items = this.options.api.stream(method.name, asked, contextOf(request, asked, signal))[Symbol.asyncIterator]();
        const writer = new EventStreamWriter(response, this.options.limits.heartbeatMs);
        this.streams.add(abort);
        try {
            let next = items.next();
            const first = await settledWithin(next, FIRST_ITEM_MS);
            if (response.destroyed)
                return;
            // A browser that has seen it all asks again and again, unless it is told so.
            if (first?.done === true && request.headers['last-event-id'] !== undefined) {
                response.writeHead(204);
                response.end();
                return;
            }
            writer.begin();
            if (request.method === 'HEAD')
                return writer.end();
            for (;;) {
                const item = await unlessAborted(next, signal);
                if (item === null)
                    return writer.end(errorBody(new RaftoralError('SHUTTING_DOWN', 'this node is shutting down; ask another')));
                if (item.done === true)
                    return writer.end();
                await writer.write(item.value);
                if (signal.aborted)
                    continue;
                next = items.next();
            }
        }
        catch (error) {
            if (!response.headersSent)
                throw error;
            writer.end(errorBody(toRaftoralError(error)));
        }
        finally {
            this.streams.delete(abort);
            writer.stop();
            await items.return?.();
        }
    }
}
function preflight(response, isAllowed) {
    response.writeHead(204, isAllowed ? Cors.preflightHeaders(['GET', 'HEAD', 'POST']) : {});
    response.end();
}
function allowedOf(verbs) {
    return [...verbs, ...(verbs.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}
function requestOf(match, request, body) {
    const url = request.url;
    const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
    if (match.method.http.verb === 'GET') {
        if (body.length > 0)
            throw new RaftoralError('INVALID_ARGUMENT', 'a GET takes its fields in the path and the query string, not in a body');
        return queryRequest(match, query);
    }
    return bodyRequest(match, query, body.length === 0 ? {} : jsonOf(request, body));
}
function jsonOf(request, body) {
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/json\s*(;\s*charset=("?)utf-8\2\s*)?$/i.test(type))
        throw new HttpRefusal(415, 'INVALID_ARGUMENT', `the body must be application/json in UTF-8, not '${type}'`);
    let value;
    try {
        value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    }
    catch (cause) {
        throw new RaftoralError('INVALID_ARGUMENT', `the body is no JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new RaftoralError('INVALID_ARGUMENT', 'the body must be a JSON object of the fields of the call');
    return value;
}
/** A browser that connects again says what it has seen; its address says where it first began. */
function resumed({ method }, asked, request) {
    const last = request.headers['last-event-id'];
    if (typeof last !== 'string' || last === '' || !Object.hasOwn(method.request, 'after'))
        return asked;
    if (!/^\d{1,15}$/.test(last))
        throw new RaftoralError('INVALID_ARGUMENT', `Last-Event-ID must be the wseq of an event, not '${last}'`);
    return { ...asked, after: Number(last) };
}
function contextOf(request, asked, signal) {
    const text = request.headers[Header.TIMEOUT_MS];
    if (text === undefined) {
        const field = asked['timeoutMs'];
        return typeof field === 'number' ? { signal, timeoutMs: field } : { signal };
    }
    const timeoutMs = Number(text);
    if (typeof text !== 'string' || !/^\d{1,10}$/.test(text) || timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX)
        throw new RaftoralError('INVALID_ARGUMENT', `Raftoral-Timeout-Ms must be a whole number from 1 to ${TIMEOUT_MS_MAX}, not '${String(text)}'`);
    return { signal, timeoutMs };
}
function isLoopback(address) {
    return address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1');
}
/** What `promise` resolves to, or its rejection, if that is within `ms`. */
async function settledWithin(promise, ms) {
    let timer;
    const later = new Promise((resolve) => (timer = setTimeout(resolve, ms, undefined)));
    try {
        return await Promise.race([promise, later]);
    }
    finally {
        clearTimeout(timer);
    }
}
/** Null once `signal` has fired. */
function unlessAborted(promise, signal) {
    return new Promise((resolve, reject) => {
        const onAbort = () => resolve(null);
        if (signal.aborted)
            onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
}
//# sourceMappingURL=http-control.js.map
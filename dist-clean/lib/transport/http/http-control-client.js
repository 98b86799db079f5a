/**
 * The control API of a node, called over HTTP: for the command line, and for programs outside the cluster.
 *
 * K1. What an error means: NO_ROUTE, the node was not reached, or what answered is none: nothing was done. OUTCOME_UNKNOWN, the time was up or the connection
 *     was lost once the call was on its way. Everything else is the node's own answer.
 * K2. A writing call bears a requestId, minted here if the caller gave none; so does its error: sent again with it, it is not done twice.
 * K3. Whether a secret travels as itself or as a signature is the caller's word (`authorize`); no redirect is followed, so that it goes nowhere else.
 * K4. A stream that ends without saying so is an error; its reader's pace is the sender's.
 * Tests: http-control-client.spec.ts.
 */
import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { CONTROL_METHOD_BY_NAME } from '../../client/control-methods-port.js';
import { ERROR_CODES, RaftoralError } from '../../errors/index.js';
import { parseAddress } from '../security/loopback.js';
import { BodyBudget } from './body.js';
import { bodyOf, pathOf } from './control-routes.js';
import { EventStreamReader } from './event-stream.js';
import { checkPath } from './http-front.js';
import { Header } from './http-limits.js';
const CONNECT_TIMEOUT_MS = 5000;
/** The node's own word that the time is up is worth waiting for. */
const GRACE_MS = 1000;
/** Without a comment of the node for so long a stream is dead. */
const SILENCE_MS = 45_000;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const LINE_CHARACTERS_MAX = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);
export class HttpControlClient {
    parts;
    target;
    root;
    agent;
    bodies = new BodyBudget(ANSWER_BYTES_MAX);
    calls = new Set();
    constructor(parts) {
        this.parts = parts;
        this.target = parseAddress(parts.address, 'address');
        this.root = `${checkPath(parts.path)}/v1`;
        this.agent = parts.tls === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
    }
    async call(name, request, options = {}) {
        const method = methodOf(name);
        const asked = Object.hasOwn(method.request, 'requestId') ? { requestId: randomUUID(), ...request } : request;
        const requestId = typeof asked['requestId'] === 'string' ? asked['requestId'] : undefined;
        const { timeoutMs } = options;
        const call = this.send(method, asked, timeoutMs === undefined ? {} : { [Header.TIMEOUT_MS]: String(timeoutMs) });
        let isLate = false;
        const timer = timeoutMs === undefined
            ? undefined
            : setTimeout(() => {
                isLate = true;
                call.request.destroy();
            }, timeoutMs + GRACE_MS);
        try {
            const response = await call.response;
            const body = await this.bodies.read(response, ANSWER_BYTES_MAX, false);
            return this.answerOf(response, body, requestId);
        }
        catch (error) {
            if (error instanceof RaftoralError && error.code !== 'MALFORMED_FRAME')
                throw error;
            throw this.lost(error, call, isLate ? `${name} was not answered within ${timeoutMs} ms` : null, requestId);
        }
        finally {
            clearTimeout(timer);
        }
    }
    async *stream(name, request, signal) {
        if (signal.aborted)
            return;
        const call = this.send(methodOf(name), request, { accept: 'text/event-stream' });
        const onAbort = () => void call.request.destroy();
        signal.addEventListener('abort', onAbort, { once: true });
        try {
            const response = await call.response;
            if (response.statusCode !== 200) {
                this.answerOf(response, await this.bodies.read(response, ANSWER_BYTES_MAX, false), undefined);
                return;
            }
            call.request.setTimeout(SILENCE_MS, () => call.request.destroy());
            const reader = new EventStreamReader(LINE_CHARACTERS_MAX);
            for await (const chunk of response)
                for (const { type, data } of reader.push(chunk)) {
                    const value = JSON.parse(data);
                    if (type === 'end')
                        return;
                    if (type === 'error')
                        throw errorOf(value, undefined, 500);
                    yield value;
                }
            throw new RaftoralError('OUTCOME_UNKNOWN', `the stream from ${this.parts.address} ended without saying so; ask again from the last wseq on`);
        }
        catch (error) {
            if (signal.aborted)
                return;
            if (error instanceof RaftoralError)
                throw error;
            throw this.lost(error, call, null, undefined);
        }
        finally {
            signal.removeEventListener('abort', onAbort);
            call.request.destroy();
        }
    }
    async close() {
        for (const call of this.calls)
            call.destroy();
        this.agent.destroy();
    }
    send(method, asked, headers) {
        const path = `${this.root}${pathOf(method, asked)}`;
        const { verb } = method.http;
        const body = verb === 'GET' ? NOTHING : Buffer.from(JSON.stringify(bodyOf(method, asked)));
        const { tls, serverName, authorize } = this.parts;
        const options = {
            agent: this.agent,
            host: this.target.host,
            port: this.target.port,
            method: verb,
            path,
            headers: {
                ...headers,
                ...(authorize === undefined ? {} : { authorization: authorize(`${verb} ${path}`, body) }),
                ...(verb === 'GET' ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
            },
        };
        const request = tls === undefined
            ? httpRequest(options)
            : httpsRequest({
                ...options,
                ...(tls.ca === undefined ? {} : { ca: tls.ca }),
                ...(tls.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
                ...(serverName === undefined ? {} : { servername: serverName }),
            });
        return this.watch(request, body, tls !== undefined);
    }
    watch(request, body, isTls) {
        let isSent = false;
        this.calls.add(request);
        const timer = setTimeout(() => request.destroy(new Error(`not connected within ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS);
        const onConnected = () => {
            clearTimeout(timer);
            isSent = true;
        };
        request.on('socket', (socket) => {
            if (!socket.connecting && request.reusedSocket)
                onConnected();
            else
                socket.once(isTls ? 'secureConnect' : 'connect', onConnected);
        });
        request.on('close', () => {
            clearTimeout(timer);
            this.calls.delete(request);
        });
        const response = new Promise((resolve, reject) => {
            request.on('response', resolve);
            request.on('error', reject);
            request.on('close', () => reject(new Error('the connection was closed')));
        });
        // Whoever aborts before it waits for the answer hears of it by the signal.
        response.catch(() => undefined);
        request.end(body);
        return { request, response, isSent: () => isSent };
    }
    answerOf(response, body, requestId) {
        const status = response.statusCode ?? 0;
        const value = jsonOf(body);
        if (status === 200 && value !== null)
            return value;
        if (value !== null && typeof value['code'] === 'string' && typeof value['message'] === 'string')
            throw errorOf(value, requestId, status);
        const text = `${this.parts.address} answered ${status}, which is no answer of a Raftoral node`;
        if (status >= 500)
            throw new RaftoralError('OUTCOME_UNKNOWN', `${text}; something between may have passed the call on`, withId(requestId));
        throw new RaftoralError('NO_ROUTE', `${text}; check address, path and TLS`);
    }
    lost(cause, call, why, requestId) {
        const text = cause instanceof Error ? cause.message : String(cause);
        if (!call.isSent())
            return new RaftoralError('NO_ROUTE', `${this.parts.address} could not be reached: ${text || 'no connection'}`, {
                cause,
                ...withId(requestId),
            });
        return new RaftoralError('OUTCOME_UNKNOWN', why ?? `the connection to ${this.parts.address} was lost before the answer (${text}); the call may have been carried out`, { cause, ...withId(requestId) });
    }
}
function methodOf(name) {
    const method = CONTROL_METHOD_BY_NAME.get(name);
    if (method === undefined)
        throw new RaftoralError('INVALID_ARGUMENT', `there is no call '${name}'`);
    return method;
}
function jsonOf(body) {
    try {
        const value = JSON.parse(Buffer.from(body).toString('utf8'));
        return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
    }
    catch {
        // What is no JSON is no answer of a node; the caller says so.
        return null;
    }
}
function withId(requestId) {
    return requestId === undefined ? {} : { requestId };
}
/** The node's error as it was there. A code that this version does not know keeps its text, and its own name in the details. */
function errorOf(value, requestId, status) {
    const code = String(value['code']);
    const details = typeof value['details'] === 'object' && value['details'] !== null ? value['details'] : {};
    const id = typeof value['requestId'] === 'string' ? value['requestId'] : requestId;
    if (Object.hasOwn(ERROR_CODES, code))
        return new RaftoralError(code, String(value['message']), { ...withId(id), details });
    const known = status >= 500 ? 'OUTCOME_UNKNOWN' : 'INVALID_ARGUMENT';
    return new RaftoralError(known, `${code}: ${String(value['message'])}`, { ...withId(id), details: { ...details, code } });
}
//# sourceMappingURL=http-control-client.js.map
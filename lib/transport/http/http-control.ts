/**
 * The control API over HTTP: who calls is asked first, then what, and the answer is JSON or a stream of server-sent events.
 *
 * C1. Without a client's credentials no request gets further than being read: not to a route, not to the OpenAPI document, not to the service.
 * C2. What a caller gets for an error is {code, message, retryable, requestId?, details}, with the status of the code; or the protocol's (404, 405, 415).
 * C3. A caller that goes away aborts its call; at most `requestsMax` are under way at once, with bodies of `requestBytesMax` at most. Requests whose signature is
 *     still to be checked are counted apart.
 * C4. close() ends streams at once and takes nothing new; calls under way are answered.
 * Tests: http-control.spec.ts.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlApi, ControlContext, Json, JsonObject } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';
import { answerError, answerJson, errorBody, HttpRefusal, toRaftoralError } from './answers.js';
import type { BodyBudget, BodyOf } from './body.js';
import { bodyRequest, matchPath, queryRequest, type ControlMatch } from './control-routes.js';
import { Cors, type CorsOption } from './cors.js';
import { EventStreamWriter } from './event-stream.js';
import type { HttpHandler } from './http-front.js';
import { Header, type HttpLimits } from './http-limits.js';
import { openApiDocument } from './open-api.js';

/** What is known of a caller before its body is read. */
export interface CallerHead {
  readonly authorization: string | undefined;
  /** Verb, a space, and the path with its query, as sent. */
  readonly target: string;
  readonly isEncrypted: boolean;
  readonly isLoopback: boolean;
  /** TLS has verified a certificate of the clients' authority. */
  readonly hasClientCertificate: boolean;
}

/** Decides who may call: security/client-auth.ts. Throws UNAUTHENTICATED. */
export interface ControlGate {
  /** Everybody is let in. Default false. */
  readonly asksNobody?: boolean;
  /** Null: let in. Else the body is needed to decide. */
  checkHead(head: CallerHead): { verify(body: Uint8Array): void } | null;
}

export interface HttpControlOptions {
  readonly api: ControlApi;
  readonly gate: ControlGate;
  readonly cors: CorsOption;
  /** Hosts by which this node is called. */
  readonly names: readonly string[];
  /** Where the API stands: `<path>/v1`. */
  readonly root: string;
  readonly limits: HttpLimits;
  readonly bodies: BodyBudget;
  /** The connection's certificate is one of the clients' authority. */
  readonly hasClientCertificate: (request: IncomingMessage) => boolean;
  /** The caller has shown who it is. */
  readonly trust: (request: IncomingMessage) => void;
}

const OPEN_API = '/openapi.json';
const TIMEOUT_MS_MAX = 2 ** 31 - 1;
/** So long an error may come as a status; afterwards the stream has begun. */
const FIRST_ITEM_MS = 100;
const NOTHING = new Uint8Array(0);

export class HttpControl implements HttpHandler {
  private readonly cors: Cors;
  private readonly streams = new Set<AbortController>();
  private underWay = 0;
  private unverified = 0;
  private isClosed = false;

  constructor(private readonly options: HttpControlOptions) {
    this.cors = new Cors(options.cors, options.names);
  }

  close(): void {
    this.isClosed = true;
    for (const stream of this.streams) stream.abort();
  }

  handle(path: string, request: IncomingMessage, response: ServerResponse): void {
    this.answer(path, request, response).catch((error: unknown) => answerError(response, error));
  }

  private async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isGuarded = this.options.gate.asksNobody !== true;
    const cors = this.cors.headersFor({ request, isGuarded, isLoopback: isLoopback(request.socket.remoteAddress) });
    if (cors === null) throw new HttpRefusal(403, 'UNAUTHENTICATED', whyRefused(request));
    for (const [name, text] of Object.entries(cors)) response.setHeader(name, text);
    if (Cors.isPreflight(request)) return preflight(response, 'access-control-allow-origin' in cors);
    if (this.isClosed) throw new RaftoralError('SHUTTING_DOWN', 'this node is shutting down; ask another');
    const body = await this.admit(request);
    this.checkRoom(this.underWay);
    this.underWay++;
    try {
      await this.route(path, request, response, body);
    } finally {
      this.underWay--;
    }
  }

  /** The body of a caller that has shown who it is. */
  private async admit(request: IncomingMessage): Promise<Uint8Array> {
    const { gate, limits, bodies, hasClientCertificate, trust } = this.options;
    const { socket } = request;
    const pending = gate.checkHead({
      authorization: request.headers.authorization,
      target: `${request.method} ${request.url}`,
      isEncrypted: 'encrypted' in socket && socket.encrypted === true,
      isLoopback: isLoopback(socket.remoteAddress),
      hasClientCertificate: hasClientCertificate(request),
    });
    const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
    const read = (whose: BodyOf): Promise<Uint8Array> | Uint8Array =>
      hasBody ? bodies.read(request, limits.requestBytesMax, whose) : NOTHING;
    if (pending === null) {
      trust(request);
      this.checkRoom(this.underWay);
      return await read('known');
    }
    this.checkRoom(this.unverified);
    this.unverified++;
    try {
      const body = await read('stranger');
      pending.verify(body);
      trust(request);
      return body;
    } finally {
      this.unverified--;
    }
  }

  private checkRoom(underWay: number): void {
    if (underWay < this.options.limits.requestsMax) return;
    throw new RaftoralError('OVERLOADED', `${underWay} requests are under way, which is the most that this node takes at once`);
  }

  private async route(path: string, request: IncomingMessage, response: ServerResponse, body: Uint8Array): Promise<void> {
    const verb = request.method === 'HEAD' ? 'GET' : request.method!;
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
    if (match === undefined) return answerJson(response, 200, openApiDocument(this.options.root));
    const asked = requestOf(match, request, body);
    if (match.method.isStream === true) return await this.stream(match, resumed(match, asked, request), request, response);
    await this.call(match, asked, request, response);
  }

  private async call({ method }: ControlMatch, asked: JsonObject, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    response.on('close', () => abort.abort());
    answerJson(response, 200, await this.options.api.call(method.name, asked, contextOf(request, asked, abort.signal)));
  }

  private async stream({ method }: ControlMatch, asked: JsonObject, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const abort = new AbortController();
    const { signal } = abort;
    response.on('close', () => abort.abort());
    const items = this.options.api.stream(method.name, asked, contextOf(request, asked, signal))[Symbol.asyncIterator]();
    const writer = new EventStreamWriter(response, this.options.limits.heartbeatMs);
    this.streams.add(abort);
    try {
      let next = items.next();
      const first = await settledWithin(next, FIRST_ITEM_MS);
      if (response.destroyed) return;
      // A browser that has seen it all asks again and again, unless it is told so.
      if (first?.done === true && request.headers['last-event-id'] !== undefined) {
        response.writeHead(204);
        response.end();
        return;
      }
      writer.begin();
      if (request.method === 'HEAD') return writer.end();
      for (;;) {
        const item = await unlessAborted(next, signal);
        if (item === null) return writer.end(errorBody(new RaftoralError('SHUTTING_DOWN', 'this node is shutting down; ask another')));
        if (item.done === true) return writer.end();
        await writer.write(item.value);
        if (signal.aborted) continue;
        next = items.next();
      }
    } catch (error) {
      if (!response.headersSent) throw error;
      writer.end(errorBody(toRaftoralError(error)));
    } finally {
      this.streams.delete(abort);
      writer.stop();
      await items.return?.();
    }
  }
}

function whyRefused({ headers: { origin, host } }: IncomingMessage): string {
  if (origin === undefined)
    return `this node asks nobody for credentials, so on this machine it is called by its address, localhost or the host of transport.advertise, not as ${host}`;
  return `origin ${origin} is not among those that transport.cors names`;
}

function preflight(response: ServerResponse, isAllowed: boolean): void {
  response.writeHead(204, isAllowed ? Cors.preflightHeaders(['GET', 'HEAD', 'POST']) : {});
  response.end();
}

function allowedOf(verbs: readonly string[]): string {
  return [...verbs, ...(verbs.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function requestOf(match: ControlMatch, request: IncomingMessage, body: Uint8Array): JsonObject {
  const url = request.url!;
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  if (match.method.http.verb === 'GET') {
    if (body.length > 0)
      throw new RaftoralError('INVALID_ARGUMENT', 'a GET takes its fields in the path and the query string, not in a body');
    return queryRequest(match, query);
  }
  return bodyRequest(match, query, body.length === 0 ? {} : jsonOf(request, body));
}

function jsonOf(request: IncomingMessage, body: Uint8Array): JsonObject {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;\s*charset=("?)utf-8\2\s*)?$/i.test(type))
    throw new HttpRefusal(415, 'INVALID_ARGUMENT', `the body must be application/json in UTF-8, not '${type}'`);
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as Json;
  } catch (cause) {
    throw new RaftoralError('INVALID_ARGUMENT', `the body is no JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RaftoralError('INVALID_ARGUMENT', 'the body must be a JSON object of the fields of the call');
  return value as JsonObject;
}

/** A browser that connects again says what it has seen; its address says where it first began. */
function resumed({ method }: ControlMatch, asked: JsonObject, request: IncomingMessage): JsonObject {
  const last = request.headers['last-event-id'];
  if (typeof last !== 'string' || last === '' || !Object.hasOwn(method.request, 'after')) return asked;
  if (!/^\d{1,15}$/.test(last)) throw new RaftoralError('INVALID_ARGUMENT', `Last-Event-ID must be the wseq of an event, not '${last}'`);
  return { ...asked, after: Number(last) };
}

function contextOf(request: IncomingMessage, asked: JsonObject, signal: AbortSignal): ControlContext {
  const text = request.headers[Header.TIMEOUT_MS];
  if (text === undefined) {
    const field = asked['timeoutMs'];
    return typeof field === 'number' ? { signal, timeoutMs: field } : { signal };
  }
  const timeoutMs = Number(text);
  if (typeof text !== 'string' || !/^\d{1,10}$/.test(text) || timeoutMs < 1 || timeoutMs > TIMEOUT_MS_MAX)
    throw new RaftoralError(
      'INVALID_ARGUMENT',
      `Raftoral-Timeout-Ms must be a whole number from 1 to ${TIMEOUT_MS_MAX}, not '${String(text)}'`,
    );
  return { signal, timeoutMs };
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1');
}

/** What `promise` resolves to, or its rejection, if that is within `ms`. */
async function settledWithin<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const later = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, ms, undefined)));
  try {
    return await Promise.race([promise, later]);
  } finally {
    clearTimeout(timer);
  }
}

/** Null once `signal` has fired. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(null);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

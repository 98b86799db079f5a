/**
 * The control API of a node, called over HTTP: for the command line, and for programs outside the cluster.
 *
 * K1. What an error means: NO_ROUTE, the node was not reached, or what answered is none (another protocol: a gRPC port): nothing was done. OUTCOME_UNKNOWN,
 *     the time was up or the connection was lost once the call was on its way. Everything else is the node's own answer.
 * K2. A writing call bears a requestId, minted here if the caller gave none; so does its error: sent again with it, it is not done twice.
 * K3. Whether a secret travels as itself or as a signature is the caller's word (`authorize`); no redirect is followed, so that it goes nowhere else.
 * K4. A stream that ends without saying so is an error; its reader's pace is the sender's.
 * Tests: http-control.spec.ts, ../wrong-address.spec.ts.
 */
import { randomUUID } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { CONTROL_METHOD_BY_NAME, type ControlMethod } from '../../client/control-methods-port.js';
import type { ControlClient, JsonObject } from '../../client/control-port.js';
import { ERROR_CODES, RaftoralError, type RaftoralErrorCode } from '../../errors/index.js';
import { parseAddress, type HostAndPort } from '../security/loopback.js';
import { BodyBudget } from './body.js';
import { bodyOf, pathOf } from './control-routes.js';
import { EventStreamReader } from './event-stream.js';
import { checkPath } from './http-front.js';
import { Header } from './http-limits.js';

export interface HttpControlClientOptions {
  /** `host:port`. */
  readonly address: string;
  /** Default `/raftoral`. */
  readonly path?: string;
  /** Absent: no TLS. PEM texts. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  /** Name that the node's certificate must bear, where it is not the host of the address. */
  readonly serverName?: string;
  /** Value of `Authorization` for a call (security/client-auth.ts); absent: none is sent. */
  readonly authorize?: (target: string, body: Uint8Array) => string;
}

const CONNECT_TIMEOUT_MS = 5000;
/** The node's own word that the time is up is worth waiting for. */
const GRACE_MS = 1000;
/** Without a comment of the node for so long a stream is dead. */
const SILENCE_MS = 45_000;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const LINE_CHARACTERS_MAX = 64 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

interface Call {
  readonly request: ClientRequest;
  readonly response: Promise<IncomingMessage>;
  /** It may have been carried out. */
  isSent(): boolean;
  /** Bytes that came on its connection, if that was made for it. */
  bytesRead(): number | null;
}

export class HttpControlClient implements ControlClient {
  private readonly target: HostAndPort;
  private readonly root: string;
  private readonly agent: HttpAgent;
  private readonly bodies = new BodyBudget({ bytesMax: ANSWER_BYTES_MAX });
  private readonly calls = new Set<ClientRequest>();

  constructor(private readonly parts: HttpControlClientOptions) {
    this.target = parseAddress(parts.address, 'address');
    this.root = `${checkPath(parts.path)}/v1`;
    this.agent = parts.tls === undefined ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  }

  async call(name: string, request: JsonObject, options: { readonly timeoutMs?: number } = {}): Promise<JsonObject> {
    const method = methodOf(name);
    const asked = Object.hasOwn(method.request, 'requestId') ? { requestId: randomUUID(), ...request } : request;
    const requestId = typeof asked['requestId'] === 'string' ? asked['requestId'] : undefined;
    const { timeoutMs } = options;
    const call = this.send(method, asked, timeoutMs === undefined ? {} : { [Header.TIMEOUT_MS]: String(timeoutMs) });
    let isLate = false;
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isLate = true;
            call.request.destroy();
          }, timeoutMs + GRACE_MS);
    try {
      const response = await call.response;
      const body = await this.bodies.read(response, ANSWER_BYTES_MAX, 'answer');
      return this.answerOf(response, body, requestId);
    } catch (error) {
      if (error instanceof RaftoralError && error.code !== 'MALFORMED_FRAME') throw error;
      throw this.lost(error, call, isLate ? `${name} was not answered within ${timeoutMs} ms` : null, requestId);
    } finally {
      clearTimeout(timer);
    }
  }

  async *stream(name: string, request: JsonObject, signal: AbortSignal): AsyncIterable<JsonObject> {
    if (signal.aborted) return;
    const call = this.send(methodOf(name), request, { accept: 'text/event-stream' });
    const onAbort = (): void => void call.request.destroy();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await call.response;
      if (response.statusCode !== 200) {
        this.answerOf(response, await this.bodies.read(response, ANSWER_BYTES_MAX, 'answer'), undefined);
        return;
      }
      call.request.setTimeout(SILENCE_MS, () => call.request.destroy());
      const reader = new EventStreamReader(LINE_CHARACTERS_MAX);
      for await (const chunk of response)
        for (const { type, data } of reader.push(chunk as Uint8Array)) {
          const value = JSON.parse(data) as JsonObject;
          if (type === 'end') return;
          if (type === 'error') throw errorOf(value, undefined, 500);
          yield value;
        }
      throw new RaftoralError(
        'OUTCOME_UNKNOWN',
        `the stream from ${this.parts.address} ended without saying so; ask again from the last wseq on`,
      );
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RaftoralError) throw error;
      throw this.lost(error, call, null, undefined);
    } finally {
      signal.removeEventListener('abort', onAbort);
      call.request.destroy();
    }
  }

  async close(): Promise<void> {
    for (const call of this.calls) call.destroy();
    this.agent.destroy();
  }

  private send(method: ControlMethod, asked: JsonObject, headers: Record<string, string>): Call {
    const path = `${this.root}${pathOf(method, asked)}`;
    const { verb } = method.http;
    const body = verb === 'GET' ? NOTHING : Buffer.from(JSON.stringify(bodyOf(method, asked)));
    const { tls, serverName, authorize } = this.parts;
    const options: RequestOptions = {
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
    const request =
      tls === undefined
        ? httpRequest(options)
        : httpsRequest({
            ...options,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            ...(tls.cert === undefined ? {} : { cert: tls.cert, key: tls.key }),
            ...(serverName === undefined ? {} : { servername: serverName }),
          });
    return this.watch(request, body, tls !== undefined);
  }

  private watch(request: ClientRequest, body: Uint8Array, isTls: boolean): Call {
    let isSent = false;
    let own: Socket | null = null;
    this.calls.add(request);
    const timer = setTimeout(() => request.destroy(new Error(`not connected within ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS);
    const onConnected = (): void => {
      clearTimeout(timer);
      isSent = true;
    };
    request.on('socket', (socket) => {
      if (!socket.connecting && request.reusedSocket) return onConnected();
      own = socket;
      socket.once(isTls ? 'secureConnect' : 'connect', onConnected);
    });
    request.on('close', () => {
      clearTimeout(timer);
      this.calls.delete(request);
    });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', reject);
      request.on('close', () => reject(new Error('the connection was closed')));
    });
    // Whoever aborts before it waits for the answer hears of it by the signal.
    response.catch(() => undefined);
    request.end(body);
    return { request, response, isSent: () => isSent, bytesRead: () => own?.bytesRead ?? null };
  }

  private answerOf(response: IncomingMessage, body: Uint8Array, requestId: string | undefined): JsonObject {
    const status = response.statusCode ?? 0;
    const value = jsonOf(body);
    if (status === 200 && value !== null) return value;
    if (value !== null && typeof value['code'] === 'string' && typeof value['message'] === 'string')
      throw errorOf(value, requestId, status);
    const text = `${this.parts.address} answered ${status}, which is no answer of a Raftoral node`;
    if (status >= 500)
      throw new RaftoralError('OUTCOME_UNKNOWN', `${text}; something between may have passed the call on`, withId(requestId));
    throw new RaftoralError('NO_ROUTE', `${text}; check address, path and TLS`);
  }

  private lost(cause: unknown, call: Call, why: string | null, requestId: string | undefined): RaftoralError {
    const text = cause instanceof Error ? cause.message : String(cause);
    if (!call.isSent())
      return new RaftoralError('NO_ROUTE', `${this.parts.address} could not be reached: ${text || 'no connection'}`, {
        cause,
        ...withId(requestId),
      });
    if (isNoHttp(cause, call.bytesRead()))
      return new RaftoralError('NO_ROUTE', `what answers at ${this.parts.address} does not speak HTTP/1.1 (a gRPC port?): ${text}`, {
        cause,
        ...withId(requestId),
      });
    const hint = this.parts.tls === undefined && call.bytesRead() === 0 ? ', or the node wants TLS' : '';
    return new RaftoralError(
      'OUTCOME_UNKNOWN',
      why ?? `the connection to ${this.parts.address} was lost before the answer (${text}); the call may have been carried out${hint}`,
      { cause, ...withId(requestId) },
    );
  }
}

/** The very first bytes that came back are no answer of HTTP: whatever is there has not understood the request. */
function isNoHttp(cause: unknown, bytesRead: number | null): boolean {
  const { code, rawPacket } = (cause ?? {}) as { readonly code?: unknown; readonly rawPacket?: unknown };
  return (
    typeof code === 'string' &&
    code.startsWith('HPE_') &&
    Buffer.isBuffer(rawPacket) &&
    rawPacket.length === bytesRead &&
    !/^HTTP\/1\./.test(rawPacket.toString('latin1', 0, 8))
  );
}

function methodOf(name: string): ControlMethod {
  const method = CONTROL_METHOD_BY_NAME.get(name);
  if (method === undefined) throw new RaftoralError('INVALID_ARGUMENT', `there is no call '${name}'`);
  return method;
}

function jsonOf(body: Uint8Array): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    // What is no JSON is no answer of a node; the caller says so.
    return null;
  }
}

function withId(requestId: string | undefined): { readonly requestId?: string } {
  return requestId === undefined ? {} : { requestId };
}

/** The node's error as it was there. A code that this version does not know keeps its text, and its own name in the details. */
function errorOf(value: JsonObject, requestId: string | undefined, status: number): RaftoralError {
  const code = String(value['code']);
  const details = typeof value['details'] === 'object' && value['details'] !== null ? (value['details'] as JsonObject) : {};
  const id = typeof value['requestId'] === 'string' ? value['requestId'] : requestId;
  if (Object.hasOwn(ERROR_CODES, code))
    return new RaftoralError(code as RaftoralErrorCode, String(value['message']), { ...withId(id), details });
  const known = status >= 500 ? 'OUTCOME_UNKNOWN' : 'INVALID_ARGUMENT';
  return new RaftoralError(known, `${code}: ${String(value['message'])}`, { ...withId(id), details: { ...details, code } });
}

/**
 * A peer channel that this process opens: ours leaves as bodies of requests, the other side's comes as bodies of the answers to polls.
 * Owns its connections: two at most, one for each direction, kept alive.
 *
 * D1. One body is under way at a time, and one poll; both are numbered 1, 2, 3 …. What waits meanwhile leaves with the next body.
 * D2. Nothing is sent again: whatever breaks ends the channel, and the link above opens another.
 * D3. The poll that waits notices the other side's end at once; what does not move for `stallMs` has failed.
 * D4. What was sent before close() leaves, also while the channel is being opened, for `lingerMs`; the last body says that it is the last.
 * D5. Nothing is called back inside send() or close(); onClosed is the last call, and the only one of its kind.
 * Tests: http-carrier.spec.ts.
 */
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions as HttpsOptions } from 'node:https';
import { isIP } from 'node:net';
import { isRaftoralError } from '../../errors/index.js';
import type { ByteChannel, ChannelEnd, ChannelHandlers } from '../channel.js';
import { parseAddress, type HostAndPort } from '../security/loopback.js';
import { acceptedNames, checkNames } from '../security/server-names.js';
import { decodeBatch, encodeBatch, LENGTH_BYTES, tooLarge } from './batch-codec.js';
import type { BodyBudget } from './body.js';
import { CHANNEL_PROTOCOL, Header, type HttpLimits } from './http-limits.js';
import { MessageQueue } from './message-queue.js';

/** What TLS needs to dial: the options of node:tls. */
export interface DialTls {
  readonly ca: string | Buffer | ReadonlyArray<string | Buffer>;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Name that the certificate must bear; default the host of the address, or `name`. */
  readonly serverName: string | undefined;
  /** Host that stands for the address and others. */
  readonly name: string | undefined;
}

export interface DialedChannelOptions {
  readonly address: string;
  /** Under which the other side's routes stand. */
  readonly path: string;
  readonly tls: DialTls | null;
  readonly limits: HttpLimits;
  readonly bodies: BodyBudget;
  readonly handlers: ChannelHandlers;
  readonly forget: (channel: DialedChannel) => void;
}

const OK = 200;
const CREATED = 201;
const NO_CONTENT = 204;
const GONE = 410;
/** Of a refusal, for the message. */
const REFUSAL_BYTES_MAX = 4096;

export class DialedChannel implements ByteChannel {
  readonly remote: string;
  readonly isEncrypted: boolean;
  /** With TLS a certificate of another authority ends the channel before its first message. */
  readonly isPeerVerified: boolean;
  private readonly limits: HttpLimits;
  private readonly agent: HttpAgent;
  private readonly queue: MessageQueue;
  private readonly requests = new Set<ClientRequest>();
  private state: 'opening' | 'open' | 'ending' | 'gone' = 'opening';
  private id = '';
  private sentSequence = 0;
  private polledSequence = 0;
  private isSending = false;
  private hasSent = false;
  private hasSaidEnd = false;
  private isFlushDue = false;
  private isClosedReported = false;
  private timer: NodeJS.Timeout | undefined;
  private messageBytesMax: number;
  private target: HostAndPort | undefined;

  constructor(private readonly options: DialedChannelOptions) {
    const { limits, tls } = options;
    this.remote = options.address;
    this.isEncrypted = tls !== null;
    this.isPeerVerified = tls !== null;
    this.limits = limits;
    this.messageBytesMax = limits.messageBytesMax;
    this.queue = new MessageQueue(limits.batchBytesMax, limits.lowWaterBytes);
    const pool = { keepAlive: true, maxSockets: 2, timeout: limits.keepAliveMs };
    this.agent = tls === null ? new HttpAgent(pool) : new HttpsAgent({ ...pool, maxCachedSessions: 4 });
    this.timer = setTimeout(
      () => this.end('failed', `${this.remote} did not answer within ${limits.connectTimeoutMs} ms`),
      limits.connectTimeoutMs,
    );
    // The first messages leave with the request that opens the channel.
    queueMicrotask(() => this.open());
  }

  get bufferedBytes(): number {
    return this.queue.bytes;
  }

  limitIncoming(messageBytesMax: number): void {
    this.messageBytesMax = Math.min(messageBytesMax, this.limits.messageBytesMax);
  }

  send(message: Uint8Array): void {
    if (this.state !== 'opening' && this.state !== 'open') return;
    this.hasSent = true;
    this.queue.push(message);
    this.flushSoon();
  }

  close(): void {
    if (this.state === 'ending' || this.state === 'gone') return;
    const hasAllLeft = this.state === 'open' ? this.queue.isEmpty && !this.isSending : !this.hasSent;
    this.state = 'ending';
    queueMicrotask(() => this.reportClosed('local', 'closed here'));
    if (hasAllLeft) return this.vanish();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.vanish(), this.limits.lingerMs);
    this.flushSoon();
  }

  private open(): void {
    if (this.state === 'gone') return;
    try {
      this.target = parseAddress(this.remote, 'address');
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      return this.end('failed', error.message);
    }
    const { strangerBytesMax } = this.limits;
    // What the first body may not hold leaves with the second.
    const isSmall = this.queue.bodyBytes <= strangerBytesMax;
    const body = encodeBatch(isSmall ? this.queue.take() : []);
    this.isSending = true;
    this.sentSequence = 1;
    const headers = { [Header.PROTOCOL]: CHANNEL_PROTOCOL, ...this.endIfLast() };
    this.post('/peer/channels', headers, body, this.limits.connectTimeoutMs, (response) => {
      const id = response.headers[Header.CHANNEL];
      if (response.statusCode !== CREATED || typeof id !== 'string') return this.refused(response);
      response.resume();
      this.id = id;
      if (this.state === 'opening') {
        clearTimeout(this.timer);
        this.state = 'open';
        this.poll();
      }
      this.sent();
    });
  }

  private endIfLast(): Readonly<Record<string, string>> {
    if (this.state !== 'ending' || !this.queue.isEmpty) return {};
    this.hasSaidEnd = true;
    return { [Header.END]: '1' };
  }

  private flushSoon(): void {
    if (this.isFlushDue) return;
    this.isFlushDue = true;
    queueMicrotask(() => {
      this.isFlushDue = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.isSending || (this.state !== 'open' && this.state !== 'ending')) return;
    if (this.queue.isEmpty && this.state === 'open') return;
    this.isSending = true;
    const body = encodeBatch(this.queue.isEmpty ? [] : this.queue.take());
    const headers = { [Header.SEQUENCE]: String(++this.sentSequence), ...this.endIfLast() };
    this.post(`/peer/channels/${this.id}`, headers, body, this.limits.stallMs, (response) => {
      if (response.statusCode !== NO_CONTENT) return this.refused(response);
      response.resume();
      this.sent();
    });
  }

  private sent(): void {
    this.isSending = false;
    this.queue.taken();
    if (this.hasSaidEnd) return this.vanish();
    if (this.state === 'open' && this.queue.isDrained()) this.options.handlers.onDrained();
    this.flush();
  }

  private poll(): void {
    if (this.state !== 'open') return;
    const { pollHoldMs, stallMs, batchBytesMax } = this.limits;
    const headers = { [Header.SEQUENCE]: String(++this.polledSequence) };
    this.post(`/peer/channels/${this.id}/poll`, headers, null, pollHoldMs + stallMs, (response) => {
      if (response.statusCode !== OK) {
        if (response.statusCode !== NO_CONTENT) return this.refused(response);
        response.resume();
        response.on('end', () => this.poll());
        return;
      }
      // Now, and not when it was asked for: the answer before may have raised the bound.
      const bodyBytesMax = Math.max(this.messageBytesMax + LENGTH_BYTES, batchBytesMax);
      this.options.bodies.read(response, bodyBytesMax, 'answer').then(
        (body) => this.arrived(body, response.headers[Header.END] !== undefined),
        (error: unknown) => this.end('closed', error instanceof Error ? error.message : String(error)),
      );
    });
  }

  private arrived(body: Uint8Array, isLast: boolean): void {
    if (this.state !== 'open') return;
    let messages: Uint8Array[];
    try {
      messages = decodeBatch(body, this.limits.messageBytesMax);
    } catch (error) {
      if (!isRaftoralError(error)) throw error;
      return this.end('closed', error.message);
    }
    // Asked again before the messages are worked on: the other side can answer the sooner.
    if (!isLast) this.poll();
    for (const message of messages) {
      if (!this.isOpen()) return;
      // One by one: a message may raise the bound of the next.
      if (message.length > this.messageBytesMax) return this.end('closed', tooLarge(message.length, this.messageBytesMax));
      this.options.handlers.onMessage(message);
    }
    if (isLast) this.end('closed', 'the other side ended it');
  }

  private isOpen(): boolean {
    return this.state === 'open';
  }

  private post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array | null,
    stallMs: number,
    onResponse: (response: IncomingMessage) => void,
  ): void {
    const { tls, path: root } = this.options;

    const options: RequestOptions = {
      agent: this.agent,
      method: 'POST',
      host: this.target!.host,
      port: this.target!.port,
      path: `${root}${path}`,
      headers: { ...headers, 'content-type': 'application/octet-stream', 'content-length': String(body?.length ?? 0) },
    };
    const request =
      tls === null
        ? httpRequest(options)
        : httpsRequest({
            ...options,
            ca: tls.ca as Buffer[],
            cert: tls.cert,
            key: tls.key,
            ...identityOf(acceptedNames({ ...tls, address: this.target! })),
          });
    this.requests.add(request);
    request.setTimeout(stallMs, () => this.end('failed', `${this.remote} did not answer within ${stallMs} ms`));
    request.on('close', () => this.requests.delete(request));
    request.on('error', (error: NodeJS.ErrnoException) => this.end(...endOf(error, this.remote, this.state === 'opening')));
    request.on('response', (response) => {
      response.on('error', () => this.end('closed', `the connection to ${this.remote} ended within an answer`));
      if (this.state === 'gone') response.resume();
      else onResponse(response);
    });
    if (body === null) request.end();
    else request.end(body);
  }

  /** The other side said no: it has closed the channel, or it is nothing of ours. */
  private refused(response: IncomingMessage): void {
    if (response.statusCode === GONE) {
      response.resume();
      return this.end('closed', 'the other side ended it');
    }
    const wasOpening = this.state === 'opening';
    const text = `${this.remote} answered ${response.statusCode}`;
    this.options.bodies.read(response, REFUSAL_BYTES_MAX, 'answer').then(
      (body) => this.end(wasOpening ? 'failed' : 'closed', `${text}${explanation(body)}`),
      () => this.end(wasOpening ? 'failed' : 'closed', text),
    );
  }

  private end(end: ChannelEnd, text: string): void {
    if (this.state === 'gone') return;
    this.vanish();
    this.reportClosed(end, text);
  }

  private reportClosed(end: ChannelEnd, text: string): void {
    if (this.isClosedReported) return;
    this.isClosedReported = true;
    this.options.handlers.onClosed(end, text);
  }

  private vanish(): void {
    this.state = 'gone';
    clearTimeout(this.timer);
    this.queue.clear();
    for (const request of this.requests) request.destroy();
    this.agent.destroy();
    this.options.forget(this);
  }
}

function endOf(error: NodeJS.ErrnoException, remote: string, isOpening: boolean): [ChannelEnd, string] {
  if (error.code === 'ECONNREFUSED') return ['refused', `nobody listens at ${remote}`];
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return ['closed', `the connection to ${remote} broke (${error.message})`];
  return [isOpening ? 'failed' : 'closed', `${remote}: ${error.message || error.code}`];
}

/** An IP address is no name that may be asked for (RFC 6066 §3). */
function identityOf(names: readonly string[]): Pick<HttpsOptions, 'servername' | 'checkServerIdentity'> {
  const asked = names.find((name) => isIP(name) === 0);
  return {
    ...(asked === undefined ? {} : { servername: asked }),
    checkServerIdentity: (_host, certificate) => checkNames(names, certificate),
  };
}

function explanation(body: Uint8Array): string {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string') return `: ${value.message}`;
  } catch {
    // Not one of ours: the status says all that there is to say.
  }
  return '; is there a Raftoral node at this address and path?';
}

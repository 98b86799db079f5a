/**
 * Routes of the peer channels: POST <path>/peer/channels opens one, POST …/{id} brings a body, POST …/{id}/poll fetches one.
 * Owns the channels that others opened, by id.
 *
 * P1. An id is 128 random bits: who does not know it can not touch the channel. It proves nothing else (the session above does).
 * P2. At most `channelsMax` at once, of them `strangersMax` whose other side has not proved who it is; more are refused with OVERLOADED.
 * P3. A request of a browser (it names an Origin) is refused.
 * Tests: http-carrier.spec.ts.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RaftoralError } from '../../errors/index.js';
import type { ChannelAcceptor } from '../channel.js';
import { AcceptedChannel, answerGone } from './accepted-channel.js';
import { answerError, HttpRefusal } from './answers.js';
import type { BodyBudget } from './body.js';
import { CHANNEL_PROTOCOL, Header, type HttpLimits } from './http-limits.js';

export interface PeerRoutesOptions {
  readonly limits: HttpLimits;
  readonly bodies: BodyBudget;
  /** The connection's certificate is one of the peers' authority. */
  readonly isPeerVerified: (request: IncomingMessage) => boolean;
  /** The channel of this request has proved who is at its other end. */
  readonly trust: (request: IncomingMessage) => void;
}

const CREATED = 201;
const NO_CONTENT = 204;
const ID_BYTES = 16;
const ROOT = '/channels';

export class PeerRoutes {
  private readonly channels = new Map<string, AcceptedChannel>();
  private accept: ChannelAcceptor | null = null;

  constructor(private readonly options: PeerRoutesOptions) {}

  get channelCount(): number {
    return this.channels.size;
  }

  open(accept: ChannelAcceptor): void {
    this.accept = accept;
  }

  /** Held polls are answered at once: no request stays behind. */
  close(): void {
    this.accept = null;
    for (const channel of [...this.channels.values()]) channel.end('local', 'closed here');
  }

  /** @param path what stands behind `<path>/peer`. */
  handle(path: string, request: IncomingMessage, response: ServerResponse): void {
    this.route(path, request, response).catch((error: unknown) => answerError(response, error));
  }

  private async route(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.origin !== undefined) throw new HttpRefusal(403, 'UNAUTHENTICATED', 'peer channels are not for browsers');
    if (path !== ROOT && !path.startsWith(`${ROOT}/`)) throw new HttpRefusal(404, 'INVALID_ARGUMENT', 'there is no such route');
    if (request.method !== 'POST') throw new HttpRefusal(405, 'INVALID_ARGUMENT', 'peer channels take POST only', { allow: 'POST' });
    // The application's time-outs are for its own requests; a held poll is silent on purpose.
    request.socket.setTimeout(0);
    // The dialer drops what is idle; this end waits longer, so that none of its requests meets a connection that ends just then.
    response.on('finish', () => request.socket.setTimeout(2 * this.options.limits.keepAliveMs));
    if (path === ROOT) return await this.openChannel(request, response);
    const [, , id, action, rest] = path.split('/');
    const channel = this.channels.get(id ?? '');
    if (channel === undefined) return answerGone(response);
    if (!channel.isStranger) this.options.trust(request);
    if (action === undefined) return await this.takeBody(channel, request, response);
    if (action === 'poll' && rest === undefined) return channel.polled(sequenceOf(request), request, response);
    throw new HttpRefusal(404, 'INVALID_ARGUMENT', 'there is no such route');
  }

  private async openChannel(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { limits, bodies, isPeerVerified } = this.options;
    const protocol = request.headers[Header.PROTOCOL];
    if (protocol !== CHANNEL_PROTOCOL)
      throw new HttpRefusal(
        400,
        'PEER_REFUSED',
        `this node speaks version ${CHANNEL_PROTOCOL} of the peer channels, not ${String(protocol)}: run versions that share one`,
      );
    this.checkRoom();
    const body = await bodies.read(request, limits.strangerBytesMax, 'stranger');
    const accept = this.accept;
    if (accept === null) throw new RaftoralError('SHUTTING_DOWN', 'this node takes no peer channels now');
    this.checkRoom();
    const { socket } = request;
    const channel = new AcceptedChannel({
      id: randomBytes(ID_BYTES).toString('hex'),
      remote: `${socket.remoteFamily === 'IPv6' ? `[${socket.remoteAddress}]` : socket.remoteAddress}:${socket.remotePort}`,
      isEncrypted: 'encrypted' in socket && socket.encrypted === true,
      isPeerVerified: isPeerVerified(request),
      limits,
      forget: ({ id }) => this.channels.delete(id),
    });
    this.channels.set(channel.id, channel);
    channel.bind(accept(channel), socket);
    if (response.destroyed) return channel.end('closed', 'the connection ended while it was opened');
    response.writeHead(CREATED, { [Header.CHANNEL]: channel.id, [Header.PROTOCOL]: CHANNEL_PROTOCOL, 'content-length': 0 });
    response.end();
    if (channel.isTurnOfBody(1)) channel.received(body, request.headers[Header.END] !== undefined);
  }

  private async takeBody(channel: AcceptedChannel, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!channel.isTurnOfBody(sequenceOf(request))) return answerGone(response);
    let body: Uint8Array;
    try {
      body = await this.options.bodies.read(request, channel.bodyBytesMax, channel.isStranger ? 'stranger' : 'known');
    } catch (error) {
      channel.end('closed', error instanceof Error ? error.message : String(error));
      throw error;
    }
    if (!channel.received(body, request.headers[Header.END] !== undefined)) return answerGone(response);
    response.writeHead(NO_CONTENT);
    response.end();
  }

  private checkRoom(): void {
    const { channelsMax, strangersMax } = this.options.limits;
    let strangers = 0;
    for (const channel of this.channels.values()) if (channel.isStranger) strangers++;
    if (this.channels.size >= channelsMax || strangers >= strangersMax)
      throw new RaftoralError(
        'OVERLOADED',
        `${this.channels.size} peer channels are open, ${strangers} of them unproved; no more are taken now`,
      );
  }
}

function sequenceOf(request: IncomingMessage): number {
  const text = request.headers[Header.SEQUENCE];
  return typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : 0;
}

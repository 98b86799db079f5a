/**
 * Peer channels over HTTP, and the control API beside them: on a listener of its own, or in front of the application's server.
 * Owns the listener or the mount, the channels in both directions, and the routes under one path.
 *
 * H1. Every channel, whoever opened it, ends with close(); held polls are answered, streams ended, and the port is free when it resolves.
 * H2. The adapter proves nothing about a peer but what TLS did (isPeerVerified); a client's certificate is none of a peer's.
 * Source: docs/adr/0042, docs/NETWORK.md. Tests: http-carrier.spec.ts, http-transport.spec.ts, http-mount.spec.ts, http-tls.spec.ts.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { ControlApi } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../channel.js';
import { parseAddress } from '../security/loopback.js';
import { BodyBudget } from './body.js';
import { Authority } from './certificates.js';
import type { CorsOption } from './cors.js';
import { DialedChannel } from './dialed-channel.js';
import { HttpControl, type ControlGate } from './http-control.js';
import { HttpFront } from './http-front.js';
import { DEFAULT_PATH, HTTP_LIMITS, type HttpLimits } from './http-limits.js';
import { HttpListener, type ListenTls } from './http-listener.js';
import { HttpMount } from './http-mount.js';
import { PeerRoutes } from './peer-routes.js';

/** Certificates that may be renewed while the node runs: security/tls-files.ts. */
export interface TlsSource {
  readonly current: ListenTls;
  onChanged(listener: (tls: ListenTls) => void): () => void;
}

export interface HttpCarrierOptions {
  /** Under which everything stands. Default `/raftoral`. */
  readonly path?: string;
  /** `host:port` of a listener of its own. */
  readonly listen?: string;
  /** Without `listen`: the application's own server, asked for when listen() is called. */
  readonly server?: () => Server;
  readonly tls?: TlsSource;
  /** Name that the peers' certificates must bear, where it is not the host of their address. */
  readonly serverName?: string;
  /** Hosts by which this node is called: where nobody is asked for credentials, only pages of these are its own. */
  readonly names?: readonly string[];
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpControlServing {
  readonly api: ControlApi;
  readonly gate: ControlGate;
  /** Default: none. */
  readonly cors?: CorsOption;
}

interface Authorities {
  readonly peers: Authority;
  readonly clients: Authority | null;
}

export class HttpCarrier implements ChannelCarrier {
  private readonly limits: HttpLimits;
  private readonly bodies: BodyBudget;
  private readonly routes: PeerRoutes;
  private readonly front: HttpFront;
  private readonly dialed = new Set<DialedChannel>();
  private listener: HttpListener | null = null;
  private mount: HttpMount | null = null;
  private control: HttpControl | null = null;
  private api: ControlApi | null = null;
  private authorities: Authorities | null = null;
  private forgetTls: (() => void) | null = null;
  private isClosed = false;

  constructor(private readonly options: HttpCarrierOptions) {
    this.limits = { ...HTTP_LIMITS, ...options.limits };
    const { receivingBytesMax: bytesMax, strangersBytesMax, strangerTimeoutMs } = this.limits;
    this.bodies = new BodyBudget({ bytesMax, strangersBytesMax, strangerTimeoutMs });

    this.routes = new PeerRoutes({
      limits: this.limits,
      bodies: this.bodies,
      isPeerVerified: ({ socket }) => this.authorities?.peers.hasIssued(socket) ?? false,
      trust: ({ socket }) => this.listener?.trust(socket),
    });
    this.front = new HttpFront({
      path: options.path ?? DEFAULT_PATH,
      peers: this.routes,
      isServing: () => !this.isClosed && (this.api?.isServing() ?? false),
    });
    if (options.listen !== undefined) parseAddress(options.listen, 'transport.listen');
    if (options.tls !== undefined) this.useTls(options.tls);
  }

  /** Under `<path>/v1`, from now on; `health` speaks for this API. */
  serveControl({ api, gate, cors = false }: HttpControlServing): void {
    this.api = api;
    this.control = new HttpControl({
      api,
      gate,
      cors,
      names: this.options.names ?? [],
      root: `${this.front.path}/v1`,
      limits: this.limits,
      bodies: this.bodies,
      hasClientCertificate: ({ socket }) => this.authorities?.clients?.hasIssued(socket) ?? false,
      trust: ({ socket }) => this.listener?.trust(socket),
    });
    this.front.control = this.control;
  }

  async listen(accept: ChannelAcceptor): Promise<ListeningAt> {
    const { listen, server, tls } = this.options;
    this.routes.open(accept);
    const handle = this.front.handle.bind(this.front);
    if (listen !== undefined) {
      this.listener = new HttpListener(this.limits, tls?.current ?? null, handle);
      return { address: await this.listener.listen(listen) };
    }
    if (server === undefined)
      throw new RaftoralError(
        'INVALID_CONFIGURATION',
        'transport.listen is missing, and there is no server of an application to stand in front of',
      );
    const owns = (request: IncomingMessage): boolean => this.front.owns(request);
    this.mount = new HttpMount(server(), { owns, handle, onClosing: () => this.endServing() });
    return { address: null };
  }

  dial(address: string, handlers: ChannelHandlers, name?: string): ByteChannel {
    const { tls, serverName } = this.options;
    const channel = new DialedChannel({
      address,
      path: this.front.path,
      tls: tls === undefined ? null : { ...tls.current, serverName, name },
      limits: this.limits,
      bodies: this.bodies,
      handlers,
      forget: (gone) => this.dialed.delete(gone),
    });
    this.dialed.add(channel);
    if (this.isClosed) channel.close();
    return channel;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.forgetTls?.();
    for (const channel of [...this.dialed]) channel.close();
    this.endServing();
    this.mount?.unmount();
    await this.listener?.close();
  }

  /** Nothing is held any more that would keep a server from closing. */
  private endServing(): void {
    this.routes.close();
    this.control?.close();
  }

  private useTls(tls: TlsSource): void {
    const take = ({ ca, clientCa }: ListenTls): void => {
      this.authorities = { peers: new Authority(ca), clients: clientCa === null ? null : new Authority(clientCa) };
    };
    take(tls.current);
    this.forgetTls = tls.onChanged((renewed) => {
      take(renewed);
      this.listener?.renew(renewed);
    });
  }
}

/**
 * gRPC as a carrier of peers' messages, and the control API for clients, on one port (DESIGN §4, R44).
 *
 * G1. One connection and one stream for each dialled channel; what is above (identity, frames, redialling) is not known here.
 * G2. Peers' certificates are checked by `tls.ca`, clients' by `tls.clientCa`; who shows neither may still prove itself by a secret, above.
 * G3. After close() the port is free, no channel is open, and no timer or socket is left.
 * Tests: grpc-carrier.spec.ts, grpc-tls.spec.ts, grpc-control.spec.ts, grpc-strangers.spec.ts, grpc-suite.spec.ts.
 */
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { ControlApi } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../channel.js';
import { parseAddress, type HostAndPort } from '../security/loopback.js';
import { AcceptedChannel } from './accepted-channel.js';
import { CallConnections, clientGate, type ControlGate } from './client-gate.js';
import { DialedChannel } from './dialed-channel.js';
import { GrpcStatus } from './error-status.js';
import { GRPC_LIMITS, type GrpcLimits } from './limits.js';
import { Listener, type TlsSource } from './listener.js';
import { loadGrpc, loadServerModules, type GrpcModules } from './modules.js';
import { startNestServer, type NestServer } from './nest-server.js';
import type { Packet } from './packet-wire.js';
import type { StreamChannel } from './stream-channel.js';

/** The control API is not offered. */
const CLOSED: ControlGate = {
  checkHead: ({ target }) => {
    throw new RaftoralError('UNAUTHENTICATED', `${target}: this node does not answer clients (yet).`);
  },
};

export interface GrpcCarrierOptions {
  /** `host:port`; port 0: any free one. */
  readonly listen: string;
  /** Server reflection, open to everybody. Default false. */
  readonly reflection?: boolean;
  /** Absent: not encrypted. Not closed by the carrier. */
  readonly tls?: TlsSource;
  /** Name that the peers' certificates must bear, where it is not the host of their address. */
  readonly serverName?: string;
  readonly limits?: Partial<GrpcLimits>;
}

export interface GrpcControlServing {
  readonly api: ControlApi;
  /** Who may call it. */
  readonly gate: ControlGate;
}

export class GrpcCarrier implements ChannelCarrier {
  readonly #limits: GrpcLimits;
  readonly #channels = new Set<StreamChannel>();
  readonly #connections = new CallConnections();
  #control: GrpcControlServing | null = null;
  #listener: Listener | null = null;
  #server: NestServer | null = null;
  #accept: ChannelAcceptor | null = null;
  #isClosed = false;
  #onLastChannelGone: (() => void) | null = null;

  constructor(private readonly options: GrpcCarrierOptions) {
    this.#limits = { ...GRPC_LIMITS, ...options.limits };
  }

  /** From now on clients are answered. Before, every call of theirs is UNAUTHENTICATED. */
  serveControl(serving: GrpcControlServing): void {
    this.#control = serving;
  }

  async listen(accept: ChannelAcceptor): Promise<ListeningAt> {
    const { listen, tls, reflection: hasReflection = false } = this.options;
    parseAddress(listen, 'transport.listen');
    const [common, own] = await Promise.all([loadGrpc(), loadServerModules(hasReflection)]);
    if (this.#isClosed) throw new RaftoralError('SHUTTING_DOWN', 'The gRPC transport was closed while it started.');
    this.#accept = accept;
    const limits = this.#limits;
    const listener = new Listener(tls ?? null, limits, (socket) => this.#server?.take(socket));
    this.#server = await startNestServer({
      modules: { ...common, ...own },
      limits,
      interceptor: clientGate(
        common.grpc,
        {
          gate: () => this.#control?.gate ?? CLOSED,
          isControl: (path) => common.proto.byPath.has(path),
          hasReflection,
          findConnection: (ends) => listener.find(ends),
          limits,
        },
        this.#connections,
      ),
      control: () => this.#control?.api ?? null,
      onConnect: (stream) => this.#connected(common, stream),
    });
    try {
      const address = await listener.listen(listen);
      this.#listener = listener;
      return { address };
    } catch (error) {
      const server = this.#server;
      this.#server = null;
      await server.close();
      throw error;
    }
  }

  dial(address: string, handlers: ChannelHandlers, name?: string): ByteChannel {
    const { tls, serverName } = this.options;
    const channel = new DialedChannel(
      { address, tls: tls?.current ?? null, serverName, name, limits: this.#limits, onGone: (gone) => this.#gone(gone) },
      handlers,
    );
    this.#channels.add(channel);
    loadGrpc().then(
      (modules) => this.#open(channel, modules, address),
      (error: unknown) => channel.fail(String(error)),
    );
    return channel;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const channel of this.#channels) channel.close();
    // What was sent before leaves first; channels that do not end within their grace are cut by themselves.
    if (this.#channels.size > 0) await new Promise<void>((resolve) => (this.#onLastChannelGone = resolve));
    const [server, listener] = [this.#server, this.#listener];
    this.#server = null;
    this.#listener = null;
    await server?.close();
    await listener?.close();
  }

  #open(channel: DialedChannel, modules: GrpcModules, address: string): void {
    let target: HostAndPort;
    try {
      target = parseAddress(address, 'address');
    } catch (error) {
      channel.fail((error as Error).message);
      return;
    }
    if (this.#isClosed) channel.fail('this node is closing');
    else channel.open(modules, target);
  }

  #connected({ grpc }: GrpcModules, stream: ServerDuplexStream<Packet, Packet>): void {
    const call = this.#connections.of(stream.metadata);
    const accept = this.#accept;
    if (call === null || accept === null || this.#isClosed) {
      stream.emit('error', { code: GrpcStatus.UNAVAILABLE, details: 'this node is closing' });
      return;
    }
    const channel = new AcceptedChannel(stream, { call, limits: this.#limits, onGone: (gone) => this.#gone(gone) });
    this.#channels.add(channel);
    channel.open(accept, new grpc.Metadata());
  }

  #gone(channel: StreamChannel): void {
    this.#channels.delete(channel);
    if (this.#channels.size === 0) this.#onLastChannelGone?.();
  }
}

/**
 * A grpc-js client for one address: its credentials and options, for peers and for clients of the control API.
 *
 * C1. Every client has connections of its own: closing it ends them, also those that are still being made. (grpc-js forgets a connection whose other
 *     side never answers; the socket of a process that hangs would stay for ever.) None waits in a shared pool with the backoff of an earlier failure.
 * C2. The other side's certificate must be of the authority, and bear the host of the address, or the name that it was found by; or, where it is given,
 *     `serverName` and nothing else.
 * C3. No proxy of the environment is used.
 * Source: grpc-js 1.14, channel-credentials (SecureConnector). Tests: grpc-carrier.spec.ts, grpc-tls.spec.ts.
 */
import type { ChannelCredentials, Client, experimental } from '@grpc/grpc-js';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { PACKET_BYTES_MAX } from '../channel.js';
import type { HostAndPort } from '../security/loopback.js';
import { acceptedNames, checkNames } from '../security/server-names.js';
import { grpcTarget } from './address.js';
import { ANSWER_BYTES_MAX, FLOW_CONTROL_BYTES, TLS_VERSION_MIN, type GrpcLimits } from './limits.js';
import type { GrpcModule } from './modules.js';

export interface ClientTls {
  /** Absent: the authorities that Node knows. */
  readonly ca?: Buffer;
  /** Absent: no certificate of its own is shown. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface DialOptions {
  readonly address: HostAndPort;
  readonly tls: ClientTls | null;
  readonly serverName: string | undefined;
  /** Host that stands for this address and others. */
  readonly name?: string | undefined;
  readonly limits: GrpcLimits;
}

export interface DialedClient {
  readonly client: Client;
  /** Ends all its connections at once. */
  close(): void;
}

export function dialClient(grpc: GrpcModule, { address, tls, serverName, name, limits }: DialOptions): DialedClient {
  const connector = new Connector(tls, acceptedNames({ address, serverName, name }));
  const client = new grpc.Client(grpcTarget(address), credentialsOf(grpc, connector, tls !== null), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.keepalive_time_ms': limits.keepAliveMs,
    'grpc.keepalive_timeout_ms': limits.keepAliveTimeoutMs,
    'grpc.max_receive_message_length': Math.max(ANSWER_BYTES_MAX, PACKET_BYTES_MAX),
    'grpc.max_send_message_length': -1,
    'grpc-node.flow_control_window': FLOW_CONTROL_BYTES,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
  });
  return {
    client,
    close: () => {
      client.close();
      connector.close();
    },
  };
}

/** Puts TLS on connections, and knows all of them. */
class Connector {
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  constructor(
    private readonly tls: ClientTls | null,
    /** One of them stands in the certificate. */
    private readonly serverNames: readonly string[],
  ) {}

  connect(socket: Socket): Promise<experimental.SecureConnectResult> {
    if (this.#isClosed) {
      socket.destroy();
      return Promise.reject(new Error('closed by this side'));
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.tls === null) return Promise.resolve({ socket, secure: false });
    return this.#secure(socket, this.tls);
  }

  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #secure(socket: Socket, { ca, cert, key }: ClientTls): Promise<experimental.SecureConnectResult> {
    const { serverNames } = this;
    // An IP address is no name that may be asked for (RFC 6066 §3); the certificate must bear it all the same.
    const asked = serverNames.find((name) => isIP(name) === 0);
    return new Promise((resolve, reject) => {
      const secured = connectTls({
        socket,
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(asked === undefined ? {} : { servername: asked }),
        checkServerIdentity: (_host, certificate) => checkNames(serverNames, certificate),
        ALPNProtocols: ['h2'],
        minVersion: TLS_VERSION_MIN,
      });
      secured.once('secureConnect', () => resolve({ socket: secured, secure: true }));
      secured.once('close', () => reject(new Error('the connection was closed during the TLS handshake')));
      secured.once('error', reject);
    });
  }
}

function credentialsOf(grpc: GrpcModule, connector: Connector, isSecure: boolean): ChannelCredentials {
  class ConnectorCredentials extends grpc.ChannelCredentials {
    override _isSecure(): boolean {
      return isSecure;
    }

    override _equals(other: ChannelCredentials): boolean {
      return this === other;
    }

    override _createSecureConnector(): experimental.SecureConnector {
      return {
        connect: (socket) => connector.connect(socket),
        waitForReady: () => Promise.resolve(),
        getCallCredentials: () => grpc.credentials.createEmpty(),
        destroy: () => undefined,
      };
    }
  }
  return new ConnectorCredentials();
}

/**
 * The port of a node: a TCP or TLS server whose connections are handed to grpc-js. It is our own, so that the certificate can change while connections go
 * on, so that it is known by whose authority a certificate was issued, and so that closing means that the port is free.
 *
 * L1. New connections use the newest certificate; open ones go on.
 * L2. A certificate is asked for, never demanded: whoever shows none, or one of nobody we know, is a connection without proof. What may be done over
 *     it is decided above.
 * L3. `isPeerVerified` and `hasClientCertificate` are proved link by link, by signature, up to a certificate of that authority's file: the authority of
 *     clients never makes a peer, nor the other way round.
 * L4. close() resolves when the port is free and every connection has ended.
 * Tests: grpc-tls.spec.ts, grpc-carrier.spec.ts.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import { RaftoralError } from '../../errors/index.js';
import { certificatesOf, chainOf, isIssuedBy } from '../security/certificate-chain.js';
import { Door, nameOf, type ConnectionEnds } from '../security/door.js';
import { formatAddress, isLoopbackHost, parseAddress } from '../security/loopback.js';
import { connectionsWithin } from '../security/open-files.js';
import type { TlsMaterial } from '../security/tls-files.js';
import { TLS_VERSION_MIN, type GrpcLimits } from './limits.js';

/** Certificates that may change; see lib/transport/security/tls-files.ts. */
export interface TlsSource {
  readonly current: TlsMaterial;
  onChanged(listener: (material: TlsMaterial) => void): () => void;
}

/** One connection: what is known of its other end. */
export interface Connection {
  readonly remote: string;
  readonly isLoopback: boolean;
  readonly isEncrypted: boolean;
  readonly isPeerVerified: boolean;
  readonly hasClientCertificate: boolean;
  /** Whoever is there has shown who it is: the connection does not give way to others. */
  trust(): void;
  destroy(): void;
}

export class Listener {
  readonly #server: Server | TlsServer;
  readonly #connections = new Map<string, Connection>();
  readonly #door: Door;
  readonly #unwatch: () => void;

  constructor(
    tls: TlsSource | null,
    limits: GrpcLimits,
    private readonly onConnection: (socket: Socket) => void,
  ) {
    if (tls === null) {
      this.#server = createServer({ noDelay: true }, (socket) => this.#take(socket, null));
      this.#unwatch = () => undefined;
    } else {
      const server = createTlsServer(
        {
          ...contextOf(tls.current),
          requestCert: true,
          rejectUnauthorized: false,
          ALPNProtocols: ['h2'],
          handshakeTimeout: limits.tlsTimeoutMs,
          noDelay: true,
        },
        (socket) => this.#take(socket, tls.current),
      );
      // A handshake that fails is the other side's matter; it learns of it by the alert.
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      this.#unwatch = tls.onChanged((material) => server.setSecureContext(contextOf(material)));
      this.#server = server;
    }
    this.#door = new Door(connectionsWithin(limits.connectionsMax));
    this.#door.watch(this.#server);
  }

  /** Resolves with `host:port` as bound. */
  async listen(text: string): Promise<string> {
    const { host, port } = parseAddress(text, 'transport.listen');
    await new Promise<void>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(listenError(text, error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        // What comes later (no more file descriptors) concerns one connection, which then never was.
        this.#server.on('error', () => undefined);
        resolve();
      });
    });
    return formatAddress(host, (this.#server.address() as AddressInfo).port);
  }

  /** The connection that a call came over; null: it has ended. */
  find(ends: ConnectionEnds): Connection | null {
    return this.#connections.get(nameOf(ends)) ?? null;
  }

  async close(): Promise<void> {
    this.#unwatch();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#door.clear();
    await closed;
  }

  #take(socket: Socket, material: TlsMaterial | null): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    socket.on('error', () => undefined);
    const chain = material === null ? [] : chainOf(socket);
    const name = nameOf(socket);
    const connection: Connection = {
      remote: formatAddress(remoteAddress, remotePort),
      isLoopback: isLoopbackHost(remoteAddress),
      isEncrypted: material !== null,
      isPeerVerified: material !== null && isIssuedBy(chain, certificatesOf(material.ca)),
      hasClientCertificate: material?.clientCa != null && isIssuedBy(chain, certificatesOf(material.clientCa)),
      trust: () => this.#door.trust(socket),
      destroy: () => socket.destroy(),
    };
    this.#connections.set(name, connection);
    socket.once('close', () => {
      if (this.#connections.get(name) === connection) this.#connections.delete(name);
    });
    this.onConnection(socket);
  }
}

function contextOf({ cert, key, ca, clientCa }: TlsMaterial): SecureContextOptions {
  return { cert, key, ca: clientCa === null ? [ca] : [ca, clientCa], minVersion: TLS_VERSION_MIN };
}

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; choose another port, or stop it',
  EADDRNOTAVAIL: 'the address is not of this machine; name one that is, or 0.0.0.0',
  EACCES: 'this user may not listen there; choose a port above 1023',
  ENOTFOUND: 'the name is unknown; name an address of this machine',
};

function listenError(address: string, error: NodeJS.ErrnoException): RaftoralError {
  const problem = LISTEN_PROBLEMS[error.code ?? ''] ?? error.message;
  return new RaftoralError('INVALID_CONFIGURATION', `transport.listen: can not listen on ${address}: ${problem}.`, {
    cause: error,
    details: { option: 'transport.listen', address, reason: error.code ?? null },
  });
}

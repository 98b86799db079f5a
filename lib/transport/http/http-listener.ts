/**
 * A listener of the engine's own: node:http, or node:https with certificates that are put in place while it runs.
 *
 * L1. close() resolves when the port is free; connections that idle end at once, requests under way are answered first, for `lingerMs` at most.
 * L2. What can not be bound is INVALID_CONFIGURATION naming the option and the address.
 * Tests: http-carrier.spec.ts, http-tls.spec.ts.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { RaftoralError } from '../../errors/index.js';
import { Door, type ConnectionEnds } from '../security/door.js';
import { formatAddress, parseAddress } from '../security/loopback.js';
import { connectionsWithin } from '../security/open-files.js';
import type { HttpLimits } from './http-limits.js';

/** PEM texts of the listener. */
export interface ListenTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Of the peers. */
  readonly ca: Buffer;
  readonly clientCa: Buffer | null;
}

const HEADERS_TIMEOUT_MS = 10_000;
/** The largest body, over a slow line. */
const REQUEST_TIMEOUT_MS = 300_000;
const CHECK_INTERVAL_MS = 5000;
const HEADER_BYTES_MAX = 16 * 1024;
/** Of an incoming connection. */
const TLS_HANDSHAKE_TIMEOUT_MS = 5000;

export class HttpListener {
  private readonly server: Server;
  private readonly isTls: boolean;
  private readonly door: Door;

  constructor(
    private readonly limits: HttpLimits,
    tls: ListenTls | null,
    handle: (request: IncomingMessage, response: ServerResponse) => void,
  ) {
    const options = {
      keepAliveTimeout: limits.keepAliveMs,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
    };
    this.isTls = tls !== null;
    this.server =
      tls === null ? createHttpServer(options, handle) : createHttpsServer({ ...options, ...contextOf(tls), ...MUTUAL }, handle);
    this.door = new Door(connectionsWithin(limits.connectionsMax));
    this.door.watch(this.server);
  }

  /** What came over this connection has shown who is at its other end. */
  trust(ends: ConnectionEnds): void {
    this.door.trust(ends);
  }

  async listen(address: string): Promise<string> {
    const { host, port } = parseAddress(address, 'transport.listen');
    await new Promise<void>((resolve, reject) => {
      const onError = (cause: NodeJS.ErrnoException): void => {
        const why = REASONS[cause.code ?? ''] ?? cause.message;
        reject(new RaftoralError('INVALID_CONFIGURATION', `transport.listen '${address}': ${why}`, { cause }));
      };
      this.server.once('error', onError);
      this.server.listen({ host, port }, () => {
        this.server.off('error', onError);
        resolve();
      });
    });
    const bound = this.server.address() as AddressInfo;
    return formatAddress(bound.address, bound.port);
  }

  /** New connections get the new certificate; those that are open keep theirs. */
  renew(tls: ListenTls): void {
    if (this.isTls) (this.server as HttpsServer).setSecureContext(contextOf(tls));
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    const timer = setTimeout(() => this.server.closeAllConnections(), this.limits.lingerMs);
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    clearTimeout(timer);
  }
}

/** Who shows no certificate may still have a secret: what a certificate opens is decided by whose it is. */
const MUTUAL = { requestCert: true, rejectUnauthorized: false, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS } as const;

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the address is in use; stop who uses it, or choose another port',
  EADDRNOTAVAIL: 'the address is not of this machine',
  EACCES: 'this user may not listen there; choose a port above 1023',
  ENOTFOUND: 'the name is unknown',
};

function contextOf(tls: ListenTls): { cert: Buffer; key: Buffer; ca: Buffer[]; minVersion: 'TLSv1.2' } {
  return { cert: tls.cert, key: tls.key, ca: tls.clientCa === null ? [tls.ca] : [tls.ca, tls.clientCa], minVersion: 'TLSv1.2' };
}

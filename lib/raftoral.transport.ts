/**
 * The transport of a node as its options say: the carrier, the peers' proof, the clients' gate. Owns what is read once: secrets and TLS files.
 *
 * R1. The adapter is loaded when it is wanted: whoever speaks HTTP installs no gRPC.
 * R2. Secrets of peers and of clients are two (checkSecretsApart()); they are read here, and held by nobody else.
 * R3. On the application's own server the routes stand before those of the application, from listen() on.
 */
import type { HttpAdapterHost } from '@nestjs/core';
import type { ControlApi } from './client/control-port.js';
import type { Clock } from './cluster/clock.js';
import type { Logger } from './cluster/logger.js';
import type { Random } from './cluster/random.js';
import type { Scheduler } from './cluster/scheduler.js';
import { RaftoralError } from './errors/index.js';
import type { RaftoralSettings, SecuritySettings, TransportSettings } from './interfaces/settings.js';
import type { ChannelCarrier } from './transport/channel.js';
import type { NetworkTransport } from './transport/network-transport-port.js';
import { PeerTransport } from './transport/peer/peer-transport.js';
import { ClientAuthenticator } from './transport/security/client-auth.js';
import { parseAddress } from './transport/security/loopback.js';
import { peerCredentials } from './transport/security/listen-policy.js';
import { checkSecretsApart, readSecret } from './transport/security/secrets.js';
import { TlsFiles } from './transport/security/tls-files.js';

/** A carrier that also serves the control API. */
type ServingCarrier = ChannelCarrier & { serveControl(serving: { readonly api: ControlApi; readonly gate: ClientAuthenticator }): void };

export interface TransportMachine {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly logger: Logger;
}

export class NodeTransport {
  private constructor(
    readonly network: NetworkTransport,
    private readonly carrier: ServingCarrier,
    private readonly gate: ClientAuthenticator,
    private readonly tls: TlsFiles | null,
  ) {}

  /** Rejects with INVALID_CONFIGURATION: secrets and certificates are read here. */
  static async make(
    settings: RaftoralSettings & { readonly transport: TransportSettings },
    host: HttpAdapterHost | undefined,
    machine: TransportMachine,
  ): Promise<NodeTransport> {
    const { transport, security } = settings;
    const { clock, logger } = machine;
    const { peerSecret, clientSecret } = readSecrets(security);
    const tls = security.tls === null ? null : new TlsFiles({ names: security.tls, clock, logger });
    try {
      const carrier = await makeCarrier(transport, security, tls, host);
      const network = new PeerTransport({
        ...machine,
        carrier,
        credentials: peerCredentials({ peerSecret, hasTls: tls !== null }),
        advertise: transport.advertise,
      });
      const acceptsCertificates = security.tls?.clientCa !== undefined;
      const gate = new ClientAuthenticator({ secret: clientSecret, acceptsCertificates, insecure: security.insecure, clock });
      return new NodeTransport(network, carrier, gate, tls);
    } catch (error) {
      tls?.close();
      throw error;
    }
  }

  /** From now on clients are answered. */
  serve(api: ControlApi): void {
    this.carrier.serveControl({ api, gate: this.gate });
  }

  /** After the transport was stopped. */
  close(): void {
    this.tls?.close();
  }
}

function readSecrets(security: SecuritySettings): { readonly peerSecret: Uint8Array | null; readonly clientSecret: Uint8Array | null } {
  const peerSecret = security.peerSecret === null ? null : readSecret(security.peerSecret, 'security.peerSecret');
  const clientSecret = security.clientSecret === null ? null : readSecret(security.clientSecret, 'security.clientSecret');
  checkSecretsApart(peerSecret, clientSecret);
  return { peerSecret, clientSecret };
}

async function makeCarrier(
  transport: TransportSettings,
  security: SecuritySettings,
  tls: TlsFiles | null,
  host: HttpAdapterHost | undefined,
): Promise<ServingCarrier> {
  const serverName = security.tls?.serverName;
  const encryption = { ...(tls === null ? {} : { tls }), ...(serverName === undefined ? {} : { serverName }) };
  if (transport.type === 'grpc') {
    const { GrpcCarrier } = await import('./transport/grpc/grpc-carrier.js');
    return new GrpcCarrier({ listen: transport.listen, reflection: transport.reflection, ...encryption });
  }
  const { HttpCarrier } = await import('./transport/http/http-carrier.js');
  const { path, cors, listen, advertise } = transport;
  const names = [listen, advertise].flatMap((address) => (address === null ? [] : [parseAddress(address, 'transport').host]));
  const carrier = new HttpCarrier({ path, names, ...(listen === null ? { server: () => serverOf(host) } : { listen }), ...encryption });
  return Object.assign(carrier, {
    serveControl: (serving: Parameters<ServingCarrier['serveControl']>[0]) =>
      HttpCarrier.prototype.serveControl.call(carrier, { ...serving, cors }),
  });
}

type HttpServer = import('node:http').Server;

function serverOf(host: HttpAdapterHost | undefined): HttpServer {
  const server = host?.httpAdapter?.getHttpServer() as HttpServer | undefined;
  if (server !== undefined && server !== null) return server;
  throw new RaftoralError(
    'INVALID_CONFIGURATION',
    'RaftoralModule: transport.listen: this application has no HTTP server to stand in front of; give the address for a listener of its own',
    { details: { option: 'transport.listen' } },
  );
}

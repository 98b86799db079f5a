/**
 * A grpc-js client for one address: its credentials and options, for peers and for clients of the control API.
 *
 * C1. Every client has connections of its own: closing it closes them, and none waits in a shared pool with the backoff of an earlier failure.
 * C2. The other side's certificate must be of the authority, and bear the host of the address, or `serverName`.
 */
import type { ChannelCredentials, ChannelOptions, Client } from '@grpc/grpc-js';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { PACKET_BYTES_MAX } from '../channel.js';
import type { HostAndPort } from '../security/loopback.js';
import { grpcTarget } from './address.js';
import { ANSWER_BYTES_MAX, FLOW_CONTROL_BYTES, type GrpcLimits } from './limits.js';
import type { GrpcModule } from './modules.js';

/** Server name (SNI) where the address is an IP: it must be a name, and is not looked at. */
const UNNAMED_SERVER = 'raftoral';

export interface ClientTls {
  readonly ca: Buffer;
  /** Absent: no certificate of its own is shown. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface DialOptions {
  readonly address: HostAndPort;
  readonly tls: ClientTls | null;
  readonly serverName: string | undefined;
  readonly limits: GrpcLimits;
}

export function dialClient(grpc: GrpcModule, { address, tls, serverName, limits }: DialOptions): Client {
  const name = serverName ?? (isIP(address.host) === 0 ? undefined : UNNAMED_SERVER);
  const options: ChannelOptions = {
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
    ...(tls !== null && name !== undefined ? { 'grpc.ssl_target_name_override': name } : {}),
  };
  return new grpc.Client(grpcTarget(address), credentialsOf(grpc, tls, serverName ?? address.host), options);
}

function credentialsOf(grpc: GrpcModule, tls: ClientTls | null, expectedName: string): ChannelCredentials {
  if (tls === null) return grpc.credentials.createInsecure();
  return grpc.credentials.createSsl(tls.ca, tls.key ?? null, tls.cert ?? null, {
    // The name that is asked for by SNI may be a stand-in; this is the one that must be in the certificate.
    checkServerIdentity: (_asked, certificate) => checkServerIdentity(expectedName, certificate),
  });
}

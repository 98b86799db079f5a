/** The suite of transports over gRPC: plain with a secret, and with mutual TLS. */
import { describe, it } from '@jest/globals';
import { createAuthority } from '../../../test/support/certificates.js';
import { networkHarness } from '../../testing/network-harness.js';
import { transportSuite } from '../../testing/transport-suite.js';
import { GrpcCarrier } from './grpc-carrier.js';
import type { TlsSource } from './listener.js';

describe('gRPC', () => {
  for (const { name, run } of transportSuite(networkHarness(({ listen = '127.0.0.1:0' }) => new GrpcCarrier({ listen })))) it(name, run);
});

describe('gRPC with mutual TLS', () => {
  const peers = createAuthority('peers');
  const { cert, key } = peers.issue({ name: 'node', hosts: ['127.0.0.1'] });
  const tls: TlsSource = {
    current: { cert: Buffer.from(cert), key: Buffer.from(key), ca: Buffer.from(peers.cert), clientCa: null },
    onChanged: () => () => undefined,
  };
  const harness = networkHarness(({ listen = '127.0.0.1:0' }) => new GrpcCarrier({ listen, tls }), { kind: 'certificate' });
  for (const { name, run } of transportSuite(harness)) it(name, run);
});

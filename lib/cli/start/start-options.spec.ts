/** Flags of `raftoral start`, and what the module is given for them. */
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../usage-error.js';
import { optionsOf, type StartFlags } from './start-options.js';

describe('flags of start', () => {
  it('none but how it begins: gRPC on this machine, in memory', () => {
    expect(optionsOf({ bootstrap: true })).toEqual({
      cluster: { bootstrap: true },
      transport: { type: 'grpc', listen: '127.0.0.1:7400' },
      storage: { type: 'memory' },
    });
  });

  it('each flag is an option of the module', () => {
    const flags: StartFlags = {
      listen: '0.0.0.0:7400',
      advertise: 'node-1:7400',
      reflection: true,
      bootstrapExpect: 3,
      peers: ['node-2:7400', 'node-3:7400'],
      votersMax: 3,
      replaces: 2,
      deployment: 'd',
      storagePath: '/data',
      rejoinEmpty: true,
      secretFile: 's',
      clientSecretFile: 'c',
      tlsCert: 'cert',
      tlsKey: 'key',
      tlsCa: 'ca',
      tlsClientCa: 'client-ca',
      tlsServerName: 'nodes',
      insecure: true,
      drainTimeout: 5_000,
    };
    expect(optionsOf(flags)).toEqual({
      cluster: { bootstrapExpect: 3, seeds: ['node-2:7400', 'node-3:7400'], votersMax: 3, replaces: 2 },
      transport: { type: 'grpc', listen: '0.0.0.0:7400', advertise: 'node-1:7400', reflection: true },
      security: {
        peerSecret: { file: 's' },
        clientSecret: { file: 'c' },
        tls: { cert: 'cert', key: 'key', ca: 'ca', clientCa: 'client-ca', serverName: 'nodes' },
        insecure: true,
      },
      storage: { type: 'sqlite', path: '/data', rejoinEmpty: true },
      deployment: 'd',
      shutdown: { drainTimeoutMs: 5_000 },
    });
    expect(optionsOf({ transport: 'http', path: '/r', bootstrap: true })).toMatchObject({
      cluster: { bootstrap: true },
      transport: { type: 'http', listen: '127.0.0.1:7400', path: '/r' },
    });
    expect(optionsOf({ bootstrap: true, management: true })).toMatchObject({ management: {} });
    // Either of these means two layers too: alone it would mean nothing.
    expect(optionsOf({ peers: ['a:1'], role: 'client', zone: 'b' })).toMatchObject({ management: { role: 'client', zone: 'b' } });
    expect(optionsOf({ bootstrap: true })).not.toHaveProperty('management');
  });

  it.each([
    [{ bootstrap: true, bootstrapExpect: 3, peers: ['a:1'] }, '--bootstrap and --bootstrap-expect'],
    [{ bootstrapExpect: 3 }, '--bootstrap-expect: needs --peers'],
    [{ path: '/r' }, '--path: only with --transport http'],
    [{ transport: 'http', reflection: true }, '--reflection: only with --transport grpc'],
    [{ tlsCert: 'c', tlsKey: 'k' }, '--tls-cert, --tls-key and --tls-ca belong together'],
    [{ tlsClientCa: 'c' }, '--tls-cert, --tls-key and --tls-ca belong together'],
    [{ rejoinEmpty: true }, '--rejoin-empty: needs --storage-path'],
    [{}, 'give --bootstrap, --bootstrap-expect or --peers'],
    [{ storagePath: '/data', replaces: 2 }, 'give --bootstrap, --bootstrap-expect or --peers'],
  ] as ReadonlyArray<[StartFlags, string]>)('%j is not enough, or contradicts itself: %s', (flags, text) => {
    expect(() => optionsOf(flags)).toThrow(UsageError);
    expect(() => optionsOf(flags)).toThrow(text);
  });
});

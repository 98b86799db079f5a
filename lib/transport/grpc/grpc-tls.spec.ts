/** TLS and mutual TLS over gRPC: who is let in as what, and certificates that change while the node runs (R44). */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { createAuthority, type Authority, type IssuedCertificate } from '../../../test/support/certificates.js';
import type { ControlApi } from '../../client/control-port.js';
import { SystemClock } from '../../cluster/clock.js';
import { SILENT_LOGGER } from '../../cluster/logger.js';
import { eventually, makePeerTransport } from '../../testing/network-harness.js';
import type { ByteChannel, ChannelEnd } from '../channel.js';
import { ClientAuthenticator } from '../security/client-auth.js';
import { TlsFiles, type TlsMaterial } from '../security/tls-files.js';
import { GrpcCarrier, type GrpcCarrierOptions } from './grpc-carrier.js';
import { GrpcControlClient } from './grpc-control-client.js';
import { dialClient } from './dial-client.js';
import { GRPC_LIMITS } from './limits.js';
import type { TlsSource } from './listener.js';
import { loadGrpc } from './modules.js';

const CLOCK = new SystemClock();
let peers: Authority;
let clients: Authority;
let strangers: Authority;

beforeAll(() => {
  peers = createAuthority('peers');
  clients = createAuthority('clients');
  strangers = createAuthority('strangers');
});

const cleanUps: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const issue = (authority: Authority, name: string, hosts = ['127.0.0.1', 'localhost']): IssuedCertificate =>
  authority.issue({ name, hosts });

function fixed(issued: IssuedCertificate, ca = peers, clientCa: Authority | null = clients): TlsSource {
  const current: TlsMaterial = {
    cert: Buffer.from(issued.cert),
    key: Buffer.from(issued.key),
    ca: Buffer.from(ca.cert),
    clientCa: clientCa === null ? null : Buffer.from(clientCa.cert),
  };
  return { current, onChanged: () => () => undefined };
}

interface Heard {
  readonly channel: ByteChannel;
  readonly messages: string[];
  readonly ends: (readonly [ChannelEnd, string])[];
}

function handlersOf({ messages, ends }: Omit<Heard, 'channel'>) {
  return {
    onMessage: (message: Uint8Array) => void messages.push(Buffer.from(message).toString()),
    onDrained: () => undefined,
    onClosed: (end: ChannelEnd, text: string) => void ends.push([end, text]),
  };
}

function makeCarrier(options: Partial<GrpcCarrierOptions>): GrpcCarrier {
  const carrier = new GrpcCarrier({ listen: '127.0.0.1:0', ...options });
  cleanUps.push(() => carrier.close());
  return carrier;
}

async function serve(options: Partial<GrpcCarrierOptions>) {
  const carrier = makeCarrier(options);
  const accepted: Heard[] = [];
  const { address } = await carrier.listen((channel) => {
    const heard: Heard = { channel, messages: [], ends: [] };
    accepted.push(heard);
    return handlersOf(heard);
  });
  return { carrier, accepted, address: address! };
}

function dial(carrier: GrpcCarrier, address: string, name?: string): Heard {
  const heard = { messages: [], ends: [] };
  const channel = carrier.dial(address, handlersOf(heard), name);
  channel.send(Buffer.from('hello'));
  return { channel, ...heard };
}

/** The certificate that a new connection is shown. */
function shownBy(address: string): Promise<string> {
  const { hostname, port } = new URL(`http://${address}`);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'] }, () => {
      const certificate: PeerCertificate = socket.getPeerCertificate();
      socket.destroy();
      resolve(certificate.subject.CN);
    });
    socket.on('error', reject);
  });
}

describe('gRPC with TLS', () => {
  it('certificates of the peers on both sides: encrypted and verified, either way, and large messages pass', async () => {
    const { accepted, address } = await serve({ tls: fixed(issue(peers, 'a')) });
    const dialed = dial(makeCarrier({ tls: fixed(issue(peers, 'b')) }), address);
    await eventually('it arrives', () => accepted[0]?.messages.length === 1);
    expect([accepted[0]!.channel.isEncrypted, accepted[0]!.channel.isPeerVerified]).toEqual([true, true]);
    expect([dialed.channel.isEncrypted, dialed.channel.isPeerVerified]).toEqual([true, true]);
    accepted[0]!.channel.send(Buffer.alloc(3_000_000, 'x'));
    await eventually('the answer', () => dialed.messages.length === 1);
    expect(dialed.messages[0]).toHaveLength(3_000_000);
  });

  it('an address that a name stood for is as good as the name: a certificate for either will do, and for no other', async () => {
    for (const [hosts, name, isTaken] of [
      [['nodes.example'], 'nodes.example', true],
      [['127.0.0.1'], 'nodes.example', true],
      [['nodes.example'], undefined, false],
      [['nodes.example'], 'other.example', false],
    ] as const) {
      const { address, accepted } = await serve({ tls: fixed(issue(peers, 'a', [...hosts])) });
      const dialled = dial(makeCarrier({ tls: fixed(issue(peers, 'b')) }), address, name);
      await eventually('it is decided', () => dialled.ends.length + (accepted[0]?.messages.length ?? 0) > 0);
      expect([hosts, name, accepted[0]?.messages.length === 1]).toEqual([hosts, name, isTaken]);
    }
  });

  it("a certificate of the clients' authority, of a stranger's, or none, makes no verified channel", async () => {
    const { accepted, address } = await serve({ tls: fixed(issue(peers, 'a')) });
    const shown: (readonly [string, IssuedCertificate | null])[] = [
      ['clients', issue(clients, 'c')],
      ['strangers', issue(strangers, 's')],
      ['none', null],
    ];
    for (const [index, [name, issued]] of shown.entries()) {
      const { grpc } = await loadGrpc();
      const { hostname, port } = new URL(`http://${address}`);
      const own = issued === null ? {} : { cert: Buffer.from(issued.cert), key: Buffer.from(issued.key) };
      const dialed = dialClient(grpc, {
        address: { host: hostname, port: Number(port) },
        tls: { ca: Buffer.from(peers.cert), ...own },
        serverName: undefined,
        limits: GRPC_LIMITS,
      });
      const raw = (bytes: Buffer): Buffer => bytes;
      const call = dialed.client.makeBidiStreamRequest('/raftoral.v1.PeerStream/Connect', raw, raw, {});
      call.on('error', () => undefined);
      await eventually(`${name} is accepted`, () => accepted.length === index + 1);
      expect([name, accepted[index]!.channel.isEncrypted, accepted[index]!.channel.isPeerVerified]).toEqual([name, true, false]);
      dialed.close();
    }
  });

  it("L3: a client's certificate that is sent together with the peers' authority is still a client's", async () => {
    const { accepted, address } = await serve({ tls: fixed(issue(peers, 'a')) });
    // A client's certificate, sent together with the peers' authority: it is no proof that the one issued the other.
    const client = issue(clients, 'c');
    const forged: IssuedCertificate = { cert: `${client.cert}\n${peers.cert}`, key: client.key };
    const dialed = dial(makeCarrier({ tls: fixed(forged) }), address);
    await eventually('it is accepted', () => accepted.length === 1);
    expect(accepted[0]!.channel.isPeerVerified).toBe(false);
    expect(dialed.ends).toEqual([]);
  });

  it("K1: a client's certificate, sent with a chain made up to the peers' authority, is still a client's", async () => {
    const { accepted, address } = await serve({ tls: fixed(issue(peers, 'a')) });
    const client = issue(clients, 'c');
    // Between the two stands one that bears the name of the clients' authority, and claims to be issued by the peers'.
    const between = createAuthority('peers').issue({ name: 'clients', isAuthority: true });
    const forged: IssuedCertificate = { cert: [client.cert, between.cert, peers.cert].join('\n'), key: client.key };
    dial(makeCarrier({ tls: fixed(forged) }), address);
    await eventually('it is accepted', () => accepted.length === 1);
    expect([accepted[0]!.channel.isEncrypted, accepted[0]!.channel.isPeerVerified]).toEqual([true, false]);
  });

  it.each<[string, () => GrpcCarrierOptions['tls'], RegExp]>([
    ["another authority's certificate", () => fixed(issue(strangers, 'a'), strangers), /certificate|self.signed/i],
    ["the clients' authority's certificate", () => fixed(issue(clients, 'a'), clients), /certificate|self.signed/i],
    ['the certificate of another host', () => fixed(issue(peers, 'a', ['node-9.internal'])), /altname|IP/i],
    ['no TLS at all', () => undefined, /./],
  ])('a dialer refuses %s, and says so: failed, not refused', async (_, tlsOf, text) => {
    const tls = tlsOf();
    const { accepted, address } = await serve(tls === undefined ? {} : { tls });
    const dialed = dial(makeCarrier({ tls: fixed(issue(peers, 'b')) }), address);
    await eventually('it ends', () => dialed.ends.length === 1);
    expect(dialed.ends).toEqual([['failed', expect.stringMatching(text)]]);
    expect(accepted).toEqual([]);
  });

  it('serverName: the name that the certificate must bear, instead of the host of the address', async () => {
    const { accepted, address } = await serve({ tls: fixed(issue(peers, 'a', ['raftoral.internal'])) });
    dial(makeCarrier({ tls: fixed(issue(peers, 'b')), serverName: 'raftoral.internal' }), address);
    await eventually('it arrives', () => accepted[0]?.messages.length === 1);
    const dialed = dial(makeCarrier({ tls: fixed(issue(peers, 'b')), serverName: 'other.internal' }), address);
    await eventually('it ends', () => dialed.ends.length === 1);
    expect(dialed.ends[0]![0]).toBe('failed');
  });

  it('a plain dialer reaches nothing behind TLS', async () => {
    const { accepted, address } = await serve({ tls: fixed(issue(peers, 'a')) });
    const dialed = dial(makeCarrier({}), address);
    await eventually('it ends', () => dialed.ends.length === 1);
    expect(dialed.ends[0]![0]).toBe('failed');
    expect(accepted).toEqual([]);
  });

  it('L1: after the files were replaced new connections use the new certificate, old ones go on; also with another authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'raftoral-grpc-tls-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const names = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), ca: join(folder, 'ca.pem') };
    const write = ({ cert, key }: IssuedCertificate, ca: string): void => {
      writeFileSync(names.ca, ca);
      writeFileSync(names.cert, cert);
      writeFileSync(names.key, key);
    };
    write(issue(peers, 'first'), peers.cert);
    const files = new TlsFiles({ names, clock: CLOCK, logger: SILENT_LOGGER });
    cleanUps.push(() => files.close());
    const { accepted, address } = await serve({ tls: files });
    const old = dial(makeCarrier({ tls: fixed(issue(peers, 'b')) }), address);
    await eventually('it arrives', () => accepted[0]?.messages.length === 1);
    expect(await shownBy(address)).toBe('first');

    const successor = createAuthority('peers 2');
    write(issue(peers, 'second'), `${peers.cert}\n${successor.cert}`);
    files.look();
    expect(await shownBy(address)).toBe('second');
    dial(makeCarrier({ tls: fixed(issue(successor, 'c'), peers) }), address);
    await eventually('a node with a certificate of the new authority is accepted', () => accepted[1]?.messages.length === 1);
    expect(accepted[1]!.channel.isPeerVerified).toBe(true);

    old.channel.send(Buffer.from('still here'));
    await eventually('the old channel goes on', () => accepted[0]!.messages.length === 2);
    expect([old.ends, accepted[0]!.ends]).toEqual([[], []]);

    // What the files say counts for what this node dials, too.
    const other = await serve({ tls: fixed(issue(successor, 'd'), successor) });
    write(issue(successor, 'third'), successor.cert);
    files.look();
    dial(makeCarrier({ tls: files }), other.address);
    await eventually('the other accepts it', () => other.accepted[0]?.messages.length === 1);
    expect(other.accepted[0]!.channel.isPeerVerified).toBe(true);
    expect(await shownBy(address)).toBe('third');
    // The authority that is no longer in the file opens nothing.
    const late = dial(makeCarrier({ tls: fixed(issue(peers, 'late'), successor) }), address);
    await eventually('it is accepted', () => accepted.length === 3);
    expect([accepted[2]!.channel.isPeerVerified, late.ends]).toEqual([false, []]);
  });

  it('peers by certificate: the handshake passes with one of the peers, and with no other', async () => {
    const transportOf = async (tls: TlsSource) => {
      const transport = makePeerTransport({
        carrier: new GrpcCarrier({ listen: '127.0.0.1:0', tls }),
        credentials: { kind: 'certificate' },
      });
      cleanUps.push(() => transport.stop());
      return transport;
    };
    const server = await transportOf(fixed(issue(peers, 'a')));
    server.handle('echo', async (_from, request) => request);
    await server.listen();
    const peer = await transportOf(fixed(issue(peers, 'b')));
    await peer.listen();
    await expect(peer.call(server.advertised, 'echo', { a: 1 }, { timeoutMs: 5_000 })).resolves.toEqual({ a: 1 });
    const client = await transportOf(fixed(issue(clients, 'c')));
    await client.listen();
    await expect(client.call(server.advertised, 'echo', { a: 1 }, { timeoutMs: 5_000 })).rejects.toMatchObject({
      code: expect.stringMatching(/PEER_REFUSED|NO_ROUTE/),
    });
  });

  it("clients: one of the clients' authority is let in; a peer's certificate, or none, is not", async () => {
    const api: ControlApi = {
      call: async () => ({ nodeId: 1 }),
      stream: async function* () {},
      isServing: () => true,
    };
    const { carrier, address } = await serve({ tls: fixed(issue(peers, 'a')) });
    carrier.serveControl({
      api,
      gate: new ClientAuthenticator({ secret: null, acceptsCertificates: true, insecure: false, clock: CLOCK }),
    });
    const call = async (issued: IssuedCertificate | null): Promise<unknown> => {
      const own = issued === null ? {} : { cert: Buffer.from(issued.cert), key: Buffer.from(issued.key) };
      const client = new GrpcControlClient({ address, tls: { ca: Buffer.from(peers.cert), ...own } });
      cleanUps.push(() => client.close());
      return client.call('admin.status', {}).catch((error: { readonly code: string }) => error.code);
    };
    expect(await call(issue(clients, 'operator', []))).toEqual({ nodeId: 1 });
    expect(await call(issue(peers, 'node', []))).toBe('UNAUTHENTICATED');
    expect(await call(issue(strangers, 'stranger', []))).toBe('UNAUTHENTICATED');
    expect(await call(null)).toBe('UNAUTHENTICATED');
  });
});

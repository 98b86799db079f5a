/** TLS, mutual TLS and its reload over HTTP; whose certificate opens what; strangers with and without one (R44). */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import type { ControlApi, JsonObject } from '../../client/control-port.js';
import { SystemClock } from '../../cluster/clock.js';
import { SystemRandom } from '../../cluster/random.js';
import { eventually, makePeerTransport } from '../../testing/network-harness.js';
import { createAuthority, type Authority, type IssuedCertificate } from '../../../test/support/certificates.js';
import type { ByteChannel, ChannelEnd } from '../channel.js';
import { ClientAuthenticator, clientAuthorization } from '../security/client-auth.js';
import { EnvelopeKind, type Frame } from '../transport.js';
import { HttpCarrier, type HttpCarrierOptions, type TlsSource } from './http-carrier.js';
import { HttpControlClient } from './http-control-client.js';
import type { ListenTls } from './http-listener.js';

let peers: Authority;
let clients: Authority;
let strangers: Authority;

beforeAll(() => {
  peers = createAuthority('peers');
  clients = createAuthority('clients');
  strangers = createAuthority('strangers');
});

const cleanUps: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** As TlsFiles, whose files change when the test says so. */
class Renewable implements TlsSource {
  private readonly listeners = new Set<(tls: ListenTls) => void>();
  constructor(public current: ListenTls) {}
  onChanged(listener: (tls: ListenTls) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  renew(tls: ListenTls): void {
    this.current = tls;
    for (const listener of this.listeners) listener(tls);
  }
}

function material(issued: IssuedCertificate, clientCa: Authority | null = clients): ListenTls {
  return {
    cert: Buffer.from(issued.cert),
    key: Buffer.from(issued.key),
    ca: Buffer.from(peers.cert),
    clientCa: clientCa === null ? null : Buffer.from(clientCa.cert),
  };
}

const issue = (authority: Authority, name: string, hosts = ['127.0.0.1', 'localhost']): IssuedCertificate =>
  authority.issue({ name, hosts });
const tlsOf = (issued: IssuedCertificate): Renewable => new Renewable(material(issued));

function makeCarrier(options: HttpCarrierOptions): HttpCarrier {
  const carrier = new HttpCarrier(options);
  cleanUps.push(() => carrier.close());
  return carrier;
}

interface Heard {
  readonly channel: ByteChannel;
  readonly messages: string[];
  readonly ends: Array<readonly [ChannelEnd, string]>;
}

async function serve(options: HttpCarrierOptions) {
  const carrier = makeCarrier({ listen: '127.0.0.1:0', ...options });
  const accepted: Heard[] = [];
  const { address } = await carrier.listen((channel) => {
    const heard: Heard = { channel, messages: [], ends: [] };
    accepted.push(heard);
    return handlersOf(heard);
  });
  return { carrier, accepted, address: address! };
}

function handlersOf(heard: Omit<Heard, 'channel'>) {
  return {
    onMessage: (message: Uint8Array) => void heard.messages.push(Buffer.from(message).toString()),
    onDrained: () => {},
    onClosed: (end: ChannelEnd, text: string) => void heard.ends.push([end, text]),
  };
}

function dial(carrier: HttpCarrier, address: string, name?: string): Heard {
  const heard = { messages: [], ends: [] };
  const channel = carrier.dial(address, handlersOf(heard), name);
  channel.send(Buffer.from('hello'));
  return { channel, ...heard };
}

describe('HTTP with TLS', () => {
  it('a channel with certificates of the peers on both sides is encrypted and verified, either way', async () => {
    const { accepted, address } = await serve({ tls: tlsOf(issue(peers, 'a')) });
    const dialled = dial(makeCarrier({ tls: tlsOf(issue(peers, 'b')) }), address);
    await eventually('it arrives', () => accepted[0]?.messages.length === 1);
    expect([accepted[0]!.channel.isEncrypted, accepted[0]!.channel.isPeerVerified]).toEqual([true, true]);
    expect([dialled.channel.isEncrypted, dialled.channel.isPeerVerified]).toEqual([true, true]);
    accepted[0]!.channel.send(Buffer.from('x'.repeat(2_000_000)));
    await eventually('the answer', () => dialled.messages.length === 1);
    expect(dialled.messages[0]).toHaveLength(2_000_000);
  });

  it('an address that a name stood for is as good as the name: a certificate for either will do, and for no other', async () => {
    for (const [hosts, name, isTaken] of [
      [['nodes.example'], 'nodes.example', true],
      [['127.0.0.1'], 'nodes.example', true],
      [['nodes.example'], undefined, false],
      [['nodes.example'], 'other.example', false],
    ] as const) {
      const { address, accepted } = await serve({ tls: tlsOf(issue(peers, 'a', [...hosts])) });
      const dialled = dial(makeCarrier({ tls: tlsOf(issue(peers, 'b')) }), address, name);
      await eventually('it is decided', () => dialled.ends.length + (accepted[0]?.messages.length ?? 0) > 0);
      expect([hosts, name, accepted[0]?.messages.length === 1]).toEqual([hosts, name, isTaken]);
    }
  });

  it("a certificate of the clients' authority, of strangers, or none makes no verified channel", async () => {
    const { accepted, address } = await serve({ tls: tlsOf(issue(peers, 'a')) });
    for (const [index, issued] of [issue(clients, 'c'), issue(strangers, 's')].entries()) {
      dial(makeCarrier({ tls: tlsOf(issued) }), address);
      await eventually('it arrives', () => accepted[index]?.messages.length === 1);
      expect([accepted[index]!.channel.isEncrypted, accepted[index]!.channel.isPeerVerified]).toEqual([true, false]);
    }
  });

  it("K1: a client's certificate, sent with a chain made up to the peers' authority, is still a client's", async () => {
    const { accepted, address } = await serve({ tls: tlsOf(issue(peers, 'a')) });
    const client = issue(clients, 'c');
    // Between the two stands one that bears the name of the clients' authority, and claims to be issued by the peers'.
    const between = createAuthority('peers').issue({ name: 'clients', isAuthority: true });
    const forged: IssuedCertificate = { cert: [client.cert, between.cert, peers.cert].join('\n'), key: client.key };
    dial(makeCarrier({ tls: tlsOf(forged) }), address);
    await eventually('it is accepted', () => accepted.length === 1);
    expect([accepted[0]!.channel.isEncrypted, accepted[0]!.channel.isPeerVerified]).toEqual([true, false]);
  });

  it('a dialer says nothing to a server whose certificate is of another authority, or for another name', async () => {
    for (const issued of [issue(strangers, 's'), issue(clients, 'c'), issue(peers, 'b', ['elsewhere.example'])]) {
      const { accepted, address } = await serve({ tls: new Renewable({ ...material(issued), ca: Buffer.from(peers.cert) }) });
      const dialled = dial(makeCarrier({ tls: tlsOf(issue(peers, 'd')) }), address);
      await eventually('it ends', () => dialled.ends.length === 1);
      expect(dialled.ends[0]![0]).toBe('failed');
      expect(accepted).toEqual([]);
    }
  });

  it('serverName is the name that the certificate must bear', async () => {
    const { accepted, address } = await serve({ tls: tlsOf(issue(peers, 'a', ['raftoral.internal'])) });
    dial(makeCarrier({ tls: tlsOf(issue(peers, 'b')), serverName: 'raftoral.internal' }), address);
    await eventually('it arrives', () => accepted[0]?.messages.length === 1);
  });

  it('plain HTTP to a TLS listener, and TLS to a plain one, is no channel', async () => {
    const encrypted = await serve({ tls: tlsOf(issue(peers, 'a')) });
    const plain = await serve({});
    const ends = [dial(makeCarrier({}), encrypted.address), dial(makeCarrier({ tls: tlsOf(issue(peers, 'b')) }), plain.address)];
    await eventually('both end', () => ends.every(({ ends }) => ends.length === 1));
    expect([...encrypted.accepted, ...plain.accepted]).toEqual([]);
  });

  it('renewed certificates are used for new connections; channels that are open stay open', async () => {
    const first = issue(peers, 'first');
    const second = issue(peers, 'second');
    const tls = tlsOf(first);
    const { accepted, address } = await serve({ tls });
    const open = dial(makeCarrier({ tls: tlsOf(issue(peers, 'b')) }), address);
    await eventually('it arrives', () => accepted[0]?.messages.length === 1);
    expect((await certificateAt(address)).subject.CN).toBe('first');
    tls.renew(material(second));
    expect((await certificateAt(address)).subject.CN).toBe('second');
    open.channel.send(Buffer.from('still here'));
    await eventually('it arrives', () => accepted[0]!.messages.length === 2);
    expect(open.ends).toEqual([]);
    // A new authority of the peers is in force for who connects from now on.
    tls.renew({ ...material(second), ca: Buffer.from(strangers.cert) });
    dial(makeCarrier({ tls: tlsOf(issue(peers, 'late')) }), address);
    await eventually('it arrives', () => accepted[1]?.messages.length === 1);
    expect(accepted[1]!.channel.isPeerVerified).toBe(false);
  });
});

const CLIENT_SECRET = Buffer.from('the-secret-of-the-clients');
const PEER_SECRET = Buffer.from('the-secret-of-the-peers');
const clock = new SystemClock();
const random = new SystemRandom();

async function serveApi(options: HttpCarrierOptions, gate: Partial<ConstructorParameters<typeof ClientAuthenticator>[0]> = {}) {
  const reached: string[] = [];
  const api: ControlApi = {
    call: async (method) => {
      reached.push(method);
      return { ok: true } satisfies JsonObject;
    },
    stream: (method) => {
      reached.push(method);
      throw new Error('not asked for here');
    },
    isServing: () => true,
  };
  const served = await serve(options);
  served.carrier.serveControl({
    api,
    gate: new ClientAuthenticator({ secret: CLIENT_SECRET, acceptsCertificates: false, insecure: false, clock, ...gate }),
  });
  return { ...served, reached };
}

function client(address: string, options: Partial<ConstructorParameters<typeof HttpControlClient>[0]> = {}): HttpControlClient {
  const made = new HttpControlClient({ address, ...options });
  cleanUps.push(() => made.close());
  return made;
}

const authorize =
  (scheme: 'bearer' | 'hmac', secret: Uint8Array = CLIENT_SECRET) =>
  (target: string, body: Uint8Array): string =>
    clientAuthorization({ secret, scheme, target, body, clock, random });

describe('HTTP: whose credentials open what', () => {
  it('the secret of the clients, as itself or as a signature, opens the control API, reads and writes alike', async () => {
    const { address, reached } = await serveApi({});
    for (const scheme of ['bearer', 'hmac'] as const) {
      await client(address, { authorize: authorize(scheme) }).call('admin.status', {});
      await client(address, { authorize: authorize(scheme) }).call('workflow.list', { name: 'a b&c', status: ['x', 'ü'] });
      await client(address, { authorize: authorize(scheme) }).call('workflow.signal', {
        workflowId: 'a/b',
        signal: 's',
        payload: { ü: 1 },
      });
    }
    expect(reached).toHaveLength(6);
  });

  it('no credentials, those of the peers, a forged or repeated signature open nothing', async () => {
    const { address, reached } = await serveApi({});
    const refused = { code: 'UNAUTHENTICATED' };
    await expect(client(address).call('admin.status', {})).rejects.toMatchObject(refused);
    for (const scheme of ['bearer', 'hmac'] as const)
      await expect(client(address, { authorize: authorize(scheme, PEER_SECRET) }).call('admin.leave', { nodeId: 1 })).rejects.toMatchObject(
        refused,
      );
    const forge = (target: string): string => authorize('hmac')(target, Buffer.from('{}'));
    await expect(client(address, { authorize: forge }).call('workflow.start', { name: 'x' })).rejects.toMatchObject(refused);
    const once = authorize('hmac')('GET /raftoral/v1/status', new Uint8Array(0));
    await client(address, { authorize: () => once }).call('admin.status', {});
    await expect(client(address, { authorize: () => once }).call('admin.status', {})).rejects.toMatchObject(refused);
    expect(reached).toEqual(['admin.status']);
  });

  it("a client's certificate opens the control API, a peer's or a stranger's does not", async () => {
    const { address, reached } = await serveApi({ tls: tlsOf(issue(peers, 'a')) }, { secret: null, acceptsCertificates: true });
    const ca = Buffer.from(peers.cert);
    const withCertificate = (issued: IssuedCertificate): HttpControlClient =>
      client(address, { tls: { ca, cert: Buffer.from(issued.cert), key: Buffer.from(issued.key) } });
    await withCertificate(issue(clients, 'c')).call('admin.status', {});
    for (const issued of [issue(peers, 'p'), issue(strangers, 's')])
      await expect(withCertificate(issued).call('admin.status', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(client(address, { tls: { ca } }).call('admin.status', {})).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(reached).toEqual(['admin.status']);
    await expect(client(address, { tls: { ca: Buffer.from(strangers.cert) } }).call('admin.status', {})).rejects.toMatchObject({
      code: 'NO_ROUTE',
    });
  });

  it('without secret and authority the control API is closed', async () => {
    const { address, reached } = await serveApi({}, { secret: null });
    await expect(client(address, { authorize: authorize('bearer') }).call('admin.status', {})).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining('security.clientSecret'),
    });
    expect(reached).toEqual([]);
  });
});

describe('HTTP: strangers reach no handler (P8, R44)', () => {
  const frames: Frame[] = [];
  const calls: string[] = [];
  const identity = { deployment: 'd', nodeId: 1, incarnation: 1, volatile: true };

  async function node() {
    frames.length = 0;
    calls.length = 0;
    const transport = makePeerTransport({
      carrier: new HttpCarrier({ listen: '127.0.0.1:0' }),
      credentials: { kind: 'secret', secret: PEER_SECRET },
      tuning: { handshakeTimeoutMs: 300 },
    });
    cleanUps.push(() => transport.stop());
    transport.handle('secret.call', async (from) => {
      calls.push(from.processId);
      return {};
    });
    await transport.listen();
    await transport.start(identity, { onFrame: (frame) => void frames.push(frame), onPeerDisconnected: () => {} });
    return transport;
  }

  it('with the secret of the clients, another, or none a process is refused, and none of its frames and calls is heard', async () => {
    const target = await node();
    for (const credentials of [
      { kind: 'secret', secret: CLIENT_SECRET },
      { kind: 'secret', secret: Buffer.from('some other secret entirely') },
      { kind: 'insecure' },
    ] as const) {
      const stranger = makePeerTransport({ carrier: new HttpCarrier({ listen: '127.0.0.1:0' }), credentials });
      cleanUps.push(() => stranger.stop());
      await stranger.listen();
      await expect(stranger.call(target.advertised, 'secret.call', {}, { timeoutMs: 3000 })).rejects.toMatchObject({
        code: 'PEER_REFUSED',
      });
      stranger.setSeeds([target.advertised]);
      await stranger.start({ ...identity, nodeId: 2 }, { onFrame: () => {}, onPeerDisconnected: () => {} });
      stranger.send(1, { deployment: 'd', from: 2, incarnation: 1, envelopes: [{ kind: EnvelopeKind.PING, nowMs: 1 }] });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([frames, calls]).toEqual([[], []]);
  });

  it('bytes of any kind, sent by hand to every route, reach nothing, and leave nothing behind', async () => {
    const target = await node();
    const port = Number(target.advertised.split(':')[1]);
    const bodies = [Buffer.alloc(0), Buffer.from([4, 0, 0, 0, 1, 2, 3, 4]), Buffer.alloc(4096, 255), Buffer.alloc(70_000, 1)];
    const statuses = new Set<number>();
    for (const body of bodies) {
      const open = await send(port, '/raftoral/peer/channels', body, { 'raftoral-protocol': '1' });
      statuses.add(open.status);
      const id = open.channel ?? 'x';
      for (const path of [`/raftoral/peer/channels/${id}`, `/raftoral/peer/channels/${id}/poll`])
        statuses.add((await send(port, path, body, { 'raftoral-sequence': '2' })).status);
    }
    expect([...statuses].sort()).toEqual([201, 204, 410, 413]);
    await eventually('no channel is left', () => target.peers().length === 0);
    expect([frames, calls]).toEqual([[], []]);
  });
});

function send(
  port: number,
  path: string,
  body: Buffer,
  headers: Record<string, string>,
): Promise<{ status: number; channel: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () =>
        resolve({ status: response.statusCode!, channel: response.headers['raftoral-channel'] as string | undefined }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

function certificateAt(address: string): Promise<PeerCertificate> {
  const [host, port] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: host!, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

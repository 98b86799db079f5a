/**
 * Whoever has no credentials, or those of somebody else, against real nodes: nothing behind the handshake hears of it, and the nodes work on. Over gRPC, HTTP on a
 * listener of its own, and HTTP on the application's server. (R44; P8)
 */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { CONTROL_METHODS } from '../../lib/client/control-methods-port.js';
import type { ControlClient } from '../../lib/client/control-port.js';
import { SystemClock } from '../../lib/cluster/clock.js';
import { SystemRandom } from '../../lib/cluster/random.js';
import type { RaftoralModuleOptions } from '../../lib/index.js';
import { makePeerTransport } from '../../lib/testing/network-harness.js';
import type { ChannelCarrier } from '../../lib/transport/channel.js';
import { GrpcCarrier } from '../../lib/transport/grpc/grpc-carrier.js';
import { GrpcControlClient } from '../../lib/transport/grpc/grpc-control-client.js';
import { HttpCarrier } from '../../lib/transport/http/http-carrier.js';
import { HttpControlClient } from '../../lib/transport/http/http-control-client.js';
import { clientAuthorization } from '../../lib/transport/security/client-auth.js';
import type { PeerCredentials } from '../../lib/transport/security/credentials.js';
import { freePorts } from '../support/cluster-processes.js';
import { CountWords, NetworkApps, WORD, clientOf, nodeOf, untilVoters } from '../support/network-apps.js';

const PEERS = 'a secret that the peers share';
const CLIENTS = 'a-secret-that-the-clients-have';
const PLACES = ['grpc', 'http', 'http on express', 'http on fastify'] as const;
type Place = (typeof PLACES)[number];

let apps: NetworkApps;
const closers: Array<() => Promise<unknown> | void> = [];
beforeEach(() => {
  apps = new NetworkApps();
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await apps.close();
});

const typeOf = (place: Place): 'grpc' | 'http' => (place === 'grpc' ? 'grpc' : 'http');

async function boot(place: Place, port: number, cluster: RaftoralModuleOptions['cluster'], reach = port): Promise<INestApplicationContext> {
  const advertise = `127.0.0.1:${reach}`;
  const common = { cluster, security: { peerSecret: PEERS, clientSecret: CLIENTS } };
  if (place === 'grpc' || place === 'http')
    return apps.boot({ ...common, transport: { type: place, listen: `127.0.0.1:${port}`, advertise } });
  return apps.serve(place === 'http on express' ? 'express' : 'fastify', port, { ...common, transport: { type: 'http', advertise } });
}

/** Two nodes that work; whatever is tried, stillWorks() must hold afterwards. */
async function cluster(place: Place) {
  const [a, b] = (await freePorts(2)) as [number, number];
  const first = await boot(place, a, { bootstrap: true });
  const second = await boot(place, b, { seeds: [`127.0.0.1:${a}`] });
  const both = [first, second];
  await untilVoters(both);
  let count = 0;
  const members = JSON.stringify(nodeOf(first).group.membership);
  const stillWorks = async (): Promise<void> => {
    const workflowId = `honest-${++count}`;
    await clientOf(first).start(CountWords, 1, { workflowId });
    await clientOf(second).getHandle(CountWords, workflowId).signal(WORD);
    expect(await clientOf(first).getHandle(CountWords, workflowId).result()).toBe(1);
    for (const app of both) {
      expect(nodeOf(app).nodeStatus()).toMatchObject({ running: true, failure: null });
      expect(JSON.stringify(nodeOf(app).group.membership)).toBe(members);
      expect((await clientOf(app).list()).items.map((item) => item.workflowId).sort()).toEqual(
        Array.from({ length: count }, (_, i) => `honest-${i + 1}`).sort(),
      );
    }
  };
  await stillWorks();
  return { address: `127.0.0.1:${a}`, port: a, stillWorks };
}

function control(place: Place, address: string, authorize?: (target: string, body: Uint8Array) => string): ControlClient {
  const options = { address, ...(authorize === undefined ? {} : { authorize }) };
  const client = typeOf(place) === 'grpc' ? new GrpcControlClient(options) : new HttpControlClient(options);
  closers.push(() => client.close());
  return client;
}

function carrierOf(place: Place): ChannelCarrier {
  return typeOf(place) === 'grpc' ? new GrpcCarrier({ listen: '127.0.0.1:0' }) : new HttpCarrier({ listen: '127.0.0.1:0' });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'answered',
    (error: { readonly code?: unknown }) => String(error.code),
  );
}

const sign = (secret: string) => (target: string, body: Uint8Array) =>
  clientAuthorization({ secret: Buffer.from(secret), scheme: 'hmac', target, body, clock: new SystemClock(), random: new SystemRandom() });

/** Fields that every call has all it needs of. */
const REQUEST = { workflowId: 'honest-1', name: 'count_words', query: 'heard', signal: 'word', nodeId: 2, to: 2, lost: 1, replacement: 2 };

describe.each(PLACES)('strangers: %s', (place) => {
  it('no call of the control API is answered: without credentials, with those of peers, with a guess', async () => {
    const { address, stillWorks } = await cluster(place);
    for (const authorize of [
      undefined,
      () => `Bearer ${PEERS}`,
      sign(PEERS),
      () => 'Bearer guess',
      sign('another secret, also long enough'),
      () => `Basic ${btoa(`a:${CLIENTS}`)}`,
    ]) {
      const client = control(place, address, authorize);
      for (const { name, request, isStream } of CONTROL_METHODS) {
        const asked = Object.fromEntries(Object.entries(REQUEST).filter(([field]) => Object.hasOwn(request, field)));
        const items = async (): Promise<void> => {
          for await (const item of client.stream(name, asked, new AbortController().signal))
            throw new Error(`${name} answered ${JSON.stringify(item)}`);
        };
        expect([name, await codeOf(isStream === true ? items() : client.call(name, asked, { timeoutMs: 10_000 }))]).toEqual([
          name,
          'UNAUTHENTICATED',
        ]);
      }
    }
    expect(await control(place, address, sign(CLIENTS)).call('workflow.describe', { workflowId: 'honest-1' })).toMatchObject({
      status: 'completed',
    });
    await stillWorks();
  }, 120_000);

  it('no peer call and no frame is heard of who has no secret, that of the clients, or that of another deployment', async () => {
    const { address, stillWorks } = await cluster(place);
    const credentials: PeerCredentials[] = [
      { kind: 'insecure' },
      { kind: 'certificate' },
      { kind: 'secret', secret: Buffer.from(CLIENTS) },
      { kind: 'secret', secret: Buffer.from('the peers of another deployment') },
    ];
    for (const each of credentials) {
      const stranger = makePeerTransport({ carrier: carrierOf(place), credentials: each });
      await stranger.listen();
      for (const method of ['node.hello', 'join.reserve', 'join.admit', 'bootstrap.vote', 'bootstrap.outcome', 'join.standing'])
        expect([each.kind, method, await codeOf(stranger.call(address, method, {}, { timeoutMs: 10_000 }))]).toEqual([
          each.kind,
          method,
          'PEER_REFUSED',
        ]);
      await stranger.stop();
    }
    await stillWorks();
  }, 120_000);

  it('what was recorded of a session of peers is of no use again', async () => {
    const [a, b, between] = (await freePorts(3)) as [number, number, number];
    // The second node reaches the first by a wire that somebody listens to.
    const recorded: Buffer[][] = [];
    const wire = createServer((near) => {
      const far = connect(a, '127.0.0.1');
      const said: Buffer[] = [];
      recorded.push(said);
      near.on('data', (chunk: Buffer) => said.push(chunk));
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    wire.listen(between, '127.0.0.1');
    closers.push(() => void wire.close());
    const first = await boot(place, a, { bootstrap: true }, between);
    const second = await boot(place, b, { seeds: [`127.0.0.1:${between}`] });
    await untilVoters([first, second]);
    await clientOf(second).execute(CountWords, 0);
    const sessions = recorded.filter((said) => said.length > 0);
    expect(sessions.length).toBeGreaterThan(0);
    const before = nodeOf(first).nodeStatus();
    for (const said of sessions) {
      // All of it at once, and again piece by piece.
      for (const pieces of [[Buffer.concat(said)], said]) {
        const socket = await dial(a);
        // However it ends: who refuses may close before everything is written.
        const closed = new Promise((resolve) => socket.once('close', resolve));
        for (const piece of pieces) {
          socket.write(piece);
          await new Promise((resolve) => setImmediate(resolve));
        }
        socket.end();
        await closed;
      }
    }
    expect(nodeOf(first).nodeStatus()).toMatchObject({ running: true, failure: null, live: before.live });
    expect((await clientOf(first).list()).items).toHaveLength(1);
    expect(await clientOf(second).execute(CountWords, 0)).toBe(0);
  }, 120_000);

  it('garbage, oversized and half-open beginnings are cut, and nobody else is disturbed', async () => {
    const { port, stillWorks } = await cluster(place);
    const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
    const beginnings: Buffer[] = [
      Buffer.from('GET / HTTP/9.9\r\n\r\n'),
      Buffer.from(`${'A'.repeat(100_000)}`),
      Buffer.from(`GET /raftoral/v1/status HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`),
      Buffer.from('POST /raftoral/peer/channels HTTP/1.1\r\nhost: x\r\nraftoral-protocol: 1\r\ncontent-length: 99999999\r\n\r\n'),
      Buffer.from(
        'POST /raftoral/peer/channels HTTP/1.1\r\nhost: x\r\nraftoral-protocol: 1\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n',
      ),
      Buffer.from('POST /raftoral/v1/workflows HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n'),
      Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'),
      Buffer.concat([Buffer.from(preface), Buffer.alloc(1_000, 0xff)]),
      Buffer.concat([Buffer.from(preface), Buffer.from([0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0])]),
    ];
    const sockets = await Promise.all(beginnings.map(() => dial(port)));
    sockets.forEach((socket, i) => socket.write(beginnings[i]!));
    // And some that only sit there.
    for (let i = 0; i < 50; i++) await dial(port);
    await stillWorks();
  }, 120_000);
});

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  closers.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe('what is open to all', () => {
  it.each(['http', 'http on express', 'http on fastify'] as const)(
    '%s: the health check, and no other route or verb under the path',
    async (place) => {
      const { address } = await cluster(place);
      const ask = async (verb: string, path: string, headers: Record<string, string> = {}): Promise<number> =>
        (await fetch(`http://${address}${path}`, { method: verb, headers })).status;
      expect(await ask('GET', '/raftoral/health')).toBe(200);
      for (const path of [
        '/raftoral',
        '/raftoral/',
        '/raftoral/v1',
        '/raftoral/v1/',
        '/raftoral/v1/openapi.json',
        '/raftoral/v1/events',
        '/raftoral/docs',
        '/raftoral/health/',
        '/raftoral/v1/../v1/status',
        '/raftoral/%76%31/status',
      ])
        for (const verb of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
          expect([verb, path, await ask(verb, path)]).toEqual([verb, path, 401]);
      // A page of another origin is refused before it is asked for credentials, and a preflight allows nothing.
      expect(await ask('GET', '/raftoral/v1/status', { origin: 'https://evil.example' })).toBe(403);
      const preflight = await fetch(`http://${address}/raftoral/v1/status`, {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      });
      expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    },
    120_000,
  );
});

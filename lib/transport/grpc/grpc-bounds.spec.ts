/** What a stranger can make a gRPC node hold: messages before the handshake, requests before their signature is checked, connections. Raw HTTP/2, as an attacker would. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { connect as connectHttp2, constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { ControlApi } from '../../client/control-port.js';
import { SystemClock } from '../../cluster/clock.js';
import { SystemRandom } from '../../cluster/random.js';
import { makePeerTransport } from '../../testing/network-harness.js';
import { ClientAuthenticator, clientAuthorization } from '../security/client-auth.js';
import { GrpcCarrier, type GrpcCarrierOptions } from './grpc-carrier.js';
import { encodeRequest } from './control-codec.js';
import { loadGrpc } from './modules.js';
import { encodePacket } from './packet-wire.js';

const CLOCK = new SystemClock();
const SECRET = Buffer.from('the secret of the clients');
const CONNECT = '/raftoral.v1.PeerStream/Connect';
const START = '/raftoral.v1.Workflows/Start';
const RESOURCE_EXHAUSTED = 8;
const UNAUTHENTICATED = 16;
const closers: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function node(limits: GrpcCarrierOptions['limits'] = {}) {
  const called: string[] = [];
  const api: ControlApi = {
    call: async (name) => {
      called.push(name);
      return { requestId: 'r' };
    },
    stream: async function* () {},
    isServing: () => true,
  };
  const carrier = new GrpcCarrier({ listen: '127.0.0.1:0', limits });
  carrier.serveControl({
    api,
    gate: new ClientAuthenticator({ secret: SECRET, acceptsCertificates: false, insecure: false, clock: CLOCK }),
  });
  const transport = makePeerTransport({ carrier });
  transport.handle('echo', async (_from, request) => request);
  await transport.listen();
  closers.push(() => transport.stop());
  return { called, address: transport.advertised };
}

function session(address: string): ClientHttp2Session {
  const made = connectHttp2(`http://${address}`);
  made.on('error', () => undefined);
  closers.unshift(() => made.destroy());
  return made;
}

function open(on: ClientHttp2Session, path: string, headers: Readonly<Record<string, string>> = {}): ClientHttp2Stream {
  const stream = on.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    ...headers,
  });
  stream.on('error', () => undefined);
  stream.on('data', () => undefined);
  return stream;
}

/** The status that a stream ends with; null: it was cut without one. */
function statusOf(stream: ClientHttp2Stream): Promise<number | null> {
  return new Promise((resolve) => {
    const take = (headers: IncomingHttpHeaders): void => {
      if (headers['grpc-status'] !== undefined) resolve(Number(headers['grpc-status']));
    };
    stream.on('response', take);
    stream.on('trailers', take);
    stream.on('close', () => resolve(null));
  });
}

/** The head of a gRPC message, whose bytes may never come. */
function head(length: number, isCompressed = false): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = isCompressed ? 1 : 0;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

const framed = (message: Buffer, isCompressed = false): Buffer => Buffer.concat([head(message.length, isCompressed), message]);

function signed(target: string, body: Uint8Array): string {
  return clientAuthorization({ secret: SECRET, scheme: 'hmac', target, body, clock: CLOCK, random: new SystemRandom() });
}

describe('gRPC: before it is known who calls', () => {
  it('a message of a stranger on the stream of peers is refused when its length is read, not when it is here', async () => {
    const { address } = await node();
    for (const length of [16 * 1024 + 1, 100_000, 8 * 1024 * 1024, 0xffffffff]) {
      const stream = open(session(address), CONNECT);
      const status = statusOf(stream);
      stream.write(head(length));
      expect([length, await status]).toEqual([length, RESOURCE_EXHAUSTED]);
    }
  });

  it('nor does a small compressed message become a large one', async () => {
    const { address } = await node();
    const bomb = gzipSync(encodePacket({ payloads: [Buffer.alloc(4 * 1024 * 1024)], isUnfinished: false }));
    expect(bomb.length).toBeLessThan(16 * 1024);
    const stream = open(session(address), CONNECT, { 'grpc-encoding': 'gzip' });
    const status = statusOf(stream);
    stream.write(framed(bomb, true));
    expect(await status).toBe(RESOURCE_EXHAUSTED);
  });

  it('what is open to all takes small questions only', async () => {
    const { address } = await node();
    for (const method of ['Check', 'Watch']) {
      const stream = open(session(address), `/grpc.health.v1.Health/${method}`);
      const status = statusOf(stream);
      stream.write(head(1024 * 1024));
      expect([method, await status]).toEqual([method, RESOURCE_EXHAUSTED]);
    }
  });

  it('a call without credentials is refused while its body is still to come', async () => {
    const { address, called } = await node();
    const stream = open(session(address), START, { authorization: 'Bearer guessed' });
    const status = statusOf(stream);
    stream.write(head(8 * 1024 * 1024));
    expect(await status).toBe(UNAUTHENTICATED);
    expect(called).toEqual([]);
  });

  it('requests that only claim a signature have a bound together, and it is free again once they are refused or gone', async () => {
    const { address, called } = await node({ unverifiedBytesMax: 1024 * 1024 });
    const false_ = `Raftoral-HMAC ts=${Date.now()},nonce=${'0'.repeat(32)},mac=${'0'.repeat(64)}`;
    const flood = Array.from({ length: 4 }, () => open(session(address), START, { authorization: false_ }));
    const statuses = flood.map(statusOf);
    // 400 kB each, of 5 MB that are announced.
    for (const stream of flood) {
      stream.write(head(5 * 1024 * 1024));
      stream.write(Buffer.alloc(400_000));
    }
    const refused = await Promise.race(statuses);
    expect(refused).toBe(RESOURCE_EXHAUSTED);
    for (const stream of flood) stream.close();
    const { proto } = await loadGrpc();
    const body = encodeRequest(proto.byPath.get(START)!, { name: 'abc', input: 'x'.repeat(900_000) });
    let status: number | null = null;
    while (status !== 0) {
      const stream = open(session(address), START, { authorization: signed(START, body) });
      const ended = statusOf(stream);
      stream.end(framed(body));
      status = await ended;
      expect([0, RESOURCE_EXHAUSTED]).toContain(status); // the flood's streams end a moment later
    }
    expect(called).toEqual(['workflow.start']);
  });

  it('such a request that does not arrive in time is refused', async () => {
    const { address } = await node({ unverifiedTimeoutMs: 50 });
    const stream = open(session(address), START, { authorization: signed(START, Buffer.alloc(0)) });
    const status = statusOf(stream);
    stream.write(head(1_000));
    expect(await status).toBe(UNAUTHENTICATED);
  });
});

describe('gRPC: connections', () => {
  it('silent strangers give way to peers and clients, who stay', async () => {
    const { address, called } = await node({ connectionsMax: 4 });
    const [host, port] = address.split(':') as [string, string];
    const peer = makePeerTransport({ carrier: new GrpcCarrier({ listen: '127.0.0.1:0' }) });
    closers.unshift(() => peer.stop());
    await peer.listen();
    const echo = (): Promise<unknown> => peer.call(address, 'echo', { a: 1 }, { timeoutMs: 10_000 });
    expect(await echo()).toEqual({ a: 1 });
    const client = session(address);
    const call = async (): Promise<number | null> => {
      const stream = open(client, START, { authorization: `Bearer ${SECRET.toString()}` });
      const ended = statusOf(stream);
      stream.end(framed(Buffer.alloc(0)));
      return ended;
    };
    expect(await call()).toBe(0);
    const flood: Socket[] = [];
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), host);
      socket.on('error', () => undefined);
      flood.push(socket);
      await once(socket, 'connect');
    }
    closers.unshift(() => flood.forEach((socket) => socket.destroy()));
    expect(await call()).toBe(0);
    expect(await echo()).toEqual({ a: 1 });
    expect(client.destroyed).toBe(false);
    expect(called).toHaveLength(2);
  });
});

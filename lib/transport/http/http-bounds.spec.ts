/** What a stranger can make an HTTP node hold: bodies before anybody is known, calls whose signature is not checked yet, connections. Raw sockets, as an attacker would. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { ControlApi } from '../../client/control-port.js';
import { SystemClock } from '../../cluster/clock.js';
import { SystemRandom } from '../../cluster/random.js';
import { makePeerTransport } from '../../testing/network-harness.js';
import { ClientAuthenticator, clientAuthorization } from '../security/client-auth.js';
import { HttpCarrier } from './http-carrier.js';
import { HttpControlClient } from './http-control-client.js';
import type { HttpLimits } from './http-limits.js';

const CLOCK = new SystemClock();
const SECRET = Buffer.from('the-secret-of-the-clients');
const START = 'POST /raftoral/v1/workflows';
const OPENING = 'POST /raftoral/peer/channels';
const cleanUps: Array<() => Promise<unknown> | void> = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function node(limits: Partial<HttpLimits> = {}) {
  const called: string[] = [];
  const api: ControlApi = {
    call: async (name) => {
      called.push(name);
      return { ok: true };
    },
    stream: () => {
      throw new Error('no stream is opened here');
    },
    isServing: () => true,
  };
  const carrier = new HttpCarrier({ listen: '127.0.0.1:0', limits });
  carrier.serveControl({
    api,
    gate: new ClientAuthenticator({ secret: SECRET, acceptsCertificates: false, insecure: false, clock: CLOCK }),
  });
  const transport = makePeerTransport({ carrier });
  transport.handle('echo', async (_from, request) => request);
  await transport.listen();
  cleanUps.push(() => transport.stop());
  const address = transport.advertised;
  const client = new HttpControlClient({ address, authorize: () => `Bearer ${SECRET.toString()}` });
  cleanUps.push(() => client.close());
  return { called, address, client };
}

async function dial(address: string): Promise<Socket> {
  const [host, port] = address.split(':') as [string, string];
  const socket = connect(Number(port), host);
  socket.on('error', () => undefined);
  cleanUps.push(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Status of the answer on a raw connection; null: it was cut without one. */
function statusOf(socket: Socket): Promise<number | null> {
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(chunk.toString())?.[1])));
    socket.once('close', () => resolve(null));
  });
}

/** A request of which `sent` of `length` bytes of the body have come. */
function half(socket: Socket, line: string, length: number, sent: number, headers = ''): void {
  socket.write(`${line} HTTP/1.1\r\nhost: x\r\nraftoral-protocol: 1\r\ncontent-length: ${length}\r\n${headers}\r\n`);
  socket.write(Buffer.alloc(sent));
}

const claimed = `authorization: Raftoral-HMAC ts=${Date.now()},nonce=${'0'.repeat(32)},mac=${'0'.repeat(64)}\r\n`;

describe('HTTP: before it is known who calls', () => {
  it.each([
    ['openings of channels', OPENING, ''],
    ['calls that only claim a signature', START, claimed],
  ])('%s have a bound together, and take no room from anybody who is known', async (_what, line, headers) => {
    const { address, client, called } = await node({ strangersBytesMax: 100_000, receivingBytesMax: 200_000 });
    const flood = [await dial(address), await dial(address)];
    const statuses = flood.map(statusOf);
    for (const socket of flood) half(socket, line, 65_000, 60_000, headers);
    expect(await Promise.race(statuses)).toBe(429);
    expect(await client.call('workflow.start', { name: 'abc', input: 'x'.repeat(150_000) })).toEqual({ ok: true });
    expect(called).toEqual(['workflow.start']);
  });

  it.each([
    ['the opening of a channel', OPENING, ''],
    ['a call that only claims a signature', START, claimed],
  ])('%s that does not arrive in time is refused', async (_what, line, headers) => {
    const { address } = await node({ strangerTimeoutMs: 50 });
    const socket = await dial(address);
    const status = statusOf(socket);
    half(socket, line, 1_000, 10, headers);
    expect(await status).toBe(401);
  });

  it('calls that wait to be verified take no place of those who are known', async () => {
    const { address, client } = await node({ requestsMax: 2 });
    const flood = [await dial(address), await dial(address), await dial(address)];
    const statuses = flood.map(statusOf);
    for (const socket of flood) half(socket, START, 1_000, 10, claimed);
    expect(await Promise.race(statuses)).toBe(429);
    expect(await client.call('admin.status', {})).toEqual({ ok: true });
  });

  it('a call without credentials is refused while its body is still to come, and the connection ends with it', async () => {
    const { address, called } = await node();
    const socket = await dial(address);
    const status = statusOf(socket);
    half(socket, START, 8_000_000, 10, 'authorization: Bearer guessed\r\n');
    expect(await status).toBe(401);
    await once(socket, 'close');
    expect(called).toEqual([]);
  });

  it('a signed call is answered as before', async () => {
    const { address, called } = await node();
    const client = new HttpControlClient({
      address,
      authorize: (target, body) =>
        clientAuthorization({ secret: SECRET, scheme: 'hmac', target, body, clock: CLOCK, random: new SystemRandom() }),
    });
    cleanUps.push(() => client.close());
    expect(await client.call('workflow.start', { name: 'abc' })).toEqual({ ok: true });
    expect(called).toEqual(['workflow.start']);
  });
});

describe('HTTP: connections', () => {
  it('silent strangers give way to peers and clients, who stay', async () => {
    const { address, client } = await node({ connectionsMax: 6 });
    const ends: string[] = [];
    const peer = makePeerTransport({ carrier: new HttpCarrier({ listen: '127.0.0.1:0' }) });
    cleanUps.push(() => peer.stop());
    await peer.listen();
    const echo = (): Promise<unknown> => peer.call(address, 'echo', { a: 1 }, { timeoutMs: 10_000 });
    expect(await echo()).toEqual({ a: 1 });
    const known = await dial(address);
    known.on('close', () => ends.push('known'));
    known.write(`GET /raftoral/v1/status HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SECRET.toString()}\r\n\r\n`);
    expect(await statusOf(known)).toBe(200);
    for (let i = 0; i < 20; i++) await dial(address);
    expect(await client.call('admin.status', {})).toEqual({ ok: true });
    expect(await echo()).toEqual({ a: 1 });
    expect(ends).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { connect as connectTcp, createServer as createTcpServer, Socket, type AddressInfo, type Server } from 'node:net';
import { request as httpRequest, createServer as createHttpServer } from 'node:http';
import type { ByteChannel, ChannelEnd } from '../channel.js';
import { HttpCarrier, type HttpCarrierOptions } from './http-carrier.js';

/** One end of a channel, and what it heard. */
class End {
  channel: ByteChannel | undefined;
  readonly messages: Uint8Array[] = [];
  readonly ends: Array<readonly [ChannelEnd, string]> = [];
  drained = 0;
  onMessageHook: ((message: Uint8Array) => void) | undefined;

  readonly onMessage = (message: Uint8Array): void => {
    this.messages.push(message);
    this.onMessageHook?.(message);
  };
  readonly onDrained = (): void => void this.drained++;
  readonly onClosed = (end: ChannelEnd, text: string): void => void this.ends.push([end, text]);

  get texts(): string[] {
    return this.messages.map((message) => Buffer.from(message).toString());
  }

  get end(): ChannelEnd | undefined {
    return this.ends[0]?.[0];
  }
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${what} did not come true`);
}

const cleanUps: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function makeCarrier(options: HttpCarrierOptions = {}): HttpCarrier {
  const carrier = new HttpCarrier(options);
  cleanUps.push(() => carrier.close());
  return carrier;
}

async function serve(options: HttpCarrierOptions = {}) {
  const carrier = makeCarrier({ listen: '127.0.0.1:0', ...options });
  const accepted: End[] = [];
  const hooks: { onAccept?: (channel: ByteChannel, end: End) => void } = {};
  const { address } = await carrier.listen((channel) => {
    const end = new End();
    end.channel = channel;
    accepted.push(end);
    hooks.onAccept?.(channel, end);
    return end;
  });
  return { carrier, accepted, address: address!, hooks };
}

function dial(carrier: HttpCarrier, address: string): End & { channel: ByteChannel } {
  const end = new End();
  end.channel = carrier.dial(address, end);
  return end as End & { channel: ByteChannel };
}

async function connect(options: HttpCarrierOptions = {}, dialOptions: HttpCarrierOptions = options) {
  const server = await serve(options);
  const dialer = dial(makeCarrier(dialOptions), server.address);
  await until(() => server.accepted.length === 1, 'a channel');
  return { ...server, dialer, acceptor: server.accepted[0]! };
}

function post(
  address: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const [host, port] = [address.slice(0, address.lastIndexOf(':')), Number(address.slice(address.lastIndexOf(':') + 1))];
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host, port, path, method: 'POST', headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

const OPEN = { 'raftoral-protocol': '1' };

describe('HttpCarrier: a channel (B1)', () => {
  it('carries messages both ways, whole, in order, the first with the request that opens it', async () => {
    const { dialer, acceptor, address } = await connect();
    for (let i = 0; i < 1000; i++) dialer.channel.send(bytes(`up ${i}`));
    for (let i = 0; i < 1000; i++) acceptor.channel!.send(bytes(`down ${i}`));
    dialer.channel.send(new Uint8Array(0));
    await until(() => acceptor.messages.length === 1001 && dialer.messages.length === 1000, 'all messages');
    expect(acceptor.texts).toEqual([...Array.from({ length: 1000 }, (_, i) => `up ${i}`), '']);
    expect(dialer.texts).toEqual(Array.from({ length: 1000 }, (_, i) => `down ${i}`));
    expect(dialer.channel.remote).toBe(address);
    expect(acceptor.channel!.remote).toMatch(/^127\.0\.0\.1:\d+$/);
    expect([dialer.channel.isEncrypted, dialer.channel.isPeerVerified, acceptor.channel!.isPeerVerified]).toEqual([false, false, false]);
  });

  it('calls nothing back inside send(), dial() and close(); onClosed comes once', async () => {
    const server = await serve();
    const heard: string[] = [];
    const carrier = makeCarrier();
    let isInside = true;
    const note = (what: string) => () => void heard.push(isInside ? `${what} inside` : what);
    const channel = carrier.dial('127.0.0.1:1', { onMessage: note('message'), onDrained: note('drained'), onClosed: note('closed') });
    channel.send(bytes('x'));
    channel.close();
    channel.close();
    channel.send(bytes('y'));
    isInside = false;
    await until(() => heard.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toEqual(['closed']);
    expect(server.accepted).toEqual([]);
  });

  it('a message of 10 MB arrives whole both ways, and is no view of a larger buffer', async () => {
    const { dialer, acceptor } = await connect();
    const large = new Uint8Array(10_000_000).fill(7);
    large[9_999_999] = 8;
    acceptor.channel!.limitIncoming!(20_000_000);
    dialer.channel.send(large);
    await until(() => acceptor.messages.length === 1);
    acceptor.channel!.send(large);
    await until(() => dialer.messages.length === 1);
    for (const end of [dialer, acceptor]) {
      expect(Buffer.compare(end.messages[0]!, large)).toBe(0);
      expect(end.messages[0]!.buffer.byteLength).toBeLessThan(10_000_100);
    }
  });

  it('a bound that is raised by a message holds for what is behind it, in the same body and in the next', async () => {
    for (const batchBytesMax of [1000, 1_000_000]) {
      const { dialer, acceptor } = await connect({ limits: { batchBytesMax } });
      for (const [from, to] of [
        [acceptor, dialer],
        [dialer, acceptor],
      ] as const) {
        to.channel!.limitIncoming!(5000);
        to.onMessageHook = () => to.channel!.limitIncoming!(1_000_000);
        from.channel!.send(bytes('welcome'));
        from.channel!.send(new Uint8Array(500_000));
        await until(() => to.messages.length === 2);
        expect(to.messages[1]).toHaveLength(500_000);
      }
      dialer.channel.limitIncoming!(5000);
      dialer.onMessageHook = undefined;
      acceptor.channel!.send(new Uint8Array(5001));
      await until(() => dialer.ends.length === 1);
      expect([dialer.messages.length, dialer.ends[0]![1]]).toEqual([2, expect.stringMatching(/500[14] bytes/)]);
    }
  });

  it('what was sent before close() arrives, from either side', async () => {
    const { dialer, acceptor } = await connect();
    dialer.onMessageHook = () => dialer.channel.close();
    acceptor.channel!.send(bytes('refused'));
    acceptor.channel!.close();
    await until(() => dialer.ends.length === 1 && acceptor.ends.length === 1);
    expect(dialer.texts).toEqual(['refused']);
    expect(acceptor.ends[0]![0]).toBe('local');

    const other = await connect();
    other.dialer.channel.send(bytes('one'));
    other.dialer.channel.send(bytes('two'));
    other.dialer.channel.close();
    await until(() => other.dialer.ends.length === 1 && other.acceptor.ends.length === 1);
    expect([other.acceptor.texts, other.acceptor.end, other.dialer.end]).toEqual([['one', 'two'], 'closed', 'local']);
  });

  it('what was sent before close() arrives, also where the channel is still being opened', async () => {
    const server = await serve({ limits: { strangerBytesMax: 64, pollGapMs: 60_000 } });
    const settled = async (at: number): Promise<End> => {
      await until(() => server.accepted[at]?.ends.length === 1, 'the end');
      return server.accepted[at]!;
    };
    const carrier = makeCarrier({ limits: { strangerBytesMax: 64 } });
    server.hooks.onAccept = (channel) => channel.limitIncoming!(10_000);

    const atOnce = dial(carrier, server.address);
    for (const text of ['one', 'two']) atOnce.channel.send(bytes(text));
    atOnce.channel.close();
    expect((await settled(0)).texts).toEqual(['one', 'two']);

    // More than the opening may hold: it takes a second body.
    const large = dial(carrier, server.address);
    for (let i = 0; i < 30; i++) large.channel.send(bytes(`message ${i}`));
    large.channel.close();
    expect((await settled(1)).texts).toEqual(Array.from({ length: 30 }, (_, i) => `message ${i}`));

    // The body that opens it is under way when it is closed.
    const underWay = dial(carrier, server.address);
    underWay.channel.send(bytes('first'));
    await Promise.resolve();
    underWay.channel.send(bytes('second'));
    underWay.channel.close();
    expect((await settled(2)).texts).toEqual(['first', 'second']);
    for (const { ends } of [atOnce, large, underWay]) expect(ends).toEqual([['local', 'closed here']]);
    for (const { end } of server.accepted) expect(end).toBe('closed');
  });

  it('a dialer that is gone before its first poll is noticed by the end of its connection', async () => {
    const server = await serve({ limits: { pollGapMs: 60_000, reconnectMs: 10 } });
    const [host, port] = server.address.split(':');
    const socket = connectTcp({ host: host!, port: Number(port) });
    socket.write('POST /raftoral/peer/channels HTTP/1.1\r\nhost: x\r\nraftoral-protocol: 1\r\ncontent-length: 0\r\n\r\n');
    await until(() => server.accepted.length === 1, 'a channel');
    socket.destroy();
    await until(() => server.accepted[0]!.ends.length === 1, 'the end');
    expect(server.accepted[0]!.end).toBe('closed');
  });

  it('an acceptor may answer and close before the dialer has said anything', async () => {
    const server = await serve();
    server.hooks.onAccept = (channel) => {
      channel.send(bytes('no room'));
      channel.close();
    };
    const dialer = dial(makeCarrier(), server.address);
    await until(() => dialer.ends.length === 1);
    expect([dialer.texts, dialer.end]).toEqual([['no room'], 'closed']);
  });

  it('bufferedBytes counts what has not left, and onDrained says once that it fell', async () => {
    const { dialer, acceptor } = await connect({ limits: { lowWaterBytes: 1000, batchBytesMax: 1000 } });
    for (const end of [dialer, acceptor]) {
      for (let i = 0; i < 10; i++) end.channel!.send(new Uint8Array(500));
      expect(end.channel!.bufferedBytes).toBe(5000);
    }
    await until(() => dialer.messages.length === 10 && acceptor.messages.length === 10);
    await until(() => dialer.channel.bufferedBytes === 0 && acceptor.channel!.bufferedBytes === 0);
    expect([dialer.drained, acceptor.drained]).toEqual([1, 1]);
  });

  it('goes on over many polls that had nothing to bring', async () => {
    const { dialer, acceptor } = await connect({ limits: { pollHoldMs: 20 } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    acceptor.channel!.send(bytes('still here'));
    dialer.channel.send(bytes('here too'));
    await until(() => dialer.messages.length === 1 && acceptor.messages.length === 1);
    expect([dialer.ends, acceptor.ends]).toEqual([[], []]);
  });

  it('survives that idle connections are dropped by either side', async () => {
    const { dialer, acceptor } = await connect({ limits: { keepAliveMs: 30 } });
    for (let i = 1; i <= 5; i++) {
      dialer.channel.send(bytes(`${i}`));
      await until(() => acceptor.messages.length === i);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect([dialer.ends, acceptor.ends]).toEqual([[], []]);
  });
});

describe('HttpCarrier: the end of a channel', () => {
  it("nobody listens there: 'refused', at once", async () => {
    const { address, carrier } = await serve();
    await carrier.close();
    const dialer = dial(makeCarrier(), address);
    await until(() => dialer.ends.length === 1);
    expect(dialer.end).toBe('refused');
    expect(dialer.ends[0]![1]).toContain(address);
  });

  it("what never answers, is unknown or speaks something else: 'failed', with the reason", async () => {
    const silent = createTcpServer(() => {});
    const web = createHttpServer((_, response) => response.writeHead(404).end('not here'));
    const ports = await Promise.all([silent, web].map(listenAnywhere));
    const carrier = makeCarrier({ limits: { connectTimeoutMs: 200 } });
    const ends = [`127.0.0.1:${ports[0]}`, `127.0.0.1:${ports[1]}`, 'no-such-host.invalid:1', 'nonsense'].map((address) =>
      dial(carrier, address),
    );
    await until(() => ends.every(({ ends }) => ends.length === 1));
    expect(ends.map(({ end }) => end)).toEqual(['failed', 'failed', 'failed', 'failed']);
    expect(ends[0]!.ends[0]![1]).toContain('200 ms');
    expect(ends[1]!.ends[0]![1]).toContain('404');
  });

  it('a process that dies is noticed at once by the poll that waits, on either side', async () => {
    const server = await serve();
    const { dialer, cut } = await connectThroughProxy(server.address);
    await until(() => server.accepted.length === 1);
    // Until the poll is held: nothing else is under way then.
    await new Promise((resolve) => setTimeout(resolve, 50));
    cut();
    await until(() => dialer.ends.length === 1 && server.accepted[0]!.ends.length === 1);
    expect([dialer.end, server.accepted[0]!.end]).toEqual(['closed', 'closed']);
    expect(server.accepted[0]!.ends[0]![1]).toContain('poll');
  });

  it('close() of a carrier ends all channels on both sides, and frees the port', async () => {
    const { carrier, address, dialer, acceptor } = await connect();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await carrier.close();
    await until(() => dialer.ends.length === 1 && acceptor.ends.length === 1);
    expect([dialer.end, acceptor.end]).toEqual(['closed', 'local']);
    const again = makeCarrier({ listen: address });
    expect(await again.listen(() => new End())).toEqual({ address });
  });

  it('an address in use, or of another machine, names the option', async () => {
    const { address } = await serve();
    for (const listen of [address, '192.0.2.1:0'])
      await expect(makeCarrier({ listen }).listen(() => new End())).rejects.toMatchObject({
        code: 'INVALID_CONFIGURATION',
        message: expect.stringContaining(`transport.listen '${listen}'`),
      });
    expect(() => makeCarrier({ listen: 'here' })).toThrow(/transport\.listen/);
    expect(() => makeCarrier({ path: 'raftoral/' })).toThrow(/transport\.path/);
  });
});

describe('HttpCarrier: what others send', () => {
  it('a body that is repeated, skipped or unknown ends the channel, and none of it is delivered', async () => {
    for (const sequence of ['1', '3', 'x']) {
      const { address, accepted } = await serve();
      const id = String((await post(address, '/raftoral/peer/channels', OPEN)).headers['raftoral-channel']);
      const body = Buffer.from([1, 0, 0, 0, 65]);
      expect(
        (await post(address, `/raftoral/peer/channels/${id}`, { 'raftoral-sequence': sequence }, body.toString('latin1'))).status,
      ).toBe(410);
      expect(accepted[0]!.messages).toEqual([]);
      expect(accepted[0]!.end).toBe('closed');
      expect((await post(address, `/raftoral/peer/channels/${id}`, { 'raftoral-sequence': '2' })).status).toBe(410);
    }
  });

  it('a second poll beside the one held ends the channel', async () => {
    const { address, accepted } = await serve();
    const id = String((await post(address, '/raftoral/peer/channels', OPEN)).headers['raftoral-channel']);
    const first = post(address, `/raftoral/peer/channels/${id}/poll`, { 'raftoral-sequence': '1' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const second = post(address, `/raftoral/peer/channels/${id}/poll`, { 'raftoral-sequence': '2' });
    expect([(await first).status, (await second).status]).toEqual([410, 410]);
    expect(accepted[0]!.end).toBe('closed');
  });

  it('a batch that is cut off, or lies about a length, ends the channel', async () => {
    for (const body of ['\u0005\0\0\0abc', '\u0001\0', '\u0001\0\0\u007fa']) {
      const { address, accepted } = await serve();
      await post(address, '/raftoral/peer/channels', OPEN, body);
      await until(() => accepted[0]?.ends.length === 1);
      expect(accepted[0]!.messages).toEqual([]);
    }
  });

  it('bounds: bytes of a body until it is proved who sends it, channels, unproved channels', async () => {
    const { address, accepted } = await serve({ limits: { strangerBytesMax: 100, channelsMax: 3, strangersMax: 2 } });
    expect((await post(address, '/raftoral/peer/channels', OPEN, 'x'.repeat(101))).status).toBe(413);
    const first = await post(address, '/raftoral/peer/channels', OPEN);
    const large = await post(
      address,
      `/raftoral/peer/channels/${String(first.headers['raftoral-channel'])}`,
      { 'raftoral-sequence': '2' },
      'x'.repeat(101),
    );
    expect([large.status, accepted[0]!.end]).toEqual([413, 'closed']);
    await post(address, '/raftoral/peer/channels', OPEN);
    await post(address, '/raftoral/peer/channels', OPEN);
    const refused = await post(address, '/raftoral/peer/channels', OPEN);
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([429, { code: 'OVERLOADED' }]);
    accepted[1]!.channel!.limitIncoming!(1_000_000);
    expect((await post(address, '/raftoral/peer/channels', OPEN)).status).toBe(201);
    expect((await post(address, '/raftoral/peer/channels', OPEN)).status).toBe(429);
    expect(accepted).toHaveLength(4);
  });

  it('a channel that nobody polls ends', async () => {
    const { address, accepted } = await serve({ limits: { pollGapMs: 100 } });
    await post(address, '/raftoral/peer/channels', OPEN);
    await until(() => accepted[0]!.ends.length === 1);
    expect(accepted[0]!.ends[0]![1]).toContain('no poll');
  });

  it('another protocol version, a browser, another verb and unknown routes are refused', async () => {
    const { address, accepted } = await serve();
    const statuses = [
      await post(address, '/raftoral/peer/channels', { 'raftoral-protocol': '99' }),
      await post(address, '/raftoral/peer/channels', {}),
      await post(address, '/raftoral/peer/channels', { ...OPEN, origin: 'https://elsewhere.example' }),
      await post(address, '/raftoral/peer/other', OPEN),
      await post(address, '/raftoral/peer/channels/x/y', OPEN),
      await post(address, '/raftoral/peer/channels/../../x', OPEN),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([400, 400, 403, 404, 410, 410]);
    expect(JSON.parse(statuses[0]!.text)).toMatchObject({ code: 'PEER_REFUSED', message: expect.stringContaining('99') });
    expect(accepted).toEqual([]);
  });
});

async function listenAnywhere(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => open.add(socket));
  cleanUps.push(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A dialer behind a proxy whose connections can be cut, as when a process is killed. */
async function connectThroughProxy(address: string) {
  const open = new Set<Socket>();
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const proxy = createTcpServer((near) => {
    const far = new Socket();
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
    }
    far.connect(port, '127.0.0.1');
    near.pipe(far);
    far.pipe(near);
  });
  return {
    dialer: dial(makeCarrier(), `127.0.0.1:${await listenAnywhere(proxy)}`),
    cut: () => {
      for (const socket of open) socket.destroy();
    },
  };
}

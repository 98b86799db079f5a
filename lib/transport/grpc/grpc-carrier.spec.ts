/** The carrier without TLS: what channel.ts promises, over real sockets of this machine. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type Socket } from 'node:net';
import { isRaftoralError } from '../../errors/index.js';
import type { ByteChannel, ChannelEnd, ChannelHandlers } from '../channel.js';
import { GrpcCarrier, type GrpcCarrierOptions } from './grpc-carrier.js';

class Ear implements ChannelHandlers {
  readonly heard: Uint8Array[] = [];
  readonly ends: { end: ChannelEnd; text: string }[] = [];
  drained = 0;
  isInside = false;
  #wake: (() => void) | null = null;

  onMessage(message: Uint8Array): void {
    expect(this.isInside).toBe(false);
    expect(this.ends).toEqual([]);
    this.heard.push(message);
    this.#wake?.();
  }

  onDrained(): void {
    this.drained++;
    this.#wake?.();
  }

  onClosed(end: ChannelEnd, text: string): void {
    expect(this.isInside).toBe(false);
    this.ends.push({ end, text });
    this.#wake?.();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  get texts(): string[] {
    return this.heard.map((bytes) => Buffer.from(bytes).toString());
  }
}

interface Accepted {
  readonly channel: ByteChannel;
  readonly ear: Ear;
}

const open: GrpcCarrier[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((carrier) => carrier.close()));
  for (const server of servers.splice(0)) server.close();
});

function carrier(options: Partial<GrpcCarrierOptions> = {}): GrpcCarrier {
  const made = new GrpcCarrier({ listen: '127.0.0.1:0', ...options });
  open.push(made);
  return made;
}

async function listening(options: Partial<GrpcCarrierOptions> = {}) {
  const made = carrier(options);
  const accepted: Accepted[] = [];
  let wake: (() => void) | null = null;
  const { address } = await made.listen((channel) => {
    const ear = new Ear();
    accepted.push({ channel, ear });
    wake?.();
    return ear;
  });
  const next = async (): Promise<Accepted> => {
    while (accepted.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return accepted.shift()!;
  };
  return { carrier: made, address: address!, next, accepted };
}

function dial(from: GrpcCarrier, address: string): Accepted {
  const ear = new Ear();
  ear.isInside = true;
  const channel = from.dial(address, ear);
  ear.isInside = false;
  return { channel, ear };
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

async function deafServer(onSocket: (socket: Socket) => void = () => undefined): Promise<string> {
  const server = createServer(onSocket);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('GrpcCarrier', () => {
  it('B1: messages arrive whole, in order, each once, in both directions', async () => {
    const server = await listening();
    const dialed = dial(carrier(), server.address);
    dialed.channel.send(bytes('first'));
    const { channel, ear } = await server.next();
    const count = 3_000;
    for (let index = 0; index < count; index++) {
      dialed.channel.send(bytes(`up ${index}`));
      channel.send(bytes(`down ${index}`));
    }
    dialed.channel.send(new Uint8Array(0));
    await ear.until(() => ear.heard.length === count + 2);
    await dialed.ear.until(() => dialed.ear.heard.length === count);
    expect(ear.texts).toEqual(['first', ...Array.from({ length: count }, (_, index) => `up ${index}`), '']);
    expect(dialed.ear.texts).toEqual(Array.from({ length: count }, (_, index) => `down ${index}`));
    expect([channel.isEncrypted, channel.isPeerVerified, dialed.channel.isEncrypted, dialed.channel.isPeerVerified]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(channel.remote).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(dialed.channel.remote).toBe(server.address);
  });

  it('B1: a message of 64 MiB arrives whole, and small ones before and after it keep their place', async () => {
    const server = await listening();
    const { channel } = dial(carrier(), server.address);
    const large = Buffer.alloc(64 * 1024 * 1024, 'raftoral');
    channel.send(bytes('before'));
    channel.send(large);
    channel.send(bytes('after'));
    const { ear } = await server.next();
    await ear.until(() => ear.heard.length === 3);
    expect(ear.heard.map(({ length }) => length)).toEqual([6, large.length, 5]);
    expect(Buffer.compare(Buffer.from(ear.heard[1]!), large)).toBe(0);
  });

  it('B2: the one that closes hears `local`, the other `closed`, each once; what was sent before still arrives, nothing after it', async () => {
    for (const isDialer of [true, false]) {
      const server = await listening();
      const dialed = dial(carrier(), server.address);
      dialed.channel.send(bytes('hello'));
      const accepted = await server.next();
      await accepted.ear.until(() => accepted.ear.heard.length === 1);
      const [one, other] = isDialer ? [dialed, accepted] : [accepted, dialed];
      one.channel.send(bytes('last'));
      one.ear.isInside = true;
      one.channel.close();
      one.channel.close();
      one.channel.send(bytes('too late'));
      one.ear.isInside = false;
      await one.ear.until(() => one.ear.ends.length > 0);
      await other.ear.until(() => other.ear.ends.length > 0);
      expect(other.ear.texts.at(-1)).toBe('last');
      await server.carrier.close();
      expect(one.ear.ends.map(({ end }) => end)).toEqual(['local']);
      expect(other.ear.ends.map(({ end }) => end)).toEqual(['closed']);
    }
  });

  it('B2: what was sent before still arrives where all of the node closes, and the other side hears an end in order', async () => {
    // One that is small, and more than the buffers of the two sockets hold.
    for (const count of [1, 200]) {
      const server = await listening();
      const dialed = dial(carrier(), server.address);
      dialed.channel.send(bytes('hello'));
      const accepted = await server.next();
      await accepted.ear.until(() => accepted.ear.heard.length === 1);
      for (let i = 0; i < count; i++) accepted.channel.send(new Uint8Array(40_000));
      await server.carrier.close();
      await dialed.ear.until(() => dialed.ear.ends.length > 0);
      expect(dialed.ear.heard).toHaveLength(count);
      expect(dialed.ear.ends).toEqual([{ end: 'closed', text: `${server.address} ended the stream` }]);
    }
  });

  it('refused: nobody listens there; the port of a node that closed is free at once, and can be listened on again', async () => {
    const server = await listening();
    const dialed = dial(carrier(), server.address);
    await server.next();
    await server.carrier.close();
    await dialed.ear.until(() => dialed.ear.ends.length > 0);
    expect(dialed.ear.ends[0]!.end).toBe('closed');
    const again = dial(carrier(), server.address);
    await again.ear.until(() => again.ear.ends.length > 0);
    expect(again.ear.ends[0]!.end).toBe('refused');
    const byName = dial(carrier(), server.address.replace('127.0.0.1', 'localhost'));
    await byName.ear.until(() => byName.ear.ends.length > 0);
    expect(byName.ear.ends[0]!.end).toBe('refused');
    const successor = await listening({ listen: server.address });
    expect(successor.address).toBe(server.address);
  });

  it.each([
    ['an unknown name', async () => 'no-such-host.invalid:4400'],
    ['no address', async () => 'nonsense'],
    ['a process that never answers', () => deafServer()],
    ['a process that speaks something else', () => deafServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['a process that hangs up', () => deafServer((socket) => socket.destroy())],
  ])('failed, not refused: %s', async (_, find) => {
    const { ear } = dial(carrier({ limits: { dialTimeoutMs: 300 } }), await find());
    await ear.until(() => ear.ends.length > 0);
    expect(ear.ends.map(({ end }) => end)).toEqual(['failed']);
  });

  it('S2: what the other side does not read is counted, and onDrained tells when it has left', async () => {
    let held: Socket[] = [];
    const server = await listening();
    const { port } = new URL(`http://${server.address}`);
    const { connect } = await import('node:net');
    const proxy = await deafServer((socket) => {
      const onward = connect(Number(port), '127.0.0.1');
      socket.on('data', (chunk) => {
        held.push(socket);
        onward.write(chunk);
      });
      onward.pipe(socket);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
    const dialed = dial(carrier(), proxy);
    dialed.channel.send(bytes('hello'));
    const { ear } = await server.next();
    await ear.until(() => ear.heard.length === 1);
    for (const socket of held) socket.pause();
    const large = Buffer.alloc(1024 * 1024, 1);
    for (let count = 0; count < 24; count++) dialed.channel.send(large);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(dialed.channel.bufferedBytes).toBeGreaterThan(8 * 1024 * 1024);
    expect(dialed.ear.drained).toBe(0);
    for (const socket of held) socket.resume();
    held = [];
    await ear.until(() => ear.heard.length === 25);
    await dialed.ear.until(() => dialed.ear.drained > 0);
    expect(dialed.channel.bufferedBytes).toBe(0);
  });

  it('limitIncoming: a larger message ends the channel before it was kept, and what is allowed later is not lost', async () => {
    const server = await listening();
    const dialed = dial(carrier(), server.address);
    dialed.channel.send(bytes('small'));
    const { channel, ear } = await server.next();
    channel.limitIncoming!(4096);
    dialed.channel.send(Buffer.alloc(4096));
    await ear.until(() => ear.heard.length === 2);
    channel.limitIncoming!(1024 * 1024);
    dialed.channel.send(Buffer.alloc(1024 * 1024));
    await ear.until(() => ear.heard.length === 3);
    channel.limitIncoming!(4096);
    dialed.channel.send(Buffer.alloc(4097));
    await ear.until(() => ear.ends.length > 0);
    expect(ear.ends[0]!.end).toBe('failed');
    expect(ear.heard).toHaveLength(3);
    await dialed.ear.until(() => dialed.ear.ends.length > 0);
    expect(dialed.ear.ends[0]!.end).toBe('closed');
  });

  it('limitIncoming: one that is much larger is not even read: the stream is ended where its length is', async () => {
    const server = await listening();
    const dialed = dial(carrier(), server.address);
    dialed.channel.send(bytes('small'));
    const { channel, ear } = await server.next();
    await ear.until(() => ear.heard.length === 1);
    channel.limitIncoming!(4096);
    dialed.channel.send(Buffer.alloc(2 * 1024 * 1024));
    await ear.until(() => ear.ends.length > 0);
    expect(ear.ends).toHaveLength(1);
    expect(ear.heard).toHaveLength(1);
    await dialed.ear.until(() => dialed.ear.ends.length > 0);
    expect(['closed', 'failed']).toContain(dialed.ear.ends[0]!.end);
  });

  it.each([
    ['a port that is taken', async () => (await listening()).address, /another process listens there/],
    ['an address of another machine', async () => '192.0.2.1:4400', /not of this machine/],
    ['no address', async () => 'everywhere', /transport\.listen/],
  ])('listen() on %s is INVALID_CONFIGURATION that names the option', async (_, find, text) => {
    const refused = carrier({ listen: await find() }).listen(() => new Ear());
    await expect(refused).rejects.toThrow(text);
    await expect(refused).rejects.toThrow(/transport\.listen/);
    await refused.catch((error: unknown) => expect(isRaftoralError(error, 'INVALID_CONFIGURATION')).toBe(true));
  });

  it('close() ends channels that the other side does not read, within its grace', async () => {
    const server = await listening();
    const stuck = await deafServer();
    const waiting = dial(carrier(), stuck);
    const dialed = dial(server.carrier, server.address);
    dialed.channel.send(Buffer.alloc(32 * 1024 * 1024));
    await Promise.all(open.map((one) => one.close()));
    expect(waiting.ear.ends.map(({ end }) => end)).toEqual(['local']);
    expect(dialed.ear.ends.map(({ end }) => end)).toEqual(['local']);
    const after = dial(server.carrier, server.address);
    await after.ear.until(() => after.ear.ends.length > 0);
    expect(after.ear.ends[0]!.end).toBe('failed');
  });
});

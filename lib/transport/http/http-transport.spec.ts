/** The suites of transports over HTTP: on listeners of their own, with and without TLS, and in front of real applications' servers (R44). */
import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type CanActivate, type INestApplication, type PipeTransform } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createAuthority } from '../../../test/support/certificates.js';
import { eventually, makePeerTransport, networkHarness, pause, type CarrierMaker } from '../../testing/network-harness.js';
import { networkTransportSuite } from '../../testing/network-transport-suite.js';
import { transportSuite } from '../../testing/transport-suite.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../channel.js';
import { EnvelopeKind, type Frame } from '../transport.js';
import { HttpCarrier } from './http-carrier.js';
import type { ListenTls } from './http-listener.js';

@Injectable()
class RefuseAll implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class RefuseValues implements PipeTransform {
  transform(): never {
    throw new Error('no value passes');
  }
}

@Module({
  providers: [
    { provide: APP_GUARD, useClass: RefuseAll },
    { provide: APP_PIPE, useClass: RefuseValues },
  ],
})
class HostileModule {}

const FRAMEWORKS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

/** An application and the carrier in front of its server, as one: the suites know no application. */
class MountedCarrier implements ChannelCarrier {
  private app: INestApplication | null = null;
  private readonly carrier = new HttpCarrier({ server: () => this.app!.getHttpServer() as Server });

  constructor(
    private readonly framework: keyof typeof FRAMEWORKS,
    private readonly at: string,
  ) {}

  async listen(accept: ChannelAcceptor): Promise<ListeningAt> {
    this.app = await NestFactory.create(HostileModule, FRAMEWORKS[this.framework]() as never, { logger: false });
    this.app.setGlobalPrefix('api');
    this.app.enableCors();
    await this.carrier.listen(accept);
    const [host, port] = this.at.split(':');
    await this.app.listen(Number(port), host!);
    return { address: `${host}:${((this.app.getHttpServer() as Server).address() as AddressInfo).port}` };
  }

  dial(address: string, handlers: ChannelHandlers): ByteChannel {
    return this.carrier.dial(address, handlers);
  }

  async close(): Promise<void> {
    await this.carrier.close();
    await this.app?.close();
  }
}

const MAKERS: ReadonlyArray<readonly [string, CarrierMaker]> = [
  ['HTTP on a listener of its own', ({ listen = '127.0.0.1:0' }) => new HttpCarrier({ listen })],
  ['HTTP in front of express', ({ listen = '127.0.0.1:0' }) => new MountedCarrier('express', listen)],
  ['HTTP in front of fastify', ({ listen = '127.0.0.1:0' }) => new MountedCarrier('fastify', listen)],
];

for (const [title, makeCarrier] of MAKERS) {
  describe(title, () => {
    for (const { name, run } of transportSuite(networkHarness(makeCarrier))) it(name, run);
    for (const { name, run } of networkTransportSuite(makeCarrier)) it(name, run);
  });
}

describe('HTTP with mutual TLS', () => {
  let tls: ListenTls;
  beforeAll(() => {
    const authority = createAuthority('peers');
    const { cert, key } = authority.issue({ name: 'node', hosts: ['127.0.0.1'] });
    tls = { cert: Buffer.from(cert), key: Buffer.from(key), ca: Buffer.from(authority.cert), clientCa: null };
  });
  const overTls: CarrierMaker = ({ listen = '127.0.0.1:0' }) =>
    new HttpCarrier({ listen, tls: { current: tls, onChanged: () => () => undefined } });
  for (const { name, run } of transportSuite(networkHarness(overTls))) it(name, run);
  for (const { name, run } of networkTransportSuite(overTls)) it(name, run);
});

describe('HTTP to a peer that does not read', () => {
  it('N1: what waits is bounded, what does not fit is dropped and counted, and when it reads again, all goes on', async () => {
    const near = makePeerTransport({ carrier: new HttpCarrier({ listen: '127.0.0.1:0' }), tuning: { sendBufferBytesMax: 1024 * 1024 } });
    const far = makePeerTransport({ carrier: new HttpCarrier({ listen: '127.0.0.1:0' }) });
    const frames: Frame[] = [];
    await far.listen();
    const line = await stallingLine(far.advertised);
    try {
      await near.start(
        { deployment: 'd', nodeId: 1, incarnation: 1, volatile: false },
        { onFrame: () => {}, onPeerDisconnected: () => {} },
      );
      near.setSeeds([line.address]);
      await far.start(
        { deployment: 'd', nodeId: 2, incarnation: 1, volatile: false },
        { onFrame: (frame) => void frames.push(frame), onPeerDisconnected: () => {} },
      );
      await eventually('connected', () => near.peers().some(({ state }) => state === 'connected'));
      const send = (callId: number): void =>
        near.send(2, {
          deployment: 'd',
          from: 1,
          incarnation: 1,
          envelopes: [{ kind: EnvelopeKind.REQUEST, groupId: 1, callId, method: 'x', remainingMs: 1, body: new Uint8Array(256 * 1024) }],
        });
      line.stall(true);
      const before = near.statistics.bytesSent;
      for (let i = 0; i < 400; i++) {
        send(i);
        await pause(1);
      }
      const { framesDropped, bytesSent } = near.statistics;
      expect(framesDropped).toBeGreaterThan(200);
      // What waits here, and what the kernel took on both sides of the line.
      expect(bytesSent - before).toBeLessThan(40 * 1024 * 1024);
      line.stall(false);
      await eventually('it goes on', () => {
        send(1000);
        return frames.some(({ envelopes: [envelope] }) => envelope?.kind === EnvelopeKind.REQUEST && envelope.callId === 1000);
      });
    } finally {
      await Promise.all([near.stop(), far.stop()]);
      await line.close();
    }
  });
});

/** A TCP line to `address` that passes nothing on while it is stalled. */
async function stallingLine(address: string) {
  const [host, port] = address.split(':');
  const sockets = new Set<Socket>();
  let isStalled = false;
  const server = createServer((one) => {
    const other = connect(Number(port), host!);
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk: Buffer) => void (to.write(chunk) || from.pause()));
      to.on('drain', () => isStalled || from.resume());
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
      if (isStalled) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stall(on: boolean): void {
      isStalled = on;
      for (const socket of sockets)
        if (on) socket.pause();
        else socket.resume();
    },
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

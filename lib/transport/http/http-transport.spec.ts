/** The suites of transports over HTTP: on listeners of their own, with and without TLS, and in front of real applications' servers (R44). */
import 'reflect-metadata';
import { beforeAll, describe, it } from '@jest/globals';
import { Injectable, Module, type CanActivate, type INestApplication, type PipeTransform } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthority } from '../../../test/support/certificates.js';
import { networkHarness, type CarrierMaker } from '../../testing/network-harness.js';
import { networkTransportSuite } from '../../testing/network-transport-suite.js';
import { transportSuite } from '../../testing/transport-suite.js';
import type { ByteChannel, ChannelAcceptor, ChannelCarrier, ChannelHandlers, ListeningAt } from '../channel.js';
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

/** R44: the engine's routes in front of real applications, express and fastify, whose own pipes, guards, prefix, CORS and body parsers must not touch them. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  type CanActivate,
  type INestApplication,
  type PipeTransform,
} from '@nestjs/common';
import { APP_GUARD, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ControlApi, JsonObject } from '../../client/control-port.js';
import type { ByteChannel, ChannelEnd } from '../channel.js';
import { HttpCarrier } from './http-carrier.js';
import { HttpControlClient } from './http-control-client.js';

const seen: string[] = [];

@Injectable()
class RefuseAll implements CanActivate {
  canActivate(): boolean {
    seen.push('guard');
    return false;
  }
}

@Injectable()
class Shout implements PipeTransform {
  transform(value: unknown): unknown {
    seen.push('pipe');
    return value;
  }
}

@Controller('orders')
class OrdersController {
  @Get()
  list(): string[] {
    return [];
  }
  @Post()
  create(@Body() body: unknown): unknown {
    return { got: body };
  }
}

const api: ControlApi = {
  call: async (method, request) => ({ method, request }) satisfies JsonObject,
  stream: () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<JsonObject>>(() => {}),
      return: async () => ({ done: true as const, value: undefined }),
    }),
  }),
  isServing: () => true,
};

const cleanUps: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  seen.length = 0;
});

const FRAMEWORKS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };

async function boot(framework: keyof typeof FRAMEWORKS, isGuarded: boolean): Promise<INestApplication> {
  @Module({
    controllers: [OrdersController],
    providers: [{ provide: APP_PIPE, useClass: Shout }, ...(isGuarded ? [{ provide: APP_GUARD, useClass: RefuseAll }] : [])],
  })
  class AppModule {}
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = testing.createNestApplication(FRAMEWORKS[framework]() as never, { logger: false });
  app.setGlobalPrefix('api');
  app.enableCors({ origin: 'https://page.example' });
  cleanUps.push(() => app.close());
  return app;
}

async function mountOn(app: INestApplication, options: { path?: string } = {}) {
  const carrier = new HttpCarrier({ server: () => app.get(HttpAdapterHost).httpAdapter.getHttpServer() as Server, ...options });
  cleanUps.push(() => carrier.close());
  carrier.serveControl({ api, gate: { checkHead: () => null } });
  const accepted: Array<{ channel: ByteChannel; messages: string[]; ends: ChannelEnd[] }> = [];
  const listening = await carrier.listen((channel) => {
    const end = { channel, messages: [] as string[], ends: [] as ChannelEnd[] };
    accepted.push(end);
    return {
      onMessage: (message) => void end.messages.push(Buffer.from(message).toString()),
      onDrained: () => {},
      onClosed: (why) => void end.ends.push(why),
    };
  });
  expect(listening).toEqual({ address: null });
  return { carrier, accepted };
}

async function addressOf(app: INestApplication): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return `127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

function talk(address: string) {
  const carrier = new HttpCarrier({});
  cleanUps.push(() => carrier.close());
  const messages: string[] = [];
  const ends: ChannelEnd[] = [];
  const channel = carrier.dial(address, {
    onMessage: (message) => void messages.push(Buffer.from(message).toString()),
    onDrained: () => {},
    onClosed: (end) => void ends.push(end),
  });
  return { channel, messages, ends };
}

for (const framework of ['express', 'fastify'] as const) {
  describe(`HttpMount in front of ${framework}`, () => {
    it('R44: no guard, pipe, prefix, body parser or CORS of the application touches the routes of the engine', async () => {
      const app = await boot(framework, true);
      const { accepted } = await mountOn(app);
      const address = await addressOf(app);
      const { channel, messages } = talk(address);
      channel.send(Buffer.from('{"not": "for a body parser'));
      await until(() => accepted[0]?.messages.length === 1);
      accepted[0]!.channel.send(Buffer.from('and back'));
      await until(() => messages.length === 1);
      const client = new HttpControlClient({ address });
      cleanUps.push(() => client.close());
      expect(await client.call('workflow.start', { name: 'x', requestId: 'r' })).toEqual({
        method: 'workflow.start',
        request: { name: 'x', requestId: 'r' },
      });
      const health = await fetch(`http://${address}/raftoral/health`, { headers: { origin: 'https://page.example' } });
      expect([health.status, health.headers.get('access-control-allow-origin')]).toEqual([200, null]);
      expect((await fetch(`http://${address}/raftoral/v1/status`, { headers: { origin: 'https://page.example' } })).status).toBe(403);
      expect(seen).toEqual([]);
      expect((await fetch(`http://${address}/api/orders`)).status).toBe(403);
      expect(seen).toEqual(['guard']);
    });

    it('R44: the routes of the application are what they were', async () => {
      const app = await boot(framework, false);
      await mountOn(app);
      const address = await addressOf(app);
      const posted = await fetch(`http://${address}/api/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://page.example' },
        body: '{"a":1}',
      });
      expect([posted.status, await posted.json(), posted.headers.get('access-control-allow-origin')]).toEqual([
        201,
        { got: { a: 1 } },
        'https://page.example',
      ]);
      expect(seen).toEqual(['pipe']);
      for (const path of ['/raftoralx', '/api/raftoral/health', '/RAFTORAL/health', '/raftoral%2Fhealth', '//raftoral/health'])
        expect([path, (await fetch(`http://${address}${path}`)).status]).toEqual([path, 404]);
    });

    it('the application closes without waiting for what is held, and the other side hears of it', async () => {
      const app = await boot(framework, false);
      const { accepted } = await mountOn(app);
      const address = await addressOf(app);
      const { channel, ends } = talk(address);
      channel.send(Buffer.from('x'));
      await until(() => accepted[0]?.messages.length === 1);
      const client = new HttpControlClient({ address });
      cleanUps.push(() => client.close());
      const watching = (async () => {
        for await (const _ of client.stream('workflow.watch', {}, new AbortController().signal));
      })();
      const watched = expect(watching).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
      // The poll is held and the stream has begun.
      await new Promise((resolve) => setTimeout(resolve, 250));
      const began = performance.now();
      await app.close();
      expect(performance.now() - began).toBeLessThan(4000);
      await watched;
      await until(() => ends.length === 1 && accepted[0]!.ends.length === 1);
      expect([ends[0], accepted[0]!.ends[0]]).toEqual(['closed', 'local']);
    });

    it('a held poll outlives the time-outs that the application gives its own requests', async () => {
      const app = await boot(framework, false);
      const server = app.getHttpServer() as Server;
      server.setTimeout(150);
      server.keepAliveTimeout = 150;
      const { accepted } = await mountOn(app);
      const address = await addressOf(app);
      const { channel, ends, messages } = talk(address);
      channel.send(Buffer.from('x'));
      await until(() => accepted[0]?.messages.length === 1);
      await new Promise((resolve) => setTimeout(resolve, 600));
      expect(ends).toEqual([]);
      accepted[0]!.channel.send(Buffer.from('late'));
      channel.send(Buffer.from('y'));
      await until(() => messages.length === 1 && accepted[0]!.messages.length === 2);
    });

    it('two mounts under two paths do not meet, and unmounting gives the server back', async () => {
      const app = await boot(framework, false);
      const server = app.getHttpServer() as Server;
      const before = [server.emit, server.close];
      const one = await mountOn(app, { path: '/one' });
      const two = await mountOn(app, { path: '/two' });
      const address = await addressOf(app);
      const status = async (path: string): Promise<number> => (await fetch(`http://${address}${path}`)).status;
      expect([await status('/one/health'), await status('/two/health'), await status('/raftoral/health')]).toEqual([200, 200, 404]);
      await two.carrier.close();
      expect([await status('/one/health'), await status('/two/health')]).toEqual([200, 404]);
      await one.carrier.close();
      expect(await status('/one/health')).toBe(404);
      expect([server.emit, server.close]).toEqual(before);
    });
  });
}

describe('HttpMount', () => {
  it('takes out what is ours whenever the listener of the application was added, with Expect: 100-continue too', async () => {
    const server = createServer();
    const carrier = new HttpCarrier({ server: () => server });
    await carrier.listen(() => ({ onMessage() {}, onDrained() {}, onClosed() {} }));
    server.on('request', (_, response) => response.end('application'));
    server.on('checkContinue', (_, response) => {
      response.writeContinue();
      response.end('application continues');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await (await fetch(`${root}/raftoral/health`)).json()).toEqual({ status: 'not-serving' });
    expect(await (await fetch(`${root}/`)).text()).toBe('application');
    await carrier.close();
    expect([Object.hasOwn(server, 'emit'), Object.hasOwn(server, 'close')]).toEqual([false, false]);
    expect(await (await fetch(`${root}/raftoral/health`)).text()).toBe('application');
  });

  it('an application without a node:http server is told to listen on its own', async () => {
    const carrier = new HttpCarrier({ server: () => ({}) as Server });
    await expect(carrier.listen(() => ({ onMessage() {}, onDrained() {}, onClosed() {} }))).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('transport.listen'),
    });
  });
});

var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
/** R44: the engine's routes in front of real applications, express and fastify, whose own pipes, guards, prefix, CORS and body parsers must not touch them. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Injectable, Module, Post, } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, HttpAdapterHost } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createServer } from 'node:http';
import { HttpCarrier } from './http-carrier.js';
import { HttpControlClient } from './http-control-client.js';
const seen = [];
let RefuseAll = class RefuseAll {
    canActivate() {
        seen.push('guard');
        return false;
    }
};
RefuseAll = __decorate([
    Injectable()
], RefuseAll);
let Shout = class Shout {
    transform(value) {
        seen.push('pipe');
        return value;
    }
};
Shout = __decorate([
    Injectable()
], Shout);
let OrdersController = class OrdersController {
    list() {
        return [];
    }
    create(body) {
        return { got: body };
    }
};
__decorate([
    Get(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Array)
], OrdersController.prototype, "list", null);
__decorate([
    Post(),
    __param(0, Body()),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", Object)
], OrdersController.prototype, "create", null);
OrdersController = __decorate([
    Controller('orders')
], OrdersController);
const api = {
    call: async (method, request) => ({ method, request }),
    stream: () => ({
        [Symbol.asyncIterator]: () => ({
            next: () => new Promise(() => { }),
            return: async () => ({ done: true, value: undefined }),
        }),
    }),
    isServing: () => true,
};
const cleanUps = [];
afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse())
        await cleanUp();
    seen.length = 0;
});
const FRAMEWORKS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };
async function boot(framework, isGuarded) {
    let AppModule = class AppModule {
    };
    AppModule = __decorate([
        Module({
            controllers: [OrdersController],
            providers: [{ provide: APP_PIPE, useClass: Shout }, ...(isGuarded ? [{ provide: APP_GUARD, useClass: RefuseAll }] : [])],
        })
    ], AppModule);
    const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const app = testing.createNestApplication(FRAMEWORKS[framework](), { logger: false });
    app.setGlobalPrefix('api');
    app.enableCors({ origin: 'https://page.example' });
    cleanUps.push(() => app.close());
    return app;
}
async function mountOn(app, options = {}) {
    const carrier = new HttpCarrier({ server: () => app.get(HttpAdapterHost).httpAdapter.getHttpServer(), ...options });
    cleanUps.push(() => carrier.close());
    carrier.serveControl({ api, gate: { checkHead: () => null } });
    const accepted = [];
    const listening = await carrier.listen((channel) => {
        const end = { channel, messages: [], ends: [] };
        accepted.push(end);
        return {
            onMessage: (message) => void end.messages.push(Buffer.from(message).toString()),
            onDrained: () => { },
            onClosed: (why) => void end.ends.push(why),
        };
    });
    expect(listening).toEqual({ address: null });
    return { carrier, accepted };
}
async function addressOf(app) {
    await app.listen(0, '127.0.0.1');
    return `127.0.0.1:${app.getHttpServer().address().port}`;
}
async function until(condition) {
    for (let i = 0; i < 2000 && !condition(); i++)
        await new Promise((resolve) => setTimeout(resolve, 5));
    expect(condition()).toBe(true);
}
function talk(address) {
    const carrier = new HttpCarrier({});
    cleanUps.push(() => carrier.close());
    const messages = [];
    const ends = [];
    const channel = carrier.dial(address, {
        onMessage: (message) => void messages.push(Buffer.from(message).toString()),
        onDrained: () => { },
        onClosed: (end) => void ends.push(end),
    });
    return { channel, messages, ends };
}
for (const framework of ['express', 'fastify']) {
    describe(`HttpMount in front of ${framework}`, () => {
        it('R44: no guard, pipe, prefix, body parser or CORS of the application touches the routes of the engine', async () => {
            const app = await boot(framework, true);
            const { accepted } = await mountOn(app);
            const address = await addressOf(app);
            const { channel, messages } = talk(address);
            channel.send(Buffer.from('{"not": "for a body parser'));
            await until(() => accepted[0]?.messages.length === 1);
            accepted[0].channel.send(Buffer.from('and back'));
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
                for await (const _ of client.stream('workflow.watch', {}, new AbortController().signal))
                    ;
            })();
            const watched = expect(watching).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
            // The poll is held and the stream has begun.
            await new Promise((resolve) => setTimeout(resolve, 250));
            const began = performance.now();
            await app.close();
            expect(performance.now() - began).toBeLessThan(4000);
            await watched;
            await until(() => ends.length === 1 && accepted[0].ends.length === 1);
            expect([ends[0], accepted[0].ends[0]]).toEqual(['closed', 'local']);
        });
        it('a held poll outlives the time-outs that the application gives its own requests', async () => {
            const app = await boot(framework, false);
            const server = app.getHttpServer();
            server.setTimeout(150);
            server.keepAliveTimeout = 150;
            const { accepted } = await mountOn(app);
            const address = await addressOf(app);
            const { channel, ends, messages } = talk(address);
            channel.send(Buffer.from('x'));
            await until(() => accepted[0]?.messages.length === 1);
            await new Promise((resolve) => setTimeout(resolve, 600));
            expect(ends).toEqual([]);
            accepted[0].channel.send(Buffer.from('late'));
            channel.send(Buffer.from('y'));
            await until(() => messages.length === 1 && accepted[0].messages.length === 2);
        });
        it('two mounts under two paths do not meet, and unmounting gives the server back', async () => {
            const app = await boot(framework, false);
            const server = app.getHttpServer();
            const before = [server.emit, server.close];
            const one = await mountOn(app, { path: '/one' });
            const two = await mountOn(app, { path: '/two' });
            const address = await addressOf(app);
            const status = async (path) => (await fetch(`http://${address}${path}`)).status;
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
        await carrier.listen(() => ({ onMessage() { }, onDrained() { }, onClosed() { } }));
        server.on('request', (_, response) => response.end('application'));
        server.on('checkContinue', (_, response) => {
            response.writeContinue();
            response.end('application continues');
        });
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        cleanUps.push(() => new Promise((resolve) => server.close(resolve)));
        const root = `http://127.0.0.1:${server.address().port}`;
        expect(await (await fetch(`${root}/raftoral/health`)).json()).toEqual({ status: 'not-serving' });
        expect(await (await fetch(`${root}/`)).text()).toBe('application');
        await carrier.close();
        expect([Object.hasOwn(server, 'emit'), Object.hasOwn(server, 'close')]).toEqual([false, false]);
        expect(await (await fetch(`${root}/raftoral/health`)).text()).toBe('application');
    });
    it('an application without a node:http server is told to listen on its own', async () => {
        const carrier = new HttpCarrier({ server: () => ({}) });
        await expect(carrier.listen(() => ({ onMessage() { }, onDrained() { }, onClosed() { } }))).rejects.toMatchObject({
            code: 'INVALID_CONFIGURATION',
            message: expect.stringContaining('transport.listen'),
        });
    });
});
//# sourceMappingURL=http-mount.spec.js.map
var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/** The suites of transports over HTTP: on listeners of their own, with and without TLS, and in front of real applications' servers (R44). */
import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { connect, createServer } from 'node:net';
import { createAuthority } from '../../../test/support/certificates.js';
import { eventually, makePeerTransport, networkHarness, pause } from '../../testing/network-harness.js';
import { networkTransportSuite } from '../../testing/network-transport-suite.js';
import { transportSuite } from '../../testing/transport-suite.js';
import { EnvelopeKind } from '../transport.js';
import { HttpCarrier } from './http-carrier.js';
let RefuseAll = class RefuseAll {
    canActivate() {
        return false;
    }
};
RefuseAll = __decorate([
    Injectable()
], RefuseAll);
let RefuseValues = class RefuseValues {
    transform() {
        throw new Error('no value passes');
    }
};
RefuseValues = __decorate([
    Injectable()
], RefuseValues);
let HostileModule = class HostileModule {
};
HostileModule = __decorate([
    Module({
        providers: [
            { provide: APP_GUARD, useClass: RefuseAll },
            { provide: APP_PIPE, useClass: RefuseValues },
        ],
    })
], HostileModule);
const FRAMEWORKS = { express: () => new ExpressAdapter(), fastify: () => new FastifyAdapter() };
/** An application and the carrier in front of its server, as one: the suites know no application. */
class MountedCarrier {
    framework;
    at;
    app = null;
    carrier = new HttpCarrier({ server: () => this.app.getHttpServer() });
    constructor(framework, at) {
        this.framework = framework;
        this.at = at;
    }
    async listen(accept) {
        this.app = await NestFactory.create(HostileModule, FRAMEWORKS[this.framework](), { logger: false });
        this.app.setGlobalPrefix('api');
        this.app.enableCors();
        await this.carrier.listen(accept);
        const [host, port] = this.at.split(':');
        await this.app.listen(Number(port), host);
        return { address: `${host}:${this.app.getHttpServer().address().port}` };
    }
    dial(address, handlers) {
        return this.carrier.dial(address, handlers);
    }
    async close() {
        await this.carrier.close();
        await this.app?.close();
    }
}
const MAKERS = [
    ['HTTP on a listener of its own', ({ listen = '127.0.0.1:0' }) => new HttpCarrier({ listen })],
    ['HTTP in front of express', ({ listen = '127.0.0.1:0' }) => new MountedCarrier('express', listen)],
    ['HTTP in front of fastify', ({ listen = '127.0.0.1:0' }) => new MountedCarrier('fastify', listen)],
];
for (const [title, makeCarrier] of MAKERS) {
    describe(title, () => {
        for (const { name, run } of transportSuite(networkHarness(makeCarrier)))
            it(name, run);
        for (const { name, run } of networkTransportSuite(makeCarrier))
            it(name, run);
    });
}
describe('HTTP with mutual TLS', () => {
    let tls;
    beforeAll(() => {
        const authority = createAuthority('peers');
        const { cert, key } = authority.issue({ name: 'node', hosts: ['127.0.0.1'] });
        tls = { cert: Buffer.from(cert), key: Buffer.from(key), ca: Buffer.from(authority.cert), clientCa: null };
    });
    const overTls = ({ listen = '127.0.0.1:0' }) => new HttpCarrier({ listen, tls: { current: tls, onChanged: () => () => undefined } });
    for (const { name, run } of transportSuite(networkHarness(overTls)))
        it(name, run);
    for (const { name, run } of networkTransportSuite(overTls))
        it(name, run);
});
describe('HTTP to a peer that does not read', () => {
    it('N1: what waits is bounded, what does not fit is dropped and counted, and when it reads again, all goes on', async () => {
        const near = makePeerTransport({ carrier: new HttpCarrier({ listen: '127.0.0.1:0' }), tuning: { sendBufferBytesMax: 1024 * 1024 } });
        const far = makePeerTransport({ carrier: new HttpCarrier({ listen: '127.0.0.1:0' }) });
        const frames = [];
        await far.listen();
        const line = await stallingLine(far.advertised);
        try {
            await near.start({ deployment: 'd', nodeId: 1, incarnation: 1, volatile: false }, { onFrame: () => { }, onPeerDisconnected: () => { } });
            near.setSeeds([line.address]);
            await far.start({ deployment: 'd', nodeId: 2, incarnation: 1, volatile: false }, { onFrame: (frame) => void frames.push(frame), onPeerDisconnected: () => { } });
            await eventually('connected', () => near.peers().some(({ state }) => state === 'connected'));
            const send = (callId) => near.send(2, {
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
        }
        finally {
            await Promise.all([near.stop(), far.stop()]);
            await line.close();
        }
    });
});
/** A TCP line to `address` that passes nothing on while it is stalled. */
async function stallingLine(address) {
    const [host, port] = address.split(':');
    const sockets = new Set();
    let isStalled = false;
    const server = createServer((one) => {
        const other = connect(Number(port), host);
        for (const [from, to] of [
            [one, other],
            [other, one],
        ]) {
            sockets.add(from);
            from.on('data', (chunk) => void (to.write(chunk) || from.pause()));
            to.on('drain', () => isStalled || from.resume());
            from.on('close', () => to.destroy());
            from.on('error', () => to.destroy());
            if (isStalled)
                from.pause();
        }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
        address: `127.0.0.1:${server.address().port}`,
        stall(on) {
            isStalled = on;
            for (const socket of sockets)
                if (on)
                    socket.pause();
                else
                    socket.resume();
        },
        async close() {
            for (const socket of sockets)
                socket.destroy();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
//# sourceMappingURL=http-transport.spec.js.map
/** Whoever has no credentials reaches no handler (R44): every method of every service, called as a stranger would. And what is open to all. */
import * as grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../cluster/clock.js';
import { SystemRandom } from '../../cluster/random.js';
import { makePeerTransport } from '../../testing/network-harness.js';
import { ClientAuthenticator, clientAuthorization } from '../security/client-auth.js';
import { GrpcCarrier } from './grpc-carrier.js';
import { GrpcControlClient } from './grpc-control-client.js';
import { encodePacket } from './packet-wire.js';
import { loadGrpc } from './modules.js';
const CLOCK = new SystemClock();
const SECRET = Buffer.from('the secret of the clients');
const closers = [];
afterEach(async () => {
    for (const close of closers.splice(0))
        await close();
});
async function node(options = {}) {
    const reached = { calls: 0 };
    let isServing = true;
    const api = {
        call: async () => {
            reached.calls++;
            return { requestId: 'r' };
        },
        stream: async function* () {
            reached.calls++;
        },
        isServing: () => isServing,
    };
    const carrier = new GrpcCarrier({ listen: '127.0.0.1:0', ...options });
    const gate = new ClientAuthenticator({ secret: SECRET, acceptsCertificates: false, insecure: false, clock: CLOCK });
    carrier.serveControl({ api, gate });
    const transport = makePeerTransport({ carrier });
    transport.handle('peer.secret', async () => {
        reached.calls++;
        return {};
    });
    await transport.listen();
    closers.push(() => transport.stop());
    const client = new grpc.Client(transport.advertised, grpc.credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    closers.unshift(() => client.close());
    return { reached, client, address: transport.advertised, transport, stopServing: () => (isServing = false) };
}
const raw = (bytes) => bytes;
const ANYTHING = Buffer.from([0x0a, 0x03, 0x61, 0x62, 0x63]); // field 1: 'abc', which fits every request
function unary(client, path, body, authorization) {
    const metadata = new grpc.Metadata();
    if (authorization !== undefined)
        metadata.set('authorization', authorization);
    return new Promise((resolve) => {
        const call = client.makeBidiStreamRequest(path, raw, raw, metadata);
        let bytes = null;
        call.on('data', (chunk) => (bytes = chunk));
        call.on('error', () => undefined);
        call.on('status', ({ code }) => resolve({ code, bytes }));
        call.write(body);
        call.end();
    });
}
describe('strangers', () => {
    it('every call of the control API is UNAUTHENTICATED, with wrong credentials as with none, and reaches no handler', async () => {
        const { client, reached, transport } = await node();
        const { proto } = await loadGrpc();
        expect(proto.byPath.size).toBeGreaterThan(20);
        const peersSecret = Buffer.from('the secret of the suite, long enough').toString();
        for (const path of proto.byPath.keys())
            for (const authorization of [undefined, 'Bearer wrong', `Bearer ${peersSecret}`, 'Basic eDp5', 'Raftoral-HMAC ts=1,nonce=2,mac=3'])
                expect([path, authorization, (await unary(client, path, ANYTHING, authorization)).code]).toEqual([
                    path,
                    authorization,
                    grpc.status.UNAUTHENTICATED,
                ]);
        expect(reached.calls).toBe(0);
        expect(transport.advertised).toMatch(/^127\.0\.0\.1:/);
    });
    it('a signature is checked over the bytes that came: altered, repeated or for another call it is refused', async () => {
        const { client, reached } = await node();
        const [path, other] = ['/raftoral.v1.Workflows/Cancel', '/raftoral.v1.Workflows/Terminate'];
        const sign = () => clientAuthorization({ secret: SECRET, scheme: 'hmac', target: path, body: ANYTHING, clock: CLOCK, random: new SystemRandom() });
        const signed = sign();
        expect((await unary(client, path, ANYTHING, signed)).code).toBe(grpc.status.OK);
        expect(reached.calls).toBe(1);
        expect((await unary(client, path, ANYTHING, signed)).code).toBe(grpc.status.UNAUTHENTICATED);
        expect((await unary(client, other, ANYTHING, sign())).code).toBe(grpc.status.UNAUTHENTICATED);
        expect((await unary(client, path, Buffer.from([0x0a, 0x03, 0x61, 0x62, 0x64]), sign())).code).toBe(grpc.status.UNAUTHENTICATED);
        expect(reached.calls).toBe(1);
    });
    it('with the right secret it is answered, and the client of the package says what is missing', async () => {
        const { address, reached } = await node();
        const known = new GrpcControlClient({ address, authorize: () => `Bearer ${SECRET.toString()}` });
        const stranger = new GrpcControlClient({ address });
        closers.unshift(() => known.close(), () => stranger.close());
        await expect(known.call('admin.status', {})).resolves.toEqual({ requestId: 'r' });
        await expect(stranger.call('admin.status', {})).rejects.toMatchObject({
            code: 'UNAUTHENTICATED',
            message: expect.stringMatching(/secret/),
        });
        expect(reached.calls).toBe(1);
    });
    it('garbage on the stream of peers is closed, and nothing behind the handshake hears of it', async () => {
        const { client, reached } = await node();
        const garbage = [
            Buffer.alloc(100, 0xff),
            Buffer.alloc(0),
            encodePacket({ payloads: [Buffer.from('{"method":"peer.secret"}')], isUnfinished: false }),
            encodePacket({ payloads: [Buffer.alloc(3, 6)], isUnfinished: false }),
            encodePacket({ payloads: [Buffer.alloc(200_000)], isUnfinished: false }),
            encodePacket({ payloads: Array.from({ length: 1_000 }, () => Buffer.alloc(1)), isUnfinished: true }),
        ];
        for (const bytes of garbage) {
            const ended = await new Promise((resolve) => {
                const call = client.makeBidiStreamRequest('/raftoral.v1.PeerStream/Connect', raw, raw, new grpc.Metadata());
                call.on('data', () => undefined);
                call.on('error', () => undefined);
                call.on('status', () => resolve('ended'));
                call.write(bytes);
            });
            expect(ended).toBe('ended');
        }
        expect(reached.calls).toBe(0);
    }, 60_000);
    it('what is no service of a node is not there; a request that is too large is refused', async () => {
        const { client } = await node({ limits: { requestBytesMax: 1024 * 1024 } });
        expect((await unary(client, '/raftoral.v1.Workflows/Steal', ANYTHING)).code).toBe(grpc.status.UNIMPLEMENTED);
        expect((await unary(client, '/grpc.channelz.v1.Channelz/GetServers', ANYTHING)).code).toBe(grpc.status.UNIMPLEMENTED);
        const large = unary(client, '/raftoral.v1.Workflows/Start', Buffer.alloc(2 * 1024 * 1024), `Bearer ${SECRET.toString()}`);
        expect((await large).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
    });
});
describe('open to all', () => {
    const health = (client, service) => unary(client, '/grpc.health.v1.Health/Check', Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]));
    it('the health check says whether the node serves, for the node and for each service', async () => {
        const { client, stopServing } = await node();
        for (const service of ['', 'raftoral.v1.Workflows', 'raftoral.v1.Administration'])
            expect(await health(client, service)).toEqual({ code: grpc.status.OK, bytes: Buffer.from([0x08, 1]) });
        expect((await health(client, 'another.Service')).code).toBe(grpc.status.NOT_FOUND);
        stopServing();
        expect((await health(client, '')).bytes).toEqual(Buffer.from([0x08, 2]));
    });
    it('who watches is told of the change', async () => {
        const { client, stopServing } = await node({ limits: { healthLookMs: 20, healthWatchersMax: 1 } });
        const call = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', raw, raw, Buffer.alloc(0), new grpc.Metadata());
        call.on('error', () => undefined);
        const heard = [];
        const next = () => new Promise((resolve) => call.once('data', (bytes) => resolve(void heard.push(bytes[1]))));
        await next();
        stopServing();
        await next();
        expect(heard).toEqual([1, 2]);
        expect((await unary(client, '/grpc.health.v1.Health/Watch', Buffer.alloc(0))).code).toBe(grpc.status.RESOURCE_EXHAUSTED);
        call.cancel();
    });
    it('reflection is off unless it is switched on; then it lists the services and knows their messages', async () => {
        const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
        const list = Buffer.from([0x3a, 0x01, 0x2a]); // list_services: '*'
        const symbol = 'raftoral.v1.StartRequest';
        const bySymbol = Buffer.concat([Buffer.from([0x22, symbol.length]), Buffer.from(symbol)]); // file_containing_symbol
        const off = await node();
        expect((await unary(off.client, path, list)).code).toBe(grpc.status.UNIMPLEMENTED);
        const on = await node({ reflection: true });
        const services = await unary(on.client, path, list);
        expect(services.code).toBe(grpc.status.OK);
        for (const service of ['PeerStream', 'Workflows', 'Discovery', 'Membership', 'Administration'])
            expect(services.bytes.includes(`raftoral.v1.${service}`)).toBe(true);
        const file = await unary(on.client, path, bySymbol);
        expect(file.bytes.includes('on_existing')).toBe(true);
        expect((await unary(on.client, '/raftoral.v1.Administration/Status', ANYTHING)).code).toBe(grpc.status.UNAUTHENTICATED);
    });
});
//# sourceMappingURL=grpc-strangers.spec.js.map
/**
 * What every transport that reaches other processes must do beyond transportSuite(), as named cases that any test runner can run:
 *
 *   for (const { name, run } of networkTransportSuite(({ listen = '127.0.0.1:0' }) => new MyCarrier({ listen }))) it(name, run);
 *
 * Owns the cases; they know no adapter, only how to make its ChannelCarrier, and run PeerTransport over it with the machine's clock.
 * One case uses carriers of its own, and every transport that it made is stopped at its end.
 */
import assert from 'node:assert/strict';
import { isRaftoralError, RaftoralError } from '../errors/index.js';
import { EnvelopeCodec } from '../transport/envelope-codec.js';
import { EnvelopeKind } from '../transport/transport.js';
import { eventually, makePeerTransport, pause } from './network-harness.js';
const DEPLOYMENT = 'b1f2a9c4-53f8-4c55-9a3e-2f6d0c1b7e84';
const MIB = 1024 * 1024;
/** So long nothing may happen before a case believes that nothing does. */
const QUIET_MS = 300;
const CALL = { timeoutMs: 10_000 };
/** How a stranger's bytes may begin, if it guesses: a kind, and what looks like a frame behind it. */
const KINDS = 16;
const secret = (text) => ({ kind: 'secret', secret: new TextEncoder().encode(text) });
class Node {
    transport;
    frames = [];
    disconnected = [];
    refused = [];
    identity = null;
    constructor(transport) {
        this.transport = transport;
    }
    onFrame(frame) {
        this.frames.push(frame);
    }
    onPeerDisconnected(peer) {
        this.disconnected.push(peer);
    }
    onPeerRefused(peer) {
        this.refused.push(peer);
    }
    get address() {
        return this.transport.advertised;
    }
    get stamps() {
        return this.frames.map(({ envelopes: [envelope] }) => (envelope?.kind === EnvelopeKind.REQUEST ? envelope.callId : -1));
    }
    /** With `bytes` of payload. */
    send(to, stamp, bytes = 0) {
        this.transport.send(to, this.frame(stamp, new Uint8Array(bytes).fill(stamp)));
    }
    frame(stamp, body) {
        const { deployment, nodeId, incarnation } = this.identity;
        const envelope = { kind: EnvelopeKind.REQUEST, groupId: 1, callId: stamp, method: 'suite', remainingMs: 1, body };
        return { deployment, from: nodeId, incarnation, envelopes: [envelope] };
    }
    isConnectedTo(nodeId) {
        return this.transport.peers().some((peer) => peer.nodeId === nodeId && peer.state === 'connected');
    }
}
/** The processes of one case. */
class Processes {
    makeCarrier;
    nodes = [];
    ends = [];
    constructor(makeCarrier) {
        this.makeCarrier = makeCarrier;
    }
    make({ credentials, tuning, listen } = {}) {
        const carrier = this.makeCarrier(listen === undefined ? {} : { listen });
        const parts = { ...(credentials === undefined ? {} : { credentials }), ...(tuning === undefined ? {} : { tuning }) };
        const node = new Node(makePeerTransport({ carrier, ...parts }));
        this.nodes.push(node);
        return node;
    }
    /** It listens and has no identity yet. */
    async listen(options = {}, handlers = {}) {
        const node = this.make(options);
        for (const [method, handler] of Object.entries(handlers))
            node.transport.handle(method, handler);
        await node.transport.listen();
        return node;
    }
    async start(options) {
        return await this.begin(await this.listen(options), options);
    }
    async begin(node, options) {
        const { nodeId, deployment = DEPLOYMENT, incarnation = 1, volatile = false, seeds = [] } = options;
        node.identity = { nodeId, deployment, incarnation, volatile };
        node.transport.setSeeds(seeds);
        await node.transport.start(node.identity, node);
        return node;
    }
    async pair(tuning = {}) {
        const one = await this.start({ nodeId: 1, tuning });
        const two = await this.start({ nodeId: 2, tuning, seeds: [one.address] });
        await eventually('the two are connected', () => one.isConnectedTo(2) && two.isConnectedTo(1));
        return [one, two];
    }
    /** A channel without any transport above, as whoever finds the port may open one. */
    stranger(address) {
        const carrier = this.makeCarrier({});
        this.ends.push(() => carrier.close());
        const messages = [];
        const ends = [];
        const handlers = {
            onMessage: (message) => void messages.push(message),
            onDrained: () => undefined,
            onClosed: (end) => void ends.push(end),
        };
        return { channel: carrier.dial(address, handlers), messages, ends };
    }
    async end() {
        await Promise.all([...this.nodes.map(({ transport }) => transport.stop()), ...this.ends.map((end) => end())]);
    }
}
const hasCode = (code) => (error) => isRaftoralError(error, code);
/** Bytes in which nothing can be exchanged unseen. */
function pattern(length) {
    const bytes = new Uint8Array(length);
    const block = Uint8Array.from({ length: 65_521 }, (_, i) => (i * 31 + (i >> 8)) % 256);
    for (let at = 0; at < length; at += block.length)
        bytes.set(block.subarray(0, length - at), at);
    return bytes;
}
const upTo = (count, first = 0) => Array.from({ length: count }, (_, i) => first + i);
const CASES = [
    [
        'W3: nodes that know one seed learn of all others, and reach them',
        async (processes) => {
            const one = await processes.start({ nodeId: 1 });
            const two = await processes.start({ nodeId: 2, seeds: [one.address] });
            const three = await processes.start({ nodeId: 3, seeds: [two.address] });
            const all = [one, two, three];
            const known = all.map(({ address }, index) => ({ nodeId: index + 1, address, incarnation: 1 }));
            await eventually('all know all', () => all.every(({ transport }) => transport.addresses().length === 3));
            for (const { transport } of all)
                assert.deepEqual(transport.addresses(), known);
            three.send(1, 7);
            one.send(3, 8);
            await eventually('frames arrive', () => one.frames.length === 1 && three.frames.length === 1);
            assert.deepEqual([one.stamps, three.stamps], [[7], [8]]);
        },
    ],
    [
        'W2: processes without identity call each other by address, and the answer or the error comes back',
        async (processes) => {
            const callers = [];
            const two = await processes.listen({}, {
                'suite.answer': (from) => {
                    callers.push(from);
                    return Promise.resolve({ text: 'ü', list: [1, null] });
                },
                'suite.refuse': () => Promise.reject(new RaftoralError('JOIN_REFUSED', 'not today', { details: { why: 'suite' } })),
            });
            const one = await processes.listen();
            assert.deepEqual(await one.transport.call(two.address, 'suite.answer', { a: 1 }, CALL), { text: 'ü', list: [1, null] });
            assert.deepEqual([callers[0].nodeId, callers[0].processId, callers[0].address], [0, one.transport.processId, one.address]);
            await assert.rejects(one.transport.call(two.address, 'suite.refuse', {}, CALL), (error) => {
                assert.ok(isRaftoralError(error, 'JOIN_REFUSED'));
                assert.deepEqual([error.message, error.details], ['not today', { why: 'suite' }]);
                return true;
            });
            await assert.rejects(one.transport.call(two.address, 'suite.unknown', {}, CALL), hasCode('INVALID_ARGUMENT'));
        },
    ],
    [
        'a guest calls a node, and sends it no frames',
        async (processes) => {
            const node = await processes.listen({}, { 'suite.who': (from) => Promise.resolve({ nodeId: from.nodeId }) });
            await processes.begin(node, { nodeId: 1 });
            const guest = await processes.listen();
            assert.deepEqual(await guest.transport.call(node.address, 'suite.who', {}, CALL), { nodeId: 0 });
            guest.identity = { nodeId: 2, deployment: DEPLOYMENT, incarnation: 1, volatile: false };
            guest.send(1, 1);
            await pause(QUIET_MS);
            assert.deepEqual(node.frames, []);
            // The same process with an identity: now it may.
            await processes.begin(guest, { nodeId: 2, seeds: [node.address] });
            assert.deepEqual(await guest.transport.call(1, 'suite.who', {}, CALL), { nodeId: 2 });
            guest.send(1, 2);
            await eventually('its frame arrives', () => node.frames.length > 0);
            assert.deepEqual(node.stamps, [2]);
        },
    ],
    [
        'W2: a call of nobody is NO_ROUTE: a port where nobody listens, a node that nobody knows',
        async (processes) => {
            const gone = await processes.listen();
            await gone.transport.stop();
            const one = await processes.start({ nodeId: 1 });
            await assert.rejects(one.transport.call(gone.address, 'suite.x', {}, CALL), hasCode('NO_ROUTE'));
            await assert.rejects(one.transport.call(77, 'suite.x', {}, { timeoutMs: QUIET_MS }), hasCode('NO_ROUTE'));
        },
    ],
    [
        'R44: a process with another secret is refused, and neither side hears a frame or a call of the other',
        async (processes) => {
            const calls = [];
            const handler = { 'suite.x': (from) => Promise.resolve(void calls.push(from.processId)).then(() => ({})) };
            const one = await processes.listen({}, handler);
            await processes.begin(one, { nodeId: 1 });
            const other = await processes.listen({ credentials: secret('quite another secret than theirs') }, handler);
            await assert.rejects(other.transport.call(one.address, 'suite.x', {}, CALL), hasCode('PEER_REFUSED'));
            await assert.rejects(one.transport.call(other.address, 'suite.x', {}, CALL), hasCode('PEER_REFUSED'));
            await processes.begin(other, { nodeId: 2, seeds: [one.address] });
            one.transport.learnAddresses([{ nodeId: 2, address: other.address, incarnation: 1 }]);
            one.send(2, 1);
            other.send(1, 2);
            await pause(QUIET_MS);
            assert.deepEqual([calls, one.frames, other.frames], [[], [], []]);
            assert.ok(!one.isConnectedTo(2) && !other.isConnectedTo(1));
        },
    ],
    [
        'R42: a node of another deployment is refused',
        async (processes) => {
            const one = await processes.start({ nodeId: 1 });
            const other = await processes.start({ nodeId: 2, deployment: 'c0ffee00-0000-4000-8000-000000000000', seeds: [one.address] });
            await assert.rejects(other.transport.call(one.address, 'suite.x', {}, CALL), hasCode('PEER_REFUSED'));
            one.transport.learnAddresses([{ nodeId: 2, address: other.address, incarnation: 1 }]);
            one.send(2, 1);
            other.send(1, 2);
            await pause(QUIET_MS);
            assert.deepEqual([one.frames, other.frames, one.isConnectedTo(2)], [[], [], false]);
        },
    ],
    [
        'a peer that restarts at another port under a higher incarnation is found again, and its address is known to be the new one',
        async (processes) => {
            const [one, two] = await processes.pair();
            await two.transport.stop();
            await eventually('the peer is told', () => one.disconnected.length > 0);
            one.send(2, 1);
            const again = await processes.start({ nodeId: 2, incarnation: 2, seeds: [one.address] });
            assert.notEqual(again.address, two.address);
            await eventually('it is found', () => one.isConnectedTo(2));
            one.send(2, 2);
            again.send(1, 3);
            await eventually('frames arrive', () => again.stamps.includes(2) && one.frames.length === 1);
            assert.deepEqual(one.transport.addresses()[1], { nodeId: 2, address: again.address, incarnation: 2 });
            assert.deepEqual([one.stamps, one.frames[0].incarnation, one.disconnected], [[3], 2, [2]]);
        },
    ],
    [
        'a peer that is not there yet is found when it comes',
        async (processes) => {
            const reserved = await processes.listen();
            const { address } = reserved;
            await reserved.transport.stop();
            const one = await processes.start({ nodeId: 1, tuning: { backoffMsMax: 100 } });
            one.transport.learnAddresses([{ nodeId: 2, address, incarnation: 1 }]);
            one.send(2, 1);
            await pause(QUIET_MS);
            const two = await processes.start({ nodeId: 2, listen: address });
            await eventually('frames arrive', () => {
                one.send(2, 2);
                return two.stamps.includes(2);
            });
        },
    ],
    [
        'onPeerDisconnected says that the last channel is gone, onPeerRefused that the process is, each once',
        async (processes) => {
            const [one, two] = await processes.pair();
            assert.deepEqual([one.disconnected, one.refused], [[], []]);
            await two.transport.stop();
            await eventually('the peer is told', () => one.refused.length > 0);
            await pause(QUIET_MS);
            assert.deepEqual([one.disconnected, one.refused], [[2], [2]]);
            assert.deepEqual([two.disconnected, two.refused], [[], []]);
        },
    ],
    [
        'N1: what a peer does not take in time is dropped and counted, what it gets is in order, and afterwards all goes on',
        async (processes) => {
            const [one, two] = await processes.pair({ sendBufferBytesMax: MIB });
            // In one go: the peer, which shares this thread, can read nothing of it meanwhile.
            for (let stamp = 0; stamp < 64; stamp++)
                one.send(2, stamp, MIB / 4);
            const { framesDropped, bytesSent } = one.transport.statistics;
            assert.ok(framesDropped >= 32, `${framesDropped} of 64 frames were dropped`);
            assert.ok(bytesSent < 4 * MIB, `${bytesSent} bytes wait`);
            await eventually('the others arrive', () => two.frames.length === 64 - framesDropped);
            assert.deepEqual(two.stamps, [...two.stamps].sort((a, b) => a - b));
            await eventually('it goes on', () => {
                one.send(2, 99);
                return two.stamps.includes(99);
            });
            assert.ok(one.transport.peers().find(({ nodeId }) => nodeId === 2).state === 'connected');
        },
    ],
    [
        'a frame of 10 MB arrives as it was sent, both ways',
        async (processes) => {
            const pair = await processes.pair();
            const body = pattern(10_000_000);
            for (const [from, to] of [pair, [pair[1], pair[0]]]) {
                from.transport.send(to.identity.nodeId, from.frame(1, body));
                await eventually('it arrives', () => to.frames.length === 1);
                const [envelope] = to.frames[0].envelopes;
                assert.ok(envelope?.kind === EnvelopeKind.REQUEST && Buffer.compare(envelope.body, body) === 0);
            }
        },
    ],
    [
        'the largest frame, 64 MiB, arrives; a larger one is dropped and counted, and the channel lives on',
        async (processes) => {
            const [one, two] = await processes.pair({ silenceMs: 30_000, probeTimeoutMs: 30_000 });
            const around = new EnvelopeCodec().encode(one.frame(1, new Uint8Array(1000))).length - 1000;
            // The length of the body is written as a varint, which has two bytes more here than there.
            const largest = 64 * MIB - around - 2;
            one.transport.send(2, one.frame(1, new Uint8Array(largest)));
            await eventually('it arrives', () => two.frames.length === 1);
            two.frames.length = 0;
            one.transport.send(2, one.frame(2, new Uint8Array(largest + 1)));
            assert.equal(one.transport.statistics.framesDropped, 1);
            one.send(2, 3);
            await eventually('the next arrives', () => two.frames.length > 0);
            assert.deepEqual([two.stamps, one.disconnected], [[3], []]);
        },
    ],
    [
        '5,000 frames each way at once arrive in order, each once',
        async (processes) => {
            const [one, two] = await processes.pair({ sendBufferBytesMax: 64 * MIB });
            for (let first = 0; first < 5000; first += 50) {
                for (const stamp of upTo(50, first)) {
                    one.send(2, stamp, 200);
                    two.send(1, stamp, 200);
                }
                if (first % 500 === 0)
                    await pause(1);
            }
            await eventually('all arrive', () => one.frames.length >= 5000 && two.frames.length >= 5000);
            assert.deepEqual([one.stamps, two.stamps], [upTo(5000), upTo(5000)]);
        },
    ],
    [
        'two that dial each other at the same time end up with one channel, and lose, repeat and reorder nothing that is sent on it',
        async (processes) => {
            const [one, two] = await Promise.all([processes.listen(), processes.listen()]);
            await Promise.all([
                processes.begin(one, { nodeId: 1, seeds: [two.address] }),
                processes.begin(two, { nodeId: 2, seeds: [one.address] }),
            ]);
            for (let stamp = 0; stamp < 200; stamp++) {
                one.send(2, stamp);
                two.send(1, stamp);
                if (stamp % 20 === 0)
                    await pause(5);
            }
            await eventually('all arrive', () => one.frames.length >= 200 && two.frames.length >= 200);
            await pause(QUIET_MS);
            assert.deepEqual([one.stamps, two.stamps], [upTo(200), upTo(200)]);
            assert.deepEqual([one.disconnected, two.disconnected], [[], []]);
        },
    ],
    [
        'P8, R44: no byte of a stranger becomes a frame or a call, whatever it sends, and its channels are ended',
        async (processes) => {
            const calls = [];
            const node = await processes.listen({ tuning: { handshakeTimeoutMs: QUIET_MS } }, {
                'suite.x': (from) => Promise.resolve(void calls.push(from.processId)).then(() => ({})),
            });
            await processes.begin(node, { nodeId: 1 });
            const two = await processes.start({ nodeId: 2, seeds: [node.address] });
            await eventually('the two are connected', () => node.isConnectedTo(2) && two.isConnectedTo(1));
            const frame = new EnvelopeCodec().encode(two.frame(1, new Uint8Array(3)));
            const call = new TextEncoder().encode('suite.x{}');
            const openers = [new Uint8Array(0), frame, new Uint8Array(4096).fill(0xff), new Uint8Array(100_000)];
            for (let kind = 0; kind < KINDS; kind++)
                openers.push(Uint8Array.from([kind, ...frame]), Uint8Array.from([kind, 0, 0, 0, 1, ...call]));
            const strangers = openers.map((opener) => {
                const stranger = processes.stranger(node.address);
                stranger.channel.send(opener);
                stranger.channel.send(Uint8Array.from([6, ...frame]));
                return stranger;
            });
            // And one that says nothing at all.
            strangers.push(processes.stranger(node.address));
            await eventually('all are ended', () => strangers.every(({ ends }) => ends.length === 1));
            assert.deepEqual([node.frames, calls], [[], []]);
            await eventually('a peer is heard as ever', () => {
                two.send(1, 5);
                return node.frames.length > 0;
            });
            assert.ok(node.stamps.every((stamp) => stamp === 5));
            assert.ok(node.frames.every(({ from }) => from === 2));
        },
    ],
    [
        'stop() frees the port, ends every channel, and nothing is called any more',
        async (processes) => {
            const [one, two] = await processes.pair();
            const three = await processes.start({ nodeId: 3, seeds: [one.address] });
            await eventually('connected', () => one.isConnectedTo(3) && three.isConnectedTo(1));
            const pending = one.transport.call(2, 'suite.unknown', {}, CALL).catch((error) => error);
            await one.transport.stop();
            const heard = [one.frames.length, one.disconnected.length];
            assert.ok(isRaftoralError(await pending));
            two.send(1, 1);
            one.send(2, 2);
            await eventually('its peers know', () => two.disconnected.length > 0 && three.disconnected.length > 0);
            await assert.rejects(one.transport.call(two.address, 'suite.x', {}, CALL), hasCode('SHUTTING_DOWN'));
            const next = await processes.listen({ listen: one.address });
            assert.equal(next.address, one.address);
            await pause(QUIET_MS);
            assert.deepEqual([one.frames.length, one.disconnected.length], heard);
            assert.deepEqual(two.frames, []);
            await one.transport.stop();
        },
    ],
];
/** The cases, over the channels that `makeCarrier` makes. The slowest takes some seconds. */
export function networkTransportSuite(makeCarrier) {
    return CASES.map(([name, body]) => ({
        name,
        run: async () => {
            const processes = new Processes(makeCarrier);
            try {
                await body(processes);
            }
            finally {
                await processes.end();
            }
        },
    }));
}
//# sourceMappingURL=network-transport-suite.js.map
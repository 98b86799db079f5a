/** What strangers, and those on the way, try. Real transports; the attacker holds the wire, or a channel of its own, and not the secret. */
import { describe, expect, it } from '@jest/globals';
import { DEPLOYMENT, PeerWorld } from '../../../test/support/peer-world.js';
import { RaftoralError } from '../../errors/index.js';
import { encodeAddresses, encodeCall, encodeChallenge, encodeHello, NONCE_BYTES, PacketKind, Security } from './packet-codec.js';
import { MAC_BYTES } from './seal.js';
const NONCE = new Uint8Array(NONCE_BYTES).fill(7);
const HELLO = encodeHello({ versionMin: 1, versionMax: 1, security: Security.SECRET, flags: 0, nonce: NONCE });
/** A stranger's own channel to `address`, and what it heard. */
class Stranger {
    heard = [];
    end = null;
    channel;
    constructor(world, address) {
        this.channel = world.wire.dialRaw(address, {
            onMessage: (message) => void this.heard.push(message),
            onDrained: () => undefined,
            onClosed: (end) => void (this.end = end),
        });
    }
    get kinds() {
        return this.heard.map((message) => message[0]);
    }
}
async function problemOf(work) {
    try {
        await work;
    }
    catch (error) {
        return error instanceof RaftoralError ? `${error.code}: ${error.message}` : `not a RaftoralError: ${String(error)}`;
    }
    return 'no problem';
}
/** Everything that went over the wire in one session between two nodes, and their world. */
async function recorded() {
    const world = new PeerWorld();
    const passed = [];
    world.wire.tap = (passing) => {
        passed.push(passing);
        return [passing.message];
    };
    const [one, two] = (await world.cluster(2));
    one.transport.handle('danger', () => Promise.resolve({}));
    two.send(1, 41);
    await world.time.advance(100);
    world.wire.tap = null;
    return { world, one, two, passed };
}
describe('without the secret', () => {
    it('nothing of a stranger reaches a handler, and nothing of the node reaches a stranger but a nonce', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        let called = 0;
        one.transport.handle('danger', () => Promise.resolve({ called: ++called }));
        const packets = [
            new Uint8Array(0),
            new Uint8Array([PacketKind.FRAME, 1, 2, 3]),
            encodeCall({ callId: 1, method: 'danger', json: Buffer.from('{}') }, MAC_BYTES),
            encodeAddresses([{ nodeId: 2, address: 'evil:1', incarnation: 99 }], MAC_BYTES),
            new Uint8Array([PacketKind.PROBE]),
            new Uint8Array([PacketKind.RETIRE]),
            Buffer.from('GET / HTTP/1.1\r\n\r\n'),
            new Uint8Array(5_000),
        ];
        for (const packet of packets) {
            const early = new Stranger(world, one.address);
            early.channel.send(packet);
            const late = new Stranger(world, one.address);
            late.channel.send(HELLO);
            late.channel.send(packet);
            await world.time.advance(100);
            expect(early.kinds.filter((kind) => kind !== PacketKind.REFUSED)).toEqual([]);
            expect(late.kinds.filter((kind) => kind !== PacketKind.REFUSED)).toEqual([PacketKind.CHALLENGE]);
            expect([early.end, late.end]).toEqual(['closed', 'closed']);
            for (const { heard } of [early, late])
                expect(Buffer.concat(heard).includes(DEPLOYMENT)).toBe(false);
        }
        expect([called, one.transport.addresses().length, one.transport.peers().length]).toEqual([0, 1, 0]);
    });
    it('another secret, of the dialer or of the acceptor, ends the handshake on both sides, by name', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        const other = world.peer(2, { credentials: { kind: 'secret', secret: Buffer.from('another secret, just as long') } });
        await other.start(2);
        expect(await problemOf(other.call(one.address, 'x'))).toMatch(/^PEER_REFUSED: .*another peer secret/);
        expect(await problemOf(one.call(other.address, 'x'))).toMatch(/^PEER_REFUSED: .*another peer secret/);
        expect(one.lines.join('\n')).toMatch(/no connection with a process at .*: the dialer holds another peer secret/);
        expect([one.transport.peers(), world.wire.openEnds]).toEqual([[], 0]);
    });
    it('an acceptor without the secret learns the dialer’s name, and gets nothing accepted', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        const impostor = world.wire.createCarrier({ address: '10.6.6.6:1' });
        const heard = [];
        await impostor.listen((channel) => ({
            onMessage: (message) => {
                heard.push(message[0]);
                if (message[0] === PacketKind.HELLO)
                    channel.send(encodeChallenge({ version: 1, security: Security.SECRET, flags: 0, nonce: NONCE }));
                // The dialer's own proof, sent back as if it were the answer: the kind is changed to fit.
                else if (message[0] === PacketKind.PROOF)
                    channel.send(Buffer.concat([Buffer.from([PacketKind.WELCOME, 0, 0]), message.subarray(1)]));
            },
            onDrained: () => undefined,
            onClosed: () => undefined,
        }));
        expect(await problemOf(one.call('10.6.6.6:1', 'secret-call', { value: 'of interest' }))).toMatch(/^PEER_REFUSED: .*the acceptor holds another peer secret/);
        expect(heard).toEqual([PacketKind.HELLO, PacketKind.PROOF]);
    });
    it('security is not negotiated: a side that asks for less is refused (H2)', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        const careless = world.peer(2, { credentials: { kind: 'insecure' } });
        await careless.start(2);
        expect(await problemOf(careless.call(one.address, 'x'))).toBe(`PEER_REFUSED: peer call 'x' to ${one.address} was not sent: ${one.address}: refused by peer: the dialer uses no security, the acceptor the peer secret`);
        expect(await problemOf(one.call(careless.address, 'x'))).toMatch(/^PEER_REFUSED: .*the dialer uses the peer secret, the acceptor no security/);
        // The attacker answers in place of the acceptor.
        const liar = world.wire.createCarrier({ address: '10.6.6.6:1' });
        await liar.listen((channel) => ({
            onMessage: () => channel.send(encodeChallenge({ version: 1, security: Security.INSECURE, flags: 0, nonce: NONCE })),
            onDrained: () => undefined,
            onClosed: () => undefined,
        }));
        expect(await problemOf(one.call('10.6.6.6:1', 'x'))).toMatch(/^PEER_REFUSED: .*the acceptor uses no security, the dialer the peer secret/);
    });
    it('certificates demand a connection on which TLS has verified one', async () => {
        const world = new PeerWorld();
        const tls = { isEncrypted: true, isPeerVerified: true };
        const one = world.peer(1, { credentials: { kind: 'certificate' }, carrier: tls });
        await one.start(1);
        const plain = world.peer(2, { credentials: { kind: 'certificate' } });
        await plain.start(2);
        expect(await problemOf(plain.call(one.address, 'x'))).toMatch(/^PEER_REFUSED: .*showed no certificate/);
        expect(await problemOf(one.call(plain.address, 'x'))).toMatch(/^PEER_REFUSED: .*showed no certificate/);
    });
    it('another version of the protocol is said by name', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        const stranger = new Stranger(world, one.address);
        stranger.channel.send(encodeHello({ versionMin: 9, versionMax: 12, security: Security.SECRET, flags: 0, nonce: NONCE }));
        await world.time.advance(100);
        expect(Buffer.concat(stranger.heard).toString()).toContain('the dialer speaks versions 9 to 12 of the protocol of peers, the acceptor 1 to 1');
        expect(stranger.end).toBe('closed');
    });
    it('a bare refusal, which anyone can say, makes no node believe that its id is used', async () => {
        const world = new PeerWorld();
        const liar = world.wire.createCarrier({ address: '10.6.6.6:1' });
        await liar.listen((channel) => ({
            onMessage: () => channel.send(new Uint8Array([PacketKind.REFUSED, 5, 2, 0x6e, 0x6f])),
            onDrained: () => undefined,
            onClosed: () => undefined,
        }));
        const one = world.peer(1);
        one.transport.setSeeds(['10.6.6.6:1']);
        await one.start(1);
        expect(one.transport.peers()).toEqual([]);
    });
});
describe('with a recording of a different session', () => {
    it('its HELLO and PROOF prove nothing in a new one, and its packets open nothing', async () => {
        const { world, one, passed } = await recorded();
        const towardsOne = passed.filter(({ to }) => to === one.address).map(({ message }) => message);
        expect(towardsOne.map((message) => message[0]).slice(0, 3)).toEqual([PacketKind.HELLO, PacketKind.PROOF, PacketKind.ADDRESSES]);
        const before = one.recorder.frames.length;
        const replayed = new Stranger(world, one.address);
        for (const message of towardsOne)
            replayed.channel.send(message);
        await world.time.advance(100);
        expect(replayed.kinds).toEqual([PacketKind.CHALLENGE, PacketKind.REFUSED]);
        expect([replayed.end, one.recorder.frames.length]).toEqual(['closed', before]);
        expect(one.recorder.disconnected).toEqual([]);
    });
    it('a WELCOME from a different session is refused by the dialer', async () => {
        const { world, one, two, passed } = await recorded();
        const fromOne = passed.filter(({ from }) => from === one.address).map(({ message }) => message);
        const impostor = world.wire.createCarrier({ address: '10.6.6.6:1' });
        let next = 0;
        await impostor.listen((channel) => ({
            onMessage: () => channel.send(fromOne[next++]),
            onDrained: () => undefined,
            onClosed: () => undefined,
        }));
        expect(await problemOf(two.call('10.6.6.6:1', 'x'))).toMatch(/^PEER_REFUSED: .*the acceptor holds another peer secret/);
    });
});
describe('on the way between two nodes', () => {
    /** Sends one frame through `tamper` and then another: what arrived, and whether the channel lived. */
    async function through(tamper) {
        const world = new PeerWorld();
        const [one, two] = (await world.cluster(2));
        let isArmed = true;
        world.wire.tap = ({ from, message }) => {
            if (from !== one.address || message[0] !== PacketKind.FRAME || !isArmed)
                return [message];
            isArmed = false;
            return tamper(message);
        };
        one.send(2, 1);
        one.send(2, 2);
        await world.time.advance(3_000);
        one.send(2, 3);
        await world.time.advance(3_000);
        const arrived = two.recorder.marks(1);
        return { arrived, misbehaved: two.transport.statistics.channelsMisbehaved, reconnected: arrived.at(-1) === 3 };
    }
    it('a packet that was altered anywhere ends the channel, and nothing of it arrives (S2)', async () => {
        for (const offset of [0, 1, 20, 45, -1, -MAC_BYTES, -MAC_BYTES - 1]) {
            const altered = (message) => {
                const copy = message.slice();
                copy[offset < 0 ? copy.length + offset : offset] ^= 0x40;
                return [copy];
            };
            expect(await through(altered)).toEqual({ arrived: [3], misbehaved: 1, reconnected: true });
        }
    });
    it('a packet that is cut, made longer, repeated, left out or moved ends the channel', async () => {
        expect(await through((message) => [message.subarray(0, message.length - 1)])).toEqual({
            arrived: [3],
            misbehaved: 1,
            reconnected: true,
        });
        expect(await through((message) => [message.subarray(0, 3)])).toEqual({ arrived: [3], misbehaved: 1, reconnected: true });
        expect(await through(() => [new Uint8Array(0)])).toEqual({ arrived: [3], misbehaved: 1, reconnected: true });
        expect(await through((message) => [Buffer.concat([message, Buffer.alloc(1)])])).toEqual({
            arrived: [3],
            misbehaved: 1,
            reconnected: true,
        });
        expect(await through((message) => [message, message])).toEqual({ arrived: [1, 3], misbehaved: 1, reconnected: true });
        expect(await through(() => [])).toEqual({ arrived: [3], misbehaved: 1, reconnected: true });
    });
    it('packets in another order end the channel', async () => {
        const world = new PeerWorld();
        const [one, two] = (await world.cluster(2));
        let held = null;
        world.wire.tap = ({ from, message }) => {
            if (from !== one.address || message[0] !== PacketKind.FRAME)
                return [message];
            if (held === null) {
                held = message;
                return [];
            }
            world.wire.tap = null;
            return [message, held];
        };
        one.send(2, 1);
        one.send(2, 2);
        await world.time.advance(1_000);
        expect([two.recorder.marks(1), two.transport.statistics.channelsMisbehaved]).toEqual([[], 1]);
    });
    it('a packet sent back to its sender is not taken for the other side’s', async () => {
        const world = new PeerWorld();
        const [one, two] = (await world.cluster(2));
        // What node 1 sends arrives at node 1, in place of what node 2 sends.
        let own = null;
        world.wire.tap = ({ from, message }) => {
            if (message[0] !== PacketKind.FRAME)
                return [message];
            if (from === one.address) {
                own = message;
                return [];
            }
            return own === null ? [message] : [own];
        };
        one.send(2, 1);
        two.send(1, 2);
        await world.time.advance(100);
        expect([one.recorder.frames.length, one.transport.statistics.channelsMisbehaved]).toEqual([0, 1]);
    });
    it('an altered handshake leads to no session: any bit of any of its packets', async () => {
        for (const kind of [PacketKind.HELLO, PacketKind.CHALLENGE, PacketKind.PROOF, PacketKind.WELCOME]) {
            let length = 1;
            for (let offset = 0; offset < length; offset += 3) {
                const world = new PeerWorld();
                const [one] = (await world.cluster(1));
                const guest = world.peer(2);
                await guest.transport.listen();
                world.wire.tap = ({ message }) => {
                    if (message[0] !== kind)
                        return [message];
                    length = message.length;
                    const copy = message.slice();
                    copy[offset] ^= 1 << (offset % 8);
                    return [copy];
                };
                one.transport.handle('x', () => Promise.resolve({}));
                expect([kind, offset, await problemOf(guest.call(one.address, 'x'))]).toEqual([
                    kind,
                    offset,
                    expect.stringMatching(/^(PEER_REFUSED|NO_ROUTE): /),
                ]);
            }
            expect(length).toBeGreaterThan(30);
        }
    });
    it('an altered claim of TLS does not switch the seals off (H5)', async () => {
        const world = new PeerWorld();
        const one = world.peer(1, { carrier: { isEncrypted: true, isPeerVerified: true } });
        await one.start(1);
        const two = world.peer(2);
        two.transport.setSeeds([one.address]);
        await two.start(2); // its side is not encrypted: a proxy ends the TLS before it
        await world.time.advance(100);
        world.wire.tap = ({ message }) => {
            if (message[0] !== PacketKind.FRAME)
                return [message];
            const copy = message.slice();
            copy[45] ^= 1;
            return [copy];
        };
        two.send(1, 1);
        await world.time.advance(100);
        expect([one.recorder.frames.length, one.transport.statistics.channelsMisbehaved]).toEqual([0, 1]);
    });
});
describe('with the secret, and beyond what it gives', () => {
    it('a frame in the name of another node, incarnation or deployment is dropped (T1)', async () => {
        const world = new PeerWorld();
        const [one, two] = (await world.cluster(2));
        // Node 2's host errs, and its transport does not look: what arrives is judged by what the handshake bound.
        const forged = two.transport;
        const { identity } = forged;
        for (const changes of [{ from: 3 }, { incarnation: 2 }, { deployment: 'another' }]) {
            forged.identity = { ...identity, nodeId: changes.from ?? 2, ...changes };
            two.send(1, 1, changes);
        }
        forged.identity = identity;
        two.send(1, 2);
        await world.time.advance(100);
        expect(one.recorder.marks(2)).toEqual([2]);
        expect(one.recorder.frames).toHaveLength(1);
        expect(one.transport.statistics.framesRefused).toBe(3);
    });
    it('addresses that a guest claims to know are not taken', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        const guest = world.peer(2);
        await guest.transport.listen();
        guest.transport.learnAddresses([{ nodeId: 5, address: 'evil:1', incarnation: 1 }]);
        await problemOf(guest.call(one.address, 'x'));
        await world.time.advance(100);
        expect(one.transport.addresses().map(({ nodeId }) => nodeId)).toEqual([1]);
    });
});
describe('a flood', () => {
    it('of half-open handshakes is bounded, ends in time, and does not keep peers out (O2)', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1, { tuning: { unfinishedHandshakesMax: 20 } }));
        const strangers = [];
        for (let i = 0; i < 500; i++) {
            const stranger = new Stranger(world, one.address);
            if (i % 2 === 0)
                stranger.channel.send(HELLO);
            strangers.push(stranger);
            if (i % 50 === 0)
                await world.time.advance(1);
        }
        await world.time.advance(10);
        expect(strangers.filter(({ end }) => end === null)).toHaveLength(20);
        const two = world.peer(2);
        two.transport.setSeeds([one.address]);
        await two.start(2);
        two.send(1, 1);
        await world.time.advance(100);
        expect(one.recorder.marks(2)).toEqual([1]);
        await world.time.advance(6_000);
        expect(strangers.filter(({ end }) => end === null)).toEqual([]);
        expect([one.stateOf(2), world.wire.openEnds]).toEqual(['connected', 2]);
    });
    it('of guests that hold the secret is bounded too', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1, { tuning: { guestsMax: 3 } }));
        one.transport.handle('x', () => Promise.resolve({}));
        const answers = [];
        for (let i = 2; i < 8; i++) {
            const guest = world.peer(i);
            await guest.transport.listen();
            answers.push((await problemOf(guest.call(one.address, 'x'))).split(':')[0]);
        }
        expect(answers).toEqual(['no problem', 'no problem', 'no problem', 'NO_ROUTE', 'NO_ROUTE', 'NO_ROUTE']);
    });
    it('of large messages before the handshake is refused by their size', async () => {
        const world = new PeerWorld();
        const [one] = (await world.cluster(1));
        const stranger = new Stranger(world, one.address);
        stranger.channel.send(new Uint8Array(4_097));
        await world.time.advance(10);
        expect([stranger.heard.length, stranger.end]).toEqual([0, 'closed']);
    });
});
//# sourceMappingURL=peer-security.spec.js.map
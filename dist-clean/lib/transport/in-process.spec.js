import { describe, expect, it } from '@jest/globals';
import { transportSuite } from '../testing/transport-suite.js';
import { InProcessNetwork } from './in-process.js';
import { EnvelopeKind } from './transport.js';
const settle = () => new Promise((resolve) => {
    setImmediate(resolve);
});
const ping = (from, nowMs) => ({
    deployment: 'd',
    from,
    incarnation: 1,
    envelopes: [{ kind: EnvelopeKind.PING, nowMs }],
});
async function start(network, nodeId, onFrame) {
    const transport = network.createTransport();
    const heard = { transport, stamps: [], gone: [], crashed: false };
    const handlers = {
        onFrame: (frame) => {
            heard.stamps.push(frame.envelopes[0].nowMs);
            onFrame?.();
        },
        onPeerDisconnected: (peer) => heard.gone.push(peer),
        onCrashed: () => (heard.crashed = true),
    };
    await transport.start({ deployment: 'd', nodeId, incarnation: 1, volatile: true }, handlers);
    return heard;
}
for (const encodeFrames of [false, true]) {
    describe(`InProcessNetwork as a Transport, ${encodeFrames ? 'frames encoded' : 'frames by reference'}`, () => {
        const suite = transportSuite({
            create: () => {
                const network = new InProcessNetwork({ encodeFrames });
                return { createTransport: () => network.createTransport(), settle };
            },
        });
        for (const { name, run } of suite)
            it(name, run);
    });
}
describe('InProcessNetwork', () => {
    it('hands over the same frame object, or an equal one that went through the codec', async () => {
        for (const encodeFrames of [false, true]) {
            const network = new InProcessNetwork({ encodeFrames });
            const one = await start(network, 1);
            let received;
            const two = network.createTransport();
            await two.start({ deployment: 'd', nodeId: 2, incarnation: 1, volatile: true }, { onFrame: (frame) => (received = frame), onPeerDisconnected: () => { } });
            const sent = ping(1, 7);
            one.transport.send(2, sent);
            await settle();
            expect(received).toEqual(sent);
            expect(received === sent).toBe(!encodeFrames);
        }
    });
    it('crash() drains nothing: frames to and from the node vanish, peers get a hint, the node hears nothing more', async () => {
        const network = new InProcessNetwork();
        const [one, two, three] = [await start(network, 1), await start(network, 2), await start(network, 3)];
        one.transport.send(2, ping(1, 1));
        two.transport.send(3, ping(2, 2));
        one.transport.send(3, ping(1, 3));
        network.crash(2);
        two.transport.send(3, ping(2, 4));
        one.transport.send(2, ping(1, 5));
        await settle();
        expect([one.stamps, two.stamps, three.stamps]).toEqual([[], [], [3]]);
        expect([one.gone, two.gone, three.gone]).toEqual([[2], [], [2]]);
        expect(two.crashed).toBe(true);
        expect(network.nodeIds).toEqual([1, 3]);
        network.crash(2);
        network.crash(99);
        await two.transport.stop();
        expect(one.gone).toEqual([2]);
    });
    it('a node that crashes while it handles a batch hears nothing of the rest', async () => {
        const network = new InProcessNetwork();
        const one = await start(network, 1);
        const two = await start(network, 2, () => network.crash(2));
        for (let i = 0; i < 5; i++)
            one.transport.send(2, ping(1, i));
        await settle();
        expect(two.stamps).toEqual([0]);
    });
    it('R42: the id of a crashed node with a volatile store is refused, a new id is welcome', async () => {
        const network = new InProcessNetwork();
        await start(network, 1);
        await start(network, 2);
        network.crash(1);
        await expect(start(network, 1)).rejects.toMatchObject({ code: 'NODE_ID_REUSED', message: expect.stringContaining('node id 1') });
        await expect(start(network, 4)).resolves.toBeDefined();
    });
    it('a partition cuts both ways and only between its sides; heal() ends it', async () => {
        const network = new InProcessNetwork();
        const [one, two, three] = [await start(network, 1), await start(network, 2), await start(network, 3)];
        network.partition([1], [2, 3]);
        one.transport.send(2, ping(1, 1));
        two.transport.send(1, ping(2, 2));
        three.transport.send(2, ping(3, 3));
        await settle();
        expect([one.stamps, two.stamps, three.stamps]).toEqual([[], [3], []]);
        expect(network.statistics.droppedPartition).toBe(2);
        network.heal();
        one.transport.send(2, ping(1, 4));
        await settle();
        expect(two.stamps).toEqual([3, 4]);
    });
    it('refuses a node of another deployment and an id that is no whole number', async () => {
        const network = new InProcessNetwork();
        await start(network, 1);
        const handlers = { onFrame: () => { }, onPeerDisconnected: () => { } };
        const identity = { deployment: 'other', nodeId: 2, incarnation: 1, volatile: true };
        await expect(network.createTransport().start(identity, handlers)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
        await expect(network.createTransport().start({ ...identity, deployment: 'd', nodeId: 0 }, handlers)).rejects.toMatchObject({
            code: 'INVALID_CONFIGURATION',
        });
    });
    it('a full inbox drops and counts, it never grows', async () => {
        const network = new InProcessNetwork({ inboxFramesMax: 3 });
        const one = await start(network, 1);
        const two = await start(network, 2);
        for (let i = 0; i < 5; i++)
            one.transport.send(2, ping(1, i));
        await settle();
        expect(two.stamps).toEqual([0, 1, 2]);
        expect(network.statistics).toMatchObject({ sent: 5, delivered: 3, droppedInboxFull: 2 });
    });
    it('a whole exchange of frames fits into one macrotask', async () => {
        const network = new InProcessNetwork();
        const one = await start(network, 1);
        let hops = 0;
        const two = await start(network, 2, () => {
            if (++hops < 50)
                one.transport.send(2, ping(1, hops));
        });
        one.transport.send(2, ping(1, 0));
        await settle();
        expect(two.stamps).toHaveLength(50);
    });
});
//# sourceMappingURL=in-process.spec.js.map
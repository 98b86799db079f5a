import { describe, expect, it } from '@jest/globals';
import { EnvelopeKind } from '../transport/transport.js';
import { SeededRandom } from './seeded-random.js';
import { CALM_LINK, SimulatedNetwork } from './simulated-network.js';
import { TraceHash } from './trace-hash.js';
import { transportSuite } from './transport-suite.js';
import { VirtualTime } from './virtual-time.js';
const ping = (from, nowMs) => ({
    deployment: 'd',
    from,
    incarnation: 1,
    envelopes: [{ kind: EnvelopeKind.PING, nowMs }],
});
async function setUp(count, link = CALM_LINK, seed = 1, byReference = false) {
    const time = new VirtualTime();
    const trace = new TraceHash();
    const network = new SimulatedNetwork({ time, random: new SeededRandom(seed, 'network'), link, trace, byReference });
    const nodes = [];
    for (let nodeId = 1; nodeId <= count; nodeId++) {
        const node = time.createNode();
        const simulated = { transport: network.createTransport(node), node, heard: [], gone: [] };
        await simulated.transport.start({ deployment: 'd', nodeId, incarnation: 1, volatile: true }, {
            onFrame: (frame) => simulated.heard.push({ stamp: frame.envelopes[0].nowMs, atMs: time.nowMs }),
            onPeerDisconnected: (peer) => simulated.gone.push(peer),
        });
        nodes.push(simulated);
    }
    return { time, network, trace, nodes, one: nodes[0], two: nodes[1], three: nodes[2] };
}
const stamps = (node) => node.heard.map(({ stamp }) => stamp);
for (const byReference of [false, true]) {
    describe(`SimulatedNetwork as a Transport, ${byReference ? 'frames by reference' : 'frames encoded'}`, () => {
        const suite = transportSuite({
            create: () => {
                const time = new VirtualTime();
                const network = new SimulatedNetwork({ time, random: new SeededRandom(1), byReference });
                return {
                    createTransport: () => network.createTransport(time.createNode()),
                    settle: async () => void (await time.runUntilIdle()),
                };
            },
        });
        for (const { name, run } of suite)
            it(name, run);
    });
}
describe('SimulatedNetwork', () => {
    const rough = {
        delayMsMin: 1,
        delayMsMax: 20,
        lossRate: 0.1,
        duplicationRate: 0.1,
        reorderRate: 0.2,
        reorderMsMax: 30,
        clogRate: 0.01,
        clogMsMax: 200,
    };
    async function roughRun(seed) {
        const { time, network, trace, one, two } = await setUp(2, rough, seed);
        for (let i = 0; i < 2000; i++) {
            one.transport.send(2, ping(1, i));
            await time.advance(0.5);
        }
        await time.runUntilIdle();
        return { network, digest: trace.digest(), heard: stamps(two) };
    }
    it('loses, repeats, reorders and clogs about as often as the profile says, and counts each', async () => {
        const { network, heard } = await roughRun(1);
        const { counts } = network;
        expect(counts.sent).toBe(2000);
        expect(counts.delivered).toBe(heard.length);
        expect(counts.delivered).toBe(counts.sent - counts.lost + counts.duplicated);
        expect(counts.lost).toBeGreaterThan(150);
        expect(counts.lost).toBeLessThan(250);
        expect(counts.duplicated).toBeGreaterThan(130);
        expect(counts.reordered).toBeGreaterThan(300);
        expect(counts.clogs).toBeGreaterThan(5);
        expect(new Set(heard).size).toBe(2000 - counts.lost);
        expect(heard.some((stamp, i) => i > 0 && stamp < heard[i - 1])).toBe(true);
    });
    it('the same seed gives the same trace hash, another seed another', async () => {
        const [first, again, other] = [await roughRun(5), await roughRun(5), await roughRun(6)];
        expect(again.digest).toBe(first.digest);
        expect(again.heard).toEqual(first.heard);
        expect(other.digest).not.toBe(first.digest);
    });
    it('delays each frame within the bounds of its link, in order', async () => {
        const { time, one, two } = await setUp(2, { ...CALM_LINK, delayMsMin: 5, delayMsMax: 9 });
        for (let i = 0; i < 100; i++)
            one.transport.send(2, ping(1, i));
        await time.advance(4.9);
        expect(two.heard).toHaveLength(0);
        await time.advance(5);
        expect(stamps(two)).toEqual(Array.from({ length: 100 }, (_, i) => i));
        for (const { atMs } of two.heard)
            expect(atMs >= 5 && atMs <= 9).toBe(true);
    });
    it('cuts one way or both, and heals', async () => {
        const { time, network, one, two, three } = await setUp(3);
        network.partitionOneWay([1], [2]);
        network.partition([3], [1]);
        for (const [sender, from] of [
            [one, 1],
            [two, 2],
            [three, 3],
        ])
            for (const to of [1, 2, 3])
                if (to !== from)
                    sender.transport.send(to, ping(from, from));
        await time.runUntilIdle();
        expect([stamps(one), stamps(two), stamps(three)]).toEqual([[2], [3], [2]]);
        expect(network.counts.partitioned).toBe(3);
        network.heal();
        one.transport.send(2, ping(1, 9));
        await time.runUntilIdle();
        expect(stamps(two)).toEqual([3, 9]);
    });
    it('a clogged link holds its frames back and delivers them in order', async () => {
        const { time, network, one, two } = await setUp(2);
        network.clog(1, 2, 500);
        for (let i = 0; i < 3; i++)
            one.transport.send(2, ping(1, i));
        await time.advance(499);
        expect(two.heard).toHaveLength(0);
        await time.advance(10);
        expect(stamps(two)).toEqual([0, 1, 2]);
    });
    it('crash(): what was on its way to the node is lost, the node runs nothing more, peers are told', async () => {
        const { time, network, one, two, three } = await setUp(3);
        one.transport.send(2, ping(1, 1));
        two.node.setTimer(10, () => two.transport.send(3, ping(2, 2)));
        network.crash(2);
        two.transport.send(3, ping(2, 3));
        one.transport.send(2, ping(1, 4));
        await time.advance(100);
        expect([stamps(two), stamps(three), one.gone, two.gone, three.gone]).toEqual([[], [], [2], [], [2]]);
        expect(network.counts.crashes).toBe(1);
        expect(network.nodeIds).toEqual([1, 3]);
    });
    it('a frame that a crashed node had sent arrives in some seeds and is lost in others', async () => {
        const arrived = new Set();
        for (let seed = 1; seed <= 20; seed++) {
            const { time, network, one, two } = await setUp(2, CALM_LINK, seed);
            one.transport.send(2, ping(1, 1));
            network.crash(1);
            await time.runUntilIdle();
            arrived.add(two.heard.length);
        }
        expect([...arrived].sort()).toEqual([0, 1]);
    });
});
//# sourceMappingURL=simulated-network.spec.js.map
/**
 * Property: whatever happened to wire and processes, once it is over every two nodes are connected by one channel, know each other's newest address, and
 * what they send arrives once. And while it happens no frame arrives twice, and none at a process that it was not for.
 */
import { expect, it } from '@jest/globals';
import { PeerWorld } from '../../../test/support/peer-world.js';
import { SeededRandom } from '../../testing/seeded-random.js';
const NODES = 4;
const STEPS = 60;
async function run(seed) {
    const random = new SeededRandom(seed, 'chaos');
    const delay = random.fork('wire');
    const world = new PeerWorld(seed, () => delay.int(8));
    const live = [];
    const incarnations = [];
    const moved = [];
    let mark = 0;
    const boot = async (id) => {
        incarnations[id] = (incarnations[id] ?? 0) + 1;
        const port = 7000 + (moved[id] ?? 0);
        const peer = world.peer(id, { carrier: { address: `10.0.0.${id}:${port}` } });
        peer.transport.setSeeds(live.filter((other) => other !== undefined).map(({ address }) => address));
        live[id] = peer;
        await peer.start(id, { incarnation: incarnations[id] });
    };
    for (let id = 1; id <= NODES; id++)
        await boot(id);
    for (let step = 0; step < STEPS; step++) {
        const id = 1 + random.int(NODES);
        const other = 1 + random.int(NODES);
        const choice = random.int(20);
        if (choice < 2 && id !== other)
            world.wire.cut(live[id].address, live[other].address);
        else if (choice < 5)
            world.wire.heal();
        else if (choice < 7)
            world.wire.forget(live[id].address);
        else if (choice === 7) {
            world.wire.stall(live[id].address);
            world.time.schedule(world.time.nowMs + random.int(3_000), () => world.wire.flow(live[id].address));
        }
        else if (choice < 10) {
            if (random.int(2) === 0)
                live[id].kill();
            else
                await live[id].stop();
            if (random.int(2) === 0)
                moved[id] = (moved[id] ?? 0) + 1;
            await world.time.advance(random.int(1_500));
            await boot(id);
        }
        for (let i = random.int(30); i > 0; i--) {
            const [from, to] = [1 + random.int(NODES), 1 + random.int(NODES)];
            if (from !== to)
                live[from].send(to, ++mark);
        }
        await world.time.advance(random.int(4) === 0 ? random.int(12_000) : random.int(200));
    }
    world.wire.heal();
    const peers = live.filter((peer) => peer !== undefined);
    for (const peer of peers)
        world.wire.flow(peer.address);
    // Members talk all the time: that is what brings them together again.
    for (let i = 0; i < 60; i++) {
        for (const from of peers)
            for (const to of peers)
                if (from !== to)
                    from.send(to.identity.nodeId, ++mark);
        await world.time.advance(500);
    }
    const settled = mark;
    for (const from of peers)
        for (const to of peers)
            if (from !== to)
                from.send(to.identity.nodeId, ++mark);
    await world.time.advance(5_000);
    const seen = new Set();
    for (const to of peers) {
        const at = `seed ${seed}, node ${to.identity.nodeId}`;
        expect([at, to.transport.peers().map(({ nodeId, state }) => `${nodeId} ${state}`)]).toEqual([
            at,
            peers.filter((peer) => peer !== to).map((peer) => `${peer.identity.nodeId} connected`),
        ]);
        expect([at, to.transport.addresses().map(({ address }) => address)]).toEqual([at, peers.map(({ address }) => address)]);
        for (const from of peers) {
            const marks = to.recorder.marks(from.identity.nodeId);
            for (const each of marks) {
                expect([at, each, seen.has(each)]).toEqual([at, each, false]);
                seen.add(each);
            }
            if (from !== to)
                expect([at, marks.filter((each) => each > settled)]).toEqual([at, [expect.any(Number)]]);
        }
        expect([at, to.transport.statistics.framesRefused, to.transport.statistics.channelsMisbehaved]).toEqual([at, 0, 0]);
    }
    expect([seed, world.wire.openEnds]).toEqual([seed, NODES * (NODES - 1)]);
    for (const peer of peers)
        await peer.stop();
    await world.time.advance(10_000);
    expect([seed, world.wire.openEnds]).toEqual([seed, 0]);
}
it('after any course of cuts, losses, stalls and restarts the nodes are as one again', async () => {
    for (let seed = 1; seed <= 8; seed++)
        await run(seed);
}, 120_000);
//# sourceMappingURL=peer-chaos.spec.js.map
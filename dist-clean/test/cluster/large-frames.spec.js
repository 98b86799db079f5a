/** What one turn has for one peer may be more than one frame can carry (DESIGN §4): it goes in several, and arrives. */
import { afterEach, expect, it } from '@jest/globals';
import { TestCluster, frame } from '../support/raft-cluster.js';
let cluster;
afterEach(() => cluster.stop());
const options = {
    encodeFrames: true,
    frameBytesMax: 20_000,
    tuning: { messageBytesMax: 1_000, frameBytesMax: 10_000, hibernateAfterTicks: 0 },
};
const large = (i) => frame(`${i} ${'x'.repeat(900)}`);
it('a follower that lacks more than a frame holds catches up', async () => {
    cluster = await TestCluster.start([1, 2, 3], options);
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0];
    const others = [1, 2, 3].filter((id) => id !== lagging.id);
    cluster.network.partition([lagging.id], others);
    for (let i = 0; i < 60; i++)
        await cluster.settled(leader.group.propose(large(i)));
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => lagging.machine.texts.length === 60, 5_000)).toBe(true);
    expect(cluster.network.statistics.droppedRefused).toBe(0);
});
it('a follower forwards more than a frame holds', async () => {
    cluster = await TestCluster.start([1, 2, 3], options);
    await cluster.elect();
    const { group } = cluster.followers()[0];
    await cluster.settled(Promise.all(Array.from({ length: 60 }, (_, i) => group.propose(large(i)))), 1_000);
    expect(cluster.network.statistics.droppedRefused).toBe(0);
});
//# sourceMappingURL=large-frames.spec.js.map
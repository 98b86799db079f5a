/** A node whose storage failed is as good as dead to the others (DESIGN §4, R39). */
import { expect, it } from '@jest/globals';
import { TestCluster, codeOf, frame } from '../support/raft-cluster.js';
import { SlowStorage } from '../support/slow-storage.js';
it('R39: a node whose storage failed is silent: the others count it as down, and take over what it led and owned', async () => {
    const cluster = new TestCluster();
    const clocks = new Map();
    const storages = new Map();
    for (const id of [1, 2, 3]) {
        const storage = new SlowStorage(() => clocks.get(id), 5);
        storages.set(id, storage);
        await cluster.settled(cluster.add(id, { members: [1, 2, 3], storage, onTime: (time) => clocks.set(id, time) }));
    }
    const leader = await cluster.elect();
    await cluster.time.advance(20);
    const request = codeOf(leader.group.request(cluster.followers()[0].id, 'nobody answers', new Uint8Array(0), 60_000));
    storages.get(leader.id).failure = new Error('input/output error');
    expect(await cluster.settled(codeOf(leader.group.propose(frame('lost'))))).toBe('STORAGE_FAILED');
    expect(await cluster.settled(request)).not.toBe('resolved');
    await cluster.time.advance(2_000);
    for (const node of cluster.alive.filter(({ id }) => id !== leader.id)) {
        expect(node.heard).toContain(`down ${leader.id}`);
        expect(node.group.livePeers()).not.toContain(leader.id);
    }
    await cluster.settled(leader.host.stop());
    await cluster.stop();
});
//# sourceMappingURL=failed-storage.spec.js.map
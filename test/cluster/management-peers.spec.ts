/** Whom the members of cluster 0 watch: its voters each other, its learners nobody; gossip watches those (docs/adr/0062). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { ManagementWorld } from '../support/management-world.js';

let world: ManagementWorld;
afterEach(() => world.stop());

const watchedBy = (nodeId: number): number[] =>
  world
    .node(nodeId)
    .host.status()
    .peers.map(({ id }) => id)
    .sort((a, b) => a - b);

describe('members of cluster 0', () => {
  it('learners ping nobody and are pinged by nobody; voters watch each other, and whoever shares an execution cluster', async () => {
    world = await ManagementWorld.start({ nodes: 5 });
    await world.until(() => world.learnersOfManagement === '4 5', 'nodes 4 and 5 are learners');
    await world.until(() => [4, 5].every((id) => world.topologyOf(id).version > 0), 'they follow');
    expect([1, 2, 3].map(watchedBy)).toEqual([
      [2, 3],
      [1, 3],
      [1, 2],
    ]);
    expect([4, 5].map(watchedBy)).toEqual([[], []]);
    await world.settled(world.leader.management.runtime.associate({ clusterId: 1, node: 4 }));
    await world.until(() => world.votersOf(1) === '1 2 3 4' || world.membersOf(1).includes('-'), 'node 4 is a member of cluster 1');
    expect(watchedBy(4)).toEqual([1, 2, 3]);
    expect(watchedBy(1)).toContain(4);
    expect(watchedBy(5)).toEqual([]);
  });

  it('a learner that comes back as another process hears who leads, though cluster 0 has gone to sleep, and says what it is', async () => {
    world = await ManagementWorld.start({ nodes: 4 });
    await world.until(() => world.learnersOfManagement === '4' && world.topologyOf(4).version === world.topology.version, 'node 4 follows');
    await world.until(() => world.leader.group.status().hibernating, 'cluster 0 sleeps');
    world.crash(4);
    await world.time.advance(1_000);
    expect(world.leader.group.status().hibernating).toBe(true);
    await world.add(4);
    await world.until(() => world.node(4).group.leaderId === world.leader.nodeId, 'it knows the leader');
    await world.until(() => world.topology.nodes.get(4)?.info.incarnation === 2, 'its new process is known');
    await world.settled(world.node(4).management.runtime.setMetadata(1, { metadata: { said: 'by node 4' } }));
    expect(world.topology.clusters.get(1)!.metadata).toEqual([{ name: 'said', value: 'by node 4' }]);
  });

  it('a learner that died a moment ago is not made a voter: a majority that counts on it could not undo it', async () => {
    world = await ManagementWorld.start({ nodes: 2, policy: { managementVoters: 1, nodeDownAfterMs: 1e9 } });
    await world.until(() => world.leader.group.membership.voters.length === 1, 'one votes');
    const { nodeId, group } = world.leader;
    const learner = nodeId === 1 ? 2 : 1;
    await world.until(() => world.topologyOf(learner).version === world.topology.version, 'the other follows');
    await world.time.advance(3_000);
    world.crash(learner);
    // Nothing has told the leader yet.
    expect(world.leader.management.liveNodes().has(learner)).toBe(true);
    await world.settled(world.leader.management.runtime.setNodeState(nodeId, 'draining'));
    await world.until(
      () => world.leader.log.some((line) => line.includes(`node ${learner}, that is to vote, does not answer`)),
      'it was asked',
    );
    expect(group.membership.voters).toEqual([nodeId]);
    await world.settled(world.leader.management.runtime.setNodeState(nodeId, 'active'));
  });
});

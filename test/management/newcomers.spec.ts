/** A node that has just been given an id by cluster 0, until it says itself what it is. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { managedGroupOf } from '../../lib/raftoral.joined-group.js';
import { ManagementWorld } from '../support/management-world.js';

let world: ManagementWorld;
afterEach(() => world.stop());

describe('a node that joins by way of cluster 0', () => {
  it('hosts nothing before it has said what it is: one of role client never does', async () => {
    world = await ManagementWorld.start({ nodes: 2, info: (node) => (node === 3 ? { role: 'client' } : {}) });
    const { nodeId } = world.leader;
    const joined = managedGroupOf(world.leader.group, () => world.topologyOf(nodeId));
    // The leader hears it by gossip before its own log reaches it.
    await world.add(3);
    expect(await world.settled(joined.reserve({ token: 'token-3', above: 0, isClient: false }, 5_000))).toBe(3);
    await world.until(
      () => world.states.includes('3:active') && world.topology.nodes.get(3)?.info.role === 'client',
      'it says that it is a client',
    );
    await world.time.advance(10_000);
    expect([world.membersOf(1), world.votersOf(0)]).toEqual(['1 2', '1 2']);
  });
});

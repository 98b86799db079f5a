/** Groups of a host. */
import { expect, it } from '@jest/globals';
import { TestCluster, TextMachine, codeOf } from '../support/raft-cluster.js';

it('of two calls at once that create one group, one is refused: two cores never share a log', async () => {
  const cluster = await TestCluster.start([1]);
  const { host } = cluster.node(1);
  const create = (): Promise<string> => codeOf(host.createGroup({ groupId: 2, stateMachine: new TextMachine(), members: [1] }));
  expect(await cluster.settled(Promise.all([create(), create()]))).toEqual(['resolved', 'INVALID_CONFIGURATION']);
  await cluster.settled(host.stop());
  expect(await create()).toBe('SHUTTING_DOWN');
});

it('a group whose storage failed to begin it may be created again', async () => {
  const cluster = await TestCluster.start([1]);
  const { host } = cluster.node(1);
  expect(await codeOf(host.createGroup({ groupId: 2, stateMachine: new TextMachine(), members: [9] }))).toBe('INVALID_CONFIGURATION');
  expect(await codeOf(host.createGroup({ groupId: 2, stateMachine: new TextMachine(), members: [1] }))).toBe('resolved');
  await cluster.stop();
});

it('a sole voter has nobody to wait for: it leads without an election timeout; one of two does not', async () => {
  const cluster = await TestCluster.start([1]);
  await cluster.time.advance(1);
  expect(cluster.node(1).group.isLeader).toBe(true);
  await cluster.stop();
  const pair = await TestCluster.start([1, 2]);
  await pair.time.advance(1);
  expect([pair.node(1).group.isLeader, pair.node(2).group.isLeader]).toEqual([false, false]);
  await pair.stop();
});

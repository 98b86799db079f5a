/** A deployment of two layers in real applications: founded by one node, joined by others, given a second cluster by the cluster manager, left again. */
import 'reflect-metadata';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { CountWords, WORD, clientOf, nodeOf } from '../support/network-apps.js';
import { PATIENT, TwoLayerApps, administrationOf, clusterIdsOf, membersOf, topologyOf, until } from '../support/two-layer-apps.js';

let deployment: TwoLayerApps;
async function open(count: number, isOnDisk: boolean): Promise<void> {
  deployment = new TwoLayerApps(isOnDisk);
  await deployment.open(count);
}
afterEach(async () => {
  await deployment.close();
});

async function runOn(hosts: readonly INestApplicationContext[], workflowId: string): Promise<void> {
  await clientOf(hosts[0]!).start(CountWords, 1, { workflowId, ...PATIENT });
  await clientOf(hosts.at(-1)!).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
  expect(await clientOf(hosts[0]!).getHandle(CountWords, workflowId).result()).toBe(1);
}

describe('two layers', () => {
  it('one node founds them, cluster 1 fills to three as nodes join, three more get a second cluster', async () => {
    await open(6, false);
    const first = await deployment.add();
    await until(() => nodeOf(first).hasManagement && topologyOf(first).deployment === nodeOf(first).deployment);
    expect([nodeOf(first).hosted?.founders, clusterIdsOf(first)]).toEqual([[1], [1]]);
    await runOn([first], 'alone');

    await deployment.add();
    await deployment.add();
    const three = await deployment.hosted(1, 3);
    expect(three.map((app) => nodeOf(app).nodeId)).toEqual([1, 2, 3]);
    await runOn(three, 'of three');

    for (let i = 0; i < 3; i++) await deployment.add();
    const others = await deployment.hosted(2, 3);
    expect(others.map((app) => nodeOf(app).nodeId)).toEqual([4, 5, 6]);
    await until(() => others.every((app) => nodeOf(app).clusters!.get(2)!.group.leaderId !== 0));
    // The group is one: each has the same members, and what one proposes all apply.
    const [one] = others.map((app) => nodeOf(app).clusters!.get(2)!);
    await until(() => one!.state.hellos.size === 3);
    expect(deployment.nodes.map(clusterIdsOf)).toEqual([[1], [1], [1], [2], [2], [2]]);
    // Every node follows the topology, three of them vote.
    await until(() => deployment.nodes.every((app) => topologyOf(app).nodes.size === 6 && topologyOf(app).clusters.size === 2));
    await until(() => topologyOf(first).membership.voters.length === 3);
    expect(topologyOf(first).membership.learners).toHaveLength(3);
    await runOn(three, 'after');
    // Also by way of nodes that do not host its cluster.
    await runOn(others, 'forwarded');
    // What operators see, from any of them.
    const { topology } = administrationOf(deployment.nodes[5]!);
    for (const app of deployment.nodes)
      await until(
        () =>
          !administrationOf(app)
            .status()
            .problems.some((text) => text.startsWith('cluster')),
        () => administrationOf(app).status().problems,
      );
    expect(topology.report()).toMatchObject({ deployment: nodeOf(first).deployment, nodes: { length: 6 }, clusters: { length: 2 } });
    const { decisions } = await topology.plan();
    expect(decisions.filter(({ rule }) => ['create', 'fill', 'repair', 'management-voters', 'management-members'].includes(rule))).toEqual(
      [],
    );
  }, 120_000);

  it('a node that leaves is out of its clusters and of the management cluster, another one takes its place, and its id is never used again', async () => {
    await open(5, false);
    for (let i = 0; i < 4; i++) await deployment.add();
    await deployment.hosted(1, 3);
    const [first, , third, fourth] = deployment.nodes;
    await runOn([first!], 'before');
    let hasLeft = false;
    nodeOf(third!).onLeft = () => (hasLeft = true);
    await nodeOf(third!).leave();
    expect([hasLeft, nodeOf(third!).phase]).toEqual([true, 'left']);
    await until(
      () => nodeOf(fourth!).clusters?.get(1)?.group.membership.voters.join() === '1,2,4',
      () => [membersOf(first!), clusterIdsOf(fourth!)],
    );
    await until(() => !topologyOf(first!).membership.learners.includes(3) && !topologyOf(first!).membership.voters.includes(3));
    // Nobody waits until it is down, which takes longer than this test.
    await until(
      () => (topologyOf(first!).nodes.get(3)?.state ?? 'left') === 'left',
      () => topologyOf(first!).nodes.get(3),
    );
    expect(await clientOf(fourth!).getHandle(CountWords, 'before').result()).toBe(1);
    const fifth = await deployment.add();
    expect(nodeOf(fifth).nodeId).toBe(5);
  }, 120_000);

  it('G2: nodes that start again open what they host by their own files, before anybody leads the management cluster', async () => {
    await open(4, true);
    for (let i = 0; i < 4; i++) await deployment.add();
    await deployment.hosted(1, 3);
    await runOn(deployment.nodes.slice(0, 3), 'before');
    // One by one; the fourth hosts nothing, and is a member all the same.
    for (const at of [3, 2, 1, 0]) {
      const again = await deployment.again(at);
      expect([nodeOf(again).nodeId, nodeOf(again).hasManagement, clusterIdsOf(again)]).toEqual([at + 1, true, at < 3 ? [1] : []]);
    }
    await until(() => deployment.nodes.every((app) => topologyOf(app).nodes.size === 4));
    expect(await clientOf(deployment.nodes[2]!).getHandle(CountWords, 'before').result()).toBe(1);
    await runOn(deployment.nodes.slice(0, 3), 'after');
    expect(nodeOf(deployment.nodes[3]!).nodeStatus()).toMatchObject({ running: true, failure: null, progress: null });
  }, 120_000);

  it('a node that is drained closes what it hosted, keeps its rows, and goes on with them when it comes back to the cluster', async () => {
    await open(4, true);
    for (let i = 0; i < 4; i++) await deployment.add();
    await deployment.hosted(1, 3);
    const [first, , third, fourth] = deployment.nodes as [
      INestApplicationContext,
      unknown,
      INestApplicationContext,
      INestApplicationContext,
    ];
    const votersOf = (app: INestApplicationContext): string | undefined => nodeOf(app).clusters?.get(1)?.group.membership.voters.join();
    await runOn([third], 'before');
    await nodeOf(first).management.runtime.setNodeState(3, 'draining');
    await until(
      () => votersOf(first) === '1,2,4' && clusterIdsOf(third).length === 0,
      () => [votersOf(first), clusterIdsOf(third), membersOf(first)],
    );
    expect(nodeOf(third).nodeStatus()).toMatchObject({ running: true, failure: null });
    // It hosts nothing, and answers.
    await runOn([third], 'meanwhile');
    await nodeOf(first).management.runtime.setNodeState(3, 'active');
    await nodeOf(first).management.runtime.setNodeState(4, 'draining');
    await until(
      () => votersOf(third) === '1,2,3' && clusterIdsOf(fourth).length === 0,
      () => [votersOf(third), clusterIdsOf(fourth), membersOf(first)],
    );
    for (const workflowId of ['before', 'meanwhile']) expect(await clientOf(third).getHandle(CountWords, workflowId).result()).toBe(1);
    await runOn([third, fourth], 'after');
  }, 120_000);

  it('a dead node is forgotten when somebody says so, though it was a member of the management cluster; its process ends as one that has left', async () => {
    await open(4, true);
    for (let i = 0; i < 4; i++) await deployment.add();
    await deployment.hosted(1, 3);
    const [first, , , fourth] = deployment.nodes as [INestApplicationContext, unknown, unknown, INestApplicationContext];
    const { topology } = administrationOf(first);
    await until(() => topologyOf(first).membership.learners.includes(4) && topologyOf(first).nodes.get(4)?.state === 'active');
    await expect(topology.removeNode({ nodeId: 4 })).rejects.toMatchObject({ code: 'TOPOLOGY_REFUSED' });
    await deployment.apps.stop(fourth);
    await until(() => !topology.report().nodes.some(({ nodeId, isAlive }) => nodeId === 4 && isAlive));
    // As the manager says, after a while.
    await nodeOf(first).management.runtime.setNodeState(4, 'down');
    await expect(topology.drainNode({ nodeId: 4, isUndone: true })).rejects.toMatchObject({ code: 'TOPOLOGY_REFUSED' });
    await topology.removeNode({ nodeId: 4 });
    expect([topologyOf(first).nodes.has(4), topologyOf(first).membership.learners]).toEqual([false, []]);
    const back = await deployment.start(3);
    await until(
      () => nodeOf(back).phase === 'left',
      () => nodeOf(back).nodeStatus(),
    );
    expect(topologyOf(first).nodes.has(4)).toBe(false);
  }, 120_000);

  it('the last voter can not leave, and goes on', async () => {
    await open(2, false);
    const first = await deployment.add();
    await until(() => nodeOf(first).hasManagement && topologyOf(first).deployment !== '');
    await expect(nodeOf(first).leave()).rejects.toMatchObject({ code: 'MEMBERSHIP_REFUSED', details: { reason: 'last-voter' } });
    await runOn([first], 'after');
  }, 60_000);
});

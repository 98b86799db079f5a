/** Two execution clusters in real applications: where new workflows begin, children in the other cluster, one layer or cluster that is out, a cluster that ends, deployments that meet. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CheckpointCompute, Workflow, context, executeChild, signalRef } from '../../lib/index.js';
import { mintWorkflowId } from '../../lib/management/index.js';
import { slotOf } from '../../lib/workflow/slot.js';
import { CountWords, WORD, clientOf, nodeOf } from '../support/network-apps.js';
import { PATIENT, TwoLayerApps, administrationOf, clusterIdsOf, topologyOf, until } from '../support/two-layer-apps.js';

/** Work that the bodies of the child did, by workflow id: the outside world. */
const shipped = new Map<string, number>();
const GO = signalRef('go');

@Workflow('ship_parcel', 1)
class ShipParcel {
  async run(parcels: number): Promise<number> {
    await context().waitForSignal('go');
    return this.ship(parcels);
  }

  @CheckpointCompute('ship')
  async ship(parcels: number): Promise<number> {
    const { workflowId } = context().info;
    shipped.set(workflowId, (shipped.get(workflowId) ?? 0) + parcels);
    return 10 * parcels;
  }
}

@Workflow('order_parcel', 1)
class OrderParcel {
  async run(childId: string): Promise<string> {
    const price = await executeChild(ShipParcel, 3, { key: 'ship', workflowId: childId });
    return `shipped for ${price}`;
  }
}

let apps: TwoLayerApps;
beforeEach(() => {
  shipped.clear();
  apps = new TwoLayerApps(false, [ShipParcel, OrderParcel]);
});
afterEach(async () => {
  await apps.close();
});

const clusterOf = (workflowId: string): number => apps.topology.slots.ownerOf(slotOf(workflowId));

/** A workflow id in the slots of a cluster. */
const idIn = (clusterId: number): string =>
  mintWorkflowId({ owns: (slot) => apps.topology.slots.ownerOf(slot) === clusterId, slotOf, nextUuid: randomUUID });
const stateOf = (app: INestApplicationContext, clusterId: number) => nodeOf(app).clusters!.get(clusterId)!.state;

async function run(app: INestApplicationContext, workflowId: string): Promise<void> {
  await clientOf(app).start(CountWords, 1, { workflowId, ...PATIENT });
  await clientOf(app).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
  expect(await clientOf(app).getHandle(CountWords, workflowId).result(PATIENT)).toBe(1);
}

describe('two clusters', () => {
  it('placement: in turn, by labels, by load, near by, per module and per start; a wrong one is refused and nothing is started', async () => {
    await apps.open(6);
    await apps.twoClusters(() => ({}), { placement: { labels: { tier: 'fast' } } });
    const [one] = apps.nodes;
    const four = apps.nodes[3]!;
    const begun = async (app: INestApplicationContext, count: number, placement?: unknown): Promise<number[]> => {
      const options = placement === undefined ? PATIENT : { ...PATIENT, placement: placement as 'round-robin' };
      const handles = [];
      for (let i = 0; i < count; i++) handles.push(await clientOf(app).start(CountWords, 5, options));
      return handles.map(({ workflowId }) => clusterOf(workflowId)).sort();
    };
    // No cluster has the label yet: in turn.
    expect(await begun(one!, 4)).toEqual([1, 1, 2, 2]);
    await administrationOf(one!).topology.setMetadata({ clusterId: 2, metadata: { tier: 'fast' } });
    const { version } = topologyOf(one!);
    await until(() => apps.nodes.every((app) => topologyOf(app).version >= version));
    expect(await begun(one!, 3)).toEqual([2, 2, 2]);
    expect(await begun(four, 4, 'round-robin')).toEqual([1, 1, 2, 2]);
    expect(await begun(one!, 3, 'local-first')).toEqual([1, 1, 1]);
    expect(await begun(four, 3, 'local-first')).toEqual([2, 2, 2]);
    expect(await begun(four, 2, { labels: {} })).toHaveLength(2);
    for (const wrong of ['nearest', { labels: { tier: 1 } }, { labels: ['tier'] }, { label: {} }, null])
      await expect(begun(one!, 1, wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { argument: 'placement' } });
    // Twenty more in cluster 1: a node of cluster 2 hears of it by gossip, and one of cluster 1 counts its own.
    for (let i = 0; i < 20; i++) await clientOf(one!).start(CountWords, 5, { ...PATIENT, workflowId: idIn(1) });
    expect(await begun(one!, 6, 'least-loaded')).toEqual([2, 2, 2, 2, 2, 2]);
    await until(() => apps.nodes.slice(0, 3).some((app) => (nodeOf(four).management.openWorkflowsLedBy(nodeOf(app).nodeId) ?? 0) >= 20));
    const open = [stateOf(one!, 1).openRunCount, stateOf(four, 2).openRunCount];
    expect(open[0]!).toBeGreaterThan(open[1]! + 3);
    expect(await begun(four, 3, 'least-loaded')).toEqual([2, 2, 2]);
  }, 240_000);

  it('R28: a child in the other cluster: its result comes up though the owner of the parent dies, a cancel goes down; its work is done once', async () => {
    await apps.open(6);
    await apps.twoClusters();
    const [one, two] = apps.nodes as [INestApplicationContext, INestApplicationContext];
    const four = apps.nodes[3]!;
    const [parentId, childId] = [idIn(1), idIn(2)];
    expect([clusterOf(parentId), clusterOf(childId)]).toEqual([1, 2]);
    await clientOf(four).start(OrderParcel, childId, { workflowId: parentId, ...PATIENT });
    await until(() => stateOf(four, 2).openRunCount === 1);
    const owner = [...stateOf(one, 1).openRuns()][0]!.owner;
    const at = apps.nodes.findIndex((app) => nodeOf(app).nodeId === owner);
    expect(at).toBeLessThan(3);
    await apps.apps.stop(apps.nodes[at]!);
    const left = apps.nodes.filter((_, i) => i !== at);
    await clientOf(left[0]!).getHandle(ShipParcel, childId).signal(GO, undefined, PATIENT);
    expect(await clientOf(four).getHandle(OrderParcel, parentId).result(PATIENT)).toBe('shipped for 30');
    expect([...shipped.entries()]).toEqual([[childId, 3]]);

    // Down: the child is open in the other cluster, and ends as cancelled.
    const [parent2, child2] = [idIn(1), idIn(2)];
    await clientOf(left[0]!).start(OrderParcel, child2, { workflowId: parent2, ...PATIENT });
    await until(() => stateOf(four, 2).openRunCount === 1);
    await clientOf(four).getHandle(OrderParcel, parent2).cancel('no longer wanted', PATIENT);
    await expect(clientOf(left[0]!).getHandle(ShipParcel, child2).result(PATIENT)).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    await expect(clientOf(four).getHandle(OrderParcel, parent2).result(PATIENT)).rejects.toMatchObject({ code: 'WORKFLOW_CANCELLED' });
    expect(shipped.size).toBe(1);
    expect(two).toBeDefined();
  }, 240_000);

  it('independence: without the management cluster both clusters go on, and without one cluster the other and the management do', async () => {
    await apps.open(9);
    // The voters of cluster 0 host nothing: nodes 7, 8 and 9 store and decide, and have no room for a cluster.
    for (let at = 0; at < 6; at++) await apps.add({ pinned: [7, 8, 9] });
    for (let at = 6; at < 9; at++) await apps.add({ pinned: [7, 8, 9], capacity: 0 });
    await apps.hosted(1, 3);
    await apps.hosted(2, 3);
    await until(
      () =>
        apps.topology.membership.voters.join() === '7,8,9' && apps.topology.slots.countOf(2) === 2_048 && apps.topology.moves.size === 0,
      () => apps.topology.membership,
    );
    const { version } = apps.topology;
    await until(() => apps.nodes.every((app) => topologyOf(app).version >= version));
    const [one, four] = [apps.nodes[0]!, apps.nodes[3]!];
    // One cluster is out: two of its three.
    const open = idIn(1);
    await clientOf(one).start(CountWords, 1, { workflowId: open, ...PATIENT });
    await apps.apps.stop(apps.nodes[4]!);
    await apps.apps.stop(apps.nodes[5]!);
    await run(four, idIn(1));
    await expect(clientOf(one).start(CountWords, 1, { workflowId: idIn(2), timeoutMs: 1_500 })).rejects.toMatchObject({ retryable: true });
    await nodeOf(one).management.runtime.setMetadata(1, { metadata: { still: 'managed' } });
    const counted = await clientOf(one).count({});
    expect(counted).toMatchObject({ count: 2, incomplete: [{ clusterId: 2 }] });
    // It is back, and the management cluster is out, all of it.
    for (const at of [6, 7, 8]) await apps.apps.stop(apps.nodes[at]!);
    await until(() => nodeOf(one).management.leaderId === 0 || !nodeOf(one).management.liveNodes().has(nodeOf(one).management.leaderId));
    await run(four, idIn(1));
    await clientOf(four).getHandle(CountWords, open).signal(WORD, undefined, PATIENT);
    expect(await clientOf(four).getHandle(CountWords, open).result(PATIENT)).toBe(1);
    await expect(nodeOf(one).management.runtime.setMetadata(1, {}, { timeoutMs: 1_000 })).rejects.toMatchObject({ retryable: true });
    expect(nodeOf(one).nodeStatus()).toMatchObject({ running: true, failure: null });
  }, 300_000);

  it('a cluster retires: its slots and open workflows go to the other one, it is destroyed, and nobody keeps anything of it', async () => {
    await apps.open(6);
    await apps.twoClusters();
    const [one, four] = [apps.nodes[0]!, apps.nodes[3]!];
    const ids = Array.from({ length: 8 }, () => idIn(2));
    for (const workflowId of ids) await clientOf(one).start(CountWords, 1, { workflowId, ...PATIENT });
    const topology = administrationOf(one).topology;
    await expect(topology.destroyCluster({ clusterId: 2 })).rejects.toMatchObject({ code: 'TOPOLOGY_REFUSED' });
    // The manager would keep two clusters for six nodes; the second three are drained first, so that it does not.
    for (const nodeId of [5, 6]) await topology.drainNode({ nodeId, isUndone: false });
    await topology.retireCluster({ clusterId: 2, isUndone: false });
    await until(
      () => !apps.topology.clusters.has(2),
      () => topology.report().clusters,
    );
    await until(() => apps.nodes.every((app) => !clusterIdsOf(app).includes(2)));
    for (const workflowId of ids) {
      await clientOf(four).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
      expect(await clientOf(four).getHandle(CountWords, workflowId).result(PATIENT)).toBe(1);
    }
    expect((await clientOf(four).count({})).count).toBe(8);
  }, 240_000);

  it('two deployments that were begun by mistake do not become one: a node of the one refuses the other, and both go on', async () => {
    await apps.open(4);
    await apps.add();
    await apps.founded();
    // Begun on its own, though it was meant to join.
    const stranger = await apps.start(1, {}, { cluster: { bootstrap: true } });
    await until(() => nodeOf(stranger).hasManagement && topologyOf(stranger).deployment !== '');
    expect(nodeOf(stranger).deployment).not.toBe(nodeOf(apps.nodes[0]!).deployment);
    // A node that is told of both joins the one that it is configured for, and no other.
    const deployment = nodeOf(apps.nodes[0]!).deployment;
    await expect(apps.start(2, {}, { cluster: { seeds: apps.addresses(1) }, deployment })).rejects.toMatchObject({
      code: 'JOIN_REFUSED',
      details: { reason: 'deployment' },
    });
    await expect(apps.start(2, { role: 'client' }, { cluster: { seeds: apps.addresses(1) }, deployment })).rejects.toMatchObject({
      code: 'JOIN_REFUSED',
      details: { reason: 'deployment' },
    });
    const joined = await apps.start(3, {}, { cluster: { seeds: apps.addresses(0) }, deployment });
    expect(nodeOf(joined).deployment).toBe(deployment);
    for (const app of [apps.nodes[0]!, stranger]) await run(app, 'goes on');
    const nodesOf = (app: INestApplicationContext): number[] => [...topologyOf(app).nodes.keys()];
    expect([nodesOf(apps.nodes[0]!).length, nodesOf(stranger).length]).toEqual([2, 1]);
  }, 180_000);
});

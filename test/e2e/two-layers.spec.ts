/** A deployment of two layers in real applications: founded by one node, joined by others, given a second cluster by the cluster manager, left again. */
import 'reflect-metadata';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { join } from 'node:path';
import { RAFTORAL_ADMINISTRATION, type NodeAdministration, type RaftoralModuleOptions } from '../../lib/index.js';
import { freePorts } from '../support/cluster-processes.js';
import { CountWords, NetworkApps, WORD, clientOf, nodeOf } from '../support/network-apps.js';

/** A machine that has other work too, and slots that move meanwhile. */
const PATIENT = { timeoutMs: 60_000 } as const;

let apps: NetworkApps;
beforeEach(() => {
  apps = new NetworkApps();
});
afterEach(async () => {
  await apps.close();
});

const MANAGED = { roundEveryMs: 50, nodeDownAfterMs: 60_000 } as const;

async function until(what: () => boolean, about: () => unknown = () => ''): Promise<void> {
  for (let left = 3_000; !what(); left--) {
    if (left === 0) throw new Error(`it did not come to that: ${JSON.stringify(about())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const topologyOf = (app: INestApplicationContext) => nodeOf(app).management.topology;
const clusterIdsOf = (app: INestApplicationContext): number[] => (nodeOf(app).clusters?.all() ?? []).map(({ clusterId }) => clusterId);
const membersOf = (app: INestApplicationContext): unknown =>
  [...topologyOf(app).clusters.values()].map(({ clusterId, members }) => [
    clusterId,
    ...members.map(({ node, state }) => `${node} ${state}`),
  ]);

class Deployment {
  readonly nodes: INestApplicationContext[] = [];

  constructor(
    private readonly ports: readonly number[],
    private readonly isOnDisk: boolean,
  ) {}

  /** The next one; the first founds the deployment. */
  async add(more: RaftoralModuleOptions['management'] = {}): Promise<INestApplicationContext> {
    const app = await this.start(this.nodes.length, more);
    this.nodes.push(app);
    return app;
  }

  async again(at: number): Promise<INestApplicationContext> {
    await apps.stop(this.nodes[at]!);
    return (this.nodes[at] = await this.start(at));
  }

  private start(at: number, more: RaftoralModuleOptions['management'] = {}): Promise<INestApplicationContext> {
    return apps.boot({
      cluster: at === 0 ? { bootstrap: true } : { seeds: [`127.0.0.1:${this.ports[0]}`, `127.0.0.1:${this.ports[1]}`] },
      transport: { type: 'grpc', listen: `127.0.0.1:${this.ports[at]}` },
      management: { ...MANAGED, ...more },
      ...(this.isOnDisk ? { storage: { type: 'sqlite', path: join(apps.folder, `node-${at + 1}`) } } : {}),
    });
  }

  /** Voters of a cluster as one of its members has them, once all of these host it. */
  async hosted(clusterId: number, size: number): Promise<INestApplicationContext[]> {
    const hosts = (): INestApplicationContext[] =>
      this.nodes.filter((app) => nodeOf(app).clusters?.get(clusterId)?.group.membership.voters.includes(nodeOf(app).nodeId) === true);
    await until(
      () => hosts().length === size,
      () => this.nodes.map((app) => [nodeOf(app).nodeId, clusterIdsOf(app), membersOf(app)]),
    );
    return hosts();
  }
}

async function runOn(hosts: readonly INestApplicationContext[], workflowId: string): Promise<void> {
  await clientOf(hosts[0]!).start(CountWords, 1, { workflowId, ...PATIENT });
  await clientOf(hosts.at(-1)!).getHandle(CountWords, workflowId).signal(WORD, undefined, PATIENT);
  expect(await clientOf(hosts[0]!).getHandle(CountWords, workflowId).result()).toBe(1);
}

describe('two layers', () => {
  it('one node founds them, cluster 1 fills to three as nodes join, three more get a second cluster', async () => {
    const deployment = new Deployment(await freePorts(6), false);
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
    const { topology } = deployment.nodes[5]!.get<NodeAdministration>(RAFTORAL_ADMINISTRATION);
    expect(topology.report()).toMatchObject({ deployment: nodeOf(first).deployment, nodes: { length: 6 }, clusters: { length: 2 } });
    const { decisions } = await topology.plan();
    expect(decisions.filter(({ rule }) => ['create', 'fill', 'repair', 'management-voters', 'management-members'].includes(rule))).toEqual(
      [],
    );
  }, 120_000);

  it('a node that leaves is out of its clusters and of the management cluster, another one takes its place, and its id is never used again', async () => {
    const deployment = new Deployment(await freePorts(5), false);
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
    const deployment = new Deployment(await freePorts(4), true);
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
    const deployment = new Deployment(await freePorts(4), true);
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

  it('the last voter can not leave, and goes on', async () => {
    const deployment = new Deployment(await freePorts(2), false);
    const first = await deployment.add();
    await until(() => nodeOf(first).hasManagement && topologyOf(first).deployment !== '');
    await expect(nodeOf(first).leave()).rejects.toMatchObject({ code: 'MEMBERSHIP_REFUSED', details: { reason: 'last-voter' } });
    await runOn([first], 'after');
  }, 60_000);
});

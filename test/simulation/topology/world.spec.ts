/** W2 and W4 of world.ts: what becomes of a cluster that was begun on a node that had just been lost, and of one that nobody can run code in. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeTopologyCommand } from '../../../lib/management/command-codec.js';
import { TopologyKind } from '../../../lib/management/command.js';
import { TopologyWorld, type Machine } from './world.js';

let world: TopologyWorld | null = null;

afterEach(() => {
  for (const process of world?.live ?? []) {
    process.virtual.kill();
    process.died();
  }
  world = null;
});

async function until(condition: () => boolean, maxMs = 30_000): Promise<boolean> {
  return world!.time.runUntil(condition, world!.time.nowMs + maxMs);
}

/** A deployment of four nodes, and a machine of it that votes in no group. */
async function deployed(isVolatile: boolean): Promise<Machine> {
  const of = (world = new TopologyWorld({ seed: 1, plan: { voterOnly: 0, hostless: 0, nodes: 4, isVolatile } }));
  void of.boot();
  const idle = (): Machine | undefined =>
    of.machines.find((machine) => of.mayLose(machine) && !of.topology!.membership.voters.includes(machine.nodeId));
  const active = (): number => [...(of.topology?.nodes.values() ?? [])].filter(({ state }) => state === 'active').length;
  expect(await until(() => active() === 4 && idle() !== undefined)).toBe(true);
  return idle()!;
}

/** Has cluster 0 begin a cluster whose only voter this node is. Resolves to its id. */
async function begin(nodeId: number): Promise<number> {
  const { management, topologyGroup } = world!.leaderOf(0)!;
  const { version, codecLevel, clusters } = management!.topology;
  const before = new Set(clusters.keys());
  const frame = encodeTopologyCommand(
    { kind: TopologyKind.CREATE_CLUSTER, members: [nodeId], targetSize: 1, metadata: [], decidedOn: version },
    codecLevel,
  );
  const begun = (): number | undefined =>
    [...world!.topology!.clusters.values()].find(
      ({ clusterId, members }) => !before.has(clusterId) && members.length === 1 && members[0]!.node === nodeId,
    )?.clusterId;
  void topologyGroup!.propose(frame, { deadlineMs: 5_000 });
  expect(await until(() => begun() !== undefined)).toBe(true);
  return begun()!;
}

describe('a cluster that was begun on a node that had just been lost', () => {
  it('has its node found again, with the disk, and is opened there', async () => {
    const machine = await deployed(false);
    const { nodeId } = machine;
    expect(world!.lose(machine)).toBe(true);
    const clusterId = await begin(nodeId);
    world!.findAgain();
    expect(world!.counts.found).toBe(1);
    expect(machine.end).toBeNull();
    expect(await until(() => world!.leaderOf(clusterId)?.nodeId === nodeId)).toBe(true);
    world!.findAgain();
    expect(world!.counts.found).toBe(1);
  }, 60_000);

  it('is beyond help in memory', async () => {
    const machine = await deployed(true);
    const { nodeId } = machine;
    expect(world!.lose(machine)).toBe(true);
    await begin(nodeId);
    world!.findAgain();
    expect(world!.isBeyond).toBe(true);
  }, 60_000);

  it('is not excused once somebody has opened it', async () => {
    const machine = await deployed(true);
    const clusterId = await begin(machine.nodeId);
    expect(await until(() => world!.leaderOf(clusterId) !== undefined)).toBe(true);
    world!.stop(machine, 'kill');
    world!.findAgain();
    expect(world!.isBeyond).toBe(false);
  }, 60_000);
});

describe('a cluster whose members all only vote', () => {
  /** A deployment of two, of which only the first runs code. */
  async function deployedWithVoter(): Promise<void> {
    const of = (world = new TopologyWorld({
      seed: 1,
      plan: { voterOnly: 1, hostless: 0, nodes: 2, isVolatile: false, policy: { targetSize: 1 } },
    }));
    void of.boot();
    const active = (): number => [...(of.topology?.nodes.values() ?? [])].filter(({ state }) => state === 'active').length;
    expect(await until(() => active() === 2)).toBe(true);
  }
  const roles = (clusterId: number): string[] =>
    world!.topology!.clusters.get(clusterId)!.members.map(({ node }) => world!.topology!.nodes.get(node)!.info.role);

  it('is left to the cluster manager while a node that runs code could become a member', async () => {
    await deployedWithVoter();
    const clusterId = await begin(2);
    world!.hire();
    expect(world!.counts.hired).toBe(0);
    expect(await until(() => roles(clusterId).join() === 'full')).toBe(true);
    world!.hire();
    expect(world!.counts.hired).toBe(0);
  }, 60_000);

  it('is given a machine that runs code where there is none, once', async () => {
    await deployedWithVoter();
    void world!.leaderOf(0)!.management!.runtime.setNodeState(1, 'draining', { timeoutMs: 5_000 });
    expect(await until(() => world!.topology!.nodes.get(1)?.state === 'draining')).toBe(true);
    const clusterId = await begin(2);
    world!.hire();
    world!.hire();
    expect(world!.counts.hired).toBe(1);
    expect(await until(() => roles(clusterId).join() === 'full')).toBe(true);
    expect(await until(() => roles(1).join() === 'full' && world!.topology!.clusters.get(1)!.members[0]!.node !== 1)).toBe(true);
  }, 60_000);
});

describe('members that are to leave while a voter is lost', () => {
  it('get a machine that takes the place of the lost one, once, and leave', async () => {
    const of = (world = new TopologyWorld({
      seed: 1,
      plan: { voterOnly: 0, hostless: 0, nodes: 3, isVolatile: false, policy: { targetSize: 3, nodeDownAfterMs: 8_000 } },
    }));
    void of.boot();
    const members = (): readonly { node: number; state: string }[] => of.topology!.clusters.get(1)!.members;
    const losable = (): Machine | undefined =>
      of.machines.find((machine) => machine.nodeId !== of.leaderOf(0)?.nodeId && of.mayLose(machine));
    expect(await until(() => losable() !== undefined && members().length === 3)).toBe(true);
    const lost = losable()!;
    expect(of.lose(lost)).toBe(true);
    const staying = members().filter(({ node }) => node !== lost.nodeId);
    of.hire();
    // Its silence is noticed, and it is not down for the management yet.
    await until(() => false, 3_000);
    for (const [at, { node }] of staying.entries()) {
      void of.leaderOf(0)!.management!.runtime.disassociate({ clusterId: 1, node }, { timeoutMs: 5_000 });
      expect(await until(() => members().filter(({ state }) => state === 'leaving').length === at + 1)).toBe(true);
    }
    of.hire();
    of.hire();
    expect(of.counts.hired).toBe(1);
    expect(await until(() => members().every(({ node, state }) => state === 'voter' && node !== lost.nodeId))).toBe(true);
  }, 60_000);
});

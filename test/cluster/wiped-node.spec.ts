/**
 * A voter that comes back without its files under its old id (etcd#21178, dragonboat#256). It must never be done (docs/OPERATIONS.md): it has forgotten
 * its votes. What the engine can see of it stops the group there, and the others go on.
 */
import { afterEach, expect, it } from '@jest/globals';
import { frame } from '../support/raft-cluster.js';
import { MemoryDisk } from '../support/row-storage.js';
import { RowCluster } from '../support/row-cluster.js';

let rows: RowCluster;
afterEach(() => rows.cluster.stop());

async function write(from: number, to: number): Promise<void> {
  const leader = await rows.cluster.elect(rows.cluster.alive.filter((node) => node.group.status().halted === null));
  for (let i = from; i < to; i++) await rows.cluster.settled(leader.group.propose(frame(`entry ${i}`)));
}

it('the group halts on it as soon as its leader speaks to it, says why, and acknowledges nothing (etcd#21178, dragonboat#256)', async () => {
  rows = await RowCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
  const leader = await rows.cluster.elect();
  await write(0, 20);
  const wiped = rows.cluster.followers()[0]!.id;
  rows.crash(wiped);
  rows.disks.set(wiped, new MemoryDisk());
  const node = await rows.add(wiped);
  expect(await rows.time.runUntil(() => node.heard.includes('halted'), 5_000)).toBe(true);
  expect(node.group.status().halted).toMatch(/^GROUP_HALTED: .*was the log lost or truncated/);
  expect([node.group.appliedIndex, node.machine.texts]).toEqual([1, []]);
  expect(rows.disk(wiped).log(1).lastIndex()).toBe(1);
  // The others have their majority, and lead on in their term.
  const { term } = leader.group;
  await write(20, 40);
  expect([leader.group.isLeader, leader.group.term, leader.machine.texts.length]).toEqual([true, term, 40]);
});

it('in its place comes a node under a new id, and the old one is never heard again (etcd#21178, dragonboat#256)', async () => {
  rows = await RowCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
  const leader = await rows.cluster.elect();
  await write(0, 20);
  const wiped = rows.cluster.followers()[0]!.id;
  rows.crash(wiped);
  rows.disks.set(wiped, new MemoryDisk());
  await rows.time.advance(2_000);
  const next = await rows.add(4, { join: true, members: undefined });
  await rows.cluster.settled(leader.group.replace(wiped, 4), 60_000);
  expect(leader.group.status().membership.voters).not.toContain(wiped);
  // Started under the old id all the same: it is in nobody's membership, and nobody counts or follows it.
  const { term } = leader.group;
  const old = await rows.add(wiped);
  await rows.time.advance(5_000);
  await write(20, 40);
  expect([leader.group.isLeader, leader.group.term]).toEqual([true, term]);
  expect(old.machine.texts).toEqual([]);
  expect(await rows.time.runUntil(() => next.machine.texts.length === 40, 5_000)).toBe(true);
});

/** The host's turn (DESIGN §4): many groups, one write, one frame; a storage that takes its time, and one that fails. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftHost, type RaftNode } from '../../lib/cluster/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import type { GroupWrite } from '../../lib/storage/storage.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { VirtualTime, type VirtualNode } from '../../lib/testing/virtual-time.js';
import { InProcessNetwork } from '../../lib/transport/in-process.js';
import { DEPLOYMENT, TestCluster, TextMachine, codeOf, frame } from '../support/raft-cluster.js';
import { SlowStorage } from '../support/slow-storage.js';

const stops: Array<() => void> = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const GROUPS = Array.from({ length: 30 }, (_, i) => i + 1);

class CountingStorage extends MemoryRaftStorage {
  batches: number[] = [];

  override write(batch: readonly GroupWrite[]): void {
    this.batches.push(batch.length);
    super.write(batch);
  }
}

interface ManyGroups {
  readonly time: VirtualTime;
  readonly hosts: readonly RaftHost[];
  readonly storages: readonly CountingStorage[];
  readonly groups: ReadonlyArray<ReadonlyArray<RaftNode<string>>>;
}

/** Node 1 leads them all. */
async function manyGroups(): Promise<ManyGroups> {
  const time = new VirtualTime();
  const network = new InProcessNetwork();
  const storages = [1, 2, 3].map(() => new CountingStorage());
  const hosts = [1, 2, 3].map((nodeId, at) => {
    const node = time.createNode();
    return new RaftHost({
      nodeId,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: node,
      scheduler: node,
      random: new SeededRandom(nodeId),
      storage: storages[at]!,
      transport: network.createTransport(),
    });
  });
  stops.push(() => hosts.forEach((host) => host.crash()));
  for (const host of hosts) await host.start();
  const groups: Array<Array<RaftNode<string>>> = [];
  for (const host of hosts) {
    groups.push([]);
    for (const groupId of GROUPS)
      groups.at(-1)!.push(await host.createGroup({ groupId, stateMachine: new TextMachine(), members: [1, 2, 3] }));
  }
  await time.runUntil(() => groups[0]!.every((group) => group.leaderId !== 0), 5_000);
  for (const group of groups[0]!) if (!group.isLeader) await time.runUntilSettled(group.transferLeadership(1), 2_000);
  await time.runUntilIdle();
  return { time, hosts, storages, groups };
}

describe('RaftHost', () => {
  it('the commands of many groups share one storage write and one frame per peer and turn', async () => {
    const { time, hosts, storages, groups } = await manyGroups();
    for (const storage of storages) storage.batches = [];
    const { framesSent } = hosts[0]!.status().network;
    await time.runUntilSettled(Promise.all(groups[0]!.map((group) => group.propose(frame('to all')))), 1);
    await time.runUntilIdle();
    // The leader writes the entries, then the commit indices; so do the followers.
    for (const storage of storages) expect(storage.batches).toEqual([GROUPS.length, GROUPS.length]);
    expect(hosts[0]!.status().network.framesSent - framesSent).toBe(4);
  });

  it('the heartbeats of all groups to a peer travel in one frame, and all groups hibernate (openraft#1959)', async () => {
    const { time, hosts, groups } = await manyGroups();
    const before = hosts[0]!.status().network;
    await time.advance(50);
    const after = hosts[0]!.status().network;
    expect(after.envelopesSent - before.envelopesSent).toBeGreaterThanOrEqual(2 * GROUPS.length);
    expect(after.framesSent - before.framesSent).toBeLessThanOrEqual(4);
    await time.advance(10_000);
    expect(groups.flat().every((group) => group.status().hibernating)).toBe(true);
  });

  it('the leader’s appends leave before its own disk is done: a commit takes one disk time, not two', async () => {
    const clocks = new Map<number, VirtualNode>();
    const storages = new Map<number, SlowStorage>();
    const cluster = new TestCluster();
    stops.push(() => void cluster.stop());
    for (const id of [1, 2, 3]) {
      const storage = new SlowStorage(() => clocks.get(id)!, 10);
      storages.set(id, storage);
      const adding = cluster.add(id, { members: [1, 2, 3], storage, onTime: (time) => clocks.set(id, time) });
      await cluster.settled(adding);
    }
    const leader = await cluster.elect();
    await cluster.time.runUntilIdle();
    const startMs = cluster.time.nowMs;
    await cluster.settled(leader.group.propose(frame('slow')));
    expect(cluster.time.nowMs - startMs).toBeCloseTo(10);
    // While one write is under way, the next ones are handed over.
    const many: Array<Promise<unknown>> = [];
    for (let i = 0; i < 5; i++) {
      many.push(leader.group.propose(frame(`pipelined ${i}`)));
      await cluster.time.advance(1);
    }
    await cluster.settled(Promise.all(many));
    expect(storages.get(leader.id)!.inFlightMost).toBeGreaterThan(2);
    await cluster.time.advance(50);
    for (const node of cluster.alive) expect(node.machine.texts).toEqual(leader.machine.texts);
  });

  it('R36: installing a snapshot makes the state durable, then resets the log, then restores', async () => {
    const clocks = new Map<number, VirtualNode>();
    const storages = new Map<number, SlowStorage>();
    const cluster = new TestCluster();
    stops.push(() => void cluster.stop());
    for (const id of [1, 2, 3]) {
      const storage = new SlowStorage(() => clocks.get(id)!, 5);
      storages.set(id, storage);
      const tuning = { snapshotEntriesMax: 10, compactionKeepEntries: 2 };
      await cluster.settled(cluster.add(id, { members: [1, 2, 3], storage, tuning, onTime: (time) => clocks.set(id, time) }));
    }
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0]!;
    cluster.network.partition(
      [lagging.id],
      [1, 2, 3].filter((id) => id !== lagging.id),
    );
    for (let i = 0; i < 30; i++) await cluster.settled(leader.group.propose(frame(`entry ${i}`)));
    const storage = storages.get(lagging.id)!;
    storage.savedAt = [];
    storage.resetsAt = [];
    let restoredAt = -1;
    lagging.group.subscribe({ onRestored: () => (restoredAt = cluster.time.nowMs) });
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => lagging.group.appliedIndex === leader.group.appliedIndex, 5_000)).toBe(true);
    expect(storage.resetsAt).toHaveLength(1);
    expect(storage.resetsAt[0]! - storage.savedAt[0]!).toBeCloseTo(5);
    expect(restoredAt).toBeCloseTo(storage.resetsAt[0]!);
  });

  it('a failed write ends the node’s part in every group with STORAGE_FAILED, acknowledges nothing, and raises an alarm', async () => {
    const clocks = new Map<number, VirtualNode>();
    const storages = new Map<number, SlowStorage>();
    const cluster = new TestCluster();
    stops.push(() => void cluster.stop());
    for (const id of [1, 2, 3]) {
      const storage = new SlowStorage(() => clocks.get(id)!, 5);
      storages.set(id, storage);
      await cluster.settled(cluster.add(id, { members: [1, 2, 3], storage, onTime: (time) => clocks.set(id, time) }));
    }
    const leader = await cluster.elect();
    await cluster.time.advance(20);
    storages.get(leader.id)!.failure = new Error('no space left');
    expect(await cluster.settled(codeOf(leader.group.propose(frame('lost'))))).toBe('STORAGE_FAILED');
    expect(leader.alarms[0]).toMatch(/no space left/);
    expect(leader.heard).toContain('halted');
    const rest = cluster.alive.filter((node) => node !== leader);
    const next = await cluster.elect(rest);
    await cluster.settled(next.group.propose(frame('goes on')));
  });

  it('crash() ends as a killed process does: nothing is sent, settled or told any more', async () => {
    const cluster = await TestCluster.start();
    stops.push(() => void cluster.stop());
    const leader = await cluster.elect();
    let isSettled = false;
    const done = (): void => {
      isSettled = true;
    };
    leader.group.propose(frame('never answered')).then(done, done);
    const { framesSent } = leader.host.status().network;
    leader.host.crash();
    await cluster.time.advance(10_000);
    expect(isSettled).toBe(false);
    expect(leader.host.status().network.framesSent).toBe(framesSent);
  });

  it('an envelope of an unknown kind, or for an unknown group, changes nothing', async () => {
    const cluster = await TestCluster.start();
    stops.push(() => void cluster.stop());
    const leader = await cluster.elect();
    const { term } = leader.group;
    const stranger = await cluster.impostor(9);
    stranger.send(leader.id, { kind: 99, groupId: 1, nowMs: 0 } as never, { kind: 2, groupId: 77, callId: 1, frames: [frame('x')] });
    await cluster.time.advance(10);
    expect(leader.group.term).toBe(term);
    expect(leader.machine.texts).toEqual([]);
  });
});

describe('what a leader says after it applied', () => {
  it('leaves with the next command, if its answer brings one: one frame to each peer a command', async () => {
    const sent: number[] = [];
    let leaderId = 0;
    const cluster = await TestCluster.start([1, 2, 3], {
      wrapTransport: (transport) => ({
        start: (identity, handlers) => transport.start(identity, handlers),
        stop: () => transport.stop(),
        send: (to, outgoing) => {
          if (outgoing.from === leaderId) sent.push(to);
          transport.send(to, outgoing);
        },
      }),
    });
    stops.push(() => void cluster.stop());
    const leader = await cluster.elect();
    await cluster.time.advance(1);
    leaderId = leader.id;
    const commands = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await leader.group.propose(frame(`command ${i}`));
    };
    await cluster.settled(commands());
    await cluster.time.advance(1);
    // Twenty commands, and the news of the last one; not forty.
    expect(sent.filter((to) => to === cluster.followers()[0]!.id).length).toBe(21);
    for (const follower of cluster.followers()) expect(follower.machine.texts).toEqual(leader.machine.texts);
  });
});

/** Ticks, stalls, peers, hibernation and clocks (R23, R39; DESIGN §4), over the whole shell. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { EnvelopeKind } from '../../lib/transport/transport.js';
import { TestCluster, frame } from '../support/raft-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const others = (id: number): number[] => [1, 2, 3].filter((other) => other !== id);
const asleep = (): boolean => cluster.alive.every((node) => node.group.status().hibernating);

describe('liveness (R39)', () => {
  it('R39: a silent peer is down after its time, by node and not by group, and up with its first frame', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
    await cluster.elect();
    await cluster.time.advance(1000);
    const startMs = cluster.time.nowMs;
    cluster.network.partition([3], [1, 2]);
    expect(
      await cluster.time.runUntil(() => cluster.node(1).heard.includes('down 3') && cluster.node(2).heard.includes('down 3'), 2000),
    ).toBe(true);
    expect(cluster.time.nowMs - startMs).toBeGreaterThanOrEqual(500);
    expect(cluster.time.nowMs - startMs).toBeLessThanOrEqual(700);
    expect(cluster.node(1).group.livePeers()).toEqual([1, 2]);
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => cluster.node(1).heard.includes('up 3'), 500)).toBe(true);
    expect(cluster.node(1).group.livePeers()).toEqual([1, 2, 3]);
  });

  it('followers hear each other too, though the core sends them nothing to say', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
    await cluster.elect();
    await cluster.time.advance(10_000);
    for (const node of cluster.alive) expect(node.heard.filter((text) => text.startsWith('down'))).toEqual([]);
  });

  it('a broken connection is a hint: down after a short grace if the peer is dead, not at all if it answers', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const startMs = cluster.time.nowMs;
    cluster.crash(3);
    expect(await cluster.time.runUntil(() => cluster.node(1).heard.includes('down 3'), 2000)).toBe(true);
    expect(cluster.time.nowMs - startMs).toBe(100);
  });

  it('R39: a new leader hears of everyone who was down before it led', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const [dead, heir] = cluster.followers() as [ReturnType<typeof cluster.node>, ReturnType<typeof cluster.node>];
    cluster.crash(dead.id);
    await cluster.time.advance(300);
    expect(heir.heard.filter((text) => text === `down ${dead.id}`)).toHaveLength(1);
    await cluster.settled(leader.group.transferLeadership(heir.id));
    await cluster.time.advance(10);
    expect(heir.heard.filter((text) => text === `down ${dead.id}`)).toHaveLength(2);
  });

  it('R39: an idle group hibernates on all nodes, sends no Raft message, and keeps its leader', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const { term } = leader.group;
    expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
    const envelopes = leader.host.status().network.envelopesSent;
    await cluster.time.advance(60_000);
    expect(asleep()).toBe(true);
    // Pings and their answers at the slow rate, to two peers; nothing else.
    expect(leader.host.status().network.envelopesSent - envelopes).toBeLessThanOrEqual((60_000 / 150) * 2 * 2 + 4);
    expect(leader.group.term).toBe(term);
  });

  it('R39: a group that was only opened sleeps after an election timeout; once it was used, after its whole time', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const ledAtMs = cluster.time.nowMs;
    expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
    expect(cluster.time.nowMs - ledAtMs).toBeGreaterThanOrEqual(450);
    expect(cluster.time.nowMs - ledAtMs).toBeLessThanOrEqual(650);
    for (const node of cluster.alive) {
      const usedAtMs = cluster.time.nowMs;
      await cluster.settled(node.group.propose(frame(`used by ${node.id}`)), 1);
      expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
      expect(cluster.time.nowMs - usedAtMs).toBeGreaterThanOrEqual(1_950);
    }
  });

  it('R39: a time without work that is shorter than an election timeout holds for the first sleep, too', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 4 } });
    await cluster.elect();
    const ledAtMs = cluster.time.nowMs;
    expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
    expect(cluster.time.nowMs - ledAtMs).toBeLessThanOrEqual(350);
  });

  it('R39: a follower that lacks what its leader had when it went to sleep stays awake', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
    const leader = await cluster.elect();
    const [follower] = cluster.followers() as [ReturnType<typeof cluster.node>];
    await cluster.time.advance(10);
    const { term, commitIndex } = follower.group.status();
    const sleep = { kind: EnvelopeKind.HIBERNATE, groupId: 1, term } as const;
    for (const other of [commitIndex + 1, commitIndex - 1]) {
      cluster.answerAs(leader.id, follower.id, { ...sleep, commitIndex: other });
      await cluster.time.advance(1);
      expect(follower.group.status().hibernating).toBe(false);
    }
    cluster.answerAs(leader.id, follower.id, { ...sleep, commitIndex });
    await cluster.time.advance(1);
    expect(follower.group.status().hibernating).toBe(true);
  });

  it('R39: a hibernating group wakes by a command on any node, which waits for no tick', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    for (const node of cluster.alive) {
      expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
      const startMs = cluster.time.nowMs;
      await cluster.settled(node.group.propose(frame(`wake ${node.id}`)), 1);
      expect(cluster.time.nowMs).toBe(startMs);
      expect(cluster.leader!.group.status().hibernating).toBe(false);
    }
  });

  it('R39: the death of the leader’s node wakes the group, and another leads soon', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
    const startMs = cluster.time.nowMs;
    cluster.crash(leader.id);
    await cluster.elect();
    expect(cluster.time.nowMs - startMs).toBeLessThan(400);
  });

  it('R39: a silent death (no broken connection) is noticed by a hibernating group as well', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    expect(await cluster.time.runUntil(asleep, 10_000)).toBe(true);
    const startMs = cluster.time.nowMs;
    leader.time.kill();
    const rest = cluster.followers().filter((node) => node !== leader);
    await cluster.elect(rest);
    expect(cluster.time.nowMs - startMs).toBeLessThan(1_500);
  });

  it('R39: a dead member does not keep the others awake, and its return wakes them (cockroach#9446)', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const away = cluster.followers()[0]!;
    cluster.network.partition([away.id], others(away.id));
    const rest = cluster.alive.filter((node) => node !== away);
    expect(await cluster.time.runUntil(() => rest.every((node) => node.group.status().hibernating), 20_000)).toBe(true);
    await cluster.settled(leader.group.propose(frame('missed')));
    expect(await cluster.time.runUntil(() => rest.every((node) => node.group.status().hibernating), 20_000)).toBe(true);
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => away.machine.texts.includes('missed'), 5_000)).toBe(true);
  });

  it('R39: a group with a state timer due soon stays awake; with a later one it is awake by then', async () => {
    let dueMs = 0;
    cluster = await TestCluster.start([1, 2, 3], { nextDeadlineMs: () => dueMs - cluster.time.nowMs });
    dueMs = 8_000;
    const leader = await cluster.elect();
    expect(await cluster.time.runUntil(asleep, 6_000)).toBe(true);
    await cluster.time.runUntil(() => !leader.group.status().hibernating, 10_000);
    expect(cluster.time.nowMs).toBeGreaterThan(7_900);
    expect(cluster.time.nowMs).toBeLessThanOrEqual(8_000);
    await cluster.stop();
    cluster = await TestCluster.start([1, 2, 3], { nextDeadlineMs: () => 500 });
    await cluster.elect();
    await cluster.time.advance(20_000);
    expect(cluster.alive.some((node) => node.group.status().hibernating)).toBe(false);
  });
});

describe('ticks', () => {
  it('a stalled loop makes no candidate: the network is read first, and few ticks are made up for', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
    const leader = await cluster.elect();
    const { term } = leader.group;
    const stalled = cluster.followers()[0]!;
    for (let i = 0; i < 20; i++) {
      stalled.time.pause();
      await cluster.time.advance(5_000);
      stalled.time.resume();
      await cluster.time.advance(60);
      expect(stalled.group.status().role).toBe('follower');
    }
    expect(leader.group.term).toBe(term);
    expect(leader.group.isLeader).toBe(true);
    const status = stalled.host.status();
    expect(status.stalls).toBe(20);
    expect(status.loopLagMsMax).toBeGreaterThan(4_900);
  });

  it('a stall of the whole process (all nodes) changes no leader', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { hibernateAfterTicks: 0 } });
    const leader = await cluster.elect();
    const { term } = leader.group;
    for (let i = 0; i < 20; i++) {
      for (const node of cluster.alive) node.time.pause();
      await cluster.time.advance(3_000);
      for (const node of cluster.alive) node.time.resume();
      await cluster.time.advance(200);
    }
    expect(leader.group.term).toBe(term);
    for (const node of cluster.alive) expect(node.heard.filter((text) => text.startsWith('down'))).toEqual([]);
  });

  it('R23: a leader whose clock is ahead of the median hands over and raises an alarm; one that is behind does not', async () => {
    cluster = new TestCluster();
    const tuning = { hibernateAfterTicks: 0 };
    await cluster.add(1, { members: [1, 2, 3], clockOffsetMs: 5_000, tuning });
    await cluster.add(2, { members: [1, 2, 3], clockOffsetMs: -5_000, tuning });
    await cluster.add(3, { members: [1, 2, 3], tuning });
    await cluster.elect();
    if (!cluster.node(1).group.isLeader) await cluster.settled(cluster.node(3).group.transferLeadership(1));
    expect(await cluster.time.runUntil(() => cluster.node(1).alarms.length > 0 && !cluster.node(1).group.isLeader, 5_000)).toBe(true);
    expect(cluster.node(1).alarms[0]).toMatch(/clock of leader 1 is 5000 ms ahead/);
    // A person should look at it; whatever watches over the process should not end it.
    expect(cluster.node(1).host.status()).toMatchObject({ failure: null, alarm: expect.stringMatching(/clock of leader 1/) });
    const next = await cluster.elect();
    expect(next.id).not.toBe(1);
    if (next.id !== 2) await cluster.settled(next.group.transferLeadership(2));
    await cluster.time.advance(10_000);
    expect(cluster.node(2).group.isLeader).toBe(true);
    expect(cluster.node(2).alarms).toEqual([]);
  });
});

/** Membership calls of a group (R39, R42), over the whole shell. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftHost } from '../../lib/cluster/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';
import { SeededRandom } from '../../lib/testing/seeded-random.js';
import { DEPLOYMENT, TestCluster, TextMachine, codeOf, frame } from '../support/raft-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'resolved';
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string } };
    return `${code} ${details.reason ?? ''}`.trim();
  }
}

const caughtUp = (id: number): boolean => cluster.node(id).group.appliedIndex === cluster.leader!.group.appliedIndex;

describe('membership', () => {
  it('a learner added from any node gets all that was committed, counts for no quorum, and is promoted', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.settled(leader.group.propose(frame('before')));
    const joiner = await cluster.add(4, { join: true });
    expect(joiner.group.membership.voters).toEqual([]);
    await cluster.settled(
      cluster
        .followers()
        .find((node) => node.id !== 4)!
        .group.addLearner(4),
    );
    expect(leader.group.membership).toMatchObject({ voters: [1, 2, 3], learners: [4] });
    expect(await cluster.time.runUntil(() => joiner.machine.texts.includes('before') && caughtUp(4), 3000)).toBe(true);
    await cluster.settled(cluster.followers()[0]!.group.promote(4));
    expect(leader.group.membership).toMatchObject({ voters: [1, 2, 3, 4], learners: [] });
    await cluster.settled(joiner.group.propose(frame('from the joiner')));
    expect(leader.machine.texts).toEqual(['before', 'from the joiner']);
  });

  it('promote is refused until the learner has caught up, with the reason', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.settled(leader.group.addLearner(4));
    expect(await cluster.settled(reasonOf(leader.group.promote(4)))).toBe('MEMBERSHIP_REFUSED lagging');
    expect(leader.group.membership.learners).toEqual([4]);
  });

  it('refusals are typed: already there, unknown node, no voter, no node id', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const follower = cluster.followers()[0]!;
    for (const { group } of [leader, follower]) {
      expect(await cluster.settled(reasonOf(group.addLearner(2)))).toBe('MEMBERSHIP_REFUSED already');
      expect(await cluster.settled(reasonOf(group.promote(2)))).toBe('MEMBERSHIP_REFUSED already');
      expect(await cluster.settled(reasonOf(group.promote(9)))).toBe('MEMBERSHIP_REFUSED unknown-node');
      expect(await cluster.settled(reasonOf(group.remove(9)))).toBe('MEMBERSHIP_REFUSED unknown-node');
      expect(await cluster.settled(reasonOf(group.addLearner(0)))).toBe('MEMBERSHIP_REFUSED invalid');
      expect(await cluster.settled(reasonOf(group.replace(8, 2)))).toBe('MEMBERSHIP_REFUSED already');
    }
    expect(await cluster.settled(reasonOf(leader.group.transferLeadership(9)))).toBe('MEMBERSHIP_REFUSED unknown-node');
  });

  it('nobody is added for a place that nobody has: the call is refused as a whole', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.add(4, { join: true });
    for (const { group } of [leader, cluster.followers().find(({ id }) => id !== 4)!]) {
      expect(await cluster.settled(reasonOf(group.replace(9, 4)))).toBe('MEMBERSHIP_REFUSED unknown-node');
      expect(leader.group.membership).toMatchObject({ voters: [1, 2, 3], learners: [] });
    }
  });

  it('the last voter is not removed, and none whose absence leaves no live majority', async () => {
    cluster = await TestCluster.start([1, 2]);
    const leader = await cluster.elect();
    const other = cluster.followers()[0]!;
    cluster.crash(other.id);
    await cluster.time.advance(200);
    expect(await cluster.settled(reasonOf(cluster.node(leader.id).group.remove(leader.id)))).toMatch(/no-quorum|NO_LEADER/);
    await cluster.stop();
    cluster = await TestCluster.start([1]);
    await cluster.elect();
    expect(await cluster.settled(reasonOf(cluster.node(1).group.remove(1)))).toBe('MEMBERSHIP_REFUSED last-voter');
  });

  it('one change at a time: a second one is refused while the first is under way', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const first = leader.group.addLearner(4);
    const second = reasonOf(leader.group.addLearner(5));
    expect(await second).toBe('MEMBERSHIP_REFUSED under-way');
    await cluster.settled(first);
    await cluster.settled(leader.group.addLearner(5));
    expect(leader.group.membership.learners).toEqual([4, 5]);
  });

  it('R39: a removed node rejects its waiters with NOT_MEMBER, says so to its listeners, and takes part in nothing', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const victim = cluster.followers()[0]!;
    const waiting = codeOf(victim.group.waitApplied(1_000));
    await cluster.settled(leader.group.remove(victim.id));
    await cluster.time.advance(10);
    expect(await waiting).toBe('NOT_MEMBER');
    expect(victim.heard.at(-1)).toBe('removed');
    expect(await codeOf(victim.group.propose(frame('late')))).toBe('NOT_MEMBER');
    const term = leader.group.term;
    await cluster.time.advance(10_000);
    expect(leader.group.term).toBe(term);
    expect(leader.group.isLeader).toBe(true);
  });

  it('R39: a node that was cut off when it was removed learns of it when it asks for votes', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const victim = cluster.followers()[0]!;
    cluster.network.partition(
      [victim.id],
      [1, 2, 3].filter((id) => id !== victim.id),
    );
    await cluster.settled(leader.group.remove(victim.id));
    await cluster.time.advance(5_000);
    expect(victim.heard).not.toContain('removed');
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => victim.heard.includes('removed'), 5_000)).toBe(true);
    expect(leader.group.isLeader).toBe(true);
  });

  it('the leader hands over before it is removed, whoever asks', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const startMs = cluster.time.nowMs;
    await cluster.settled(leader.group.remove(leader.id));
    expect(cluster.time.nowMs - startMs).toBeLessThan(500);
    const rest = cluster.alive.filter((node) => node !== leader);
    const next = await cluster.elect(rest);
    expect(next.group.membership.voters).toEqual(rest.map((node) => node.id));
    expect(await cluster.time.runUntil(() => leader.heard.includes('removed'), 5_000)).toBe(true);
  });

  it.each([0, 1])('it hands over to the voter whose log reaches farthest, not to follower %i, which lacks entries', async (which) => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const behind = cluster.followers()[which]!;
    const ahead = cluster.followers().find((node) => node !== behind)!;
    cluster.network.partition([behind.id], [leader.id, ahead.id]);
    await cluster.settled(leader.group.propose(frame('not for all')));
    cluster.network.heal();
    void codeOf(leader.group.remove(leader.id));
    expect(await cluster.time.runUntil(() => leader.group.leaderId !== leader.id && leader.group.leaderId !== 0, 5_000)).toBe(true);
    expect(leader.group.leaderId).toBe(ahead.id);
  });

  it('R42: a node on memory storage that died comes back under a new id and replaces the lost one, in one joint change', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.settled(leader.group.propose(frame('old')));
    const lost = cluster.followers()[0]!.id;
    cluster.crash(lost);
    await cluster.add(4, { join: true });
    await cluster.settled(cluster.node(4).group.waitApplied(0));
    await cluster.settled(leader.group.replace(lost, 4));
    const voters = [1, 2, 3, 4].filter((id) => id !== lost);
    expect(leader.group.membership).toMatchObject({ voters, votersOutgoing: [], learners: [] });
    const joints = leader.machine.memberships.filter((membership) => membership.votersOutgoing.length > 0);
    expect(joints).toHaveLength(1);
    await cluster.settled(cluster.node(4).group.propose(frame('new')));
    expect(cluster.node(4).machine.texts).toEqual(['old', 'new']);
    // With the replacement, the loss of another one is survived.
    cluster.crash(leader.id);
    const rest = cluster.alive;
    await cluster.elect(rest);
    await cluster.settled(cluster.node(4).group.propose(frame('newer')));
    expect(cluster.node(4).machine.texts).toEqual(['old', 'new', 'newer']);
  });

  it('the only voter, alive and leading, can be replaced: its replacement becomes a voter first, leads, and removes it', async () => {
    cluster = await TestCluster.start([1]);
    const old = await cluster.elect();
    await cluster.settled(old.group.propose(frame('old')));
    await cluster.add(2, { join: true });
    await cluster.settled(old.group.replace(1, 2).catch(() => undefined)); // it is out before it may hear of it
    const fresh = cluster.node(2);
    expect(await cluster.time.runUntil(() => fresh.group.isLeader && fresh.group.membership.voters.join() === '2', 10_000)).toBe(true);
    await cluster.settled(fresh.group.propose(frame('new')));
    expect(fresh.machine.texts).toEqual(['old', 'new']);
  });

  it('R42: the id of a node on memory storage is refused when it comes back', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    cluster.crash(2);
    await expect(cluster.add(2, { members: [1, 2, 3] })).rejects.toMatchObject({ code: 'NODE_ID_REUSED' });
  });

  it('a node outside the first membership must say that it joins', async () => {
    cluster = new TestCluster();
    await expect(cluster.add(4, { members: [1, 2, 3] })).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
    const time = cluster.time.createNode();
    const host = new RaftHost({
      nodeId: 5,
      deployment: DEPLOYMENT,
      incarnation: 1,
      clock: time,
      scheduler: time,
      random: new SeededRandom(1),
      storage: new MemoryRaftStorage(),
      transport: cluster.network.createTransport(),
    });
    await expect(host.createGroup({ groupId: 1, stateMachine: new TextMachine(), members: [5] })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
    });
    await host.start();
    await host.createGroup({ groupId: 1, stateMachine: new TextMachine(), members: [5] });
    await expect(host.createGroup({ groupId: 1, stateMachine: new TextMachine(), members: [5] })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
    });
    host.crash();
  });

  it('membership calls without a leader end in NO_LEADER', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { requestTimeoutMs: 500 } });
    await cluster.elect();
    const one = cluster.followers()[0]!;
    cluster.network.partition(
      [one.id],
      [1, 2, 3].filter((id) => id !== one.id),
    );
    await cluster.time.advance(3000);
    expect(await cluster.settled(reasonOf(one.group.addLearner(4)))).toBe('NO_LEADER');
  });

  it('a transfer is refused at once by who stands for election: nobody waits for its outcome (hashicorp/raft#413)', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const one = cluster.followers()[0]!;
    cluster.network.partition(
      [one.id],
      [1, 2, 3].filter((id) => id !== one.id),
    );
    await cluster.time.advance(3_000);
    expect(one.group.status().role).toMatch(/candidate/);
    const startMs = cluster.time.nowMs;
    expect(await cluster.settled(codeOf(one.group.transferLeadership([1, 2, 3].find((id) => id !== one.id)!)))).toBe('NO_LEADER');
    expect(cluster.time.nowMs).toBe(startMs);
  });

  it('transferLeadership resolves when the other leads, and rejects after one election timeout when it is dead', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const [heir, other] = cluster.followers().map((node) => node.id) as [number, number];
    await cluster.settled(cluster.node(other).group.transferLeadership(heir), 1000);
    expect(cluster.leader!.id).toBe(heir);
    cluster.network.partition(
      [leader.id],
      [1, 2, 3].filter((id) => id !== leader.id),
    );
    const startMs = cluster.time.nowMs;
    expect(await cluster.settled(codeOf(cluster.node(heir).group.transferLeadership(leader.id)))).toBe('OUTCOME_UNKNOWN');
    expect(cluster.time.nowMs - startMs).toBe(500);
    await cluster.settled(cluster.node(heir).group.propose(frame('goes on')));
  });

  it('B2: a learner that died after it had caught up is not promoted: the group keeps its quorum when a voter dies too', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.add(4, { join: true });
    await cluster.settled(leader.group.addLearner(4));
    expect(await cluster.time.runUntil(() => caughtUp(4), 3000)).toBe(true);
    cluster.crash(4);
    cluster.crash(cluster.followers()[0]!.id);
    await cluster.time.advance(1000);
    expect(await cluster.settled(reasonOf(leader.group.promote(4)))).toBe('MEMBERSHIP_REFUSED lagging');
    await cluster.settled(leader.group.propose(frame('goes on')));
  });

  it('M2: a call whose leader died half-way through the joint change ends well once the next leader has left it', async () => {
    cluster = await TestCluster.start([1, 2, 3, 4, 5]);
    const leader = await cluster.elect();
    await cluster.add(6, { join: true });
    await cluster.settled(leader.group.addLearner(6));
    expect(await cluster.time.runUntil(() => caughtUp(6), 3000)).toBe(true);
    const lost = cluster.followers().find(({ id }) => id !== 6)!;
    cluster.crash(lost.id);
    await cluster.time.advance(700);
    const asker = cluster.followers().find(({ id }) => id !== 6)!;
    let isJointSeen = false;
    asker.group.subscribe({
      onMembership: ({ votersOutgoing }) => {
        if (isJointSeen || votersOutgoing.length === 0) return;
        isJointSeen = true;
        cluster.crash(leader.id);
      },
    });
    const outcome = reasonOf(asker.group.replace(lost.id, 6));
    expect(await cluster.settled(outcome)).toBe('resolved');
    expect(isJointSeen).toBe(true);
    expect(asker.group.membership.voters).toContain(6);
    expect(asker.group.membership.voters).not.toContain(lost.id);
  });

  it('a membership call that the leader has confirmed, on a node that hears no more of the log, ends by its deadline', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const asker = cluster.followers()[0]!;
    cluster.dropEnvelopes(leader.id, asker.id, [EnvelopeKind.RAFT]);
    expect(await cluster.settled(reasonOf(asker.group.addLearner(4)))).toBe('OUTCOME_UNKNOWN');
    expect(leader.group.membership.learners).toEqual([4]);
  });

  it('a voter that is demoted goes on as a learner: it gets what is committed, and counts for no quorum', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const [demoted, other] = cluster.followers();
    await cluster.settled(other!.group.demote(demoted!.id));
    expect(leader.group.membership).toMatchObject({ voters: [leader.id, other!.id].sort(), learners: [demoted!.id] });
    await cluster.settled(leader.group.propose(frame('after')));
    expect(await cluster.time.runUntil(() => demoted!.machine.texts.includes('after'), 3000)).toBe(true);
    expect(demoted!.heard.join(' ')).not.toMatch(/removed/);
    expect(await cluster.settled(reasonOf(leader.group.demote(demoted!.id)))).toBe('MEMBERSHIP_REFUSED already');
    await cluster.settled(demoted!.group.promote(demoted!.id));
    expect(leader.group.membership).toMatchObject({ voters: [1, 2, 3], learners: [] });
  });

  it('a leader that is to be demoted hands over first; a learner takes its place in one joint change', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.add(4, { join: true });
    await cluster.settled(leader.group.addLearner(4));
    expect(await cluster.time.runUntil(() => caughtUp(4), 3000)).toBe(true);
    await cluster.settled(leader.group.exchange(leader.id, 4));
    const now = cluster.leader!;
    expect(now.id).not.toBe(leader.id);
    expect(now.group.membership).toMatchObject({ voters: [1, 2, 3, 4].filter((id) => id !== leader.id), learners: [leader.id] });
    await cluster.settled(leader.group.propose(frame('of the former leader')));
    expect(await cluster.time.runUntil(() => leader.machine.texts.includes('of the former leader'), 3000)).toBe(true);
  });

  it('the only voter gives its place to a learner, and goes on as one', async () => {
    cluster = await TestCluster.start([1]);
    const leader = await cluster.elect();
    await cluster.add(2, { join: true });
    await cluster.settled(leader.group.addLearner(2));
    expect(await cluster.time.runUntil(() => caughtUp(2), 3000)).toBe(true);
    await cluster.settled(leader.group.exchange(1, 2));
    expect(cluster.leader!.id).toBe(2);
    expect(cluster.leader!.group.membership).toMatchObject({ voters: [2], learners: [1] });
  });
});

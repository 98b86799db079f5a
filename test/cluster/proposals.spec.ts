/** Proposals and elections of a group, over the whole shell (DESIGN §4; R31, R36–R38). */
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstCallId } from '../../lib/cluster/host-services.js';
import { DEFAULT_TUNING } from '../../lib/cluster/host-options.js';
import { readLogTimeStamp } from '../../lib/state-machine/index.js';
import { EnvelopeKind, type Envelope } from '../../lib/transport/transport.js';
import { TestCluster, codeOf, frame, type TestNode } from '../support/raft-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const isApplied = (text: string): boolean => cluster.alive.every((node) => node.machine.texts.includes(text));

describe('proposals', () => {
  it('three nodes elect one leader, and every node knows it', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    expect(cluster.alive.map((node) => node.group.leaderId)).toEqual([leader.id, leader.id, leader.id]);
    expect(cluster.alive.filter((node) => node.group.isLeader)).toHaveLength(1);
  });

  it('a command proposed on any node is answered by that node’s state machine, and applied on all', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    for (const node of cluster.alive) {
      const applied = await cluster.settled(node.group.propose(frame(`from ${node.id}`)));
      expect(applied.result).toBe(`from ${node.id}@${node.machine.texts.indexOf(`from ${node.id}`)}`);
      expect(node.group.appliedIndex).toBeGreaterThanOrEqual(applied.index);
    }
    await cluster.time.runUntil(() => [1, 2, 3].every((id) => isApplied(`from ${id}`)), 1000);
    const [first, ...others] = cluster.alive.map((node) => node.machine.texts);
    for (const texts of others) expect(texts).toEqual(first);
  });

  it('a command that is alone is applied on the leader within microtasks', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.time.runUntilIdle();
    const before = cluster.alive.map((node) => node.scheduler.turns);
    const startMs = cluster.time.nowMs;
    await cluster.settled(leader.group.propose(frame('one')), 1);
    expect(cluster.time.nowMs).toBe(startMs);
    const turns = cluster.alive.map((node, at) => node.scheduler.turns - before[at]!);
    expect(turns.reduce((sum, count) => sum + count)).toBe(0);
  });

  it('a command from a follower is applied within microtasks too, without a tick', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    await cluster.time.runUntilIdle();
    const before = cluster.alive.map((node) => node.scheduler.turns);
    const startMs = cluster.time.nowMs;
    await cluster.settled(cluster.followers()[0]!.group.propose(frame('one')), 1);
    expect(cluster.time.nowMs).toBe(startMs);
    expect(cluster.alive.reduce((sum, node, at) => sum + node.scheduler.turns - before[at]!, 0)).toBe(0);
  });

  it('what is proposed while a command is under way gathers for one macrotask, and shares one append', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.time.runUntilIdle();
    for (const { id } of cluster.followers()) for (const to of [1, 2, 3]) cluster.dropEnvelopes(id, to, [EnvelopeKind.RAFT]);
    const first = leader.group.propose(frame('first'));
    await Promise.resolve();
    const sent = leader.host.status().network.framesSent;
    const turns = leader.scheduler.turns;
    const others: Array<Promise<unknown>> = [];
    for (let i = 0; i < 10; i++) {
      others.push(leader.group.propose(frame(`other ${i}`)));
      await Promise.resolve();
    }
    expect(leader.scheduler.turns - turns).toBe(1);
    expect(leader.host.status().network.framesSent).toBe(sent);
    await cluster.time.runUntilIdle();
    expect(leader.host.status().network.framesSent - sent).toBe(2);
    cluster.restoreLinks();
    await cluster.settled(Promise.all([first, ...others]));
  });

  it('a client that sends one command after the other lets the event loop through', async () => {
    cluster = await TestCluster.start([1]);
    const leader = await cluster.elect();
    const seen = { applied: 0, isOver: false };
    const one = async (): Promise<void> => {
      while (!seen.isOver) {
        await leader.group.propose(frame('again'));
        seen.applied++;
      }
    };
    const client = one();
    for (let turn = 0; turn < 3; turn++) {
      const before = seen.applied;
      await cluster.settled(new Promise<void>((resolve) => leader.time.turn(resolve)));
      expect(seen.applied - before).toBeLessThanOrEqual(DEFAULT_TUNING.microtaskTurnsMax);
    }
    seen.isOver = true;
    await cluster.settled(client);
    expect(seen.applied).toBeGreaterThan(1);
  });

  it('proposals of one moment share one append', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.time.runUntilIdle();
    const sent = leader.host.status().network.framesSent;
    const all = Array.from({ length: 50 }, (_, i) => leader.group.propose(frame(`c${i}`)));
    await cluster.settled(Promise.all(all), 1);
    await cluster.time.runUntilIdle();
    // To each of two followers: the entries, and the commit index.
    expect(leader.host.status().network.framesSent - sent).toBe(4);
    expect(leader.machine.texts).toHaveLength(50);
  });

  it('a command queued before there is a leader goes as soon as one is known, without waiting for a tick', async () => {
    cluster = await TestCluster.start();
    const pending = cluster.alive.map((node) => node.group.propose(frame(`early ${node.id}`)));
    let electedAt = -1;
    for (const node of cluster.alive)
      node.group.subscribe({ onLeadership: ({ isLeader }) => isLeader && (electedAt = cluster.time.nowMs) });
    await cluster.settled(Promise.race(pending));
    expect(cluster.time.nowMs).toBe(electedAt);
    await cluster.settled(Promise.all(pending));
  });

  it('R23: the leader stamps, never behind its last stamp, and a frame that is proposed twice is not stamped in the log', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const shared = frame('same bytes');
    await cluster.settled(leader.group.propose(shared));
    const stamp = readLogTimeStamp(shared);
    expect(stamp).toBe(leader.time.now());
    await cluster.time.advance(5);
    leader.time.jumpClock(-60_000);
    await cluster.settled(leader.group.propose(shared));
    expect(readLogTimeStamp(shared)).toBe(stamp);
    expect(leader.machine.stamps).toEqual([stamp, stamp]);
    const follower = cluster.followers()[0]!;
    const foreign = frame('of a follower');
    await cluster.settled(follower.group.propose(foreign));
    expect(readLogTimeStamp(foreign)).toBe(0);
  });

  it('R37: a node that does not lead answers NOT_LEADER with a hint and appends nothing; the leader answers (index, term)', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const follower = cluster.followers()[0]!;
    const asker = await cluster.impostor(9);
    const lastIndex = follower.group.status().lastIndex;
    const envelope = { kind: EnvelopeKind.PROPOSE, groupId: 1, callId: 7, frames: [frame('a'), frame('b')] } as const;
    asker.send(follower.id, envelope);
    await cluster.time.advance(1);
    expect(asker.received).toMatchObject([
      { kind: EnvelopeKind.PROPOSE_ANSWER, callId: 7, ok: false, status: 1, leaderId: leader.id, term: leader.group.term },
    ]);
    expect(follower.group.status().lastIndex).toBe(lastIndex);
    asker.received.length = 0;
    asker.send(leader.id, envelope);
    await cluster.time.advance(1);
    expect(asker.received).toMatchObject([{ callId: 7, ok: true, status: 0, index: lastIndex + 1, term: leader.group.term }]);
    expect(leader.machine.texts).toEqual(['a', 'b']);
  });

  it('R37: who asks the former leader is sent on by its hint, and the command is applied once', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const [asker, heir] = cluster.followers() as [TestNode, TestNode];
    cluster.network.partition([asker.id], [heir.id]);
    await cluster.settled(leader.group.transferLeadership(heir.id), 2000);
    // The asker has heard nothing of it, and still asks the former leader.
    expect(asker.group.leaderId).toBe(leader.id);
    const pending = asker.group.propose(frame('sent on'));
    await cluster.time.advance(10);
    cluster.network.heal();
    await cluster.settled(pending);
    expect(heir.machine.texts).toEqual(['sent on']);
  });

  it('R37: nodes that point at each other make no loop: a few hops, then it waits for news', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const asker = cluster.followers()[0]!;
    // Two impostors say of each other that they lead; the asker is told first by what it takes for the leader's answer.
    const [seven, eight] = [await cluster.impostor(7), await cluster.impostor(8)];
    cluster.dropEnvelopes(asker.id, leader.id, [EnvelopeKind.PROPOSE]);
    const pending = asker.group.propose(frame('in circles'));
    await cluster.time.advance(1);
    const answer = (callId: number, leaderId: number): Envelope => ({
      ...{ kind: EnvelopeKind.PROPOSE_ANSWER, groupId: 1, callId, ok: false, status: 1, index: 0 },
      ...{ term: asker.group.term, leaderId },
    });
    cluster.answerAs(leader.id, asker.id, answer(firstCallId(1) + 1, 7));
    let hops = 0;
    for (let round = 0; round < 50; round++) {
      await Promise.resolve();
      await cluster.time.advance(0);
      for (const [impostor, other] of [
        [seven, 8],
        [eight, 7],
      ] as const) {
        for (const asked of impostor.received.splice(0)) {
          if (asked.kind !== EnvelopeKind.PROPOSE) continue;
          hops++;
          impostor.send(asker.id, answer(asked.callId, other));
        }
      }
    }
    expect(hops).toBeGreaterThan(1);
    expect(hops).toBeLessThanOrEqual(5);
    cluster.restoreLinks();
    await cluster.settled(pending);
  });

  it('R38: without a quorum a command that was appended ends in OUTCOME_UNKNOWN, with its requestId', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    cluster.network.partition(
      [leader.id],
      cluster.followers().map((node) => node.id),
    );
    const failure = await cluster.settled(
      leader.group.propose(frame('lost?'), { deadlineMs: 300, requestId: 'r-1' }).catch((error: unknown) => error),
    );
    expect(failure).toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'r-1', retryable: true });
  });

  it('R38: a command that was never sent ends in NO_LEADER', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const [one] = cluster.alive;
    cluster.network.partition(
      [one!.id],
      [1, 2, 3].filter((id) => id !== one!.id),
    );
    await cluster.time.advance(3000);
    expect(one!.group.leaderId).toBe(0);
    const failure = await cluster.settled(
      one!.group.propose(frame('never'), { deadlineMs: 300, requestId: 'r-2' }).catch((error: unknown) => error),
    );
    expect(failure).toMatchObject({ code: 'NO_LEADER', requestId: 'r-2' });
  });

  it('R38: a forwarded command whose answer is lost ends in OUTCOME_UNKNOWN, and sent again has the same answer', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const follower = cluster.followers()[0]!;
    cluster.network.partition(
      [follower.id],
      [1, 2, 3].filter((id) => id !== follower.id),
    );
    expect(await cluster.settled(codeOf(follower.group.propose(frame('x'), { deadlineMs: 400 })))).toBe('OUTCOME_UNKNOWN');
    cluster.network.heal();
    const applied = await cluster.settled(follower.group.propose(frame('x')));
    expect(applied.result).toBe(`x@${leader.machine.texts.indexOf('x')}`);
  });

  it('a leader crash: commands proposed on the others meanwhile are applied by the next leader, once each', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    cluster.crash(leader.id);
    const crashedAt = cluster.time.nowMs;
    const pending = cluster.alive.map((node) => node.group.propose(frame(`during ${node.id}`)));
    await cluster.settled(Promise.all(pending));
    // Far below the election timeout of 500 to 1000 ms: the broken connection told.
    expect(cluster.time.nowMs - crashedAt).toBeLessThan(500);
    const next = await cluster.elect();
    expect([...next.machine.texts].sort()).toEqual(cluster.alive.map((node) => `during ${node.id}`).sort());
  });

  it('a deposed leader’s superseded command is sent again and applied, within its deadline', async () => {
    cluster = await TestCluster.start();
    const old = await cluster.elect();
    const others = cluster.followers();
    cluster.network.partition(
      [old.id],
      others.map((node) => node.id),
    );
    const pending = old.group.propose(frame('superseded'), { deadlineMs: 20_000 });
    await cluster.elect(others);
    await cluster.settled(others[0]!.group.propose(frame('newer')));
    cluster.network.heal();
    const applied = await cluster.settled(pending);
    expect(applied.term).toBeGreaterThan(1);
    expect(old.machine.texts).toEqual(['newer', 'superseded']);
  });

  it('an entry of a later term supersedes what was placed above it, though nothing is applied at its index', async () => {
    cluster = await TestCluster.start();
    const old = await cluster.elect();
    const others = cluster.followers();
    const ids = others.map((node) => node.id);
    cluster.network.partition([old.id], ids);
    // Two appends: the first one's index goes to the new leader's empty entry, the second one's to nobody.
    const first = codeOf(old.group.propose(frame('given up'), { deadlineMs: 100 }));
    const second = old.group.propose(frame('placed above'), { deadlineMs: 15_000 });
    expect(await cluster.settled(first)).toBe('OUTCOME_UNKNOWN');
    const next = await cluster.elect(others);
    const healedAt = cluster.time.nowMs;
    cluster.network.heal();
    await cluster.settled(second);
    expect(cluster.time.nowMs - healedAt).toBeLessThan(1_000);
    expect(next.machine.texts).toEqual(['placed above']);
  });

  it('submit is sent again for ever, until cancelled() says that it is not wanted any more', async () => {
    cluster = await TestCluster.start();
    const old = await cluster.elect();
    const others = cluster.followers();
    cluster.network.partition(
      [old.id],
      others.map((node) => node.id),
    );
    let isWanted = true;
    old.group.submit(frame('kept'));
    old.group.submit(frame('given up'), () => !isWanted);
    await cluster.elect(others);
    isWanted = false;
    await cluster.time.advance(30_000);
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => isApplied('kept'), 5000)).toBe(true);
    await cluster.time.advance(5000);
    expect(old.machine.texts).toEqual(['kept']);
  });

  it('OVERLOADED names the limit by number and by bytes, nothing was sent, and the node goes on', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { queueLengthMax: 3, queueBytesMax: 200 } });
    const leader = await cluster.elect();
    const accepted = [1, 2, 3].map((i) => leader.group.propose(frame(`ok${i}`)));
    const refused = await leader.group.propose(frame('one too many'), { requestId: 'r' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'OVERLOADED', requestId: 'r', details: { limit: 'proposals.queueLengthMax', value: 3 } });
    await cluster.settled(Promise.all(accepted));
    const large = await leader.group.propose(frame('x'.repeat(191))).catch((error: unknown) => error);
    expect(large).toMatchObject({ code: 'OVERLOADED', details: { limit: 'proposals.queueBytesMax', value: 200 } });
    await cluster.settled(leader.group.propose(frame('x'.repeat(190))));
    expect(leader.machine.texts).toHaveLength(4);
  });

  it('a leader that holds as much as it may append takes the rest when there is room', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { uncommittedBytesMax: 100, messageBytesMax: 50 } });
    const leader = await cluster.elect();
    const all = Array.from({ length: 40 }, (_, i) => leader.group.propose(frame(`number ${i}`)));
    await cluster.settled(Promise.all(all), 1);
    expect(leader.machine.texts).toHaveLength(40);
  });

  it('a frame without room for a command is refused', async () => {
    cluster = await TestCluster.start();
    expect(await codeOf(cluster.node(1).group.propose(new Uint8Array(9)))).toBe('INVALID_ARGUMENT');
  });

  it('R31: a state machine that does not know a command halts the group on that node; waiters are told, the others go on', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const victim = cluster.followers()[0]!;
    const strict = victim.machine.apply.bind(victim.machine);
    victim.machine.apply = (index, term, bytes) => strict(index, term, Buffer.from(bytes).includes('new kind') ? frame('poison') : bytes);
    const waiting = codeOf(victim.group.waitApplied(1_000));
    await cluster.settled(leader.group.propose(frame('new kind')));
    await cluster.time.advance(100);
    expect(await waiting).toBe('GROUP_HALTED');
    expect(victim.heard.at(-1)).toBe('halted');
    expect(victim.group.status().halted).toMatch(/GROUP_HALTED.*group 1 halted at index \d+/);
    expect(await codeOf(victim.group.propose(frame('after')))).toBe('GROUP_HALTED');
    expect(await codeOf(victim.group.readIndex())).toBe('GROUP_HALTED');
    await cluster.settled(leader.group.propose(frame('others go on')));
    await cluster.time.advance(5_000);
    expect(victim.group.appliedIndex).toBeLessThan(leader.group.appliedIndex);
    expect(leader.group.isLeader).toBe(true);
  });

  it('G3: a listener that proposes from inside a notification is not re-entered, and one that throws rises alone', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const order: string[] = [];
    leader.group.subscribe({
      onApplied: () => {
        order.push('begin');
        if (order.length < 4) leader.group.submit(frame(`nested ${order.length}`));
        order.push('end');
      },
    });
    await cluster.settled(leader.group.propose(frame('first')));
    await cluster.time.runUntilIdle();
    expect(order).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end']);
    leader.group.subscribe({
      onApplied: () => {
        throw new Error('a bad listener');
      },
    });
    const pending = leader.group.propose(frame('second'));
    await expect(cluster.time.advance(10)).rejects.toThrow('a bad listener');
    await expect(pending).resolves.toMatchObject({ result: expect.stringContaining('second') });
  });

  it('stop() hands over, then rejects who waits with SHUTTING_DOWN; the others have a leader at once', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const startMs = cluster.time.nowMs;
    await cluster.settled(leader.host.stop());
    expect(await codeOf(leader.group.propose(frame('late')))).toBe('SHUTTING_DOWN');
    expect(await codeOf(leader.group.waitApplied(1e6))).toBe('SHUTTING_DOWN');
    await cluster.elect(cluster.alive.filter((node) => node !== leader));
    expect(cluster.time.nowMs - startMs).toBeLessThan(100);
  });

  it('frames that go through the codec make no difference', async () => {
    cluster = await TestCluster.start([1, 2, 3], { encodeFrames: true });
    await cluster.elect();
    for (const node of cluster.alive) await cluster.settled(node.group.propose(frame(`encoded ${node.id}`)));
    await cluster.time.runUntil(() => [1, 2, 3].every((id) => isApplied(`encoded ${id}`)), 1000);
    expect(cluster.node(1).machine.texts).toHaveLength(3);
    expect(cluster.network.statistics.droppedRefused).toBe(0);
  });

  it('one voter alone commits by itself', async () => {
    cluster = await TestCluster.start([1]);
    await cluster.elect();
    await expect(cluster.settled(cluster.node(1).group.propose(frame('alone')))).resolves.toMatchObject({ result: 'alone@0' });
  });
});

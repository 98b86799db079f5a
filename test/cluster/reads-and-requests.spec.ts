/** Linearizable reads (P6, R25) and requests between nodes, over the whole shell. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { RaftoralError } from '../../lib/errors/index.js';
import { TestCluster, codeOf, frame } from '../support/raft-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

describe('reads', () => {
  it('a read on any node sees what was acknowledged before it, wherever that was', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    for (const writer of cluster.alive) {
      for (const reader of cluster.alive) {
        const text = `${writer.id} to ${reader.id}`;
        const { index } = await cluster.settled(writer.group.propose(frame(text)));
        expect(await cluster.settled(reader.group.readIndex(), 10)).toBeGreaterThanOrEqual(index);
        expect(reader.machine.texts).toContain(text);
      }
    }
  });

  it('reads of one moment share one round of heartbeats', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    await cluster.time.runUntilIdle();
    const { framesSent } = leader.host.status().network;
    await cluster.settled(Promise.all(Array.from({ length: 40 }, () => leader.group.readIndex())), 1);
    await cluster.time.runUntilIdle();
    expect(leader.host.status().network.framesSent - framesSent).toBe(2);
  });

  it('R25: a leader that was cut off answers no read: NO_LEADER at the deadline, though it still believes to lead', async () => {
    cluster = await TestCluster.start();
    const old = await cluster.elect();
    cluster.network.partition(
      [old.id],
      cluster.followers().map((node) => node.id),
    );
    const read = codeOf(old.group.readIndex({ deadlineMs: 200 }));
    expect(old.group.isLeader).toBe(true);
    expect(await cluster.settled(read)).toBe('NO_LEADER');
  });

  it('a read whose round was lost is repeated with a context of its own, and resolves after the network healed', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const reader = cluster.followers()[0]!;
    cluster.network.partition(
      [reader.id],
      [1, 2, 3].filter((id) => id !== reader.id),
    );
    const read = reader.group.readIndex({ deadlineMs: 20_000 });
    await cluster.time.advance(3_000);
    cluster.network.heal();
    const leader = await cluster.elect();
    expect(await cluster.settled(read)).toBeLessThanOrEqual(leader.group.appliedIndex);
  });

  it('P6: where the way to the leader and back takes longer than a round is waited for, reads are answered all the same', async () => {
    // Half an election timeout: slow, and well.
    const oneWayMs = 120;
    let time: { setTimer(ms: number, callback: () => void): unknown };
    cluster = await TestCluster.start([1, 2, 3], {
      onTime: (node) => (time = node),
      wrapTransport: (transport) => {
        const own = time;
        return {
          start: (identity, handlers) => transport.start(identity, handlers),
          send: (to, sent) => void own.setTimer(oneWayMs, () => transport.send(to, sent)),
          stop: () => transport.stop(),
        };
      },
    });
    const leader = await cluster.elect();
    const reader = cluster.followers()[0]!;
    for (const node of [leader, reader]) {
      const { index } = await cluster.settled(leader.group.propose(frame(`before ${node.id}`)));
      expect(await cluster.settled(node.group.readIndex({ deadlineMs: 5_000 }))).toBeGreaterThanOrEqual(index);
      expect(node.machine.texts).toContain(`before ${node.id}`);
    }
  });

  it('reads beyond the bound are OVERLOADED, and the others are answered', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { queueLengthMax: 2 } });
    const leader = await cluster.elect();
    const accepted = [leader.group.readIndex(), leader.group.readIndex()];
    expect(await codeOf(leader.group.readIndex())).toBe('OVERLOADED');
    await cluster.settled(Promise.all(accepted));
    await cluster.settled(leader.group.readIndex());
  });

  it('waitApplied resolves at its index, in order', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const follower = cluster.followers()[0]!;
    const seen: string[] = [];
    const at = leader.group.appliedIndex;
    const waits = [at + 2, at + 1, at].map((index) => follower.group.waitApplied(index).then(() => seen.push(`${index - at}`)));
    await cluster.settled(leader.group.propose(frame('one')));
    await cluster.settled(leader.group.propose(frame('two')));
    await cluster.settled(Promise.all(waits));
    expect(seen).toEqual(['0', '1', '2']);
  });
});

describe('requests', () => {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

  it('are answered by the handler of the other node, and typed errors arrive as such', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const [one, two] = [cluster.node(1), cluster.node(2)];
    two.group.handle('echo', async (from, body, remainingMs) => Buffer.from(`${from}:${text(body)}:${remainingMs}`));
    two.group.handle('fail', () => Promise.reject(new RaftoralError('UNKNOWN_QUERY', 'no such query', { details: { query: 'q' } })));
    two.group.handle('throw', () => {
      throw new TypeError('a mistake');
    });
    expect(text(await cluster.settled(one.group.request(2, 'echo', Buffer.from('hi'), 100)))).toBe('1:hi:100');
    await expect(cluster.settled(one.group.request(2, 'fail', new Uint8Array(0), 100))).rejects.toMatchObject({
      code: 'UNKNOWN_QUERY',
      message: 'no such query',
      details: { query: 'q' },
    });
    await expect(cluster.settled(one.group.request(2, 'throw', new Uint8Array(0), 100))).rejects.toMatchObject({
      code: 'INVARIANT_VIOLATED',
      message: 'a mistake',
    });
    expect(await cluster.settled(codeOf(one.group.request(2, 'unknown', new Uint8Array(0), 100)))).toBe('NOT_MEMBER');
    expect(() => two.group.handle('echo', async () => new Uint8Array(0))).toThrow('answered already');
    expect(() => two.group.handle('raft.membership', async () => new Uint8Array(0))).toThrow('answered already');
  });

  it('without an answer end in OUTCOME_UNKNOWN: at the deadline, or at once when the peer is down', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const one = cluster.node(1);
    cluster.node(2).group.handle('hang', () => new Promise(() => undefined));
    const startMs = cluster.time.nowMs;
    expect(await cluster.settled(codeOf(one.group.request(2, 'hang', new Uint8Array(0), 250)))).toBe('OUTCOME_UNKNOWN');
    expect(cluster.time.nowMs - startMs).toBe(250);
    const pending = codeOf(one.group.request(2, 'hang', new Uint8Array(0), 60_000));
    cluster.crash(2);
    expect(await cluster.settled(pending, 1000)).toBe('OUTCOME_UNKNOWN');
  });

  it('beyond the bound are OVERLOADED', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { requestsInFlightMax: 1 } });
    await cluster.elect();
    cluster.node(2).group.handle('hang', () => new Promise(() => undefined));
    const first = codeOf(cluster.node(1).group.request(2, 'hang', new Uint8Array(0), 50));
    expect(await codeOf(cluster.node(1).group.request(2, 'hang', new Uint8Array(0), 50))).toBe('OVERLOADED');
    expect(await cluster.settled(first)).toBe('OUTCOME_UNKNOWN');
  });

  it('of a node that stops end at once in SHUTTING_DOWN, those under way and all that come later, also to itself', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const [one, two] = [cluster.node(1), cluster.node(2)];
    two.host.handle('hang', () => new Promise(() => undefined));
    one.host.handle('here', async () => new Uint8Array(0));
    const nothing = new Uint8Array(0);
    const ask = (): Array<Promise<string>> =>
      [one.host.request(2, 'hang', nothing, 60_000), one.group.request(2, 'hang', nothing, 60_000)].map((request) => codeOf(request));
    const pending = codeOf(one.host.request(2, 'hang', nothing, 60_000));
    expect(await cluster.settled(codeOf(one.host.request(1, 'here', nothing, 100)))).toBe('resolved');
    await cluster.settled(one.host.stop());
    const stoppedMs = cluster.time.nowMs;
    const late = [...ask(), codeOf(one.host.request(1, 'here', nothing, 100))];
    expect(await cluster.settled(Promise.all([pending, ...late]))).toEqual(Array.from({ length: 4 }, () => 'SHUTTING_DOWN'));
    expect([cluster.time.nowMs, one.host.status().requestsInFlight]).toEqual([stoppedMs, 0]);
  });
});

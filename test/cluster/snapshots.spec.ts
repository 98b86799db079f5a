/** Snapshots, compaction and their way to a peer that lags (R34, R36; DESIGN §4), over the whole shell. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { EnvelopeKind, type Frame, type Transport } from '../../lib/transport/transport.js';
import { TestCluster, codeOf, frame, type TestNode } from '../support/raft-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

const tuning = { snapshotEntriesMax: 20, compactionKeepEntries: 5, snapshotPartBytes: 64 };

async function write(node: TestNode, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await cluster.settled(node.group.propose(frame(`entry number ${i}`)));
}

/** A transport that shows and may drop what it sends. */
function spying(seen: Frame[], drops: (to: number, sent: Frame) => boolean): (transport: Transport) => Transport {
  return (transport) => ({
    start: (identity, handlers) => transport.start(identity, handlers),
    stop: () => transport.stop(),
    send: (to, sent) => {
      seen.push(sent);
      if (!drops(to, sent)) transport.send(to, sent);
    },
  });
}

describe('snapshots', () => {
  it('the log is compacted behind a snapshot, and keeps as much as it is told', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning });
    const leader = await cluster.elect();
    await write(leader, 0, 50);
    const { firstIndex, lastIndex, appliedIndex } = leader.group.status();
    expect(firstIndex).toBeGreaterThan(20);
    expect(lastIndex - firstIndex).toBeLessThanOrEqual(25);
    expect(appliedIndex).toBe(lastIndex);
  });

  it('a large state is not written again and again: the log grows by the size of the last snapshot before the next one', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { ...tuning, snapshotEntriesMax: 2 } });
    const leader = await cluster.elect();
    await cluster.settled(leader.group.propose(frame('x'.repeat(5_000))));
    await write(leader, 0, 10);
    const { firstIndex } = leader.group.status();
    await write(leader, 10, 100);
    expect(leader.group.status().firstIndex).toBe(firstIndex);
    await write(leader, 100, 300);
    expect(leader.group.status().firstIndex).toBeGreaterThan(100);
  });

  it('entries that are few but large bring a snapshot too', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { ...tuning, snapshotEntriesMax: 1e6, snapshotLogBytesMax: 1_000 } });
    const leader = await cluster.elect();
    for (let i = 0; i < 10; i++) await cluster.settled(leader.group.propose(frame(`${i}`.repeat(300))));
    expect(leader.group.status().firstIndex).toBeGreaterThan(4);
  });

  it('a follower that lags behind the log gets the snapshot in chunks, none in a Raft message, and goes on from there', async () => {
    const seen: Frame[] = [];
    cluster = await TestCluster.start([1, 2, 3], { tuning, wrapTransport: spying(seen, () => false) });
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0]!;
    cluster.network.partition(
      [lagging.id],
      [1, 2, 3].filter((id) => id !== lagging.id),
    );
    await write(leader, 0, 60);
    seen.length = 0;
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => lagging.group.appliedIndex === leader.group.appliedIndex, 5_000)).toBe(true);
    expect(lagging.machine.restores).toBe(1);
    expect(lagging.machine.texts).toEqual(leader.machine.texts);
    expect(lagging.heard).toContain(`restored ${leader.group.status().firstIndex + 4}`);
    const envelopes = seen.flatMap((sent) => sent.envelopes);
    const chunks = envelopes.filter((envelope) => envelope.kind === EnvelopeKind.SNAPSHOT_PART);
    expect(chunks.length).toBeGreaterThan(5);
    for (const chunk of chunks) expect(chunk.part.length).toBeLessThanOrEqual(64);
    expect(envelopes.filter((envelope) => envelope.kind === EnvelopeKind.RAFT && envelope.message.snapshot !== null)).toEqual([]);
    await write(leader, 60, 62);
    await cluster.time.advance(10);
    expect(lagging.machine.texts).toEqual(leader.machine.texts);
  });

  it('R16: with a snapshot the state machine learns the membership that is in force there', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning });
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0]!;
    cluster.network.partition(
      [lagging.id],
      [1, 2, 3].filter((id) => id !== lagging.id),
    );
    await cluster.settled(leader.group.addLearner(4));
    await write(leader, 0, 60);
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => lagging.group.appliedIndex === leader.group.appliedIndex, 5_000)).toBe(true);
    expect(lagging.machine.restores).toBe(1);
    expect(lagging.machine.memberships.at(-1)).toMatchObject({ voters: [1, 2, 3], learners: [4] });
    expect(lagging.group.membership).toMatchObject({ voters: [1, 2, 3], learners: [4] });
  });

  it('a transfer that loses chunks and answers resumes, and arrives whole', async () => {
    let count = 0;
    const drops = (_to: number, sent: Frame): boolean => {
      const isOfTransfer = sent.envelopes.some(
        ({ kind }) => kind === EnvelopeKind.SNAPSHOT_PART || kind === EnvelopeKind.SNAPSHOT_PART_ANSWER,
      );
      return isOfTransfer && count++ % 3 === 2;
    };
    const seen: Frame[] = [];
    cluster = await TestCluster.start([1, 2, 3], { tuning, wrapTransport: spying(seen, drops) });
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0]!;
    cluster.network.partition(
      [lagging.id],
      [1, 2, 3].filter((id) => id !== lagging.id),
    );
    await write(leader, 0, 60);
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => lagging.group.appliedIndex === leader.group.appliedIndex, 60_000)).toBe(true);
    expect(lagging.machine.texts).toEqual(leader.machine.texts);
    const offsets = seen.flatMap((sent) =>
      sent.envelopes.flatMap((envelope) => (envelope.kind === EnvelopeKind.SNAPSHOT_PART ? [envelope.offset] : [])),
    );
    // Nothing but the lost chunk itself was sent twice: no start from the beginning.
    expect(offsets.filter((offset) => offset === 0).length).toBeLessThanOrEqual(2);
    expect(count).toBeGreaterThan(10);
  });

  it('R36: a waiter below an installed snapshot is answered OUTCOME_UNKNOWN, an engine command is sent again [willemt/raft#130]', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning });
    const leader = await cluster.elect();
    const asker = cluster.followers()[0]!;
    // The answer of the leader arrives, the entries do not: the command's place is known here, and then a snapshot covers it.
    const pending = asker.group.propose(frame('covered'), { requestId: 'r', deadlineMs: 30_000 }).catch((error: unknown) => error);
    asker.group.submit(frame('kept'));
    cluster.dropEnvelopes(leader.id, asker.id, [EnvelopeKind.RAFT]);
    await cluster.time.advance(20);
    await write(leader, 0, 60);
    cluster.restoreLinks();
    expect(await cluster.time.runUntil(() => asker.machine.restores === 1, 10_000)).toBe(true);
    expect(await cluster.settled(Promise.resolve(pending))).toMatchObject({ code: 'OUTCOME_UNKNOWN', requestId: 'r' });
    await cluster.time.runUntilIdle();
    expect(asker.machine.texts).toEqual(leader.machine.texts);
    expect(leader.machine.texts.filter((text) => text === 'kept')).toEqual(['kept']);
    await cluster.settled(asker.group.readIndex());
  });

  it('a snapshot that the state machine refuses halts the group on that node', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning });
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0]!;
    lagging.machine.restore = () => {
      throw new Error('a snapshot of another version');
    };
    cluster.network.partition(
      [lagging.id],
      [1, 2, 3].filter((id) => id !== lagging.id),
    );
    await write(leader, 0, 60);
    cluster.network.heal();
    expect(await cluster.time.runUntil(() => lagging.heard.includes('halted'), 5_000)).toBe(true);
    expect(await codeOf(lagging.group.readIndex())).toBe('GROUP_HALTED');
  });

  it('a snapshot above the bound is refused, and the rest of the group goes on', async () => {
    cluster = await TestCluster.start([1, 2, 3], { tuning: { ...tuning, snapshotBytesMax: 100 } });
    const leader = await cluster.elect();
    const lagging = cluster.followers()[0]!;
    cluster.network.partition(
      [lagging.id],
      [1, 2, 3].filter((id) => id !== lagging.id),
    );
    await write(leader, 0, 60);
    cluster.network.heal();
    await cluster.time.advance(5_000);
    expect(lagging.machine.restores).toBe(0);
    await cluster.settled(leader.group.propose(frame('goes on')));
  });
});

/** What one node may do to another node's log by what it sends (P1, P8, R23, R37, R38), over the whole shell. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { Entry, EntryType, Message, MessageType } from '../../lib/raft/index.js';
import { EnvelopeKind } from '../../lib/transport/transport.js';
import { TestCluster, codeOf, frame } from '../support/raft-cluster.js';

let cluster: TestCluster;
afterEach(() => cluster.stop());

describe('commands of other nodes', () => {
  it('P8: a malformed command of another node is refused before it enters the log, with its place among those sent with it', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const asker = await cluster.impostor(9);
    const { lastIndex } = leader.group.status();
    asker.send(leader.id, { kind: EnvelopeKind.PROPOSE, groupId: 1, callId: 7, frames: [frame('good'), frame('malformed')] });
    asker.send(leader.id, { kind: EnvelopeKind.PROPOSE, groupId: 1, callId: 8, frames: [new Uint8Array(9)] });
    asker.send(leader.id, { kind: EnvelopeKind.PROPOSE, groupId: 1, callId: 9, frames: [new Uint8Array(20)] });
    await cluster.time.advance(10);
    expect(asker.received).toMatchObject([
      { callId: 7, ok: false, status: 4, index: 1 },
      { callId: 8, ok: false, status: 4, index: 0 },
      { callId: 9, ok: false, status: 4, index: 0 },
    ]);
    expect(leader.group.status().lastIndex).toBe(lastIndex);
  });

  it('P8: who proposed the malformed command is told MALFORMED_FRAME, what was sent with it is applied, and no replica halts', async () => {
    cluster = await TestCluster.start();
    await cluster.elect();
    const follower = cluster.followers()[0]!;
    const bad = codeOf(follower.group.propose(frame('malformed'), { requestId: 'r' }));
    const good = [1, 2, 3].map((i) => follower.group.propose(frame(`good ${i}`)));
    follower.group.submit(frame('malformed'));
    follower.group.submit(frame('of the engine'));
    await cluster.settled(Promise.all(good));
    expect(await cluster.settled(bad)).toBe('MALFORMED_FRAME');
    await cluster.time.advance(10);
    for (const node of cluster.alive) {
      expect([...node.machine.texts].sort()).toEqual(['good 1', 'good 2', 'good 3', 'of the engine']);
      expect(node.group.status().halted).toBeNull();
    }
  });

  it('P8: what has no head of a command is refused where it is proposed', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    for (const bytes of [new Uint8Array(9), new Uint8Array(20)]) {
      expect(await codeOf(leader.group.propose(bytes))).toBe('INVALID_ARGUMENT');
      expect(() => leader.group.submit(bytes)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    }
    await cluster.settled(leader.group.propose(frame('goes on')));
  });

  it('R37: a proposal in a Raft message of another node never enters the log', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const asker = await cluster.impostor(9);
    const { lastIndex } = leader.group.status();
    for (const type of [EntryType.Normal, EntryType.ConfChange]) {
      const message = new Message(MessageType.Propose, leader.id, 9, 0);
      message.entries = [new Entry(0, 0, type, frame('poison'))];
      asker.send(leader.id, { kind: EnvelopeKind.RAFT, groupId: 1, message });
    }
    const forget = new Message(MessageType.ForgetLeader, cluster.followers()[0]!.id, 9, 0);
    asker.send(forget.to, { kind: EnvelopeKind.RAFT, groupId: 1, message: forget });
    await cluster.time.advance(10);
    expect(leader.group.status()).toMatchObject({ lastIndex, halted: null });
    expect(cluster.followers().map((node) => node.group.leaderId)).toEqual([leader.id, leader.id]);
  });

  it('R44: an acknowledgement in the name of another node commits nothing', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const asker = await cluster.impostor(9);
    const voters = cluster.followers().map((node) => node.id);
    cluster.network.partition([leader.id], voters);
    const outcome = codeOf(leader.group.propose(frame('of one node alone'), { deadlineMs: 300 }));
    await cluster.time.advance(10);
    const { lastIndex, commitIndex, term } = leader.group.status();
    expect(lastIndex).toBeGreaterThan(commitIndex);
    for (const id of voters) {
      const message = new Message(MessageType.AppendResp, leader.id, id, term);
      message.index = lastIndex;
      asker.send(leader.id, { kind: EnvelopeKind.RAFT, groupId: 1, message });
    }
    await cluster.time.advance(10);
    expect(leader.group.status()).toMatchObject({ commitIndex });
    expect(leader.machine.texts).toEqual([]);
    expect(await cluster.settled(outcome)).toBe('OUTCOME_UNKNOWN');
  });

  it('R23: a forwarded frame is copied before it is stamped, a Buffer too', async () => {
    cluster = await TestCluster.start();
    const leader = await cluster.elect();
    const shared = Buffer.from(frame('a buffer'));
    const asIs = Buffer.from(shared);
    const asker = await cluster.impostor(9);
    asker.send(leader.id, { kind: EnvelopeKind.PROPOSE, groupId: 1, callId: 1, frames: [shared] });
    await cluster.time.advance(10);
    expect(leader.machine.texts).toEqual(['a buffer']);
    expect(shared.equals(asIs)).toBe(true);
  });
});

/** Linearizable reads (§6.4). */
import { describe, expect, it } from '@jest/globals';
import { BareNode, RaftNetwork, bytes, entriesOf, text, voters, type ConfigPatch } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1 } from './conf-change.js';
import { EMPTY_CONF_STATE, Entry, EntryType, HardState, MessageType, NONE, ReadResult, Role, type Message } from './types.js';

const { Heartbeat, HeartbeatResp, ReadIndex, ReadIndexResp } = MessageType;
const LEASE: ConfigPatch = { checkQuorum: true, readOnly: 'lease' };

function readEntry(context: string): Entry[] {
  return [new Entry(0, 0, EntryType.Normal, bytes(context))];
}

/** A leader of three that has committed in its term; its reads are registered by hand. */
function leader(patch: ConfigPatch = {}): BareNode {
  const made = new BareNode(1, { confState: voters(1, 2, 3) }, patch);
  made.lead();
  made.settle();
  made.step(MessageType.AppendResp, { from: 2, term: 1, index: 1 });
  made.take();
  return made;
}

function read(made: BareNode, context: string, from: number = NONE): void {
  made.step(ReadIndex, { from, entries: readEntry(context) });
}

const reads = (made: BareNode) => made.core.readStates.map((state) => [text(state.context), state.index]);
const rounds = (sent: Message[]) => sent.filter((one) => one.type === Heartbeat).map((one) => [one.to, one.context]);

describe('safe reads (§6.4)', () => {
  // TestReadOnlyOptionSafe, TestRawNodeReadIndex, TestRecvMsgReadIndex
  it('on every node a read gets an index at or past what was committed when it was asked for', () => {
    const network = new RaftNetwork();
    network.elect(1);
    for (const id of [1, 2, 3, 1, 2, 3]) {
      for (let i = 0; i < 10; i++) network.propose(1, 'x');
      const committed = network.node(1).commitIndex;
      expect(network.node(id).readIndex(bytes('ctx'))).toBe(ReadResult.Accepted);
      network.settle();
      expect(network.peer(id).reads.pop()).toEqual({ index: committed, context: 'ctx' });
    }
  });

  // TestReadOnlyWithLearner
  it('it works from learners, whose acknowledgement does not count', () => {
    const confState = { ...EMPTY_CONF_STATE, voters: [1, 3], learners: [2] };
    const network = new RaftNetwork({ seedOf: () => ({ confState }) });
    network.elect(1);
    network.propose(1, 'x');
    network.node(2).readIndex(bytes('ctx'));
    network.settle();
    expect(network.peer(2).reads).toEqual([{ index: 2, context: 'ctx' }]);
    network.isolate(3);
    network.node(2).readIndex(bytes('again'));
    network.settle();
    expect(network.peer(2).reads.length).toBe(1);
  });

  // etcd#741
  it('a leader that has lost its quorum answers no read, not even its own (etcd#741)', () => {
    const network = new RaftNetwork();
    network.elect(1);
    network.isolate(1);
    network.node(1).readIndex(bytes('ctx'));
    network.tick(1, 5);
    expect(network.peer(1).reads).toEqual([]);
    network.elect(2);
    network.propose(2, 'newer');
    network.heal();
    network.tickAll(2);
    expect(network.peer(1).reads).toEqual([]);
  });

  it('in a joint configuration either half alone confirms nothing (§4.3)', () => {
    for (const [first, second] of [
      [2, 4],
      [4, 2],
    ]) {
      const made = new BareNode(1, { confState: { ...voters(1, 2, 3), votersOutgoing: [1, 4, 5] } });
      made.lead();
      for (const from of [2, 4]) made.step(MessageType.AppendResp, { from, term: 1, index: 1 });
      made.take();
      read(made, 'ctx');
      const [[, context]] = rounds(made.take());
      made.step(HeartbeatResp, { from: first, term: 1, context });
      made.step(HeartbeatResp, { from: first === 2 ? 3 : 5, term: 1, context });
      expect(reads(made)).toEqual([]);
      made.step(HeartbeatResp, { from: second, term: 1, context });
      expect(reads(made)).toEqual([['ctx', 1]]);
    }
  });

  // openraft: read quorum off by one
  it('exactly a quorum confirms it, the leader included: one other of three, two others of five (openraft: read quorum off by one)', () => {
    for (const [size, needed] of [
      [3, 1],
      [5, 2],
    ]) {
      const made = new BareNode(1, { confState: voters(...Array.from({ length: size }, (_unused, at) => at + 1)) });
      made.lead();
      made.settle();
      for (let id = 2; id <= size; id++) made.step(MessageType.AppendResp, { from: id, term: 1, index: 1 });
      made.take();
      read(made, 'ctx');
      const round = rounds(made.take())[0][1];
      for (let id = 2; id <= 1 + needed; id++) {
        expect(reads(made)).toEqual([]);
        // The same answer twice is one answer.
        for (let i = 0; i < 2; i++) made.step(HeartbeatResp, { from: id, term: 1, context: round });
      }
      expect(reads(made)).toEqual([['ctx', 1]]);
    }
  });

  // TestReadOnlyForNewLeader
  it('a leader answers only after it has committed in its own term; what came before waits', () => {
    const network = new RaftNetwork();
    network.elect(2);
    network.propose(2, 'x');
    // The entry of the new leader is not committed yet.
    network.filter = (one) => one.type !== MessageType.AppendResp;
    network.elect(1);
    expect(network.node(1).isLeader).toBe(true);
    network.node(1).readIndex(bytes('ctx'));
    network.settle();
    network.tick(1);
    expect(network.peer(1).reads).toEqual([]);
    network.heal();
    network.tick(1, 2);
    network.propose(1, 'y');
    network.tick(1);
    expect(network.peer(1).reads.length).toBe(1);
    expect(network.peer(1).reads[0].index).toBeGreaterThanOrEqual(3);
  });

  // TestReadOnlyDuplicateRequest; etcd-io/raft#397, etcd#20418
  it('acknowledgements of an older request with the same context confirm nothing (etcd-io/raft#397, etcd#20418)', () => {
    const made = leader();
    read(made, 'same', 2);
    const [first] = rounds(made.take());
    made.step(HeartbeatResp, { from: 2, term: 1, context: first[1] });
    expect(
      made
        .take()
        .filter((one) => one.type === ReadIndexResp)
        .map((one) => one.index),
    ).toEqual([1]);
    // Meanwhile another leader may have committed more. The retry waits for answers to itself.
    read(made, 'same', 2);
    const [second] = rounds(made.take());
    expect(second[1]).not.toBe(first[1]);
    for (const from of [2, 3]) made.step(HeartbeatResp, { from, term: 1, context: first[1] });
    expect(made.take().filter((one) => one.type === ReadIndexResp)).toEqual([]);
    made.step(HeartbeatResp, { from: 3, term: 1, context: second[1] });
    expect(
      made
        .take()
        .filter((one) => one.type === ReadIndexResp)
        .map((one) => [one.to, one.index]),
    ).toEqual([[2, 1]]);
  });

  it('a stale leader does not release a retried read by late answers (etcd#20418)', () => {
    const network = new RaftNetwork();
    network.elect(1);
    const late: Message[] = [];
    network.filter = (one) => {
      if (one.type === HeartbeatResp && one.to === 1) late.push(one);
      return true;
    };
    network.node(1).readIndex(bytes('ctx'));
    network.settle();
    expect(network.peer(1).reads.length).toBe(1);
    network.filter = null;
    network.isolate(1);
    network.elect(2);
    network.propose(2, 'newer');
    network.node(1).readIndex(bytes('ctx'));
    network.settle();
    for (const one of late) network.node(1).step(one);
    network.settle();
    expect(network.peer(1).reads.length).toBe(1);
  });

  it('a round that was never asked for confirms nothing', () => {
    const made = leader();
    read(made, 'ctx');
    made.take();
    for (const from of [2, 3]) made.step(HeartbeatResp, { from, term: 1, context: 99 });
    expect(reads(made)).toEqual([]);
    expect(made.core.tracker.get(2)!.readRound).toBe(0);
  });

  it('an answer to a round confirms all reads up to it, in order, and none after', () => {
    const made = leader();
    for (const context of ['a', 'b', 'c']) read(made, context);
    const sent = rounds(made.take()).filter(([to]) => to === 2);
    expect(sent.map(([, round]) => round)).toEqual([1, 2, 3]);
    made.step(HeartbeatResp, { from: 2, term: 1, context: 2 });
    expect(reads(made)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    // A periodic heartbeat asks again for the last one that waits.
    made.tick();
    expect(rounds(made.take())).toEqual([
      [2, 3],
      [3, 3],
    ]);
    made.step(HeartbeatResp, { from: 3, term: 1, context: 3 });
    expect(reads(made).length).toBe(3);
    made.tick();
    expect(rounds(made.take())).toEqual([
      [2, 0],
      [3, 0],
    ]);
  });

  // TestRaftFreesReadOnlyMem; etcd#7571
  it('what was confirmed is freed, and what a step down made void (etcd#7571)', () => {
    const made = leader();
    for (let i = 0; i < 100; i++) read(made, `${i}`);
    expect(made.core.readOnly.count).toBe(100);
    made.step(HeartbeatResp, { from: 2, term: 1, context: made.core.readOnly.lastRound });
    expect(made.core.readOnly.count).toBe(0);
    for (let i = 0; i < 100; i++) read(made, `${i}`);
    made.step(Heartbeat, { from: 2, term: 2 });
    expect([made.core.role, made.core.readOnly.count]).toEqual([Role.Follower, 0]);
  });

  it('waiting reads are bounded: what exceeds the bound is refused', () => {
    const network = new RaftNetwork({ patch: { pendingReadsMax: 3 } });
    network.elect(1);
    network.isolate(1);
    const results = Array.from({ length: 5 }, () => network.node(1).readIndex(bytes('x')));
    expect(results).toEqual([0, 0, 0, ReadResult.TooManyPending, ReadResult.TooManyPending]);
    expect(network.node(2).readIndex(bytes('y'))).toBe(ReadResult.Accepted);
    network.node(3).forgetLeader();
    expect(network.node(3).readIndex(bytes('z'))).toBe(ReadResult.NoLeader);
  });

  // TestNodeReadIndexToOldLeader
  it('a read that reaches a former leader is passed on to the new one, without a term', () => {
    const network = new RaftNetwork();
    network.elect(1);
    const forwarded: Message[] = [];
    network.filter = (one) => {
      if (one.type !== ReadIndex) return true;
      forwarded.push(one);
      return false;
    };
    network.node(2).readIndex(bytes('ctx'));
    network.settle();
    network.elect(3);
    network.filter = null;
    network.node(1).step(forwarded[0]);
    const ready = network.node(1).ready();
    network.node(1).advance();
    expect(ready.messages.map((one) => [one.type, one.from, one.to, one.term])).toEqual([[ReadIndex, 2, 3, 0]]);
    network.node(3).step(ready.messages[0]);
    network.settle();
    expect(network.peer(2).reads.map((one) => one.context)).toEqual(['ctx']);
  });

  // R test_read_when_quorum_becomes_less
  it('a quorum that shrinks releases the reads that it was waited for', () => {
    const network = new RaftNetwork({ ids: [1, 2] });
    network.elect(1);
    network.ignore(HeartbeatResp);
    network.node(1).readIndex(bytes('ctx'));
    network.settle();
    expect(network.peer(1).reads).toEqual([]);
    network.proposeConfChange(1, confChangeV1(ConfChangeType.RemoveNode, 2));
    expect(network.peer(1).reads.map((one) => one.context)).toEqual(['ctx']);
  });

  // R test_advance_commit_index_by_read_index_response (raft-rs moves the commit index here; etcd/raft, and this core, do not)
  it('a follower may get an index that it has not reached: it commits by the leader’s next message, not by the answer', () => {
    const network = new RaftNetwork();
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'x');
    network.heal();
    network.filter = (one) => one.to !== 3 || one.type === ReadIndexResp;
    network.node(3).readIndex(bytes('ctx'));
    network.settle();
    expect([network.peer(3).reads, network.node(3).commitIndex]).toEqual([[{ index: 2, context: 'ctx' }], 1]);
    network.filter = null;
    network.tick(1, 2);
    expect(network.node(3).commitIndex).toBe(2);
  });

  it('one voter that restarted answers no read before its term has a commit: its commit index may lack what it acknowledged (etcd#14140)', () => {
    // Three entries were durable and acknowledged; the commit index on disk is older.
    const restarted = new BareNode(1, { confState: voters(1), entries: entriesOf(1, 1, 1), hardState: new HardState(1, 1, 1) });
    restarted.step(MessageType.Hup);
    for (const vote of restarted.core.afterAppend.splice(0)) restarted.step(vote.type, vote);
    expect(restarted.core.role).toBe(Role.Leader);
    read(restarted, 'ctx');
    expect(reads(restarted)).toEqual([]);
    restarted.settle();
    expect(reads(restarted)).toEqual([['ctx', 4]]);
    read(restarted, 'again');
    expect(reads(restarted)).toEqual([
      ['ctx', 4],
      ['again', 4],
    ]);
  });

  it('one voter answers at once', () => {
    const network = new RaftNetwork({ ids: [1] });
    network.elect(1);
    network.node(1).readIndex(bytes('ctx'));
    network.settle();
    expect(network.peer(1).reads).toEqual([{ index: 1, context: 'ctx' }]);
  });
});

describe('lease reads (§6.4.1)', () => {
  // TestReadOnlyOptionLease
  it('they need no round; their index is the commit index', () => {
    const network = new RaftNetwork({ patch: LEASE });
    network.elect(1);
    network.propose(1, 'x');
    network.delivered.length = 0;
    network.node(2).readIndex(bytes('a'));
    network.node(1).readIndex(bytes('b'));
    network.settle();
    expect(network.delivered.some((one) => one.type === Heartbeat)).toBe(false);
    expect([network.peer(1).reads, network.peer(2).reads]).toEqual([[{ index: 2, context: 'b' }], [{ index: 2, context: 'a' }]]);
  });

  it('a new leader answers none before its first commit', () => {
    const made = new BareNode(1, { confState: voters(1, 2, 3) }, LEASE);
    made.lead();
    read(made, 'ctx');
    expect(reads(made)).toEqual([]);
    made.settle();
    made.step(MessageType.AppendResp, { from: 2, term: 1, index: 1 });
    expect(reads(made)).toEqual([['ctx', 1]]);
  });

  it('a leader that hears no quorum has lost its lease within two election timeouts', () => {
    const network = new RaftNetwork({ patch: LEASE });
    network.elect(1);
    network.isolate(1);
    network.tick(1, 20);
    expect(network.node(1).isLeader).toBe(false);
    expect(network.node(1).readIndex(bytes('x'))).toBe(ReadResult.NoLeader);
  });

  it('a follower does not forget its leader while leases are in force', () => {
    const network = new RaftNetwork({ patch: LEASE });
    network.elect(1);
    network.node(2).forgetLeader();
    expect(network.node(2).leaderId).toBe(1);
    const safe = new RaftNetwork({ patch: { checkQuorum: true } });
    safe.elect(1);
    safe.node(2).forgetLeader();
    expect(safe.node(2).leaderId).toBe(NONE);
  });
});

/** Snapshots: sending, receiving, restoring (§5). */
import { describe, expect, it } from '@jest/globals';
import { BareNode, ELECTION_TICKS, RaftNetwork, bytes, compact, entriesOf, entry, voters } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1 } from './conf-change.js';
import { ProgressState } from './progress.js';
import { becomeFollower } from './roles.js';
import { EMPTY_CONF_STATE, HardState, MessageType, NO_BYTES, Role, Snapshot, type ConfState } from './types.js';

const { AppendResp, HeartbeatResp, Hup, Propose, Snap, SnapStatus } = MessageType;

const snapshotAt = (index: number, term: number, confState: ConfState = voters(1, 2)) =>
  new Snapshot(index, term, confState, bytes('state'));

/** Node 1 leads 1 and 2 from a snapshot at (11, 11). */
function leader(): BareNode {
  const made = new BareNode(1, { snapshot: snapshotAt(11, 11), hardState: new HardState(11, 0, 11) });
  made.lead();
  return made;
}

const peerOf = (made: BareNode, id: number) => made.core.tracker.get(id)!;

function needSnapshot(made: BareNode): void {
  const peer = peerOf(made, 2);
  peer.next = made.core.log.firstIndex;
  peer.recentActive = true;
  made.persist();
  made.step(AppendResp, { from: 2, term: made.core.term, index: peer.next - 1, reject: true, rejectHint: 0 });
}

describe('sending a snapshot (§5.3)', () => {
  // TestSendingSnapshotSetPendingSnapshot
  it('its index is remembered as pending', () => {
    const made = leader();
    needSnapshot(made);
    expect([peerOf(made, 2).state, peerOf(made, 2).pendingSnapshot]).toEqual([ProgressState.Snapshot, 11]);
    expect(made.take().filter((sent) => sent.type === Snap).length).toBe(1);
  });

  // TestPendingSnapshotPauseReplication
  it('appends are paused meanwhile', () => {
    const made = leader();
    peerOf(made, 2).becomeSnapshot(11);
    made.step(Propose, { from: 1, entries: [entry(0, 0, 'somedata')] });
    expect(made.take()).toEqual([]);
  });

  // TestSnapshotFailure; tikv#17226
  it('after a failure the peer is probed from its match, once a heartbeat shows that it lives (tikv#17226)', () => {
    const made = leader();
    const peer = peerOf(made, 2);
    peer.next = 1;
    peer.becomeSnapshot(11);
    made.step(SnapStatus, { from: 2, reject: true });
    expect([peer.state, peer.pendingSnapshot, peer.next, peer.appendPaused]).toEqual([ProgressState.Probe, 0, 1, true]);
    // Failing again, and again while partitioned, changes nothing and breaks nothing.
    made.step(SnapStatus, { from: 2, reject: true });
    made.step(MessageType.Unreachable, { from: 2 });
    expect([peer.state, peer.next]).toEqual([ProgressState.Probe, 1]);
    made.take();
    made.step(HeartbeatResp, { from: 2, term: made.core.term });
    expect(made.take().map((sent) => sent.type)).toEqual([Snap]);
  });

  // TestSnapshotSucceed
  it('after a success the peer is probed from behind the snapshot, paused until it answers', () => {
    const made = leader();
    const peer = peerOf(made, 2);
    peer.next = 1;
    peer.becomeSnapshot(11);
    made.step(SnapStatus, { from: 2 });
    expect([peer.state, peer.pendingSnapshot, peer.next, peer.appendPaused]).toEqual([ProgressState.Probe, 0, 12, true]);
  });

  // TestSnapshotAbort; tikv#11618
  it('an acknowledgement at or past the pending index ends the wait, and a report that comes later is void (tikv#11618)', () => {
    const made = leader();
    const peer = peerOf(made, 2);
    peer.next = 1;
    peer.becomeSnapshot(11);
    made.step(AppendResp, { from: 2, term: made.core.term, index: 11 });
    expect([peer.pendingSnapshot, peer.state, peer.next]).toEqual([0, ProgressState.Replicate, 13]);
    expect(peer.inflights.count).toBe(1);
    // A report that comes after that is void.
    made.step(SnapStatus, { from: 2, reject: true });
    expect([peer.state, peer.match]).toEqual([ProgressState.Replicate, 11]);
  });

  it('an acknowledgement below the first index does not end it: the log cannot take over from there', () => {
    const made = leader();
    const peer = peerOf(made, 2);
    peer.becomeSnapshot(11);
    made.step(AppendResp, { from: 2, term: made.core.term, index: 5 });
    expect([peer.state, peer.match]).toEqual([ProgressState.Snapshot, 5]);
  });

  // TestProvideSnap, TestIgnoreProvidingSnap
  it('a follower behind the compaction gets one, unless it was not heard lately', () => {
    const active = leader();
    needSnapshot(active);
    expect(active.take().map((sent) => sent.type)).toEqual([Snap]);
    const inactive = leader();
    inactive.persist();
    const peer = peerOf(inactive, 2);
    peer.next = 5;
    peer.appendPaused = false;
    peer.recentActive = false;
    inactive.step(Propose, { from: 1, entries: [entry(0, 0, 'somedata')] });
    expect(inactive.take()).toEqual([]);
  });

  it('a snapshot that is not to be had at the moment is asked for again later', () => {
    const made = leader();
    const original = made.storage.snapshot.bind(made.storage);
    made.storage.snapshot = () => null;
    needSnapshot(made);
    expect([made.take().length, peerOf(made, 2).state]).toEqual([0, ProgressState.Probe]);
    made.storage.snapshot = original;
    made.step(HeartbeatResp, { from: 2, term: made.core.term });
    expect(made.take().map((sent) => sent.type)).toEqual([Snap]);
  });

  it('a storage that has compacted without a snapshot is a broken invariant', () => {
    const made = leader();
    made.storage.snapshot = () => new Snapshot(0, 0, EMPTY_CONF_STATE, NO_BYTES);
    expect(() => needSnapshot(made)).toThrow(/only the empty one/);
  });
});

describe('receiving a snapshot (§5.3)', () => {
  function follower(confState: ConfState = voters(1, 2), terms: number[] = []): BareNode {
    const made = new BareNode(1, { confState, entries: entriesOf(...terms) });
    becomeFollower(made.core, 11, 2);
    return made;
  }

  function receive(made: BareNode, snapshot: Snapshot, term = 11): void {
    made.step(Snap, { from: 2, term, snapshot });
  }

  // TestRestore, TestRestoreFromSnapMsg, TestHandleSnap
  it('it sets log, commit and configuration, the sender is the leader, and there is no campaign before it is installed', () => {
    const made = follower();
    receive(made, snapshotAt(11, 11, voters(1, 2, 3)));
    const { core } = made;
    expect([core.log.lastIndex, core.log.lastTerm, core.log.committed, core.log.firstIndex]).toEqual([11, 11, 11, 12]);
    expect([core.tracker.confState, core.lead]).toEqual([voters(1, 2, 3), 2]);
    expect(made.take().map((sent) => [sent.type, sent.index])).toEqual([[AppendResp, 11]]);
    made.tick(3 * ELECTION_TICKS);
    made.step(Hup);
    expect(core.role).toBe(Role.Follower);
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, snapshot: snapshotAt(11, 11) });
    expect(core.log.applied).toBe(11);
    made.step(Hup);
    expect(core.role).toBe(Role.Candidate);
  });

  // TestRestoreIgnoreSnapshot
  it('one at or below the commit index changes nothing; a matching one only moves commit forward', () => {
    const made = follower(voters(1, 2), [1, 1, 1]);
    made.core.log.commitTo(1);
    receive(made, snapshotAt(1, 1));
    expect([made.core.log.committed, made.core.log.lastIndex, made.take()[0].index]).toEqual([1, 3, 1]);
    receive(made, snapshotAt(2, 1, voters(7, 8)));
    expect([made.core.log.committed, made.core.tracker.confState]).toEqual([1, voters(1, 2)]);
    receive(made, snapshotAt(2, 1));
    expect([made.core.log.committed, made.core.log.lastIndex, made.core.log.hasPendingSnapshot()]).toEqual([2, 3, false]);
    receive(made, snapshotAt(11, 11));
    receive(made, snapshotAt(11, 11));
    receive(made, snapshotAt(12, 11));
    expect([made.core.log.committed, made.core.log.lastIndex]).toEqual([12, 12]);
  });

  // willemt/raft#84
  it('one from before the compaction does not take the log back, though the term there is not known any more', () => {
    const made = new BareNode(1, { snapshot: snapshotAt(20, 11), hardState: new HardState(11, 0, 20) });
    receive(made, snapshotAt(11, 11));
    const { log } = made.core;
    expect([log.committed, log.lastIndex, log.firstIndex, log.hasPendingSnapshot()]).toEqual([20, 20, 21, false]);
    expect(made.take().map((sent) => [sent.type, sent.index])).toEqual([[AppendResp, 20]]);
  });

  it('of two in quick succession the later one counts, in whatever order they come and are installed (etcd#18055)', () => {
    const made = follower();
    receive(made, snapshotAt(11, 11));
    receive(made, snapshotAt(14, 11, voters(1, 2, 3)));
    // The first one again, held back by the network: nothing goes back.
    receive(made, snapshotAt(11, 11));
    const { core } = made;
    expect([core.log.committed, core.log.lastIndex, core.log.unstable.snapshot?.index]).toEqual([14, 14, 14]);
    expect(core.tracker.confState).toEqual(voters(1, 2, 3));
    expect(made.take().map((sent) => [sent.type, sent.index])).toEqual([11, 14, 14].map((index) => [AppendResp, index]));
    // Storage is done with the first: the second is still to be installed.
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, snapshot: snapshotAt(11, 11) });
    expect([core.log.hasPendingSnapshot(), core.log.applied, core.isPromotable()]).toEqual([true, 11, false]);
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, snapshot: snapshotAt(14, 11, voters(1, 2, 3)) });
    expect([core.log.hasPendingSnapshot(), core.log.applied, core.isPromotable()]).toEqual([false, 14, true]);
  });

  it('nobody campaigns while a snapshot is pending, not even when told to by a leader that hands over (etcd#12359)', () => {
    const made = follower();
    receive(made, snapshotAt(11, 11));
    made.take();
    made.tick(3 * ELECTION_TICKS);
    made.step(Hup);
    made.step(MessageType.TimeoutNow, { from: 2, term: 11 });
    expect([made.core.role, made.core.term, made.take()]).toEqual([Role.Follower, 11, []]);
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, snapshot: snapshotAt(11, 11) });
    made.step(MessageType.TimeoutNow, { from: 2, term: 11 });
    expect([made.core.role, made.core.term]).toEqual([Role.Candidate, 12]);
  });

  it('what was durable before it counts for nothing behind it: new entries are applied once they are written themselves (raft-rs#417)', () => {
    // Fourteen entries of a dead leader are on the disk, none of them committed.
    const made = follower(voters(1, 2), Array<number>(14).fill(1));
    const { core } = made;
    receive(made, snapshotAt(11, 11));
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, snapshot: snapshotAt(11, 11) });
    const entries = [12, 13, 14].map((index) => entry(11, index, 'new'));
    made.step(MessageType.Append, { from: 2, term: 11, index: 11, logTerm: 11, entries, commit: 14 });
    expect([core.log.committed, core.log.unstable.offset]).toEqual([14, 12]);
    // The old entries had the same indices; a late word of their write is not one of the new ones.
    made.step(MessageType.StorageAppendResp, { from: -1, term: 1, index: 14, logTerm: 1 });
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, index: 14, logTerm: 1 });
    expect(core.log.nextCommitted(false)).toEqual([]);
    made.storage.applySnapshot(snapshotAt(11, 11));
    made.storage.append(entries);
    made.step(MessageType.StorageAppendResp, { from: -1, term: 11, index: 14, logTerm: 11 });
    expect(core.log.nextCommitted(false).map((one) => one.index)).toEqual([12, 13, 14]);
  });

  // R test_snapshot_with_min_term
  it('one whose position holds another term replaces the log', () => {
    const made = follower(voters(1, 2), [1, 1, 1]);
    receive(made, snapshotAt(2, 5));
    expect([made.core.log.lastIndex, made.core.log.lastTerm]).toEqual([2, 5]);
  });

  it('one that does not name this node is refused', () => {
    const made = follower();
    receive(made, snapshotAt(11, 11, voters(2, 3)));
    expect([made.core.log.lastIndex, made.core.log.committed, made.core.tracker.confState]).toEqual([0, 0, voters(1, 2)]);
  });

  // TestRestoreWithLearner, TestRestoreVoterToLearner, TestRestoreLearnerPromotion, TestRestoreLearner, TestLearnerReceiveSnapshot
  it('a node takes whatever part the snapshot gives it', () => {
    const cases: [ConfState, ConfState, boolean][] = [
      [voters(2), { ...voters(2), learners: [1] }, false],
      [voters(1, 2), { ...voters(2), learners: [1] }, false],
      [{ ...voters(2), learners: [1] }, voters(1, 2), true],
      [EMPTY_CONF_STATE, { ...voters(2), learners: [1] }, false],
    ];
    for (const [before, after, isPromotable] of cases) {
      const made = follower(before);
      receive(made, snapshotAt(11, 11, after));
      expect(made.core.tracker.confState).toEqual(after);
      made.step(MessageType.StorageAppendResp, { from: -1, term: 11, snapshot: snapshotAt(11, 11, after) });
      expect(made.core.isPromotable()).toBe(isPromotable);
    }
  });

  // TestRestoreWithVotersOutgoing
  it('a joint configuration is restored as it is', () => {
    const joint: ConfState = { voters: [2, 3, 4], votersOutgoing: [1, 2, 3], learners: [5], learnersNext: [1], autoLeave: true };
    const made = follower();
    receive(made, snapshotAt(11, 11, joint));
    expect(made.core.tracker.confState).toEqual(joint);
    expect(made.core.tracker.voterIds).toEqual([1, 2, 3, 4]);
  });

  // willemt/raft#84: commit moves between begin and end
  it('appends that come while it is being installed follow it, and are applied after it (willemt/raft#84)', () => {
    const network = new RaftNetwork({ patch: { asyncStorageWrites: true } });
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'a');
    compact(network.peer(1));
    network.heal();
    network.filter = (one) => {
      if (one.type === Snap) network.held.add(3);
      return true;
    };
    network.tick(1);
    expect(network.core(3).log.hasPendingSnapshot()).toBe(true);
    network.propose(1, 'b');
    network.tick(1);
    expect(network.peer(3).payloads()).toEqual([]);
    network.held.clear();
    network.doWork(3);
    network.settle();
    network.tick(1, 2);
    expect(network.core(3).log.hasPendingSnapshot()).toBe(false);
    expect(network.peer(3).payloads()).toEqual(['b']);
    expect(network.node(3).firstIndex).toBe(3);
  });
});

describe('snapshots in a network (§5)', () => {
  // TestSlowNodeRestore
  it('a slow node is brought back by one and goes on with the log', () => {
    const network = new RaftNetwork();
    network.elect(1);
    network.isolate(3);
    for (let i = 0; i < 100; i++) network.propose(1, `${i}`);
    compact(network.peer(1));
    network.heal();
    for (let i = 0; i < 5 && network.node(3).commitIndex < network.node(1).commitIndex; i++) network.tickAll();
    network.propose(1, 'after');
    expect(network.node(3).commitIndex).toBe(network.node(1).commitIndex);
    expect(network.peer(3).payloads()).toEqual(['after']);
    expect(network.core(1).tracker.get(3)!.state).toBe(ProgressState.Replicate);
  });

  // R test_raw_node_entries_after_snapshot, TestRawNodeRestartFromSnapshot
  it('a node restarted over a snapshot continues behind it, with the index of the snapshot', () => {
    const network = new RaftNetwork();
    network.elect(1);
    network.propose(1, 'a');
    const peer = network.peer(2);
    compact(peer);
    network.propose(1, 'b');
    peer.applied.length = 0;
    peer.restart();
    expect([peer.raw.appliedIndex, peer.raw.firstIndex, peer.raw.lastIndex, peer.raw.term]).toEqual([2, 3, 3, 1]);
    network.settle();
    expect(peer.payloads()).toEqual(['b']);
    network.propose(1, 'c');
    network.tick(1, 2);
    expect(peer.payloads()).toEqual(['b', 'c']);
  });

  it('a new node that is added gets everything, though the leader has compacted', () => {
    const network = new RaftNetwork({ ids: [1], base: 10 });
    network.elect(1);
    network.propose(1, 'a');
    compact(network.peer(1));
    network.join(2);
    network.proposeConfChange(1, confChangeV1(ConfChangeType.AddNode, 2));
    network.tick(1, 2);
    expect([network.node(2).confState, network.node(2).appliedIndex]).toEqual([voters(1, 2), network.node(1).appliedIndex]);
  });
});

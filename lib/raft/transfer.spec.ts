/** Leadership transfer (§3.10). */
import { describe, expect, it } from '@jest/globals';
import { ELECTION_TICKS, RaftNetwork, bytes, compact, message, voters, type ConfigPatch } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1 } from './conf-change.js';
import { MessageType, NONE, ProposeResult, Role } from './types.js';

const { Append, Heartbeat, TimeoutNow, Vote } = MessageType;

function group(patch: ConfigPatch = {}): RaftNetwork {
  const network = new RaftNetwork({ patch });
  network.elect(1);
  return network;
}

function transfer(network: RaftNetwork, to: number, at = 1): void {
  network.node(at).transferLeader(to);
  network.settle();
}

const transferee = (network: RaftNetwork) => network.core(1).transferee;

describe('leadership transfer (§3.10)', () => {
  // TestLeaderTransferToUpToDateNode, TestLeaderTransferToUpToDateNodeFromFollower
  it('a node with the whole log takes over at once, asked for at the leader or at a follower', () => {
    for (const at of [1, 2]) {
      const network = group();
      transfer(network, 2, at);
      expect([network.leader(), network.node(1).role]).toEqual([2, Role.Follower]);
      network.propose(1, 'forwarded');
      transfer(network, 1, at);
      expect([network.leader(), network.node(2).role]).toEqual([1, Role.Follower]);
    }
  });

  // TestLeaderTransferWithCheckQuorum, canonical/raft#203: transfer undone by pre-vote
  it('neither the lease nor pre-vote blocks it (canonical/raft#203)', () => {
    for (const patch of [{ checkQuorum: true }, { checkQuorum: true, preVote: true }, { preVote: true }]) {
      const network = group(patch);
      network.tickAll(3);
      transfer(network, 2);
      expect(network.leader()).toBe(2);
      network.tickAll(3);
      transfer(network, 1, 2);
      expect(network.leader()).toBe(1);
    }
  });

  it('a heartbeat of the old leader that arrives behind the request does not take the candidacy back (canonical/raft#203)', () => {
    for (const patch of [{}, { checkQuorum: true, preVote: true }]) {
      const network = group(patch);
      network.tickAll(3);
      network.filter = (one) => one.type !== Vote;
      transfer(network, 2);
      expect([network.node(2).role, network.node(2).term]).toEqual([Role.Candidate, 2]);
      network.node(2).step(message(Heartbeat, { from: 1, to: 2, term: 1, commit: 1 }));
      network.node(2).step(message(Append, { from: 1, to: 2, term: 1, index: 1, logTerm: 1, commit: 1 }));
      expect([network.node(2).role, network.node(2).term]).toEqual([Role.Candidate, 2]);
    }
  });

  it('who is a candidate drops a request at once, and stands for election as before (hashicorp/raft#413)', () => {
    const network = group();
    network.ignore(Vote);
    network.elect(2);
    const before = [network.node(2).role, network.node(2).term];
    network.delivered.length = 0;
    transfer(network, 3, 2);
    expect([network.node(2).role, network.node(2).term, network.node(2).hasReady(), network.delivered.length]).toEqual([
      ...before,
      false,
      0,
    ]);
    network.heal();
    network.elect(2);
    expect(network.leader()).toBe(2);
  });

  // TestLeaderTransferToSlowFollower
  it('a slow follower catches up first', () => {
    const network = group();
    network.isolate(3);
    network.propose(1, 'a');
    network.heal();
    expect(network.core(1).tracker.get(3)!.match).toBe(1);
    transfer(network, 3);
    expect(network.leader()).toBe(3);
    expect(network.peer(3).payloads()).toEqual(['a']);
  });

  // TestLeaderTransferAfterSnapshot
  it('one that needs a snapshot gets it first', () => {
    const network = group();
    network.isolate(3);
    network.propose(1, 'a');
    compact(network.peer(1));
    network.heal();
    network.core(1).tracker.get(3)!.recentActive = true;
    transfer(network, 3);
    network.tick(1, 2);
    network.propose(1, 'unless dropped');
    network.settle();
    expect(network.leader()).toBe(3);
  });

  // TestLeaderTransferToSelf, TestLeaderTransferToNonExistingNode, test_leader_transfer_to_learner, TestLeaderTransferToLearner
  it('to itself, to a stranger, to a learner: nothing happens (hashicorp/raft#398)', () => {
    const network = new RaftNetwork({ seedOf: () => ({ confState: { ...voters(1, 2), learners: [3] } }) });
    network.elect(1);
    for (const to of [1, 4, 3]) {
      transfer(network, to);
      expect([network.leader(), transferee(network)]).toEqual([1, NONE]);
    }
  });

  // TestLeaderTransferTimeout
  it('it is given up after one election timeout', () => {
    const network = group();
    network.isolate(3);
    transfer(network, 3);
    expect(transferee(network)).toBe(3);
    network.tick(1);
    expect(transferee(network)).toBe(3);
    network.tick(1, ELECTION_TICKS - 1);
    expect([network.leader(), transferee(network)]).toEqual([1, NONE]);
  });

  // TestLeaderTransferIgnoreProposal; hashicorp/raft#581
  it('proposals are dropped meanwhile, with an error, and taken again afterwards (hashicorp/raft#581)', () => {
    const network = group();
    network.isolate(3);
    transfer(network, 3);
    const last = network.node(1).lastIndex;
    expect(network.node(1).propose(bytes('x'))).toBe(ProposeResult.DroppedTransfer);
    expect(network.node(1).lastIndex).toBe(last);
    network.tick(1, ELECTION_TICKS);
    expect(network.node(1).propose(bytes('x'))).toBe(ProposeResult.Appended);
  });

  // hashicorp/raft#581: under a stream of writes
  it('it succeeds under a stream of proposals: what is under way is finished first', () => {
    const network = group();
    for (let i = 0; i < 50; i++) network.node(1).propose(bytes(`${i}`));
    network.node(1).transferLeader(2);
    for (let i = 0; i < 50; i++) network.node(1).propose(bytes('dropped'));
    network.settle();
    expect(network.leader()).toBe(2);
    expect(network.peer(2).payloads().length).toBe(50);
  });

  // TestLeaderTransferReceiveHigherTermVote; hashicorp/raft#413
  it('a vote of a higher term ends it, and no candidate is blocked by it (hashicorp/raft#413)', () => {
    const network = group();
    network.isolate(3);
    transfer(network, 3);
    network.elect(2);
    expect([network.leader(), transferee(network), network.node(1).role]).toEqual([2, NONE, Role.Follower]);
  });

  // TestLeaderTransferRemoveNode, TestLeaderTransferDemoteNode
  it('it is given up when the target leaves, or is demoted', () => {
    for (const type of [ConfChangeType.RemoveNode, ConfChangeType.AddLearnerNode]) {
      const network = group();
      network.ignore(TimeoutNow);
      transfer(network, 3);
      expect(transferee(network)).toBe(3);
      network.node(1).applyConfChange(confChangeV1(type, 3));
      expect(transferee(network)).toBe(NONE);
    }
  });

  // TestLeaderTransferBack
  it('a transfer back to the leader itself ends the one that is under way', () => {
    const network = group();
    network.isolate(3);
    transfer(network, 3);
    transfer(network, 1);
    expect([network.leader(), transferee(network)]).toEqual([1, NONE]);
  });

  // TestLeaderTransferSecondTransferToAnotherNode
  it('a second one to another node replaces the first', () => {
    const network = group();
    network.isolate(3);
    transfer(network, 3);
    transfer(network, 2);
    expect(network.leader()).toBe(2);
  });

  // TestLeaderTransferSecondTransferToSameNode
  it('a second one to the same node does not extend the timeout', () => {
    const network = group();
    network.isolate(3);
    transfer(network, 3);
    network.tick(1, 3);
    transfer(network, 3);
    network.tick(1, ELECTION_TICKS - 3);
    expect([network.leader(), transferee(network)]).toEqual([1, NONE]);
  });

  it('only the vote of a transfer passes the lease', () => {
    const network = group({ checkQuorum: true });
    network.send(Vote, { from: 3, to: 2, term: 2, index: 1, logTerm: 1 });
    expect(network.node(2).term).toBe(1);
    network.send(Vote, { from: 3, to: 2, term: 2, index: 1, logTerm: 1, context: 1 });
    expect([network.node(2).term, network.node(2).vote]).toEqual([2, 3]);
  });
});

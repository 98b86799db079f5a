/** Pre-vote (§9.6), check-quorum and the leader's lease (§6.2, §6.4.1, §4.2.3). */
import { describe, expect, it } from '@jest/globals';
import { BareNode, ELECTION_TICKS, RaftNetwork, entriesOf, voters, type ConfigPatch } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1 } from './conf-change.js';
import { becomeCandidate, becomeFollower, becomePreCandidate } from './roles.js';
import { EMPTY_CONF_STATE, HardState, MessageType, NONE, Role } from './types.js';

const { Append, AppendResp, Heartbeat, Hup, Vote, VoteResp, PreVote, PreVoteResp } = MessageType;

const PRE_VOTE: ConfigPatch = { preVote: true };
const CHECK_QUORUM: ConfigPatch = { checkQuorum: true };
const BOTH: ConfigPatch = { preVote: true, checkQuorum: true };

function node(patch: ConfigPatch, ids = [1, 2, 3], terms: number[] = []): BareNode {
  return new BareNode(1, { confState: voters(...ids), entries: entriesOf(...terms) }, patch);
}

/** Lets an election timeout pass on one node without the others hearing of it. */
function expireLease(network: RaftNetwork, id: number): void {
  network.node(id).setRandomizedElectionTimeout(ELECTION_TICKS + 1);
  for (let i = 0; i < ELECTION_TICKS; i++) network.node(id).tick();
}

describe('pre-vote (§9.6)', () => {
  // TestLeaderElectionPreVote, TestSingleNodePreCandidate
  it('a leader is elected as long as a majority answers; a pre-candidate without one keeps its term', () => {
    for (const [size, down, role, term] of [
      [1, [], Role.Leader, 1],
      [3, [], Role.Leader, 1],
      [3, [2], Role.Leader, 1],
      [3, [2, 3], Role.PreCandidate, 0],
      [5, [2, 3], Role.Leader, 1],
    ] as [number, number[], Role, number][]) {
      const network = new RaftNetwork({ ids: Array.from({ length: size }, (_unused, at) => at + 1), patch: PRE_VOTE });
      for (const id of down) network.isolate(id);
      network.elect(1);
      expect([network.node(1).role, network.node(1).term]).toEqual([role, term]);
    }
  });

  // TestLeaderCyclePreVote
  it('every node in turn can become leader', () => {
    const network = new RaftNetwork({ patch: PRE_VOTE });
    for (const id of [1, 2, 3, 1]) {
      network.elect(id);
      expect(network.leader()).toBe(id);
    }
  });

  // TestLeaderElectionOverwriteNewerLogsPreVote
  it('a new leader overwrites uncommitted entries of a higher term', () => {
    const hard = (term: number, vote: number) => new HardState(term, vote, 0);
    const seeds = [
      { entries: entriesOf(1), hardState: hard(1, 1) },
      { entries: entriesOf(1), hardState: hard(1, 1) },
      { entries: entriesOf(2), hardState: hard(2, 3) },
      { hardState: hard(2, 3) },
      { hardState: hard(2, 3) },
    ];
    const network = new RaftNetwork({ ids: [1, 2, 3, 4, 5], seedOf: (id) => seeds[id - 1], patch: PRE_VOTE });
    network.elect(1);
    network.elect(1);
    expect([network.node(1).role, network.node(1).term]).toEqual([Role.Leader, 3]);
    for (const id of [1, 2, 3, 4, 5]) expect((network.core(id).log.entries(1, Infinity) ?? []).map((one) => one.term)).toEqual([1, 3]);
  });

  // TestDuelingPreCandidates
  it('a pre-candidate that loses raises no term', () => {
    const network = new RaftNetwork({ patch: PRE_VOTE });
    network.cut(1, 3);
    network.elect(1);
    network.elect(3);
    // Node 2 knows more than node 3 by now.
    expect([network.node(1).role, network.node(3).role]).toEqual([Role.Leader, Role.Follower]);
    network.heal();
    network.elect(3);
    expect([1, 2, 3].map((id) => network.node(id).term)).toEqual([1, 1, 1]);
    expect(network.leader()).toBe(1);
  });

  // TestPreVoteFromAnyState; raft-rs#83, #84
  it('granting a pre-vote changes neither term nor vote nor role, from any role', () => {
    for (const role of [Role.Follower, Role.PreCandidate, Role.Candidate, Role.Leader]) {
      const made = node({});
      becomeFollower(made.core, 1, NONE);
      if (role === Role.PreCandidate) becomePreCandidate(made.core);
      if (role === Role.Candidate) becomeCandidate(made.core);
      if (role === Role.Leader) made.lead();
      made.take();
      const before = [made.core.role, made.core.term, made.core.vote];
      const term = made.core.term + 1;
      made.step(PreVote, { from: 2, term, logTerm: term, index: 42 });
      const [answer] = made.take();
      expect([answer.type, answer.reject, answer.term]).toEqual([PreVoteResp, false, term]);
      expect([made.core.role, made.core.term, made.core.vote]).toEqual(before);
    }
  });

  // hashicorp/raft#609
  it('granting a pre-vote is not contact with a leader: the own timeout goes on (hashicorp/raft#609)', () => {
    const made = node(PRE_VOTE);
    made.core.electionElapsed = 5;
    made.step(PreVote, { from: 2, term: 1, logTerm: 0, index: 0 });
    expect([made.core.electionElapsed, made.core.lead]).toEqual([5, NONE]);
  });

  // raft-rs#83, #84
  it('becoming pre-candidate forgets the leader and the votes of earlier rounds, and keeps term and vote (raft-rs#83, #84)', () => {
    const made = node(PRE_VOTE);
    becomeFollower(made.core, 4, 2);
    made.core.vote = 2;
    made.core.tracker.recordVote(3, true);
    made.step(Hup);
    expect([made.core.role, made.core.lead, made.core.term, made.core.vote]).toEqual([Role.PreCandidate, NONE, 4, 2]);
    made.core.tracker.tallyVotes();
    expect(made.core.tracker.granted).toBe(0);
  });

  // TestPreCampaignWhileLeader
  it('a leader that is told to campaign stays leader', () => {
    const made = node(PRE_VOTE, [1]);
    made.step(Hup);
    made.settle();
    expect(made.core.role).toBe(Role.Leader);
    made.step(Hup);
    expect([made.core.role, made.core.term]).toEqual([Role.Leader, 1]);
  });

  // TestCandidateSelfVoteAfterLostElectionPreVote
  it('the own pre-vote that arrives after another node leads is ignored', () => {
    const made = node(PRE_VOTE);
    made.step(Hup);
    const own = made.core.afterAppend.splice(0);
    made.step(Heartbeat, { from: 2, term: 1 });
    for (const vote of own) made.step(vote.type, vote);
    expect([made.core.role, made.core.tracker.granted]).toEqual([Role.Follower, 0]);
  });

  // TestCandidateDeliversPreCandidateSelfVoteAfterBecomingCandidate
  it('a late own pre-vote does not count in the real vote', () => {
    const made = node(PRE_VOTE);
    made.step(Hup);
    const own = made.core.afterAppend.splice(0);
    made.step(PreVoteResp, { from: 2, term: 1 });
    made.step(PreVoteResp, { from: 3, term: 1 });
    expect(made.core.role).toBe(Role.Candidate);
    for (const vote of own) made.step(vote.type, vote);
    made.core.tracker.tallyVotes();
    expect([made.core.role, made.core.tracker.granted]).toEqual([Role.Candidate, 0]);
  });

  // TestNodeWithSmallerTermCanCompleteElection; etcd#8243
  it('a node of a lower term is not stuck when it returns as the leader goes (etcd#8243)', () => {
    const network = new RaftNetwork({ patch: PRE_VOTE });
    for (const id of [1, 2, 3]) becomeFollower(network.core(id), 1, NONE);
    network.isolate(3);
    network.elect(1);
    network.elect(2);
    network.elect(3);
    expect([1, 2, 3].map((id) => network.node(id).term)).toEqual([3, 3, 1]);
    expect(network.node(3).role).toBe(Role.PreCandidate);
    network.heal();
    network.isolate(2);
    network.elect(3);
    network.elect(1);
    expect([network.node(1).role, network.node(3).role]).toContain(Role.Leader);
  });

  it('the grant of a node of a lower term names the term asked for: in its own it would be ignored as stale (etcd#8243)', () => {
    const network = new RaftNetwork({ patch: PRE_VOTE });
    network.elect(1);
    network.isolate(3);
    network.elect(2);
    expect([1, 2, 3].map((id) => network.node(id).term)).toEqual([2, 2, 1]);
    // Node 3 returns as the leader goes, and has heard of no later term when it is asked.
    network.heal();
    network.isolate(2);
    network.elect(1);
    expect([network.node(1).role, network.node(1).term, network.node(3).term]).toEqual([Role.Leader, 3, 3]);
  });

  // TestPreVoteWithSplitVote
  it('a split vote is resolved in the next round', () => {
    const network = new RaftNetwork({ patch: PRE_VOTE });
    for (const id of [1, 2, 3]) becomeFollower(network.core(id), 1, NONE);
    network.elect(1);
    network.isolate(1);
    // Both pre-vote rounds succeed before either real vote is heard.
    network.node(2).campaign();
    network.node(3).campaign();
    network.settle();
    expect([2, 3].map((id) => network.node(id).term)).toEqual([3, 3]);
    expect([2, 3].map((id) => network.node(id).role)).toEqual([Role.Candidate, Role.Candidate]);
    network.elect(2);
    expect([network.node(2).role, network.node(3).role, network.node(2).term]).toEqual([Role.Leader, Role.Follower, 4]);
  });

  // TestPreVoteWithCheckQuorum; hashicorp/raft#606
  it('a pre-candidate has no leader, so it can grant: two of three elect one when the leader is gone (hashicorp/raft#606)', () => {
    const network = new RaftNetwork({ patch: BOTH });
    for (const id of [1, 2, 3]) becomeFollower(network.core(id), 1, NONE);
    network.elect(1);
    network.isolate(1);
    expect(network.node(2).role).toBe(Role.Follower);
    network.elect(3);
    network.elect(2);
    expect([2, 3].filter((id) => network.node(id).isLeader).length).toBe(1);
  });

  it.each(['was restarted', 'stepped down'])(
    'a leader that %s is elected again by the one that still takes it for the leader, with the third node dead (hashicorp/raft#606)',
    (how) => {
      const network = new RaftNetwork({ patch: BOTH });
      network.elect(1);
      network.tickAll(3);
      network.isolate(3);
      // It alone holds the last entry: node 2 can not be elected in its place.
      network.filter = (one) => one.type !== Append;
      network.propose(1, 'only here');
      network.filter = null;
      if (how === 'was restarted') network.peer(1).restart();
      else becomeFollower(network.core(1), network.core(1).term, NONE);
      expect([network.leader(), network.node(2).leaderId]).toEqual([0, 1]);
      // Node 2 refuses for as long as a leader could have its lease, and no longer.
      let ticks = 0;
      for (; network.leader() === 0 && ticks < 6 * ELECTION_TICKS; ticks++) {
        network.node(1).tick();
        network.node(2).tick();
        network.settle();
      }
      expect(network.leader()).toBe(1);
      expect(ticks).toBeLessThanOrEqual(4 * ELECTION_TICKS);
    },
  );

  function migration(): RaftNetwork {
    // Nodes 1 and 2 run with pre-vote, node 3 is still to be switched on and has campaigned alone meanwhile.
    const network = new RaftNetwork({ patchOf: (id) => (id === 3 ? {} : PRE_VOTE) });
    for (const id of [1, 2, 3]) becomeFollower(network.core(id), 1, NONE);
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'some data');
    network.elect(3);
    network.elect(3);
    expect([network.leader(), network.node(3).role, network.node(3).term]).toEqual([1, Role.Candidate, 4]);
    network.peer(3).restart(PRE_VOTE);
    network.heal();
    return network;
  }

  // TestPreVoteMigrationCanCompleteElection; etcd#8501, #10355
  it('rolling pre-vote out does not deadlock elections (etcd#8501)', () => {
    const network = migration();
    network.isolate(1);
    network.elect(3);
    network.elect(2);
    network.elect(3);
    network.elect(2);
    expect([2, 3].some((id) => network.node(id).isLeader)).toBe(true);
  });

  // TestPreVoteMigrationWithFreeStuckPreCandidate; etcd#10355
  it('rolling pre-vote out does not leave a node of a high term stuck (etcd#10355)', () => {
    const network = migration();
    network.elect(3);
    expect([network.leader(), network.node(3).role]).toEqual([1, Role.PreCandidate]);
    network.elect(3);
    // The leader's message brings out the higher term, and the leader steps down to it.
    network.send(Heartbeat, { from: 1, to: 3, term: network.node(1).term });
    expect(network.node(1).role).toBe(Role.Follower);
    expect(network.node(1).term).toBe(network.node(3).term);
  });

  // TestDisruptiveFollowerPreVote
  it('an isolated follower with a shorter log cannot depose the leader when it returns', () => {
    const network = new RaftNetwork({ patch: CHECK_QUORUM });
    network.elect(1);
    network.isolate(3);
    network.propose(1, 'a');
    network.propose(1, 'b');
    network.heal();
    network.peer(3).restart(BOTH);
    for (const id of [1, 2]) network.peer(id).restart(BOTH);
    network.elect(1);
    network.filter = (one) => one.type !== Append || one.to !== 3;
    network.elect(3);
    const term = network.node(1).term;
    network.tick(1);
    expect([network.node(1).role, network.node(2).role, network.node(1).term]).toEqual([Role.Leader, Role.Follower, term]);
  });
});

describe('check-quorum (§6.2)', () => {
  // TestLeaderStepdownWhenQuorumActive
  it('a leader that hears a quorum stays', () => {
    const made = node(CHECK_QUORUM);
    made.lead();
    for (let i = 0; i < ELECTION_TICKS + 1; i++) {
      made.step(MessageType.HeartbeatResp, { from: 2, term: made.core.term });
      made.tick();
    }
    expect(made.core.role).toBe(Role.Leader);
  });

  // TestLeaderStepdownWhenQuorumLost; openraft#2080: what the leader hears decides, not what it can reach
  it('a leader that hears no quorum for an election timeout steps down, though its heartbeats arrive (openraft#2080)', () => {
    const made = node(CHECK_QUORUM);
    made.lead();
    made.tick(2 * ELECTION_TICKS);
    expect([made.core.role, made.core.lead]).toEqual([Role.Follower, NONE]);
    const network = new RaftNetwork({ ids: [1, 2, 3, 4, 5], patch: CHECK_QUORUM });
    network.elect(1);
    // Heartbeats get through, answers of all but one bridge do not.
    for (const id of [3, 4, 5]) network.cutOneWay(id, 1);
    network.tick(1, 2 * ELECTION_TICKS);
    expect(network.node(1).isLeader).toBe(false);
  });

  // TestLeaderSupersedingWithCheckQuorum, TestLeaderElectionWithCheckQuorum
  it('votes are refused while the leader is heard, and granted after', () => {
    const network = new RaftNetwork({ patch: CHECK_QUORUM });
    network.elect(1);
    network.elect(3);
    // Node 2 heard the leader just now.
    expect([network.node(1).role, network.node(3).role]).toEqual([Role.Leader, Role.Candidate]);
    expireLease(network, 2);
    network.elect(3);
    expect([network.node(3).role, network.node(1).role]).toEqual([Role.Leader, Role.Follower]);
  });

  // TestFreeStuckCandidateWithCheckQuorum
  it('a candidate ahead in term, whose vote requests are refused, is freed by its answer to the leader', () => {
    const network = new RaftNetwork({ patch: CHECK_QUORUM });
    network.elect(1);
    network.isolate(1);
    network.elect(3);
    expect([network.node(2).role, network.node(3).role, network.node(3).term]).toEqual([Role.Follower, Role.Candidate, 2]);
    network.elect(3);
    expect([network.node(2).term, network.node(3).term]).toEqual([1, 3]);
    network.heal();
    network.send(Heartbeat, { from: 1, to: 3, term: network.node(1).term });
    expect([network.node(1).role, network.node(1).term]).toEqual([Role.Follower, 3]);
    network.elect(3);
    expect(network.node(3).role).toBe(Role.Leader);
  });

  // TestDisruptiveFollower
  it('without pre-vote a follower that timed out can depose the leader by its higher term', () => {
    const network = new RaftNetwork({ patch: CHECK_QUORUM });
    network.elect(1);
    network.node(3).setRandomizedElectionTimeout(ELECTION_TICKS + 2);
    for (let i = 0; i < ELECTION_TICKS + 2; i++) network.node(3).tick();
    network.settle();
    expect([network.node(3).role, network.node(3).term]).toEqual([Role.Candidate, 2]);
    network.tick(1);
    expect([network.node(1).role, network.node(1).term]).toEqual([Role.Follower, 2]);
  });

  // TestNonPromotableVoterWithCheckQuorum
  it('a node that is no voter by its own configuration does not campaign, and learns the leader', () => {
    const network = new RaftNetwork({ ids: [1, 2], patch: CHECK_QUORUM });
    network.node(2).applyConfChange(confChangeV1(ConfChangeType.RemoveNode, 2));
    network.node(2).setRandomizedElectionTimeout(ELECTION_TICKS + 1);
    for (let i = 0; i < ELECTION_TICKS; i++) network.node(2).tick();
    network.elect(1);
    expect([network.node(1).role, network.node(2).role, network.node(2).leaderId]).toEqual([Role.Leader, Role.Follower, 1]);
    for (let i = 0; i < 3 * ELECTION_TICKS; i++) network.node(2).tick();
    expect(network.node(2).role).toBe(Role.Follower);
  });

  // TestAddNodeCheckQuorum
  it('adding a node does not make the next check fail, though it has not answered yet', () => {
    const made = node(CHECK_QUORUM, [1]);
    made.lead();
    made.tick(ELECTION_TICKS - 1);
    made.core.tracker.install(
      { confState: voters(1, 2), members: [1, 2].map((id) => ({ id, isLearner: false, isFresh: id === 2 })) },
      made.core.log.lastIndex,
    );
    made.tick();
    expect(made.core.role).toBe(Role.Leader);
    made.tick(ELECTION_TICKS);
    expect(made.core.role).toBe(Role.Follower);
  });

  // R test_switching_check_quorum: here a restart switches it
  it('it can be switched on and off from one start to the next', () => {
    const network = new RaftNetwork();
    network.elect(1);
    network.isolate(1);
    network.tick(1, 3 * ELECTION_TICKS);
    expect(network.node(1).isLeader).toBe(true);
    network.peer(1).restart(CHECK_QUORUM);
    network.heal();
    network.elect(1);
    network.isolate(1);
    network.tick(1, 3 * ELECTION_TICKS);
    expect(network.node(1).isLeader).toBe(false);
  });
});

describe('learners in elections (§4.2.1)', () => {
  const learnerConf = { ...EMPTY_CONF_STATE, voters: [1], learners: [2] };

  // TestLearnerElectionTimeout, TestLearnerCampaign; hashicorp/raft#398
  it('a learner never campaigns: not by timeout, not when told, not by a transfer', () => {
    const network = new RaftNetwork({ ids: [1, 2], seedOf: () => ({ confState: learnerConf }) });
    for (let i = 0; i < 3 * ELECTION_TICKS; i++) network.node(2).tick();
    expect(network.node(2).role).toBe(Role.Follower);
    network.elect(2);
    expect(network.node(2).role).toBe(Role.Follower);
    network.elect(1);
    network.send(MessageType.TimeoutNow, { from: 1, to: 2, term: 1 });
    expect([network.node(2).role, network.leader()]).toEqual([Role.Follower, 1]);
  });

  // TestLearnerPromotion
  it('after its promotion it can', () => {
    const network = new RaftNetwork({ ids: [1, 2], seedOf: () => ({ confState: learnerConf }) });
    network.elect(1);
    network.proposeConfChange(1, confChangeV1(ConfChangeType.AddNode, 2));
    expect(network.node(2).confState.voters).toEqual([1, 2]);
    network.elect(2);
    expect([network.leader(), network.node(1).role]).toEqual([2, Role.Follower]);
  });

  // TestLearnerCanVote, test_learner_respond_vote; etcd#10998
  it('a learner answers a valid vote request: it may have been promoted without knowing (etcd#10998)', () => {
    const made = new BareNode(2, { confState: learnerConf });
    made.step(Vote, { from: 1, term: 2, logTerm: 11, index: 11 });
    const [answer] = made.take();
    expect([answer.type, answer.reject]).toEqual([VoteResp, false]);
    const network = new RaftNetwork({
      ids: [1, 2, 3],
      seedOf: (id) => ({ confState: id === 3 ? { ...EMPTY_CONF_STATE, voters: [1, 2], learners: [3] } : voters(1, 2, 3) }),
    });
    network.isolate(1);
    network.elect(2);
    expect(network.leader()).toBe(2);
  });

  it('the answer to a stale leader message carries the own term and is an AppendResp (§4.2.3)', () => {
    for (const patch of [PRE_VOTE, CHECK_QUORUM]) {
      const made = node(patch);
      becomeFollower(made.core, 5, NONE);
      for (const type of [Append, Heartbeat]) {
        made.step(type, { from: 2, term: 3 });
        const [answer] = made.take();
        expect([answer.type, answer.term, answer.index]).toEqual([AppendResp, 5, 0]);
      }
    }
  });
});

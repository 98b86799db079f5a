/** Elections without pre-vote (§3.4, §3.6.1). The tests of etcd-io/raft covered are named at each test. */
import { describe, expect, it } from '@jest/globals';
import { BareNode, ELECTION_TICKS, RaftNetwork, entriesOf, entry, message, seededRandom, voters } from '../../test/support/raft-network.js';
import { ConfChangeType, confChangeV1, confChangeV2 } from './conf-change.js';
import { VoteResult } from './quorum.js';
import { becomeCandidate, becomeFollower, becomeLeader, becomePreCandidate } from './roles.js';
import { EMPTY_CONF_STATE, HardState, MessageType, NONE, Role, type Message } from './types.js';

const { Append, Heartbeat, Hup, Snap, Vote, VoteResp, PreVote, PreVoteResp } = MessageType;

function node(id: number, ids: number[], terms: number[] = [], patch = {}): BareNode {
  return new BareNode(id, { confState: voters(...ids), entries: entriesOf(...terms) }, patch);
}

/** Forces a role, as if it had been reached. */
function inRole(role: Role, term = 1, ids = [1, 2, 3]): BareNode {
  const made = node(1, ids);
  becomeFollower(made.core, term, NONE);
  if (role === Role.Candidate || role === Role.Leader) {
    made.core.term = term - 1;
    becomeCandidate(made.core);
  }
  if (role === Role.PreCandidate) becomePreCandidate(made.core);
  if (role === Role.Leader) becomeLeader(made.core);
  made.take();
  return made;
}

describe('starting an election (§3.4)', () => {
  // TestStartAsFollower
  it('a node starts as follower', () => {
    expect(node(1, [1, 2, 3]).core.role).toBe(Role.Follower);
  });

  // TestFollowerStartElection, TestCandidateStartNewElection, TestVoteRequest
  it('past its timeout it raises the term, votes for itself and asks all others with its last position', () => {
    for (const role of [Role.Follower, Role.Candidate]) {
      const made = node(1, [1, 2, 3, 4], [1, 2]);
      becomeFollower(made.core, 2, NONE);
      if (role === Role.Candidate) {
        made.core.term = 1;
        becomeCandidate(made.core);
      }
      for (let i = 1; i < 2 * ELECTION_TICKS; i++) made.tick();
      const requests = made.take().filter((sent) => sent.term === made.core.term);
      expect(made.core.role).toBe(Role.Candidate);
      expect(made.core.term).toBeGreaterThanOrEqual(3);
      expect(made.core.vote).toBe(1);
      expect(requests.map((sent) => [sent.type, sent.to, sent.index, sent.logTerm])).toEqual([
        [Vote, 2, 2, 2],
        [Vote, 3, 2, 2],
        [Vote, 4, 2, 2],
      ]);
    }
  });

  // TestLeaderElectionInOneRoundRPC
  it('with every combination of votes the outcome is won, lost or undecided as counted', () => {
    for (const size of [1, 2, 3, 5, 7]) {
      const ids = Array.from({ length: size }, (_unused, at) => at + 1);
      for (let granted = 0; granted < size; granted++) {
        for (let rejected = 0; granted + rejected < size; rejected++) {
          const made = node(1, ids);
          made.step(Hup);
          made.settle();
          const from = (at: number) => ({ from: at + 2, term: made.core.term });
          for (let at = 0; at < granted; at++) made.step(VoteResp, from(at));
          for (let at = granted; at < granted + rejected; at++) made.step(VoteResp, { ...from(at), reject: true });
          const needed = Math.floor(size / 2) + 1;
          const expected = granted + 1 >= needed ? Role.Leader : rejected >= size - needed + 1 ? Role.Follower : Role.Candidate;
          expect([size, granted, rejected, made.core.role]).toEqual([size, granted, rejected, expected]);
          expect(made.core.term).toBe(1);
        }
      }
    }
  });

  // TestSingleNodeCandidate
  it('one voter elects itself', () => {
    const network = new RaftNetwork({ ids: [1] });
    network.elect(1);
    expect(network.node(1).isLeader).toBe(true);
  });

  // TestFollowerElectionTimeoutRandomized, TestCandidateElectionTimeoutRandomized, TestPastElectionTimeout, test_election_tick_range
  it('the timeout takes every value of [T, 2T) and no other', () => {
    const seen = new Set<number>();
    const made = node(1, [1, 2, 3], [], { random: seededRandom(1) });
    for (let i = 0; i < 50 * ELECTION_TICKS; i++) {
      becomeFollower(made.core, i + 1, 2);
      let ticks = 0;
      while (made.core.role === Role.Follower) {
        made.tick();
        ticks++;
      }
      seen.add(ticks);
    }
    expect(Array.from(seen).sort((a, b) => a - b)).toEqual(Array.from({ length: ELECTION_TICKS }, (_unused, at) => ELECTION_TICKS + at));
  });

  it('a random source that leaves its range is a broken invariant', () => {
    expect(() => node(1, [1], [], { random: () => 10 })).toThrow(/random/);
    expect(() => node(1, [1], [], { random: () => 0.5 })).toThrow(/random/);
  });

  // TestFollowersElectionTimeoutNonconflict, TestCandidatesElectionTimeoutNonconflict
  it('in a group of five, few elections start at the same tick', () => {
    let conflicts = 0;
    const rounds = 300;
    const random = seededRandom(4);
    for (let round = 0; round < rounds; round++) {
      const group = [1, 2, 3, 4, 5].map((id) => node(id, [1, 2, 3, 4, 5], [], { random }));
      let started = 0;
      while (started === 0) {
        for (const made of group) made.tick();
        started = group.filter((made) => made.core.role === Role.Candidate).length;
      }
      if (started > 1) conflicts++;
    }
    expect(conflicts / rounds).toBeLessThan(0.3);
  });

  // TestCampaignWhileLeader
  it('a leader that is told to campaign stays leader in its term', () => {
    const network = new RaftNetwork({ ids: [1] });
    network.elect(1);
    network.elect(1);
    expect([network.node(1).isLeader, network.node(1).term]).toEqual([true, 1]);
  });

  // TestPromotable; hashicorp/raft#398
  it('only a voter of the configuration campaigns (hashicorp/raft#398)', () => {
    const promotable = (confState: typeof EMPTY_CONF_STATE) => {
      const made = new BareNode(1, { confState });
      made.step(Hup);
      return made.core.role !== Role.Follower;
    };
    expect(promotable(voters(1))).toBe(true);
    expect(promotable(voters(1, 2, 3))).toBe(true);
    expect(promotable(voters())).toBe(false);
    expect(promotable(voters(2, 3))).toBe(false);
    expect(promotable({ ...voters(2), learners: [1] })).toBe(false);
  });

  // TestConfChangeCheckBeforeCampaign, TestConfChangeV2CheckBeforeCampaign; etcd#12359
  it('nobody campaigns while a committed conf change is not applied (etcd#12359)', () => {
    for (const change of [confChangeV1(ConfChangeType.RemoveNode, 2), confChangeV2([{ type: ConfChangeType.RemoveNode, nodeId: 2 }])]) {
      const network = new RaftNetwork({ patch: { asyncStorageWrites: true } });
      network.elect(1);
      network.held.add(2);
      network.proposeConfChange(1, change);
      const follower = network.node(2);
      expect(follower.commitIndex).toBeGreaterThan(follower.appliedIndex);
      follower.campaign();
      expect(follower.role).toBe(Role.Follower);
    }
  });
});

describe('voting (§3.4, §3.6.1)', () => {
  // TestFollowerVote; nebula#2419: a repeated request is granted again
  it('at most one vote a term, first come first served; the same candidate is granted again (nebula#2419)', () => {
    for (const [vote, candidate, isRejected] of [
      [NONE, 2, false],
      [NONE, 3, false],
      [2, 2, false],
      [3, 3, false],
      [2, 3, true],
      [3, 2, true],
    ] as const) {
      const made = new BareNode(1, { confState: voters(1, 2, 3), hardState: new HardState(1, vote, 0) });
      made.step(Vote, { from: candidate, term: 1 });
      const [answer] = made.take();
      expect([answer.type, answer.to, answer.reject, answer.term]).toEqual([VoteResp, candidate, isRejected, 1]);
    }
  });

  // TestVoter
  it('a voter denies if its own log is more up to date', () => {
    for (const [own, logTerm, index, isRejected] of [
      [[1], 1, 1, false],
      [[1], 1, 2, false],
      [[1, 1], 1, 1, true],
      [[1], 2, 1, false],
      [[1], 2, 2, false],
      [[1, 1], 2, 1, false],
      [[2], 1, 1, true],
      [[2], 1, 2, true],
      [[2, 2], 1, 1, true],
    ] as [number[], number, number, boolean][]) {
      const made = node(1, [1, 2], own);
      made.step(Vote, { from: 2, term: 3, logTerm, index });
      expect(made.take()[0].reject).toBe(isRejected);
    }
  });

  // TestRecvMsgVote, TestRecvMsgPreVote
  it('the grant depends on role, log and vote as the table says', () => {
    for (const type of [Vote, PreVote]) {
      for (const [role, index, logTerm, vote, isRejected] of [
        [Role.Follower, 0, 0, NONE, true],
        [Role.Follower, 0, 1, NONE, true],
        [Role.Follower, 0, 2, NONE, true],
        [Role.Follower, 0, 3, NONE, false],
        [Role.Follower, 1, 0, NONE, true],
        [Role.Follower, 1, 2, NONE, true],
        [Role.Follower, 1, 3, NONE, false],
        [Role.Follower, 2, 1, NONE, true],
        [Role.Follower, 2, 2, NONE, false],
        [Role.Follower, 2, 3, NONE, false],
        [Role.Follower, 3, 2, 2, false],
        [Role.Follower, 3, 2, 1, true],
        [Role.Leader, 3, 3, 1, true],
        [Role.PreCandidate, 3, 3, 1, true],
        [Role.Candidate, 3, 3, 1, true],
      ] as const) {
        const made = node(1, [1, 2, 3], [2, 2]);
        made.core.role = role;
        made.core.vote = vote;
        // The term is the same on both sides: the handler is reached, and a pre-vote is not for a later term.
        made.core.term = Math.max(2, logTerm);
        made.step(type, { from: 2, index, logTerm, term: made.core.term });
        const [answer] = made.take();
        expect([answer.type, answer.reject]).toEqual([type === Vote ? VoteResp : PreVoteResp, isRejected]);
      }
    }
  });

  // TestVoteFromAnyState
  it('a valid vote is granted from any role; afterwards the node follows in the new term', () => {
    for (const role of [Role.Follower, Role.PreCandidate, Role.Candidate, Role.Leader]) {
      const made = inRole(role);
      const term = made.core.term + 1;
      made.step(Vote, { from: 2, term, logTerm: term, index: 42 });
      const [answer] = made.take();
      expect([answer.type, answer.reject, answer.term]).toEqual([VoteResp, false, term]);
      expect([made.core.role, made.core.term, made.core.vote]).toEqual([Role.Follower, term, 2]);
    }
  });
});

describe('terms (§3.3)', () => {
  // TestFollowerUpdateTermFromMessage, TestCandidateUpdateTermFromMessage, TestLeaderUpdateTermFromMessage
  it('a higher term turns any role into a follower of that term', () => {
    for (const role of [Role.Follower, Role.Candidate, Role.Leader, Role.PreCandidate]) {
      const made = inRole(role);
      made.step(Append, { from: 2, term: 5 });
      expect([made.core.term, made.core.role, made.core.lead]).toEqual([5, Role.Follower, 2]);
    }
  });

  // TestAllServerStepdown
  it('every role steps down at a vote or append of a higher term, and knows the leader only from the append', () => {
    for (const type of [Vote, Append]) {
      for (const role of [Role.Follower, Role.PreCandidate, Role.Candidate, Role.Leader]) {
        const made = inRole(role);
        const before = made.core.log.lastIndex;
        made.step(type, { from: 2, term: 3, logTerm: 3, index: type === Append ? 9 : 0 });
        expect([made.core.role, made.core.term]).toEqual([Role.Follower, 3]);
        expect(made.core.lead).toBe(type === Append ? 2 : NONE);
        expect(made.core.log.lastIndex).toBe(before);
      }
    }
  });

  // TestRejectStaleTermMessage, TestStepIgnoreOldTermMsg, TestOldMessages
  it('a message of a lower term does not reach the role handler, and appends of a deposed leader change nothing', () => {
    const made = inRole(Role.Follower, 2);
    made.step(Append, { from: 2, term: 1, entries: [entry(1, 1)] });
    expect([made.core.log.lastIndex, made.take().length, made.core.lead]).toEqual([0, 0, NONE]);
    const network = new RaftNetwork();
    network.elect(1);
    network.elect(2);
    network.elect(1);
    network.send(Append, { from: 2, to: 1, term: 2, index: 2, logTerm: 2, entries: [entry(2, 3)] });
    network.propose(1, 'somedata');
    for (const id of [1, 2, 3]) {
      const log = network.core(id).log;
      expect((log.entries(1, Infinity) ?? []).map((one) => one.term)).toEqual([1, 2, 3, 3]);
      expect(log.committed).toBe(4);
    }
  });

  // TestStateTransition
  it('the transitions are those of the paper; the others are broken invariants', () => {
    const transitions = {
      follower: (made: BareNode) => becomeFollower(made.core, made.core.term, NONE),
      preCandidate: (made: BareNode) => becomePreCandidate(made.core),
      candidate: (made: BareNode) => becomeCandidate(made.core),
      leader: (made: BareNode) => becomeLeader(made.core),
    };
    for (const [from, to, isAllowed, term] of [
      [Role.Follower, 'follower', true, 1],
      [Role.Follower, 'preCandidate', true, 1],
      [Role.Follower, 'candidate', true, 2],
      [Role.Follower, 'leader', false, 1],
      [Role.PreCandidate, 'follower', true, 1],
      [Role.PreCandidate, 'preCandidate', true, 1],
      [Role.PreCandidate, 'candidate', true, 2],
      [Role.PreCandidate, 'leader', true, 1],
      [Role.Candidate, 'follower', true, 1],
      [Role.Candidate, 'preCandidate', true, 1],
      [Role.Candidate, 'candidate', true, 2],
      [Role.Candidate, 'leader', true, 1],
      [Role.Leader, 'follower', true, 1],
      [Role.Leader, 'preCandidate', false, 1],
      [Role.Leader, 'candidate', false, 1],
      [Role.Leader, 'leader', true, 1],
    ] as const) {
      const made = inRole(from);
      if (!isAllowed) {
        expect(() => transitions[to](made)).toThrow(/cannot become/);
        continue;
      }
      transitions[to](made);
      expect(made.core.term).toBe(term);
    }
  });
});

describe('candidates (§3.4)', () => {
  // TestCandidateFallback, TestCandidateResetTermMsgHeartbeat, TestCandidateResetTermMsgApp
  it('a candidate that hears a leader of its term or a later one follows it', () => {
    for (const type of [Append, Heartbeat]) {
      for (const ahead of [0, 1]) {
        const made = node(1, [1, 2, 3]);
        made.step(Hup);
        expect(made.core.role).toBe(Role.Candidate);
        const term = made.core.term + ahead;
        made.step(type, { from: 2, term });
        expect([made.core.role, made.core.term, made.core.lead]).toEqual([Role.Follower, term, 2]);
      }
    }
  });

  // TestDuelingCandidates, TestCandidateConcede
  it('split candidates converge, and the loser adopts the log of the leader', () => {
    const network = new RaftNetwork();
    network.cut(1, 3);
    network.elect(1);
    network.elect(3);
    expect([network.node(1).role, network.node(3).role]).toEqual([Role.Leader, Role.Candidate]);
    network.heal();
    // Node 3 lacks the entry of node 1: it cannot win, but its term deposes the leader.
    network.elect(3);
    expect(network.node(3).role).toBe(Role.Follower);
    network.elect(1);
    network.propose(1, 'force follower');
    for (const id of [1, 2, 3]) {
      expect(network.core(id).log.lastIndex).toBe(network.core(1).log.lastIndex);
      expect(network.core(id).log.committed).toBe(network.core(1).log.committed);
      expect(network.peer(id).payloads()).toEqual(['force follower']);
    }
  });

  // TestCandidateSelfVoteAfterLostElection
  it('the own vote that becomes durable after the election was lost is ignored', () => {
    const made = node(1, [1, 2, 3]);
    made.step(Hup);
    const own = made.core.afterAppend.splice(0);
    made.step(Heartbeat, { from: 2, term: made.core.term });
    for (const vote of own) made.step(vote.type, vote);
    expect([made.core.role, made.core.tracker.granted]).toEqual([Role.Follower, 0]);
  });

  it('in a joint configuration the votes of either half alone elect nobody, and a majority of refusals in either loses (§4.3)', () => {
    const confState = { ...voters(1, 2, 3), votersOutgoing: [1, 4, 5] };
    const outcome = (granting: readonly number[], refusing: readonly number[]): Role => {
      const made = new BareNode(1, { confState });
      made.step(Hup);
      made.settle();
      for (const from of granting) made.step(VoteResp, { from, term: 1 });
      for (const from of refusing) made.step(VoteResp, { from, term: 1, reject: true });
      return made.core.role;
    };
    expect(outcome([2, 3], [])).toBe(Role.Candidate);
    expect(outcome([4, 5], [])).toBe(Role.Candidate);
    expect(outcome([2, 4], [])).toBe(Role.Leader);
    expect(outcome([2, 3], [4, 5])).toBe(Role.Follower);
    expect(outcome([4, 5], [2, 3])).toBe(Role.Follower);
  });

  it('a voter that enters the candidate’s term and refuses it is no vote for it: its answer bears that very term (openraft#1220)', () => {
    const made = node(1, [1, 2, 3, 4, 5]);
    made.step(Hup);
    made.settle();
    const { term } = made.core;
    for (const from of [2, 3, 4]) made.step(VoteResp, { from, term, reject: true });
    expect([made.core.role, made.core.term]).toEqual([Role.Follower, term]);
    // Nodes 2 and 3 hold more: they adopt the term of node 1, and none of them is counted for it.
    const seedOf = (id: number) => (id === 1 ? {} : { entries: entriesOf(1, 1), hardState: new HardState(1, 0, 0) });
    const network = new RaftNetwork({ seedOf });
    for (let i = 0; i < 2; i++) network.elect(1);
    expect([network.leader(), network.node(1).term, network.node(2).term, network.node(3).term]).toEqual([0, 2, 2, 2]);
    network.elect(2);
    expect([network.leader(), network.node(1).role]).toEqual([2, Role.Follower]);
  });

  it('the first response of a node counts, a later one does not turn it (openraft#1220)', () => {
    const made = node(1, [1, 2, 3]);
    made.step(Hup);
    made.settle();
    made.step(VoteResp, { from: 2, term: made.core.term, reject: true });
    made.step(VoteResp, { from: 2, term: made.core.term });
    expect([made.core.role, made.core.tracker.tallyVotes()]).toEqual([Role.Candidate, VoteResult.Pending]);
  });
});

describe('elections in a network (§3.4)', () => {
  // TestLeaderElection
  it('a leader is elected as long as a majority answers', () => {
    for (const [size, down, expected] of [
      [3, [], Role.Leader],
      [3, [2], Role.Leader],
      [3, [2, 3], Role.Candidate],
      [4, [2, 3], Role.Candidate],
      [5, [2, 3], Role.Leader],
    ] as [number, number[], Role][]) {
      const network = new RaftNetwork({ ids: Array.from({ length: size }, (_unused, at) => at + 1) });
      for (const id of down) network.isolate(id);
      network.elect(1);
      expect([network.node(1).role, network.node(1).term]).toEqual([expected, 1]);
    }
  });

  // TestLeaderCycle
  it('every node in turn can become leader', () => {
    const network = new RaftNetwork();
    for (const id of [1, 2, 3, 1, 3, 2]) {
      network.elect(id);
      for (const other of [1, 2, 3]) expect(network.node(other).isLeader).toBe(other === id);
    }
  });

  // TestLeaderElectionOverwriteNewerLogs
  it('a new leader may lack the entries of the highest term, uncommitted, and overwrites them', () => {
    const hard = (term: number, vote: number) => new HardState(term, vote, 0);
    const seeds = [
      { entries: entriesOf(1), hardState: hard(1, 1) },
      { entries: entriesOf(1), hardState: hard(1, 1) },
      { entries: entriesOf(2), hardState: hard(2, 3) },
      { hardState: hard(2, 3) },
      { hardState: hard(2, 3) },
    ];
    const network = new RaftNetwork({ ids: [1, 2, 3, 4, 5], seedOf: (id) => seeds[id - 1] });
    network.elect(1);
    // Nodes 4 and 5 know term 2 already.
    expect([network.node(1).role, network.node(1).term]).toEqual([Role.Follower, 2]);
    network.elect(1);
    expect([network.node(1).role, network.node(1).term]).toEqual([Role.Leader, 3]);
    for (const id of [1, 2, 3, 4, 5]) {
      expect((network.core(id).log.entries(1, Infinity) ?? []).map((one) => one.term)).toEqual([1, 3]);
    }
  });

  it('there is at most one leader in a term, over random elections, losses and cuts (canonical/raft#386)', () => {
    const random = seededRandom(77);
    for (let run = 0; run < 20; run++) {
      const network = new RaftNetwork({ ids: [1, 2, 3, 4, 5], patch: { random: seededRandom(run) } });
      const leaderOf = new Map<number, number>();
      network.filter = () => random(10) > 1;
      for (let i = 0; i < 80; i++) {
        const id = 1 + random(5);
        if (random(4) === 0) {
          // Several at once: their requests cross on the way, and ask for votes of one term.
          for (let others = random(3); others > 0; others--) network.node(1 + random(5)).campaign();
          network.elect(id);
        } else if (random(6) === 0) network.cut(id, 1 + random(5));
        else if (random(8) === 0) network.heal();
        else network.tickAll();
        if (network.filter === null) network.filter = () => random(10) > 1;
        for (const [peerId, peer] of network.peers) {
          if (!peer.raw.isLeader) continue;
          const known = leaderOf.get(peer.raw.term);
          if (known !== undefined) expect([peer.raw.term, known]).toEqual([peer.raw.term, peerId]);
          leaderOf.set(peer.raw.term, peerId);
        }
      }
    }
  });

  it('a snapshot message of the term makes a candidate follow', () => {
    const made = node(1, [1, 2, 3]);
    made.step(Hup);
    const sent: Message = message(Snap, { from: 2, to: 1, term: 1 });
    made.step(Snap, sent);
    expect([made.core.role, made.core.lead]).toEqual([Role.Follower, 2]);
  });
});

/** Configuration changes in a running group (§4). The arithmetic is in changer.spec.ts. */
import { describe, expect, it } from '@jest/globals';
import { BareNode, RaftNetwork, bytes, entriesOf, entry, message, seededRandom, voters } from '../../test/support/raft-network.js';
import {
  ConfChangeTransition,
  ConfChangeType,
  confChangeV1,
  confChangeV2,
  type ConfChange,
  type ConfChangeSingle,
  type ConfChangeV2,
} from './conf-change.js';
import { encodeConfChange } from './conf-change-codec.js';
import { applyConfChange } from './membership.js';
import { EMPTY_CONF_STATE, Entry, EntryType, HardState, MessageType, ProposeResult, Role, StepResult } from './types.js';

const { AppendResp, Propose, TimeoutNow, VoteResp } = MessageType;
const add = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.AddNode, nodeId });
const learn = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.AddLearnerNode, nodeId });
const remove = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.RemoveNode, nodeId });

function leaderOf(...ids: number[]): BareNode {
  const made = new BareNode(1, { confState: voters(...ids) });
  made.lead();
  return made;
}

function proposeChange(made: BareNode, change: ConfChange | ConfChangeV2): void {
  const type = change.version === 1 ? EntryType.ConfChange : EntryType.ConfChangeV2;
  made.step(Propose, { from: 1, entries: [new Entry(0, 0, type, encodeConfChange(change))] });
}

/** A group in which new nodes 2… exist, and node 1 is the only voter and leads. */
function growing(patch = {}): RaftNetwork {
  const network = new RaftNetwork({ ids: [1], base: 10, patch });
  for (const id of [2, 3, 4]) network.join(id, patch);
  network.elect(1);
  return network;
}

describe('proposing a change (§4.1)', () => {
  // TestStepConfig
  it('it is appended, and marks what is pending', () => {
    const made = leaderOf(1, 2);
    const before = made.core.log.lastIndex;
    proposeChange(made, confChangeV1(ConfChangeType.AddNode, 3));
    expect([made.core.log.lastIndex, made.core.pendingConfIndex]).toEqual([before + 1, before + 1]);
  });

  // TestStepIgnoreConfig
  it('a second one while the first is unapplied becomes an empty entry', () => {
    const made = leaderOf(1, 2);
    made.take();
    made.core.log.commitTo(1);
    made.apply();
    proposeChange(made, confChangeV1(ConfChangeType.AddNode, 3));
    const pending = made.core.pendingConfIndex;
    proposeChange(made, confChangeV1(ConfChangeType.AddNode, 4));
    const entries = made.core.log.entries(2, Infinity) ?? [];
    expect(entries.map((one) => [one.type, one.data.length > 0])).toEqual([
      [EntryType.ConfChange, true],
      [EntryType.Normal, false],
    ]);
    expect(made.core.pendingConfIndex).toBe(pending);
  });

  // TestNewLeaderPendingConfig; copycat#23: change before the own-term entry
  it('a new leader takes its whole tail for pending: no change before its first entry is applied (copycat#23)', () => {
    for (const hasChange of [false, true]) {
      const entries = hasChange
        ? [new Entry(1, 1, EntryType.ConfChange, encodeConfChange(confChangeV1(ConfChangeType.AddNode, 2)))]
        : entriesOf(1);
      const made = new BareNode(1, { confState: voters(1, 2), entries, hardState: new HardState(1, 0, 0) });
      made.lead();
      expect(made.core.pendingConfIndex).toBe(1);
      proposeChange(made, confChangeV1(ConfChangeType.AddNode, 3));
      expect((made.core.log.entries(3, Infinity) ?? [])[0].type).toBe(EntryType.Normal);
    }
  });

  it('the caller learns that a change was replaced, and where the empty entry stands', () => {
    const network = new RaftNetwork({ ids: [1] });
    network.elect(1);
    const node = network.node(1);
    expect(node.proposeConfChange(confChangeV2([]))).toBe(ProposeResult.ConfChangeRefused);
    expect(node.proposedIndex).toBe(2);
    expect(node.proposeConfChange(confChangeV1(ConfChangeType.AddNode, 2))).toBe(ProposeResult.Appended);
  });

  // TestRemoveNode: upstream panics at the application; here the change does not enter the log. raft-rs#290
  it('a change that would leave no voter does not enter the log (raft-rs#290)', () => {
    const network = new RaftNetwork({ ids: [1] });
    network.elect(1);
    for (const change of [
      confChangeV1(ConfChangeType.RemoveNode, 1),
      confChangeV1(ConfChangeType.AddLearnerNode, 1),
      confChangeV2([remove(1)], ConfChangeTransition.JointExplicit),
    ]) {
      expect(network.node(1).proposeConfChange(change)).toBe(ProposeResult.ConfChangeRefused);
      network.settle();
    }
    expect(network.node(1).confState).toEqual(voters(1));
    network.propose(1, 'still here');
    expect(network.peer(1).payloads()).toEqual(['still here']);
  });

  it('nor one that would leave learners alone: the only voter stays, whatever is asked of it (raft-rs#290)', () => {
    const confState = { ...voters(1), learners: [2, 3] };
    const network = new RaftNetwork({ seedOf: () => ({ confState }) });
    network.elect(1);
    for (const change of [confChangeV1(ConfChangeType.RemoveNode, 1), confChangeV2([remove(1)]), confChangeV2([remove(1), learn(1)])]) {
      expect(network.node(1).proposeConfChange(change)).toBe(ProposeResult.ConfChangeRefused);
      network.settle();
      expect([network.leader(), network.node(1).confState]).toEqual([1, confState]);
    }
    // With one of them in its place it may go.
    expect(network.node(1).proposeConfChange(confChangeV2([remove(1), add(2)]))).toBe(ProposeResult.Appended);
    network.settle();
    network.tickAll(3);
    network.elect(2);
    network.tickAll(3);
    expect([network.leader(), network.node(2).confState]).toEqual([2, { ...voters(2), learners: [3] }]);
  });

  it('a change that cannot be decoded, from the network, is dropped without a trace', () => {
    const made = leaderOf(1, 2);
    const before = [made.core.log.lastIndex, made.core.pendingConfIndex];
    const broken = [
      new Entry(0, 0, EntryType.ConfChange, encodeConfChange(confChangeV1(ConfChangeType.AddNode, 3))),
      new Entry(0, 0, EntryType.ConfChangeV2, bytes('junk')),
    ];
    expect(made.step(Propose, { from: 2, entries: broken })).toBe(StepResult.ProposalDropped);
    expect([made.core.log.lastIndex, made.core.pendingConfIndex]).toEqual(before);
  });

  it('a change that the limit of uncommitted bytes drops is not pending', () => {
    const made = new BareNode(1, { confState: voters(1, 2) }, { uncommittedBytesMax: 10 });
    made.lead();
    made.step(Propose, { from: 1, entries: [entry(0, 0, '1234567890')] });
    const before = made.core.pendingConfIndex;
    made.core.log.commitTo(1);
    made.apply();
    proposeChange(made, confChangeV1(ConfChangeType.AddNode, 3, bytes('context')));
    expect(made.core.pendingConfIndex).toBe(before);
  });
});

describe('applying a change (§4.1, §4.3)', () => {
  // TestAddNode, TestAddLearner, TestRemoveNode, TestRemoveLearner, TestRaftNodes, TestNodeProposeAddLearnerNode
  it('all nodes end in the proposed configuration', () => {
    const network = growing();
    network.proposeConfChange(1, confChangeV1(ConfChangeType.AddLearnerNode, 2));
    expect(network.node(1).confState).toEqual({ ...EMPTY_CONF_STATE, voters: [1], learners: [2] });
    network.addVoter(1, 2);
    network.addVoter(1, 3);
    network.tick(1);
    for (const id of [1, 2, 3]) expect(network.node(id).confState).toEqual(voters(1, 2, 3));
    network.proposeConfChange(1, confChangeV1(ConfChangeType.RemoveNode, 3));
    for (const id of [1, 2]) expect(network.node(id).confState).toEqual(voters(1, 2));
    network.proposeConfChange(1, confChangeV1(ConfChangeType.UpdateNode, 2, bytes('new address')));
    expect(network.node(1).confState).toEqual(voters(1, 2));
  });

  // TestRawNodeProposeAndConfChange
  it('simple, automatic, implicit and explicit changes end as expected, joint ones are left', () => {
    const cases: [ConfChange | ConfChangeV2, Partial<typeof EMPTY_CONF_STATE>, Partial<typeof EMPTY_CONF_STATE> | null][] = [
      [confChangeV1(ConfChangeType.AddNode, 2), { voters: [1, 2] }, null],
      [confChangeV2([add(2)]), { voters: [1, 2] }, null],
      [confChangeV2([learn(2)]), { voters: [1], learners: [2] }, null],
      [
        confChangeV2([learn(2)], ConfChangeTransition.JointExplicit),
        { voters: [1], votersOutgoing: [1], learners: [2] },
        { voters: [1], learners: [2] },
      ],
      [
        confChangeV2([learn(2)], ConfChangeTransition.JointImplicit),
        { voters: [1], votersOutgoing: [1], learners: [2], autoLeave: true },
        { voters: [1], learners: [2] },
      ],
      [
        confChangeV2([add(2), learn(1), learn(3)]),
        { voters: [2], votersOutgoing: [1], learners: [3], learnersNext: [1], autoLeave: true },
        { voters: [2], learners: [1, 3] },
      ],
      [
        confChangeV2([add(2), learn(3), add(4)], ConfChangeTransition.JointExplicit),
        { voters: [1, 2, 4], votersOutgoing: [1], learners: [3] },
        { voters: [1, 2, 4], learners: [3] },
      ],
    ];
    for (const [change, entered, left] of cases) {
      const network = growing();
      const states: unknown[] = [];
      const node = network.node(1);
      const original = node.applyConfChange.bind(node);
      node.applyConfChange = (applied) => {
        const confState = original(applied);
        states.push(confState);
        return confState;
      };
      network.proposeConfChange(1, change);
      expect(states[0]).toEqual({ ...EMPTY_CONF_STATE, ...entered });
      if (left === null) {
        expect(states.length).toBe(1);
        continue;
      }
      if (!('autoLeave' in entered)) {
        expect(states.length).toBe(1);
        network.proposeConfChange(network.leader(), confChangeV2([]));
      }
      network.tickAll(2);
      expect(states[states.length - 1]).toEqual({ ...EMPTY_CONF_STATE, ...left });
    }
  });

  // TestRawNodeJointAutoLeave; camunda#57386, #60086: stuck or early-left joint configuration
  it('the automatic leave happens even if leadership was lost in between (camunda#57386)', () => {
    const network = new RaftNetwork({ base: 10 });
    network.elect(1);
    network.join(4);
    // The leader applies the change, and is replaced before its leave entry gets anywhere.
    network.filter = (one) => !one.entries.some((item) => item.type === EntryType.ConfChangeV2 && item.data.length === 0);
    network.proposeConfChange(1, confChangeV2([add(4), remove(3)]));
    expect(network.node(1).confState).toEqual({ ...EMPTY_CONF_STATE, voters: [1, 2, 4], votersOutgoing: [1, 2, 3], autoLeave: true });
    network.heal();
    network.isolate(1);
    network.elect(2);
    network.tickAll(3);
    network.propose(network.leader(), 'goes on');
    network.heal();
    network.tickAll(5);
    for (const id of [1, 2, 4]) expect(network.node(id).confState).toEqual(voters(1, 2, 4));
  });

  it('a joint configuration is not left before the change that entered it is committed by both halves (camunda#60086)', () => {
    const network = new RaftNetwork({ base: 10 });
    network.elect(1);
    for (const id of [4, 5]) network.join(id);
    network.proposeConfChange(1, confChangeV2([add(4), add(5), remove(2), remove(3)], ConfChangeTransition.JointExplicit));
    network.tick(1);
    // The incoming half is 1, 4, 5; the outgoing one 1, 2, 3. Without 2 and 3 nothing is committed.
    for (const id of [2, 3]) network.isolate(id);
    const before = network.node(1).commitIndex;
    network.proposeConfChange(1, confChangeV2([]));
    network.tick(1);
    expect(network.node(1).commitIndex).toBe(before);
    expect(network.node(1).confState.votersOutgoing).toEqual([1, 2, 3]);
    network.heal();
    network.tick(1, 3);
    expect(network.node(1).confState).toEqual(voters(1, 4, 5));
  });

  it('a leader that comes back under a joint configuration leaves it by both halves, not by the new one alone (camunda#60086)', () => {
    const network = new RaftNetwork({ ids: [1, 2], base: 10 });
    network.elect(1);
    network.filter = (one) => !one.entries.some((item) => item.type === EntryType.ConfChangeV2 && item.data.length === 0);
    network.proposeConfChange(1, confChangeV2([remove(2)], ConfChangeTransition.JointImplicit));
    const joint = { ...EMPTY_CONF_STATE, voters: [1], votersOutgoing: [1, 2], autoLeave: true };
    expect(network.node(1).confState).toEqual(joint);
    network.heal();
    network.isolate(2);
    network.peer(1).restart();
    const { commitIndex } = network.node(1);
    // The new half is node 1 alone; it has its own vote and its own disk, and that is not enough.
    for (let i = 0; i < 5; i++) {
      network.elect(1);
      network.tick(1, 20);
    }
    expect([network.leader(), network.node(1).commitIndex, network.node(1).confState]).toEqual([0, commitIndex, joint]);
    network.heal();
    network.elect(1);
    network.tickAll(5);
    expect([network.leader(), network.node(1).confState]).toEqual([1, voters(1)]);
  });

  // TestRawNodeProposeAddDuplicateNode, TestNodeProposeAddDuplicateNode
  it('adding a node twice is harmless', () => {
    const network = growing();
    network.addVoter(1, 2);
    network.addVoter(1, 2);
    network.tick(1);
    network.addVoter(1, 3);
    network.tick(1);
    expect(network.node(1).confState).toEqual(voters(1, 2, 3));
    expect(network.peer(1).applied.filter((one) => one.type === EntryType.ConfChange).length).toBe(3);
  });

  // R test_remove_node_itself
  it('a leader that removes itself serves on without a vote, or steps down if so configured', () => {
    for (const stepDownOnRemoval of [false, true]) {
      const network = new RaftNetwork({ patch: { stepDownOnRemoval } });
      network.elect(1);
      network.proposeConfChange(1, confChangeV1(ConfChangeType.RemoveNode, 1));
      expect(network.node(1).role).toBe(stepDownOnRemoval ? Role.Follower : Role.Leader);
      expect(network.node(1).propose(bytes('x'))).toBe(stepDownOnRemoval ? ProposeResult.DroppedNoLeader : ProposeResult.DroppedNotMember);
      network.elect(1);
      network.elect(2);
      expect(network.leader()).toBe(2);
      network.propose(2, 'by the rest');
      expect(network.peer(3).payloads()).toEqual(['by the rest']);
    }
  });

  // R test_raw_node_with_async_entries_to_removed_node
  it('entries under way to a node that is removed do no harm: its answer is refused', () => {
    const network = new RaftNetwork({ patch: { asyncStorageWrites: true } });
    network.elect(1);
    network.held.add(3);
    network.propose(1, 'a');
    network.proposeConfChange(1, confChangeV1(ConfChangeType.RemoveNode, 3));
    network.held.clear();
    network.doWork(3);
    const [answer] = network.inFlight.filter((one) => one.type === AppendResp);
    expect(network.node(1).step(answer)).toBe(StepResult.PeerNotFound);
    network.settle();
    expect(network.node(1).confState).toEqual(voters(1, 2));
  });

  // TestTransferNonMember
  it('TimeoutNow at a removed node does nothing', () => {
    const made = new BareNode(1, { confState: voters(2, 3, 4) });
    made.step(TimeoutNow, { from: 2, term: 1 });
    made.step(VoteResp, { from: 2, term: 1 });
    made.step(VoteResp, { from: 3, term: 1 });
    expect(made.core.role).toBe(Role.Follower);
  });

  it('a committed change that no configuration can take is a broken invariant on every node alike', () => {
    const made = new BareNode(1, { confState: voters(1) });
    expect(() => applyConfChange(made.core, confChangeV1(ConfChangeType.RemoveNode, 1))).toThrow(/cannot be applied/);
    expect(() => applyConfChange(made.core, confChangeV2([]))).toThrow(/cannot be applied/);
    expect(made.core.tracker.confState).toEqual(voters(1));
  });

  // etcd#21178, dragonboat#256: the core can only notice; the host must give a wiped node a new id
  it('a node that comes back wiped under its old id stops at a commit index beyond its log, instead of lying (etcd#21178)', () => {
    const network = new RaftNetwork();
    network.elect(1);
    network.propose(1, 'a');
    network.join(3);
    network.node(3).applyConfChange(confChangeV2([add(1)]));
    const heartbeat = message(MessageType.Heartbeat, { from: 1, to: 3, term: 1, commit: network.core(1).tracker.get(3)!.match });
    expect(() => network.node(3).step(heartbeat)).toThrow(/log lost or truncated/);
  });

  /** Followers get entries up to a change, and no word that it is committed: they act on the configuration before it. */
  function keepInTheDark(network: RaftNetwork, ids: readonly number[], changeIndex: number): void {
    network.filter = (one) => !ids.includes(one.to) || one.commit < changeIndex;
  }

  it('two halves of a joint configuration never elect one leader each: both majorities are needed (redisraft#44)', () => {
    const network = new RaftNetwork({ base: 10 });
    network.elect(3);
    for (const id of [4, 5]) network.join(id);
    keepInTheDark(network, [1, 2], network.node(3).lastIndex + 1);
    network.proposeConfChange(3, confChangeV2([add(4), add(5), remove(1), remove(2)], ConfChangeTransition.JointExplicit));
    network.tick(3, 3);
    expect(network.node(4).confState).toMatchObject({ voters: [3, 4, 5], votersOutgoing: [1, 2, 3] });
    expect(network.node(2).confState).toEqual(voters(1, 2, 3));
    for (const here of [1, 2]) for (const there of [3, 4, 5]) network.cut(here, there);
    network.elect(2);
    network.elect(4);
    // The old majority may go on; the new one alone may not.
    expect([network.node(2).isLeader, network.node(2).term]).toEqual([true, 2]);
    expect([network.node(4).role, network.node(4).term, network.node(3).term]).toEqual([Role.Candidate, 2, 2]);
  });

  it('changes of one server each never overlap: two majorities without a common voter would each have a leader (redisraft#28)', () => {
    const network = new RaftNetwork({ base: 10 });
    network.elect(1);
    for (const id of [4, 5]) network.join(id);
    keepInTheDark(network, [2, 3], network.node(1).lastIndex + 1);
    expect(network.node(1).proposeConfChange(confChangeV1(ConfChangeType.AddNode, 4))).toBe(ProposeResult.Appended);
    expect(network.node(1).proposeConfChange(confChangeV1(ConfChangeType.AddNode, 5))).toBe(ProposeResult.ConfChangeRefused);
    network.settle();
    network.tick(1, 3);
    expect([network.node(1).confState, network.node(2).confState]).toEqual([voters(1, 2, 3, 4), voters(1, 2, 3)]);
    for (const here of [2, 3]) for (const there of [1, 4, 5]) network.cut(here, there);
    network.elect(2);
    network.elect(4);
    expect([network.node(2).isLeader, network.node(2).term]).toEqual([true, 2]);
    expect([network.node(4).role, network.node(4).term, network.node(1).term]).toEqual([Role.Candidate, 2, 2]);
  });

  // redisraft#44, #28: split brain in changes
  it('over random changes, elections and losses two leaders of a term never appear, and no committed entry differs (redisraft#44, #28)', () => {
    const random = seededRandom(99);
    for (let run = 0; run < 8; run++) {
      const network = new RaftNetwork({
        base: 10,
        patch: { random: seededRandom(run), checkQuorum: true, preVote: true, stepDownOnRemoval: true },
      });
      for (const id of [4, 5])
        network.join(id, { random: seededRandom(run * 10 + id), checkQuorum: true, preVote: true, stepDownOnRemoval: true });
      network.elect(1);
      const leaderOfTerm = new Map<number, number>();
      const committed = new Map<number, number>();
      for (let i = 0; i < 70; i++) {
        network.filter = () => random(10) > 0;
        const lead = network.leader();
        if (lead !== 0 && random(2) === 0) {
          const changes = Array.from({ length: 1 + random(2) }, () => [add, remove, learn][random(3)](1 + random(5)));
          network.proposeConfChange(lead, confChangeV2(changes));
        } else if (random(4) === 0) {
          network.elect(1 + random(5));
        } else if (lead !== 0) {
          network.propose(lead, `${i}`);
        }
        network.tickAll(3);
        for (const [id, peer] of network.peers) {
          if (peer.raw.isLeader) {
            expect(leaderOfTerm.get(peer.raw.term) ?? id).toBe(id);
            leaderOfTerm.set(peer.raw.term, id);
          }
          for (const one of peer.applied) {
            if ((committed.get(one.index) ?? one.term) !== one.term) throw new Error(`run ${run}: entry ${one.index} differs`);
            committed.set(one.index, one.term);
          }
        }
      }
      expect(committed.size).toBeGreaterThan(10);
    }
  });
});

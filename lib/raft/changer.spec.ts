/**
 * Tests of etcd-io/raft covered: TestConfChangeQuick, TestRestore (confchange), TestLeaveJoint, TestConfState_Equivalent, and the
 * membership arithmetic of TestAddNode, TestAddLearner, TestRemoveNode, TestRemoveLearner, TestRaftNodes.
 */
import { describe, expect, it } from '@jest/globals';
import { seededRandom, voters } from '../../test/support/raft-network.js';
import { ConfChangeTransition, ConfChangeType, confChangeV2, entersJoint, leavesJoint, type ConfChangeSingle } from './conf-change.js';
import {
  ChangeRefusal,
  enterJoint,
  isJoint,
  isRefusal,
  leaveJoint,
  restoreConfiguration,
  simpleChange,
  type Change,
  type ChangeOutcome,
} from './changer.js';
import { EMPTY_CONF_STATE, type ConfState } from './types.js';

const add = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.AddNode, nodeId });
const learn = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.AddLearnerNode, nodeId });
const remove = (nodeId: number): ConfChangeSingle => ({ type: ConfChangeType.RemoveNode, nodeId });

function accepted(outcome: ChangeOutcome): Change {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome}`);
  return outcome;
}

const random = seededRandom(5);
const randomChange = (): ConfChangeSingle => ({ type: random(4) as ConfChangeType, nodeId: 1 + random(8) });

function checkInvariants(config: ConfState): void {
  const { voters: incoming, votersOutgoing, learners, learnersNext } = config;
  for (const ids of [incoming, votersOutgoing, learners, learnersNext]) {
    expect(ids).toEqual(Array.from(new Set(ids)).sort((a, b) => a - b));
  }
  for (const id of learners) expect(incoming.includes(id) || votersOutgoing.includes(id)).toBe(false);
  for (const id of learnersNext) expect(votersOutgoing.includes(id) && !incoming.includes(id)).toBe(true);
  if (votersOutgoing.length === 0) expect([learnersNext.length, config.autoLeave]).toEqual([0, false]);
}

describe('configuration changes (§4.1, §4.3)', () => {
  // TestConfChangeQuick
  it('a change through a joint configuration ends where the same changes one by one end', () => {
    for (let run = 0; run < 400; run++) {
      let simple: ConfState = voters(1);
      let before: ConfState = voters(1);
      for (let i = 0; i < random(6); i++) {
        const outcome = simpleChange(before, [randomChange()]);
        if (!isRefusal(outcome)) before = outcome.confState;
      }
      simple = before;
      const changes: ConfChangeSingle[] = [];
      for (let i = 0; i < 1 + random(6); i++) {
        const change = randomChange();
        const outcome = simpleChange(simple, [change]);
        if (isRefusal(outcome)) continue;
        simple = outcome.confState;
        changes.push(change);
      }
      const joint = accepted(enterJoint(before, random(2) === 0, changes)).confState;
      checkInvariants(joint);
      expect(joint.votersOutgoing).toEqual(before.voters);
      const left = accepted(leaveJoint(joint)).confState;
      checkInvariants(left);
      expect(left).toEqual(simple);
    }
  });

  it('any sequence of changes keeps voters, learners and staged learners apart, and a refusal leaves no trace', () => {
    let config: ConfState = EMPTY_CONF_STATE;
    for (let i = 0; i < 2_000; i++) {
      const frozen = JSON.stringify(config);
      const changes = Array.from({ length: random(4) }, randomChange);
      const outcome = [simpleChange(config, changes), enterJoint(config, random(2) === 0, changes), leaveJoint(config)][random(3)];
      expect(JSON.stringify(config)).toBe(frozen);
      if (isRefusal(outcome)) continue;
      config = outcome.confState;
      checkInvariants(config);
      expect(outcome.members.map((member) => member.id)).toEqual(
        Array.from(new Set([...config.voters, ...config.votersOutgoing, ...config.learners, ...config.learnersNext])).sort((a, b) => a - b),
      );
      expect(config.voters.length).toBeGreaterThan(0);
    }
  });

  it('two configurations that follow each other without a joint one have majorities that meet', () => {
    let config: ConfState = voters(1, 2, 3);
    for (let i = 0; i < 800; i++) {
      const outcome = simpleChange(config, [randomChange()]);
      if (isRefusal(outcome)) continue;
      const next = outcome.confState;
      const changed =
        next.voters.filter((id) => !config.voters.includes(id)).length + config.voters.filter((id) => !next.voters.includes(id)).length;
      expect(changed).toBeLessThanOrEqual(1);
      config = next;
    }
  });

  it('several changes at once are simple as long as they change one voter at most', () => {
    const config: ConfState = { ...voters(1, 2, 3), learners: [4] };
    for (const changes of [
      [add(5), add(6)],
      [add(5), remove(1)],
      [remove(1), remove(2)],
      [add(4), learn(3)],
      [learn(1), remove(2)],
    ]) {
      expect(simpleChange(config, changes)).toBe(ChangeRefusal.MoreThanOneVoter);
    }
    for (const changes of [
      [add(5), learn(6)],
      [remove(1), remove(4)],
      [add(5), remove(5)],
      [learn(5), learn(6), remove(4)],
    ]) {
      expect(isRefusal(simpleChange(config, changes))).toBe(false);
    }
  });

  // TestRestore (confchange), TestConfState_Equivalent
  it('any valid configuration is restored exactly, whatever the order of its ids', () => {
    let config: ConfState = voters(1, 2, 3);
    for (let i = 0; i < 800; i++) {
      const changes = Array.from({ length: 1 + random(4) }, randomChange);
      const outcome = isJoint(config) ? leaveJoint(config) : enterJoint(config, random(2) === 0, changes);
      if (isRefusal(outcome)) continue;
      config = outcome.confState;
      const shuffled: ConfState = {
        ...config,
        voters: config.voters.slice().reverse(),
        votersOutgoing: config.votersOutgoing.slice().reverse(),
        learners: config.learners.slice().reverse(),
      };
      const restored = accepted(restoreConfiguration(shuffled));
      expect(restored.confState).toEqual(config);
      expect(restored.members.every((member) => member.isFresh)).toBe(true);
    }
    expect(accepted(restoreConfiguration(EMPTY_CONF_STATE)).confState).toEqual(EMPTY_CONF_STATE);
  });

  it('a stored configuration that contradicts itself is refused', () => {
    const bad: ConfState[] = [
      { ...EMPTY_CONF_STATE, voters: [1], learners: [1] },
      { ...EMPTY_CONF_STATE, voters: [1], autoLeave: true },
      { ...EMPTY_CONF_STATE, voters: [1], learnersNext: [2] },
      { ...EMPTY_CONF_STATE, voters: [1], votersOutgoing: [2], learners: [2] },
      { ...EMPTY_CONF_STATE, votersOutgoing: [2] },
    ];
    for (const config of bad) expect(restoreConfiguration(config)).toBe(ChangeRefusal.Inconsistent);
  });

  // TestLeaveJoint
  it('only the empty automatic change leaves a joint configuration', () => {
    expect(leavesJoint(confChangeV2([]))).toBe(true);
    expect(leavesJoint(confChangeV2([], ConfChangeTransition.Auto, new Uint8Array([1])))).toBe(true);
    expect(leavesJoint(confChangeV2([], ConfChangeTransition.JointExplicit))).toBe(false);
    expect(leavesJoint(confChangeV2([add(1)]))).toBe(false);
    expect(entersJoint(confChangeV2([add(1)]))).toBe(false);
    expect(entersJoint(confChangeV2([add(1)], ConfChangeTransition.JointImplicit))).toBe(true);
    expect(entersJoint(confChangeV2([add(1), add(2)]))).toBe(true);
  });

  // TestAddNode, TestAddLearner, TestRemoveNode, TestRemoveLearner, TestRaftNodes
  it('adding and removing voters and learners gives the expected sets, ascending; the last voter stays', () => {
    let config: ConfState = voters(1);
    const apply = (...changes: ConfChangeSingle[]) => (config = accepted(simpleChange(config, changes)).confState);
    expect(apply(add(3)).voters).toEqual([1, 3]);
    expect(apply(add(2)).voters).toEqual([1, 2, 3]);
    expect(apply(learn(4)).learners).toEqual([4]);
    expect(apply(add(4))).toEqual({ ...EMPTY_CONF_STATE, voters: [1, 2, 3, 4] });
    expect(apply(learn(4))).toEqual({ ...EMPTY_CONF_STATE, voters: [1, 2, 3], learners: [4] });
    expect(apply(remove(4)).learners).toEqual([]);
    expect(apply(remove(2)).voters).toEqual([1, 3]);
    expect(apply(remove(1)).voters).toEqual([3]);
    expect(simpleChange(config, [remove(3)])).toBe(ChangeRefusal.NoVoterLeft);
    expect(simpleChange(config, [learn(3)])).toBe(ChangeRefusal.NoVoterLeft);
  });
});

import { describe, expect, it } from '@jest/globals';
import { ConfChangeType, EMPTY_CONF_STATE, type ConfState } from '../raft/index.js';
import { changeOf, isDone, refusalOf, type MembershipView } from './membership-rules.js';

function view(confState: Partial<ConfState>, more: { dead?: number[]; lag?: number } = {}): MembershipView {
  return {
    confState: { ...EMPTY_CONF_STATE, ...confState },
    isLive: (node) => !(more.dead ?? []).includes(node),
    lag: () => more.lag ?? 0,
    promoteLagEntriesMax: 10,
  };
}

describe('membership rules', () => {
  const three = { voters: [1, 2, 3], learners: [4] };

  it('what may be done is not refused', () => {
    expect(refusalOf({ type: 'add-learner', node: 5 }, view(three))).toBeNull();
    expect(refusalOf({ type: 'promote', node: 4 }, view(three, { lag: 10 }))).toBeNull();
    expect(refusalOf({ type: 'remove', node: 4 }, view(three))).toBeNull();
    expect(refusalOf({ type: 'remove', node: 3 }, view(three, { dead: [3] }))).toBeNull();
    expect(refusalOf({ type: 'replace', node: 4, lost: 3 }, view(three, { dead: [3] }))).toBeNull();
  });

  it('refusals say why', () => {
    const reason = (operation: Parameters<typeof refusalOf>[0], of: MembershipView): string | undefined => refusalOf(operation, of)?.reason;
    expect(reason({ type: 'promote', node: 4 }, view(three, { lag: 11 }))).toBe('lagging');
    expect(reason({ type: 'promote', node: 9 }, view(three))).toBe('unknown-node');
    expect(reason({ type: 'replace', node: 4, lost: 9 }, view(three))).toBe('unknown-node');
    expect(reason({ type: 'add-learner', node: 4 }, view(three))).toBe('already');
    expect(reason({ type: 'remove', node: 1 }, view({ voters: [1] }))).toBe('last-voter');
    expect(reason({ type: 'remove', node: 1 }, view(three, { dead: [2, 3] }))).toBe('no-quorum');
    expect(reason({ type: 'remove', node: 1 }, view({ voters: [1, 2] }, { dead: [2] }))).toBe('no-quorum');
    // Half of those that would be left is no majority.
    expect(reason({ type: 'remove', node: 1 }, view({ voters: [1, 2, 3, 4, 5] }, { dead: [4, 5] }))).toBe('no-quorum');
    expect(reason({ type: 'remove', node: 4 }, view({ voters: [1, 2, 3, 4, 5] }, { dead: [4, 5] }))).toBeUndefined();
    expect(reason({ type: 'promote', node: 4 }, view({ ...three, votersOutgoing: [1, 2] }))).toBe('under-way');
    expect(reason({ type: 'add-learner', node: -1 }, view(three))).toBe('invalid');
  });

  it('B2: a learner that is dead is not promoted, and nothing is whose configuration would have no live majority', () => {
    const reason = (operation: Parameters<typeof refusalOf>[0], of: MembershipView): string | undefined => refusalOf(operation, of)?.reason;
    expect(reason({ type: 'promote', node: 4 }, view(three, { dead: [4] }))).toBe('lagging');
    expect(reason({ type: 'replace', node: 4, lost: 3 }, view(three, { dead: [3, 4] }))).toBe('lagging');
    expect(reason({ type: 'promote', node: 4 }, view(three, { dead: [2, 3] }))).toBe('no-quorum');
    expect(reason({ type: 'promote', node: 2 }, view({ voters: [1], learners: [2] }))).toBeUndefined();
    expect(reason({ type: 'replace', node: 4, lost: 2 }, view(three, { dead: [1, 3] }))).toBe('no-quorum');
    expect(reason({ type: 'promote', node: 4 }, view(three, { dead: [3] }))).toBeUndefined();
  });

  it('a replacement is one joint change, anything else a simple one', () => {
    const { confState } = view(three);
    expect(changeOf({ type: 'replace', node: 4, lost: 3 }, confState).changes).toHaveLength(2);
    for (const type of ['add-learner', 'promote', 'remove'] as const)
      expect(changeOf({ type, node: 4 }, confState).changes).toHaveLength(1);
  });

  it('a replacement that is a voter already leaves the removal of the lost one', () => {
    const two = view({ voters: [1, 4] });
    expect(refusalOf({ type: 'replace', node: 4, lost: 1 }, two)).toBeNull();
    expect(changeOf({ type: 'replace', node: 4, lost: 1 }, two.confState).changes).toEqual([
      { type: ConfChangeType.RemoveNode, nodeId: 1 },
    ]);
    expect(refusalOf({ type: 'replace', node: 4, lost: 1 }, view({ voters: [1, 4] }, { dead: [4] }))?.reason).toBe('no-quorum');
  });

  it('a demotion, and an exchange, keep the voter as a learner; neither takes a live majority', () => {
    const { confState } = view(three);
    expect(refusalOf({ type: 'demote', node: 3 }, view(three))).toBeNull();
    expect(refusalOf({ type: 'demote', node: 3 }, view(three, { dead: [3] }))).toBeNull();
    expect(refusalOf({ type: 'demote', node: 1 }, view(three, { dead: [2] }))?.reason).toBe('no-quorum');
    expect(refusalOf({ type: 'demote', node: 1 }, view({ voters: [1] }))?.reason).toBe('last-voter');
    expect(refusalOf({ type: 'demote', node: 4 }, view(three))?.reason).toBe('already');
    expect(refusalOf({ type: 'demote', node: 9 }, view(three))?.reason).toBe('unknown-node');
    expect(changeOf({ type: 'demote', node: 3 }, confState).changes).toEqual([{ type: ConfChangeType.AddLearnerNode, nodeId: 3 }]);
    expect(refusalOf({ type: 'exchange', node: 4, lost: 3 }, view(three, { dead: [3] }))).toBeNull();
    expect(refusalOf({ type: 'exchange', node: 4, lost: 2 }, view(three, { dead: [1, 3] }))?.reason).toBe('no-quorum');
    expect(refusalOf({ type: 'exchange', node: 4, lost: 9 }, view(three))?.reason).toBe('unknown-node');
    expect(refusalOf({ type: 'exchange', node: 4, lost: 3 }, view(three, { lag: 11 }))?.reason).toBe('lagging');
    expect(changeOf({ type: 'exchange', node: 4, lost: 3 }, confState).changes).toEqual([
      { type: ConfChangeType.AddNode, nodeId: 4 },
      { type: ConfChangeType.AddLearnerNode, nodeId: 3 },
    ]);
    // It was promoted before, because nobody else could have led.
    expect(changeOf({ type: 'exchange', node: 2, lost: 1 }, confState).changes).toEqual([
      { type: ConfChangeType.AddLearnerNode, nodeId: 1 },
    ]);
    const after = view({ voters: [1, 2, 4], learners: [3] }).confState;
    expect(isDone({ type: 'exchange', node: 4, lost: 3 }, after)).toBe(true);
    expect(isDone({ type: 'demote', node: 3 }, after)).toBe(true);
    expect(isDone({ type: 'exchange', node: 4, lost: 3 }, confState)).toBe(false);
  });

  it('an outcome that stands is known as such', () => {
    const { confState } = view(three);
    expect(isDone({ type: 'add-learner', node: 4 }, confState)).toBe(true);
    expect(isDone({ type: 'promote', node: 4 }, confState)).toBe(false);
    expect(isDone({ type: 'remove', node: 9 }, confState)).toBe(true);
    expect(isDone({ type: 'replace', node: 3, lost: 9 }, confState)).toBe(true);
    expect(isDone({ type: 'replace', node: 3, lost: 2 }, confState)).toBe(false);
  });
});

import { expect, it } from '@jest/globals';
import type { RaftGroup } from '../cluster/group.js';
import type { ConfState } from '../raft/index.js';
import { decodeCommand } from './command-decoder.js';
import { CommandKind } from './command.js';
import { MemberDuties } from './member-duties.js';
import { WorkflowRegistry } from './registry.js';
import type { CommandAnswer, HelloView, WorkflowStateView } from './state.js';
import { ManualClock } from '../../test/support/manual-clock.js';

/** A leader, node 1, whose members all said hello; what it proposes as its members are `voters`, and before them `votersOutgoing`. */
function proposedBy(voters: readonly number[], votersOutgoing: readonly number[], levels: Readonly<Record<number, number>>): number[] {
  const membership: ConfState = {
    voters: [...voters],
    votersOutgoing: [...votersOutgoing],
    learners: [],
    learnersNext: [],
    autoLeave: true,
  };
  const hellos = Object.entries(levels).map(([node, codecLevelMax]): [number, Partial<HelloView>] => [
    Number(node),
    { node: Number(node), incarnation: 1, codecLevelMax, buildId: 'b', down: false, draining: false },
  ]);
  const kinds: number[] = [];
  const group: Partial<RaftGroup<CommandAnswer>> = {
    nodeId: 1,
    isLeader: true,
    membership,
    livePeers: () => Object.keys(levels).map(Number),
    propose: (frame) => {
      kinds.push(decodeCommand(frame).kind);
      return new Promise(() => undefined);
    },
  };
  const state: Partial<WorkflowStateView> = {
    hellos: new Map(hellos) as WorkflowStateView['hellos'],
    voters,
    codecLevel: 1,
    limitsRevision: 1,
  };
  const duties = new MemberDuties({
    group: group as RaftGroup<CommandAnswer>,
    state: state as WorkflowStateView,
    registry: new WorkflowRegistry([]),
    clock: new ManualClock(),
    incarnation: 1,
    buildId: 'b',
    codecLevelMax: 3,
    limits: {},
  });
  duties.review();
  return kinds;
}

it('R31: a raise of the codec level is proposed when every voter knows it, and not while an outgoing voter of a joint membership may not', () => {
  expect(proposedBy([1, 2], [], { 1: 3, 2: 3 })).toEqual([CommandKind.RAISE_CODEC_LEVEL]);
  expect(proposedBy([1, 2], [], { 1: 3, 2: 1 })).toEqual([]);
  expect(proposedBy([1, 2, 4], [1, 2, 3], { 1: 3, 2: 3, 3: 1, 4: 3 })).toEqual([]);
});

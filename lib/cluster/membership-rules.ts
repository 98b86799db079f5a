/**
 * Which membership changes are refused, and why. Pure.
 *
 * B1. A refusal names the node and the remedy. What is refused here never reaches the log.
 * B2. No change is let through whose configuration would have no live majority now.
 */
import { ConfChangeTransition, ConfChangeType, confChangeV2, type ConfChangeV2, type ConfState } from '../raft/index.js';

export type MembershipOperation =
  | { readonly type: 'add-learner'; readonly node: number }
  | { readonly type: 'promote'; readonly node: number }
  | { readonly type: 'remove'; readonly node: number }
  /** A voter goes on as a learner. */
  | { readonly type: 'demote'; readonly node: number }
  /** `node` takes the place of `lost`, in one joint change. */
  | { readonly type: 'replace'; readonly node: number; readonly lost: number }
  /** Learner `node` takes the place of voter `lost`, which goes on as a learner, in one joint change. */
  | { readonly type: 'exchange'; readonly node: number; readonly lost: number };

export interface MembershipView {
  readonly confState: ConfState;
  isLive(node: number): boolean;
  /** Entries of the leader's log that the node lacks; Infinity if nothing is known. */
  lag(node: number): number;
  readonly promoteLagEntriesMax: number;
}

export interface Refusal {
  readonly reason: 'already' | 'unknown-node' | 'lagging' | 'last-voter' | 'no-quorum' | 'under-way' | 'invalid';
  readonly message: string;
}

/** Each once. */
export function membersOf({ voters, votersOutgoing, learners, learnersNext }: ConfState): number[] {
  return [...new Set([...voters, ...votersOutgoing, ...learners, ...learnersNext])];
}

export function isMember(confState: ConfState, node: number): boolean {
  return (
    confState.voters.includes(node) ||
    confState.votersOutgoing.includes(node) ||
    confState.learners.includes(node) ||
    confState.learnersNext.includes(node)
  );
}

/** In either half of a joint configuration. */
export function isVoter(confState: ConfState, node: number): boolean {
  return confState.voters.includes(node) || confState.votersOutgoing.includes(node);
}

export function isJointState(confState: ConfState): boolean {
  return confState.votersOutgoing.length > 0;
}

/** Whether the operation's outcome stands already. */
export function isDone(operation: MembershipOperation, confState: ConfState): boolean {
  const { node } = operation;
  if (operation.type === 'add-learner') return isMember(confState, node);
  if (operation.type === 'promote') return confState.voters.includes(node);
  if (operation.type === 'remove') return !isMember(confState, node);
  if (operation.type === 'demote') return isMember(confState, node) && !confState.voters.includes(node);
  if (operation.type === 'exchange') return confState.voters.includes(node) && !confState.voters.includes(operation.lost);
  return confState.voters.includes(node) && !isMember(confState, operation.lost);
}

export function refusalOf(operation: MembershipOperation, view: MembershipView): Refusal | null {
  const { node } = operation;
  const { confState } = view;
  if (!Number.isSafeInteger(node) || node < 1) return { reason: 'invalid', message: `${node} is no node id; give a whole number from 1` };
  if (isJointState(confState)) return { reason: 'under-way', message: 'the group is leaving a joint configuration; try again when it has' };
  if (isDone(operation, confState)) {
    const how = {
      'add-learner': 'is a member',
      promote: 'is a voter',
      remove: 'is no member',
      demote: 'is a learner',
      replace: 'has taken the place',
      exchange: 'has taken the place',
    }[operation.type];
    return { reason: operation.type === 'remove' ? 'unknown-node' : 'already', message: `node ${node} ${how} already` };
  }
  if (operation.type === 'add-learner') return null;
  if (operation.type === 'remove') return refusalOfRemoval(node, view);
  if (operation.type === 'demote') {
    if (isMember(confState, node)) return refusalOfRemoval(node, view);
    return { reason: 'unknown-node', message: `node ${node}, that is to be a learner, is no member` };
  }
  if (operation.type !== 'promote' && !isMember(confState, operation.lost)) {
    return { reason: 'unknown-node', message: `node ${operation.lost}, that is to be replaced, is no member` };
  }
  // It was promoted before, because nobody else could have led: what is left is the removal.
  if (operation.type !== 'promote' && confState.voters.includes(node)) return refusalOfRemoval(operation.lost, view);
  return refusalOfPromotion(operation, view);
}

/** The member that goes by it; 0: none. */
export function leavingOf(operation: MembershipOperation): number {
  if (operation.type === 'remove') return operation.node;
  return operation.type === 'replace' ? operation.lost : 0;
}

/** The voter that is none afterwards; 0: none. */
export function retiringOf(operation: MembershipOperation): number {
  if (operation.type === 'demote') return operation.node;
  return operation.type === 'exchange' ? operation.lost : leavingOf(operation);
}

/** The change for the log. */
export function changeOf(operation: MembershipOperation, confState: ConfState): ConfChangeV2 {
  const { node } = operation;
  if (operation.type === 'add-learner') return confChangeV2([{ type: ConfChangeType.AddLearnerNode, nodeId: node }]);
  if (operation.type === 'promote') return confChangeV2([{ type: ConfChangeType.AddNode, nodeId: node }]);
  if (operation.type === 'remove') return confChangeV2([{ type: ConfChangeType.RemoveNode, nodeId: node }]);
  if (operation.type === 'demote') return confChangeV2([{ type: ConfChangeType.AddLearnerNode, nodeId: node }]);
  const out = operation.type === 'exchange' ? ConfChangeType.AddLearnerNode : ConfChangeType.RemoveNode;
  if (confState.voters.includes(node)) return confChangeV2([{ type: out, nodeId: operation.lost }]);
  const changes = [
    { type: ConfChangeType.AddNode, nodeId: node },
    { type: out, nodeId: operation.lost },
  ];
  return confChangeV2(changes, ConfChangeTransition.Auto);
}

function refusalOfPromotion(operation: MembershipOperation, view: MembershipView): Refusal | null {
  const { node } = operation;
  if (!view.confState.learners.includes(node))
    return { reason: 'unknown-node', message: `node ${node} is no learner; add it as one first` };
  if (!view.isLive(node)) return { reason: 'lagging', message: `learner ${node} is down; wait until it is back and has caught up` };
  const lag = view.lag(node);
  if (lag > view.promoteLagEntriesMax) {
    const howFar = lag === Infinity ? 'has not been heard yet' : `lacks ${lag} entries`;
    return {
      reason: 'lagging',
      message: `learner ${node} ${howFar}, at most ${view.promoteLagEntriesMax} may be missing; wait until it has caught up`,
    };
  }
  const voters = view.confState.voters.filter((voter) => voter !== retiringOf(operation)).concat(node);
  const live = voters.filter((voter) => view.isLive(voter)).length;
  if (live * 2 > voters.length) return null;
  return {
    reason: 'no-quorum',
    message: `with node ${node} only ${live} of ${voters.length} voters would be alive, no majority; remove or replace a dead one first`,
  };
}

function refusalOfRemoval(node: number, view: MembershipView): Refusal | null {
  const { voters } = view.confState;
  if (!voters.includes(node)) return null;
  if (voters.length === 1) return { reason: 'last-voter', message: `node ${node} is the last voter; promote another one first` };
  const rest = voters.filter((voter) => voter !== node);
  const live = rest.filter((voter) => view.isLive(voter)).length;
  if (live * 2 > rest.length) return null;
  return {
    reason: 'no-quorum',
    message: `without node ${node} only ${live} of ${rest.length} voters are alive, no majority; bring one back, or promote a learner first`,
  };
}

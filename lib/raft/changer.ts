/**
 * Arithmetic of configuration changes: from a configuration and changes to the next one, or a refusal. Pure leaf.
 * H1. The input is never modified; a refusal leaves no trace.
 * H2. Without a joint configuration at most one voter changes.
 * H3. Voters and learners are disjoint; learnersNext are voters of the outgoing half that become learners when it is left.
 * H4. Removing and adding again makes the peer unknown (fresh), unless the outgoing half still counts it.
 * Source: Raft thesis §4.1, §4.3.
 */
import { ConfChangeType, type ConfChangeSingle } from './conf-change.js';
import type { ConfState } from './types.js';

export const ChangeRefusal = {
  AlreadyJoint: 1,
  JointNeedsVoter: 2,
  NotJoint: 3,
  SimpleInJoint: 4,
  MoreThanOneVoter: 5,
  NoVoterLeft: 6,
  UnknownType: 7,
  Inconsistent: 8,
} as const;
export type ChangeRefusal = (typeof ChangeRefusal)[keyof typeof ChangeRefusal];

/** A peer of the next configuration. `isFresh`: nothing that was known of it before holds any more. */
export interface Member {
  readonly id: number;
  readonly isLearner: boolean;
  readonly isFresh: boolean;
}

export interface Change {
  readonly confState: ConfState;
  /** Ascending by id. */
  readonly members: readonly Member[];
}

export type ChangeOutcome = Change | ChangeRefusal;

export function isRefusal(outcome: ChangeOutcome): outcome is ChangeRefusal {
  return typeof outcome === 'number';
}

export function isJoint(config: ConfState): boolean {
  return config.votersOutgoing.length > 0;
}

/** Applies changes that alter at most one voter. */
export function simpleChange(config: ConfState, changes: readonly ConfChangeSingle[]): ChangeOutcome {
  if (isJoint(config)) return ChangeRefusal.SimpleInJoint;
  const draft = new Draft(config);
  const refusal = draft.apply(changes);
  if (refusal !== 0) return refusal;
  if (draft.votersChanged(config.voters) > 1) return ChangeRefusal.MoreThanOneVoter;
  return draft.finish(false);
}

/** Makes the present voters the outgoing half and applies the changes to the incoming one. */
export function enterJoint(config: ConfState, autoLeave: boolean, changes: readonly ConfChangeSingle[]): ChangeOutcome {
  if (isJoint(config)) return ChangeRefusal.AlreadyJoint;
  if (config.voters.length === 0) return ChangeRefusal.JointNeedsVoter;
  const draft = new Draft(config);
  for (const id of config.voters) draft.outgoing.add(id);
  const refusal = draft.apply(changes);
  if (refusal !== 0) return refusal;
  return draft.finish(autoLeave);
}

/** Drops the outgoing half; voters that were to become learners do so. */
export function leaveJoint(config: ConfState): ChangeOutcome {
  if (!isJoint(config)) return ChangeRefusal.NotJoint;
  const draft = new Draft(config);
  for (const id of draft.learnersNext) draft.learners.add(id);
  draft.learnersNext.clear();
  for (const id of draft.outgoing) {
    if (!draft.voters.has(id) && !draft.learners.has(id)) draft.members.delete(id);
  }
  draft.outgoing.clear();
  return draft.finish(false);
}

/** Checks a configuration that comes from a snapshot or from storage; all its members are fresh. */
export function restoreConfiguration(config: ConfState): ChangeOutcome {
  const draft = new Draft(config);
  for (const id of draft.members.keys()) draft.members.set(id, true);
  return draft.finish(config.autoLeave);
}

class Draft {
  readonly voters: Set<number>;
  readonly outgoing: Set<number>;
  readonly learners: Set<number>;
  readonly learnersNext: Set<number>;
  /** id → whether the member is fresh. */
  readonly members = new Map<number, boolean>();

  constructor(config: ConfState) {
    this.voters = new Set(config.voters);
    this.outgoing = new Set(config.votersOutgoing);
    this.learners = new Set(config.learners);
    this.learnersNext = new Set(config.learnersNext);
    for (const group of [this.voters, this.outgoing, this.learners, this.learnersNext]) {
      for (const id of group) this.members.set(id, false);
    }
  }

  apply(changes: readonly ConfChangeSingle[]): ChangeRefusal | 0 {
    for (const change of changes) {
      if (change.nodeId === 0) continue;
      switch (change.type) {
        case ConfChangeType.AddNode:
          this.makeVoter(change.nodeId);
          break;
        case ConfChangeType.AddLearnerNode:
          this.makeLearner(change.nodeId);
          break;
        case ConfChangeType.RemoveNode:
          this.remove(change.nodeId);
          break;
        case ConfChangeType.UpdateNode:
          break;
        default:
          return ChangeRefusal.UnknownType;
      }
    }
    return this.voters.size === 0 ? ChangeRefusal.NoVoterLeft : 0;
  }

  votersChanged(before: readonly number[]): number {
    let kept = 0;
    for (const id of before) if (this.voters.has(id)) kept++;
    return before.length - kept + (this.voters.size - kept);
  }

  finish(autoLeave: boolean): ChangeOutcome {
    if (!this.isConsistent(autoLeave)) return ChangeRefusal.Inconsistent;
    const confState: ConfState = {
      voters: ascending(this.voters),
      votersOutgoing: ascending(this.outgoing),
      learners: ascending(this.learners),
      learnersNext: ascending(this.learnersNext),
      autoLeave,
    };
    const members = ascending(this.members.keys()).map((id) => ({
      id,
      isLearner: this.learners.has(id),
      isFresh: this.members.get(id) === true,
    }));
    return { confState, members };
  }

  private makeVoter(id: number): void {
    if (!this.members.has(id)) this.members.set(id, true);
    this.learners.delete(id);
    this.learnersNext.delete(id);
    this.voters.add(id);
  }

  private makeLearner(id: number): void {
    const isFresh = this.members.get(id);
    if (isFresh === undefined) {
      this.members.set(id, true);
      this.learners.add(id);
      return;
    }
    if (this.learners.has(id)) return;
    this.remove(id);
    this.members.set(id, isFresh);
    if (this.outgoing.has(id)) this.learnersNext.add(id);
    else this.learners.add(id);
  }

  private remove(id: number): void {
    if (!this.members.has(id)) return;
    this.voters.delete(id);
    this.learners.delete(id);
    this.learnersNext.delete(id);
    if (!this.outgoing.has(id)) this.members.delete(id);
  }

  private isConsistent(autoLeave: boolean): boolean {
    for (const id of this.learnersNext) {
      if (!this.outgoing.has(id) || this.learners.has(id) || this.voters.has(id)) return false;
    }
    for (const id of this.learners) if (this.outgoing.has(id) || this.voters.has(id)) return false;
    if (this.outgoing.size === 0) return this.learnersNext.size === 0 && !autoLeave;
    return this.voters.size > 0;
  }
}

function ascending(ids: Iterable<number>): number[] {
  return Array.from(ids).sort((a, b) => a - b);
}

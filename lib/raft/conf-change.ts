/**
 * Configuration changes as data: a V1 change (one node), a V2 change (any number, with a transition). Pure.
 * C1. A V2 change without changes and with transition Auto means "leave the joint configuration".
 * C2. More than one change, or a transition other than Auto, goes through a joint configuration.
 * Source: Raft thesis §4.1, §4.3.
 */
import { NO_BYTES } from './types.js';

export const ConfChangeType = { AddNode: 0, RemoveNode: 1, UpdateNode: 2, AddLearnerNode: 3 } as const;
export type ConfChangeType = (typeof ConfChangeType)[keyof typeof ConfChangeType];

/** How to leave the joint configuration: Auto and Implicit leave by themselves, Explicit waits for an empty change. */
export const ConfChangeTransition = { Auto: 0, JointImplicit: 1, JointExplicit: 2 } as const;
export type ConfChangeTransition = (typeof ConfChangeTransition)[keyof typeof ConfChangeTransition];

/** One step of a change. nodeId 0 is ignored. */
export interface ConfChangeSingle {
  readonly type: ConfChangeType;
  readonly nodeId: number;
}

/** V1: exactly one node. `context` is the caller's. */
export interface ConfChange {
  readonly version: 1;
  readonly type: ConfChangeType;
  readonly nodeId: number;
  readonly context: Uint8Array;
}

/** V2. `context` is the caller's. */
export interface ConfChangeV2 {
  readonly version: 2;
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeSingle[];
  readonly context: Uint8Array;
}

export function confChangeV1(type: ConfChangeType, nodeId: number, context: Uint8Array = NO_BYTES): ConfChange {
  return { version: 1, type, nodeId, context };
}

export function confChangeV2(
  changes: readonly ConfChangeSingle[],
  transition: ConfChangeTransition = ConfChangeTransition.Auto,
  context: Uint8Array = NO_BYTES,
): ConfChangeV2 {
  return { version: 2, transition, changes, context };
}

export function asV2(change: ConfChange | ConfChangeV2): ConfChangeV2 {
  if (change.version === 2) return change;
  return confChangeV2([{ type: change.type, nodeId: change.nodeId }], ConfChangeTransition.Auto, change.context);
}

export function leavesJoint(change: ConfChangeV2): boolean {
  return change.transition === ConfChangeTransition.Auto && change.changes.length === 0;
}

export function entersJoint(change: ConfChangeV2): boolean {
  return change.transition !== ConfChangeTransition.Auto || change.changes.length > 1;
}

/** Whether the joint configuration that the change enters is left without a further proposal. */
export function leavesAutomatically(change: ConfChangeV2): boolean {
  return change.transition !== ConfChangeTransition.JointExplicit;
}

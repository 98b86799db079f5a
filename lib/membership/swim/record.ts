/**
 * What is known of one node, and which of two claims about it is in force. Pure.
 *
 * R1. Claims about a node are ordered by (process, incarnation, status), in this order; the highest that was heard is in force, whatever came first.
 *     So tables that heard the same claims, in any order and any number of times, agree.
 * R2. alive < suspect < down < left: who is down is alive again only by a higher incarnation, or as another process.
 * R3. Only the node itself raises its incarnation. A process is higher than every earlier one of its node, so a restart needs no refutation.
 * Source: Das, Gupta, Motivala, SWIM (DSN 2002), §4.2; the process before the incarnation is ours. Tests: test/membership/parts.spec.ts.
 */
export const MemberStatus = { ALIVE: 1, SUSPECT: 2, DOWN: 3, LEFT: 4 } as const;
export type MemberStatus = (typeof MemberStatus)[keyof typeof MemberStatus];

/** First of every process. 0 stands for "none of this process". */
export const INCARNATION_FIRST = 1;
/** Nobody refutes so often: a number beyond is refused. */
export const INCARNATION_MAX = 2 ** 40;

export interface Claim {
  readonly nodeId: number;
  /** Incarnation of the node's process: higher at each start. */
  readonly process: number;
  /** Of its record within that process: raised by itself, to refute and to change its facts. */
  readonly incarnation: number;
  readonly status: MemberStatus;
}

/** What a node says of itself, for as long as its incarnation stands. */
export interface MemberFacts {
  /** `host:port`, the first is the best; at most ADDRESSES_MAX. */
  readonly addresses: readonly string[];
  /** Digest of the workflow versions that it has registered: who sees another one than it knows asks for the list. At most DIGEST_BYTES_MAX. */
  readonly workflowsDigest: Uint8Array;
}

/** Changes often, and is no fact: it has a number of its own, and nothing hangs on hearing all of it. */
export interface MemberLoad {
  /** Higher at each change within a process; 0: never said. */
  readonly version: number;
  readonly openWorkflows: number;
  readonly commandsPerSecond: number;
}

export const ADDRESSES_MAX = 4;
export const ADDRESS_BYTES_MAX = 255;
export const DIGEST_BYTES_MAX = 32;

export const NO_LOAD: MemberLoad = { version: 0, openWorkflows: 0, commandsPerSecond: 0 };

/** All that a node knows of another, as it travels in a full exchange. */
export interface MemberRecord extends Claim {
  readonly facts: MemberFacts;
  /** Incarnation of the process that the facts belong to; 0: they are those of an earlier process. */
  readonly factsIncarnation: number;
  readonly load: MemberLoad;
}

/** Above 0: `a` is in force over `b` (R1). */
export function compareClaims(a: Omit<Claim, 'nodeId'>, b: Omit<Claim, 'nodeId'>): number {
  return a.process - b.process || a.incarnation - b.incarnation || a.status - b.status;
}

export function isSameFacts(a: MemberFacts, b: MemberFacts): boolean {
  const { addresses, workflowsDigest } = a;
  if (addresses.length !== b.addresses.length || workflowsDigest.length !== b.workflowsDigest.length) return false;
  return addresses.every((address, i) => address === b.addresses[i]) && workflowsDigest.every((byte, i) => byte === b.workflowsDigest[i]);
}

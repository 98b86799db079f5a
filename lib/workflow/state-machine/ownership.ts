/**
 * Who owns a run. Pure; reads only the state of its own group (R13).
 *
 * W1. Eligible (R14): a voter of the configuration in force (the incoming one while it is joint), whose hello has the version, that is
 *     neither draining nor marked down and has not declined the run in its present incarnation.
 * W2. Every change of owner raises the epoch by one and is an event (R16); a run without an owner is blocked, with a reason.
 * W3. Choices are deterministic: fewest open runs, ties by the lowest id; several runs in the order in which they were started.
 */
import type { ConfState } from '../../raft/index.js';
import { invariant } from '../../errors/index.js';
import type { OwnerPolicy } from '../command.js';
import { EventKind, type BlockedReason, type OwnerChangeCause } from '../event.js';
import { ascending, type GroupState } from './group-state.js';
import { NODE_IDS_LEVEL } from './node-ids.js';
import type { RunRecord } from './run-record.js';

export function isEligible(state: GroupState, run: RunRecord, node: number): boolean {
  const hello = state.hellos.get(node);
  if (hello === undefined || hello.down || hello.draining || !state.voters.includes(node)) return false;
  if (hello.workflows.get(run.name)?.includes(run.version) !== true) return false;
  return run.declined.length === 0 || !run.hasDeclined(node, hello.incarnation);
}

/** Ascending. */
export function eligibleNodes(state: GroupState, run: RunRecord): number[] {
  return state.voters.filter((node) => isEligible(state, run, node));
}

/** The eligible node with the fewest open runs; 0 if there is none. */
export function leastLoaded(state: GroupState, run: RunRecord): number {
  let best = 0;
  let bestCount = Infinity;
  for (const node of state.voters) {
    if (!isEligible(state, run, node)) continue;
    const count = state.ownedCount(node);
    if (count < bestCount) {
      best = node;
      bestCount = count;
    }
  }
  return best;
}

/** Owner of a new run (R15); 0 if no node is eligible. */
export function firstOwner(state: GroupState, run: RunRecord, policy: OwnerPolicy, starter: number, leaderHint: number): number {
  if (policy === 'spread') return leastLoaded(state, run);
  const wanted = policy === 'starter' ? starter : leaderHint;
  if (isEligible(state, run, wanted)) return wanted;
  for (const node of state.voters) if (isEligible(state, run, node)) return node;
  return 0;
}

/** Why a run that nobody is eligible for is blocked. */
export function blockedReasonOf(state: GroupState, run: RunRecord): BlockedReason {
  if (majorityDiverged(state, run)) return 'diverged';
  const declined = state.voters.some((node) => {
    const hello = state.hellos.get(node);
    return hello !== undefined && run.hasDeclined(node, hello.incarnation);
  });
  return declined ? 'declined' : 'no-implementation';
}

/** A majority of the voters declined as diverged, in their present incarnation (R19). */
export function majorityDiverged(state: GroupState, run: RunRecord): boolean {
  let diverged = 0;
  for (const decline of run.declined) {
    if (decline.reason !== 'diverged' || !state.voters.includes(decline.node)) continue;
    if ((state.hellos.get(decline.node)?.incarnation ?? 0) <= decline.incarnation) diverged++;
  }
  return diverged * 2 > state.voters.length;
}

export function buildIdOf(state: GroupState, node: number): string {
  return state.hellos.get(node)?.buildId ?? '';
}

/** Gives an open run another owner, or none: then it is blocked for `reason`. */
export function changeOwner(state: GroupState, run: RunRecord, owner: number, cause: OwnerChangeCause, reason: BlockedReason | null): void {
  invariant((owner === 0) === (reason !== null), () => `run ${run.runId} gets owner ${owner} and is blocked for ${reason}`);
  state.willChange(run);
  run.status = owner === 0 ? 'blocked' : 'running';
  run.blockedReason = reason;
  run.epoch++;
  run.attemptAwaitsProgress = false;
  state.reown(run, owner);
  run.ownerBuildId = buildIdOf(state, owner);
  const { epoch, ownerBuildId: buildId } = run;
  state.append(run, { kind: EventKind.OWNER_CHANGED, wseq: run.nextWseq, timeMs: state.logTimeMs, owner, epoch, cause, buildId });
  if (reason !== null) appendBlocked(state, run, reason);
}

export function appendBlocked(state: GroupState, run: RunRecord, reason: BlockedReason): void {
  state.append(run, { kind: EventKind.BLOCKED, wseq: run.nextWseq, timeMs: state.logTimeMs, reason });
}

/** The best eligible node, or none. */
export function reassign(state: GroupState, run: RunRecord, cause: OwnerChangeCause): void {
  const owner = leastLoaded(state, run);
  changeOwner(state, run, owner, cause, owner === 0 ? blockedReasonOf(state, run) : null);
}

/**
 * The process that owned these runs is gone (R16, R20). `heir` is preferred, if eligible: the next incarnation of the same node.
 */
export function ownerDied(state: GroupState, runs: readonly RunRecord[], heir: number): void {
  const limit = state.limits.crashSuspectLimit;
  for (const run of runs) {
    state.willChange(run);
    if (run.attemptAwaitsProgress) run.suspectDeaths++;
    if (limit > 0 && run.suspectDeaths >= limit) changeOwner(state, run, 0, 'down', 'crash-suspect');
    else if (heir !== 0 && isEligible(state, run, heir)) changeOwner(state, run, heir, 'down', null);
    else reassign(state, run, 'down');
  }
}

/** Committed progress of the owner: the run does not kill its owners (R20). */
export function noteProgress(run: RunRecord): void {
  run.attemptAwaitsProgress = false;
  run.suspectDeaths = 0;
}

/** Blocked runs get an owner as soon as one is eligible (R19). Crash suspects and those that a majority found diverged wait for a reset. */
export function reconsiderBlocked(state: GroupState, cause: OwnerChangeCause): void {
  if (state.blocked.size === 0) return;
  for (const run of state.blockedRuns()) {
    if (run.blockedReason === 'crash-suspect' || run.blockedReason === 'diverged') continue;
    const owner = leastLoaded(state, run);
    if (owner !== 0) changeOwner(state, run, owner, cause, null);
  }
}

/** The membership in force from here on (R16). Nothing moves while it is joint. */
export function changeMembership(state: GroupState, membership: ConfState): void {
  if (sameMembership(state.membership, membership)) return;
  const before = state.memberIds();
  state.membership = {
    voters: [...membership.voters].sort(ascending),
    votersOutgoing: [...membership.votersOutgoing].sort(ascending),
    learners: [...membership.learners].sort(ascending),
    learnersNext: [...membership.learnersNext].sort(ascending),
    autoLeave: membership.autoLeave,
  };
  if (state.codecLevel >= NODE_IDS_LEVEL) state.nodeIds.membersChanged(before, state.memberIds());
  state.check.membersChanged(state.memberIds());
  if (membership.votersOutgoing.length > 0) return;
  const members = [...state.voters, ...state.membership.learners];
  for (const node of [...state.hellos.keys()]) if (!members.includes(node)) state.hellos.delete(node);
  for (const owner of state.owners()) {
    if (state.voters.includes(owner)) continue;
    for (const run of state.ownedBy(owner)) reassign(state, run, 'membership');
  }
  reconsiderBlocked(state, 'membership');
}

function sameMembership(a: ConfState, b: ConfState): boolean {
  return (
    a.autoLeave === b.autoLeave &&
    sameIds(a.voters, b.voters) &&
    sameIds(a.votersOutgoing, b.votersOutgoing) &&
    sameIds(a.learners, b.learners) &&
    sameIds(a.learnersNext, b.learnersNext)
  );
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  const sorted = [...b].sort(ascending);
  return a.every((id, i) => id === sorted[i]);
}

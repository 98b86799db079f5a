/**
 * Commands of members, operators and the leader: hello, limits, codec level, node-down, decline, change-owner, retention sweep. Pure.
 */
import { RaftoralError } from '../../errors/index.js';
import {
  CODEC_LEVEL_MAX,
  MANAGEMENT_LEVEL,
  type ChangeOwnerCommand,
  type DeclineCommand,
  type FoundManagementCommand,
  type MemberHelloCommand,
  type NodeDownCommand,
  type RaiseCodecLevelCommand,
  type ReserveNodeIdCommand,
  type RetentionSweepCommand,
  type SetLimitsCommand,
} from '../command.js';
import { EventKind } from '../event.js';
import type { CommandAnswer } from '../state.js';
import { GROUP_OK, IGNORED, done } from './answers.js';
import { runRefusal } from './apply-owner.js';
import { ascending, type GroupState, type MemberHello } from './group-state.js';
import { NODE_IDS_LEVEL } from './node-ids.js';
import { changeOwner, isEligible, majorityDiverged, ownerDied, reassign, reconsiderBlocked } from './ownership.js';

const DECLINE_MESSAGE_CHARS_MAX = 4096;
const OUTGOING_ASKED_SINCE_LEVEL = 4;

/**
 * A higher incarnation means that the process before it is gone: its runs get a new epoch, on the new process where it is eligible, so
 * that nothing of the old process takes effect any more and the build id of the epoch is that of the code that runs (R9, R18).
 */
export function memberHello(state: GroupState, command: MemberHelloCommand): CommandAnswer {
  const { node, incarnation, codecLevelMax, buildId, draining } = command;
  const before = state.hellos.get(node);
  if (before !== undefined && incarnation < before.incarnation) return IGNORED.staleIncarnation;
  const hello: MemberHello = { node, incarnation, buildId, draining, down: false, codecLevelMax, workflows: versionsByName(command) };
  state.hellos.set(node, hello);
  if (state.codecLevel >= NODE_IDS_LEVEL) state.nodeIds.raise(node);
  if (before !== undefined && incarnation > before.incarnation) {
    ownerDied(state, state.ownedBy(node), node);
  } else if (before !== undefined) {
    for (const run of state.ownedBy(node)) {
      if (hello.workflows.get(run.name)?.includes(run.version) !== true) reassign(state, run, 'hello');
    }
  }
  reconsiderBlocked(state, 'hello');
  return GROUP_OK;
}

function versionsByName(command: MemberHelloCommand): Map<string, readonly number[]> {
  const byName = new Map<string, Set<number>>();
  for (const { name, versions } of command.workflows) {
    const known = byName.get(name) ?? new Set<number>();
    for (const version of versions) known.add(version);
    byName.set(name, known);
  }
  const names = [...byName.keys()].sort();
  return new Map(names.map((name) => [name, [...byName.get(name)!].sort(ascending)]));
}

export function setLimits(state: GroupState, command: SetLimitsCommand): CommandAnswer {
  if (command.expectedRevision !== state.limitsRevision) return IGNORED.staleRevision;
  state.limits = command.limits;
  state.limitsRevision++;
  return GROUP_OK;
}

/**
 * R31. An outgoing voter of a joint membership applies what follows, too. Builds that know no level above 3 did not ask it, and replicas must agree on every
 * raise that was ever committed: it is asked for levels that those builds do not know, and for the others nobody proposes a raise meanwhile (member-duties.ts).
 */
function votersAsked({ voters, membership }: GroupState, level: number): readonly number[] {
  return level < OUTGOING_ASKED_SINCE_LEVEL ? voters : [...voters, ...membership.votersOutgoing];
}

export function raiseCodecLevel(state: GroupState, command: RaiseCodecLevelCommand): CommandAnswer {
  const { level } = command;
  if (level <= state.codecLevel || state.voters.length === 0) return IGNORED.codecLevel;
  for (const node of votersAsked(state, level)) if ((state.hellos.get(node)?.codecLevelMax ?? 0) < level) return IGNORED.codecLevel;
  if (level > CODEC_LEVEL_MAX) {
    throw new RaftoralError(
      'GROUP_HALTED',
      `Group ${state.groupId}, entry ${state.appliedIndex}: codec level ${level} was committed, and this build applies up to ${CODEC_LEVEL_MAX}: upgrade this node.`,
    );
  }
  // At a lower level the ids are no part of the state: replicas of older builds do not keep them.
  if (state.codecLevel < NODE_IDS_LEVEL && level >= NODE_IDS_LEVEL) {
    for (const node of [...state.hellos.keys(), ...state.memberIds()]) state.nodeIds.raise(node);
  }
  state.codecLevel = level;
  return GROUP_OK;
}

export function nodeDown(state: GroupState, command: NodeDownCommand): CommandAnswer {
  const hello = state.hellos.get(command.node);
  if (hello === undefined || hello.incarnation !== command.incarnation) return IGNORED.staleIncarnation;
  if (hello.down) return IGNORED.alreadyDown;
  hello.down = true;
  ownerDied(state, state.ownedBy(command.node), 0);
  return GROUP_OK;
}

/** Compare-and-set (R16). */
export function changeOwnerTo(state: GroupState, command: ChangeOwnerCommand): CommandAnswer {
  const run = state.runs.get(command.runId);
  const refusal = runRefusal(state, command.runId, run);
  if (refusal !== null) return refusal;
  if (run!.epoch !== command.expectedEpoch) return IGNORED.staleEpoch;
  if (run!.owner === command.to) return IGNORED.sameOwner;
  if (run!.owner === 0) return IGNORED.blocked;
  if (!isEligible(state, run!, command.to)) return IGNORED.notEligible;
  changeOwner(state, run!, command.to, 'change-owner', null);
  return done(run!.runId, run!.history.length);
}

/**
 * A replica can't go on with a run (R19). Whether it owns the run is read from the state, not from the epoch it saw: it may have become
 * the owner since, and an owner that has declined would leave the run hanging.
 */
export function decline(state: GroupState, command: DeclineCommand): CommandAnswer {
  const { node, incarnation, reason } = command;
  const run = state.runs.get(command.runId);
  const refusal = runRefusal(state, command.runId, run);
  if (refusal !== null) return refusal;
  // A decline may be committed before the hello of its own start: both are sent until they are applied, in whatever order they get through.
  if (incarnation < (state.hellos.get(node)?.incarnation ?? 0)) return IGNORED.staleIncarnation;
  if (run!.hasDeclined(node, incarnation)) return IGNORED.alreadyDeclined;
  const message = command.message.slice(0, DECLINE_MESSAGE_CHARS_MAX);
  // An earlier incarnation's decline says nothing any more.
  run!.declined = [...run!.declined.filter((other) => other.node !== node), { node, incarnation, reason, message }];
  state.append(run!, { kind: EventKind.DECLINED, wseq: run!.nextWseq, timeMs: state.logTimeMs, node, reason, message });
  if (run!.owner === 0) return done(run!.runId, run!.history.length);
  if (majorityDiverged(state, run!)) changeOwner(state, run!, 0, 'decline', 'diverged');
  else if (run!.owner === node) reassign(state, run!, 'decline');
  return done(run!.runId, run!.history.length);
}

export function retentionSweep(state: GroupState, command: RetentionSweepCommand): CommandAnswer {
  state.sweep(command.cutoffMs);
  return GROUP_OK;
}

/** The answer stands in the state: reservedNodeId(token). */
export function reserveNodeId(state: GroupState, command: ReserveNodeIdCommand): CommandAnswer {
  if (state.codecLevel < NODE_IDS_LEVEL) return IGNORED.codecLevel;
  if (state.founders.length > 0) return IGNORED.managed;
  return state.nodeIds.reserve(command.token, command.above, state.logTimeMs) === 0 ? IGNORED.nodeIdsUsedUp : GROUP_OK;
}

/** Not while the voters change: whoever is named must be one that applies this, or nobody would open the group. */
export function foundManagement(state: GroupState, { members }: FoundManagementCommand): CommandAnswer {
  if (state.codecLevel < MANAGEMENT_LEVEL) return IGNORED.codecLevel;
  if (state.founders.length > 0) return IGNORED.managed;
  if (state.membership.votersOutgoing.length > 0 || members.some((node) => !state.voters.includes(node))) return IGNORED.notAllVoters;
  state.founders = [...members];
  return GROUP_OK;
}

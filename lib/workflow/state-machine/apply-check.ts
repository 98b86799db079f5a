/**
 * Commands by which replicas compare themselves, and what is refused while no majority agrees (state-check.ts). Pure.
 */
import { CommandKind, STATE_CHECK_LEVEL, type StateHashCommand } from '../command.js';
import type { CommandAnswer } from '../state.js';
import { GROUP_OK, IGNORED, refused } from './answers.js';
import type { GroupState } from './group-state.js';
import { changeOwner, isEligible, reassign } from './ownership.js';

/** What changes runs. Members still say who they are and who is gone, and ids are given out: that is how the group is repaired. */
const CLIENTS: ReadonlySet<CommandKind> = new Set([
  CommandKind.START,
  CommandKind.START_CHILD,
  CommandKind.SIGNAL,
  CommandKind.CANCEL,
  CommandKind.TERMINATE,
  CommandKind.RESET,
]);
const OWNERS: ReadonlySet<CommandKind> = new Set([
  CommandKind.CHECKPOINT,
  CommandKind.COMPUTE_RESULT,
  CommandKind.ATTEMPT_STARTED,
  CommandKind.ATTEMPT_FAILED,
  CommandKind.SLEEP,
  CommandKind.TIMER_FIRED,
  CommandKind.FINISH,
  CommandKind.CONTINUE_AS_NEW,
  CommandKind.RETENTION_SWEEP,
  CommandKind.ACKNOWLEDGE_CHILD,
  CommandKind.FREEZE_SLOTS,
  CommandKind.UNFREEZE_SLOTS,
  CommandKind.DROP_SLOTS,
  CommandKind.IMPORT_BEGIN,
  CommandKind.IMPORT_PART,
  CommandKind.ACTIVATE_IMPORT,
  CommandKind.ABORT_IMPORT,
]);

/** Null: the command is carried out. */
export function refusalWhileDivided(state: GroupState, kind: CommandKind): CommandAnswer | null {
  if (!state.check.isRefusing) return null;
  if (OWNERS.has(kind)) return IGNORED.stateDiverged;
  if (!CLIENTS.has(kind)) return null;
  return refused(
    'STATE_DIVERGED',
    `The replicas of cluster ${state.groupId} differ, no majority agreed at index ${state.check.refusingSince}: nothing was done. ` +
      'An operator has to choose the replica that is right (docs/OPERATIONS.md).',
  );
}

/** Carried out: the machine begins its walk. */
export function stateCheck(state: GroupState): CommandAnswer {
  if (state.codecLevel < STATE_CHECK_LEVEL || state.voters.length === 0) return IGNORED.codecLevel;
  state.check.begin(state.appliedIndex, state.logTimeMs, state.voters);
  return GROUP_OK;
}

export function stateHash(state: GroupState, command: StateHashCommand): CommandAnswer {
  const { check } = state;
  if (state.codecLevel < STATE_CHECK_LEVEL) return IGNORED.codecLevel;
  if (command.index !== check.index || !state.memberIds().includes(command.node)) return IGNORED.staleCheck;
  if (check.reports.has(command.node)) return IGNORED.reported;
  check.report(command.node, command.parts);
  if (check.isRefusing && check.tally().outcome === 'agreed') goOn(state);
  return GROUP_OK;
}

/** What owners proposed meanwhile was ignored: under a new epoch each of them proposes again what is open (R17). */
function goOn(state: GroupState): void {
  state.check.refusingSince = 0;
  for (const node of state.owners()) {
    for (const run of state.ownedBy(node)) {
      if (isEligible(state, run, node)) changeOwner(state, run, node, 'reset', null);
      else reassign(state, run, 'reset');
    }
  }
}

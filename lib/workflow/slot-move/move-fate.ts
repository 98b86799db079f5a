/**
 * What became of a command of a slot move, in one word: it travels between builds. Pure.
 */
import { RaftoralError } from '../../errors/index.js';
import type { CommandAnswer } from '../state.js';
import { IGNORED } from '../state-machine/answers.js';

/**
 * `done`: it is so. `activated`, `aborted`: that was decided before. `over`: the move is forgotten, or never began there. `elsewhere`: a slot is not where it was to be.
 * `gap`, `incomplete`: something is missing, send all again. `not-yet`: a member runs an older build, or the replicas differ.
 */
export type MoveFate = 'done' | 'activated' | 'aborted' | 'over' | 'elsewhere' | 'gap' | 'incomplete' | 'not-yet';

const FATES = new Map<CommandAnswer, MoveFate>([
  [IGNORED.moveActivated, 'activated'],
  [IGNORED.moveAborted, 'aborted'],
  [IGNORED.moveOver, 'over'],
  [IGNORED.slotsElsewhere, 'elsewhere'],
  [IGNORED.moveOpen, 'elsewhere'],
  [IGNORED.notOfMove, 'elsewhere'],
  [IGNORED.importGap, 'gap'],
  [IGNORED.importIncomplete, 'incomplete'],
  [IGNORED.codecLevel, 'not-yet'],
  [IGNORED.stateDiverged, 'not-yet'],
]);

export function fateOfMove(answer: CommandAnswer): MoveFate {
  if (answer.ok) return 'done';
  const fate = FATES.get(answer);
  if (fate !== undefined) return fate;
  throw new RaftoralError(
    'INVARIANT_VIOLATED',
    `a command of a slot move was answered by: ${answer.ignored ? answer.reason : answer.message}`,
  );
}

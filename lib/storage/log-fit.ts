/**
 * Whether the log of a group and its durable state are of one moment, and what is left to do if the node ended between the two (R36). Pure: the
 * simulator runs it too.
 *
 * G1. They fit where the position of the state is in the log, base and end included, with the term that the log has there. No state counts as
 *     position 0.
 * G2. A state that says it is being installed, and whose position the log does not have, was not followed by its reset yet: the reset is written now.
 *     What the log has committed is never among what the reset drops.
 * G3. Everything else is STORAGE_MISMATCH. Nothing is guessed: one of the files is from another moment.
 * Tests: log-fit.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { HardState } from '../raft/types.js';
import type { RecoveredLog } from './log-recovery.js';
import type { LogRow } from './log-row.js';

export interface FitQuestion {
  readonly groupId: number;
  /** null: no row of the group. */
  readonly log: RecoveredLog | null;
  /** null: nothing stored of the group. */
  readonly state: { readonly position: { readonly index: number; readonly term: number }; readonly installing: boolean } | null;
  /** Named in errors. */
  readonly logFile: string;
  readonly stateFile: string;
  /** There is no such file yet. */
  readonly isStateMissing?: boolean;
}

/** null: they fit. A row: the reset that has to be written before they do. Throws STORAGE_MISMATCH. */
export function fitLogToState(question: FitQuestion): LogRow | null {
  const { log, state } = question;
  const baseIndex = log === null ? 0 : log.baseIndex;
  const lastIndex = log === null ? 0 : baseIndex + log.entries.length;
  const index = state === null ? 0 : state.position.index;
  const term = state === null ? 0 : state.position.term;
  if (index < baseIndex) {
    const what = question.isStateMissing === true ? `${question.stateFile} is missing` : `the state ends at ${index}`;
    mismatch(question, index, `the log begins behind ${baseIndex}, ${what}`);
  }
  if (index <= lastIndex) {
    const logTerm = log === null ? 0 : index === baseIndex ? log.baseTerm : log.entries[index - baseIndex - 1]!.term;
    if (logTerm === term) return null;
    const isCommitted = log !== null && log.hardState.commit >= index;
    if (state === null || !state.installing || isCommitted)
      mismatch(question, index, `the log has term ${logTerm} at ${index}, the state has ${term}`);
  } else if (!state!.installing) {
    mismatch(question, index, `the log ends at ${lastIndex}, the state at ${index}`);
  }
  return resetRow(log === null ? new HardState(0, 0, 0) : log.hardState, index, term);
}

/** What the core would have written with the snapshot: the vote of a term stays, the commit index is the position. */
function resetRow({ term, vote }: HardState, index: number, snapshotTerm: number): LogRow {
  const hardState = new HardState(Math.max(term, snapshotTerm), term >= snapshotTerm ? vote : 0, index);
  return { hardState, isReset: true, previousIndex: index, previousTerm: snapshotTerm, entries: [] };
}

function mismatch({ groupId, logFile, stateFile }: FitQuestion, index: number, why: string): never {
  throw new RaftoralError(
    'STORAGE_MISMATCH',
    `${logFile} and ${stateFile} do not fit together, group ${groupId}, index ${index}: ${why}; put both files of one moment back, or let the node rejoin empty under a new node id (rejoinEmpty)`,
    { details: { file: logFile, stateFile, groupId, index } },
  );
}

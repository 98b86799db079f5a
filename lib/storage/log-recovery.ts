/**
 * From rows to logs: what a node reads back at its start (R35). Pure: the simulator runs it too.
 *
 * Y1. Rows of a group are taken in their sequence. Each truncates at its first index, or drops everything if it resets; the base is what the first
 *     row that is left says was before it.
 * Y2. A row that begins at or below the base starts anew behind its own `previous`: the base came from a row that this one overwrote, and whose
 *     predecessors were deleted as compacted.
 * Y3. A missing sequence, an entry without its predecessor, a predecessor of another term, a term that falls, or a commit index beyond the log is
 *     STORAGE_DAMAGED: it never looks like a shorter log.
 * Y4. What was compacted had been committed: a commit index that was not written since (U2 of logged-group.ts) is raised to the base.
 * Tests: log-recovery.spec.ts.
 */
import type { Entry } from '../raft/index.js';
import { HardState } from '../raft/types.js';
import type { LogContent } from './group-log.js';
import { damagedRow, lastIndexOf, readLogRow, type LogRow, type StoredRow } from './log-row.js';

export interface RecoveredLog extends LogContent {
  readonly groupId: number;
  /** Sequence of the first and of the last row. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** For each row, in sequence: what must be compacted before it may go. */
  readonly rowLastIndexes: readonly number[];
  readonly rowBytes: readonly number[];
}

export class LogRecovery {
  private readonly groups = new Map<number, GroupRecovery>();

  /** @param file named in errors. */
  constructor(private readonly file: string) {}

  /** Rows of different groups may come in any order. Throws STORAGE_DAMAGED or STORAGE_FORMAT. */
  take(stored: StoredRow): void {
    let group = this.groups.get(stored.groupId);
    if (group === undefined) {
      group = new GroupRecovery(this.file, stored.groupId);
      this.groups.set(stored.groupId, group);
    }
    group.take(stored.sequence, readLogRow(stored, this.file, group.nextIndex), stored.row.length);
  }

  /** By group id. */
  finish(): ReadonlyMap<number, RecoveredLog> {
    return new Map([...this.groups].map(([groupId, group]) => [groupId, group.finish()]));
  }
}

class GroupRecovery {
  private hardState = new HardState(0, 0, 0);
  private baseIndex = 0;
  private baseTerm = 0;
  private entries: Entry[] = [];
  private firstSequence = 0;
  private lastSequence = 0;
  private readonly rowLastIndexes: number[] = [];
  private readonly rowBytes: number[] = [];

  constructor(
    private readonly file: string,
    private readonly groupId: number,
  ) {}

  take(sequence: number, row: LogRow, bytes: number): void {
    const isFirst = this.rowLastIndexes.length === 0;
    if (isFirst) this.firstSequence = sequence;
    else if (sequence !== this.lastSequence + 1) this.damaged(sequence, `the row before it is ${this.lastSequence}`);
    this.lastSequence = sequence;
    if (isFirst || row.isReset) this.startBehind(row);
    else this.join(sequence, row);
    for (const entry of row.entries) this.entries.push(entry);
    this.takeHardState(sequence, row.hardState);
    this.rowLastIndexes.push(lastIndexOf(row));
    this.rowBytes.push(bytes);
  }

  finish(): RecoveredLog {
    const { groupId, baseIndex, baseTerm, entries, firstSequence, lastSequence, rowLastIndexes, rowBytes } = this;
    const { term, vote, commit } = this.hardState;
    const hardState = new HardState(term, vote, Math.max(commit, baseIndex));
    return { groupId, hardState, baseIndex, baseTerm, entries, firstSequence, lastSequence, rowLastIndexes, rowBytes };
  }

  /** undefined before the first row. */
  get nextIndex(): number | undefined {
    return this.rowLastIndexes.length === 0 ? undefined : this.lastIndex + 1;
  }

  private get lastIndex(): number {
    return this.baseIndex + this.entries.length;
  }

  private startBehind({ previousIndex, previousTerm }: LogRow): void {
    this.baseIndex = previousIndex;
    this.baseTerm = previousTerm;
    this.entries = [];
  }

  private join(sequence: number, row: LogRow): void {
    const { previousIndex, previousTerm, entries } = row;
    if (previousIndex > this.lastIndex || (entries.length === 0 && previousIndex !== this.lastIndex)) {
      this.damaged(sequence, `it follows index ${previousIndex}, the log before it ends at ${this.lastIndex}`, previousIndex);
    }
    if (previousIndex < this.baseIndex) {
      this.startBehind(row);
      return;
    }
    const kept = previousIndex - this.baseIndex;
    const term = kept === 0 ? this.baseTerm : this.entries[kept - 1]!.term;
    if (term !== previousTerm)
      this.damaged(
        sequence,
        `it follows term ${previousTerm} at index ${previousIndex}, the log before it has ${term} there`,
        previousIndex,
      );
    this.entries.length = kept;
  }

  private takeHardState(sequence: number, hardState: HardState): void {
    if (hardState.term < this.hardState.term)
      this.damaged(sequence, `it has term ${hardState.term}, the row before it ${this.hardState.term}`);
    if (hardState.commit > this.lastIndex)
      this.damaged(sequence, `it has the commit index ${hardState.commit}, and the log ends at ${this.lastIndex}`, hardState.commit);
    this.hardState = hardState;
  }

  private damaged(sequence: number, why: string, index?: number): never {
    throw damagedRow(this.file, this.groupId, sequence, why, index);
  }
}

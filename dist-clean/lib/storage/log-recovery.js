import { HardState } from '../raft/types.js';
import { damagedRow, lastIndexOf, readLogRow } from './log-row.js';
export class LogRecovery {
    file;
    groups = new Map();
    /** @param file named in errors. */
    constructor(file) {
        this.file = file;
    }
    /** Rows of different groups may come in any order. Throws STORAGE_DAMAGED or STORAGE_FORMAT. */
    take(stored) {
        let group = this.groups.get(stored.groupId);
        if (group === undefined) {
            group = new GroupRecovery(this.file, stored.groupId);
            this.groups.set(stored.groupId, group);
        }
        group.take(stored.sequence, readLogRow(stored, this.file, group.nextIndex), stored.row.length);
    }
    /** By group id. */
    finish() {
        return new Map([...this.groups].map(([groupId, group]) => [groupId, group.finish()]));
    }
}
class GroupRecovery {
    file;
    groupId;
    hardState = new HardState(0, 0, 0);
    baseIndex = 0;
    baseTerm = 0;
    entries = [];
    firstSequence = 0;
    lastSequence = 0;
    rowLastIndexes = [];
    rowBytes = [];
    constructor(file, groupId) {
        this.file = file;
        this.groupId = groupId;
    }
    take(sequence, row, bytes) {
        const isFirst = this.rowLastIndexes.length === 0;
        if (isFirst)
            this.firstSequence = sequence;
        else if (sequence !== this.lastSequence + 1)
            this.damaged(sequence, `the row before it is ${this.lastSequence}`);
        this.lastSequence = sequence;
        if (isFirst || row.isReset)
            this.startBehind(row);
        else
            this.join(sequence, row);
        for (const entry of row.entries)
            this.entries.push(entry);
        this.takeHardState(sequence, row.hardState);
        this.rowLastIndexes.push(lastIndexOf(row));
        this.rowBytes.push(bytes);
    }
    finish() {
        const { groupId, baseIndex, baseTerm, entries, firstSequence, lastSequence, rowLastIndexes, rowBytes } = this;
        const { term, vote, commit } = this.hardState;
        const hardState = new HardState(term, vote, Math.max(commit, baseIndex));
        return { groupId, hardState, baseIndex, baseTerm, entries, firstSequence, lastSequence, rowLastIndexes, rowBytes };
    }
    /** undefined before the first row. */
    get nextIndex() {
        return this.rowLastIndexes.length === 0 ? undefined : this.lastIndex + 1;
    }
    get lastIndex() {
        return this.baseIndex + this.entries.length;
    }
    startBehind({ previousIndex, previousTerm }) {
        this.baseIndex = previousIndex;
        this.baseTerm = previousTerm;
        this.entries = [];
    }
    join(sequence, row) {
        const { previousIndex, previousTerm, entries } = row;
        if (previousIndex > this.lastIndex || (entries.length === 0 && previousIndex !== this.lastIndex)) {
            this.damaged(sequence, `it follows index ${previousIndex}, the log before it ends at ${this.lastIndex}`, previousIndex);
        }
        if (previousIndex < this.baseIndex) {
            this.startBehind(row);
            return;
        }
        const kept = previousIndex - this.baseIndex;
        const term = kept === 0 ? this.baseTerm : this.entries[kept - 1].term;
        if (term !== previousTerm)
            this.damaged(sequence, `it follows term ${previousTerm} at index ${previousIndex}, the log before it has ${term} there`, previousIndex);
        this.entries.length = kept;
    }
    takeHardState(sequence, hardState) {
        if (hardState.term < this.hardState.term)
            this.damaged(sequence, `it has term ${hardState.term}, the row before it ${this.hardState.term}`);
        if (hardState.commit > this.lastIndex)
            this.damaged(sequence, `it has the commit index ${hardState.commit}, and the log ends at ${this.lastIndex}`, hardState.commit);
        this.hardState = hardState;
    }
    damaged(sequence, why, index) {
        throw damagedRow(this.file, this.groupId, sequence, why, index);
    }
}
//# sourceMappingURL=log-recovery.js.map
import { GroupLog } from './group-log.js';
import { lastIndexOf, storedRow } from './log-row.js';
/** Rows that are gone leave holes at the front of the arrays; they are cut off when there are as many as this. */
const DELETED_ROWS_MAX = 1024;
export class LoggedGroup {
    groupId;
    log;
    pending = null;
    lastSequence = 0;
    /** Of the durable rows, in sequence: where the row is, and what must be compacted before it may go. */
    keys = [];
    lastIndexes = [];
    sizes = [];
    /** Rows before `deleted` are gone, those before `deletable` may go. */
    deleted = 0;
    deletable = 0;
    deletableSize = 0;
    compactedIndex = 0;
    constructor(groupId) {
        this.groupId = groupId;
        this.log = new GroupLog(groupId);
    }
    /** @param keys of the rows, in sequence. */
    restore(recovered, keys) {
        this.log.restore(recovered);
        this.lastSequence = recovered.lastSequence;
        this.keys = keys.slice();
        this.lastIndexes = recovered.rowLastIndexes.slice();
        this.sizes = recovered.rowBytes.slice();
    }
    /** Takes a write into the log. Returns the bytes that it adds to the next row, -1 if it needs none. Throws what GroupLog.take() throws. */
    take(write) {
        const { hardState, entries, reset } = write;
        const before = this.log.initialState().hardState;
        this.log.take(write);
        if (reset !== null) {
            this.pending = { isReset: true, previousIndex: reset.index, previousTerm: reset.term, entries: [], isOwn: true };
        }
        if (entries.length > 0) {
            this.append(entries);
        }
        else if (reset === null) {
            const isVote = hardState !== null && (hardState.term !== before.term || hardState.vote !== before.vote);
            if (!isVote && (hardState === null || !write.mustSync))
                return -1;
            if (this.pending === null)
                this.pendBehind(this.log.lastIndex());
        }
        let bytes = 0;
        for (let i = 0; i < entries.length; i++)
            bytes += entries[i].data.length;
        return bytes;
    }
    /** The next row, with all that was taken since the last call; null: nothing that needs one. */
    nextRow() {
        const { pending } = this;
        if (pending === null)
            return null;
        this.pending = null;
        // Field by field, here and below: it is on the way of every commit, and spreads showed in the profile.
        const { isReset, previousIndex, previousTerm, entries } = pending;
        return this.encode({ hardState: this.log.initialState().hardState, isReset, previousIndex, previousTerm, entries });
    }
    /** A row that is written outside of the order of writes: at the start, before the first. */
    encode(row) {
        const { groupId, sequence, row: bytes, checksum } = storedRow(this.groupId, ++this.lastSequence, row);
        return { groupId, sequence, row: bytes, checksum, lastIndex: lastIndexOf(row) };
    }
    /** A row is durable. In order. */
    written(key, { lastIndex, row }) {
        this.keys.push(key);
        this.lastIndexes.push(lastIndex);
        this.sizes.push(row.length);
        this.advance();
    }
    /** Forgets entries up to `index` in memory at once; rows become deletable. */
    compact(index) {
        this.log.compact(index);
        if (index <= this.compactedIndex)
            return;
        this.compactedIndex = index;
        this.advance();
    }
    get deletableRows() {
        return this.deletable - this.deleted;
    }
    get deletableBytes() {
        return this.deletableSize;
    }
    /** Keys of the oldest rows that may go, at most `rowsMax`, and no more once they have `bytesMax`; they count as gone from now on. */
    takeDeletable(rowsMax, bytesMax) {
        const keys = [];
        let bytes = 0;
        while (this.deleted < this.deletable && keys.length < rowsMax && bytes < bytesMax) {
            bytes += this.sizes[this.deleted];
            keys.push(this.keys[this.deleted++]);
        }
        this.deletableSize -= bytes;
        if (this.deleted >= DELETED_ROWS_MAX && this.deleted * 2 >= this.keys.length)
            this.cutDeleted();
        return keys;
    }
    cutDeleted() {
        this.keys = this.keys.slice(this.deleted);
        this.lastIndexes = this.lastIndexes.slice(this.deleted);
        this.sizes = this.sizes.slice(this.deleted);
        this.deletable -= this.deleted;
        this.deleted = 0;
    }
    advance() {
        const newest = this.keys.length - 1;
        while (this.deletable < newest && this.lastIndexes[this.deletable] <= this.compactedIndex) {
            this.deletableSize += this.sizes[this.deletable++];
        }
    }
    append(entries) {
        const before = entries[0].index - 1;
        if (this.pending === null || before < this.pending.previousIndex)
            this.pendBehind(before);
        const pending = this.pending;
        const kept = before - pending.previousIndex;
        if (kept === 0) {
            pending.entries = entries;
            pending.isOwn = false;
            return;
        }
        if (!pending.isOwn) {
            pending.entries = pending.entries.slice(0, kept);
            pending.isOwn = true;
        }
        pending.entries.length = kept;
        for (let i = 0; i < entries.length; i++)
            pending.entries.push(entries[i]);
    }
    pendBehind(previousIndex) {
        this.pending = { isReset: false, previousIndex, previousTerm: this.log.term(previousIndex), entries: [], isOwn: true };
    }
}
//# sourceMappingURL=logged-group.js.map
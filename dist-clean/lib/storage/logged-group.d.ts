import { GroupLog } from './group-log.js';
import type { RecoveredLog } from './log-recovery.js';
import { type LogRow, type StoredRow } from './log-row.js';
import type { GroupWrite } from './storage.js';
export interface RowToWrite extends StoredRow {
    readonly lastIndex: number;
}
export declare class LoggedGroup {
    readonly groupId: number;
    readonly log: GroupLog;
    private pending;
    private lastSequence;
    /** Of the durable rows, in sequence: where the row is, and what must be compacted before it may go. */
    private keys;
    private lastIndexes;
    private sizes;
    /** Rows before `deleted` are gone, those before `deletable` may go. */
    private deleted;
    private deletable;
    private deletableSize;
    private compactedIndex;
    constructor(groupId: number);
    /** @param keys of the rows, in sequence. */
    restore(recovered: RecoveredLog, keys: readonly number[]): void;
    /** Takes a write into the log. Returns the bytes that it adds to the next row, -1 if it needs none. Throws what GroupLog.take() throws. */
    take(write: GroupWrite): number;
    /** The next row, with all that was taken since the last call; null: nothing that needs one. */
    nextRow(): RowToWrite | null;
    /** A row that is written outside of the order of writes: at the start, before the first. */
    encode(row: LogRow): RowToWrite;
    /** A row is durable. In order. */
    written(key: number, { lastIndex, row }: RowToWrite): void;
    /** Forgets entries up to `index` in memory at once; rows become deletable. */
    compact(index: number): void;
    get deletableRows(): number;
    get deletableBytes(): number;
    /** Keys of the oldest rows that may go, at most `rowsMax`, and no more once they have `bytesMax`; they count as gone from now on. */
    takeDeletable(rowsMax: number, bytesMax: number): number[];
    private cutDeleted;
    private advance;
    private append;
    private pendBehind;
}

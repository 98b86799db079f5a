import type { LogContent } from './group-log.js';
import { type StoredRow } from './log-row.js';
export interface RecoveredLog extends LogContent {
    readonly groupId: number;
    /** Sequence of the first and of the last row. */
    readonly firstSequence: number;
    readonly lastSequence: number;
    /** For each row, in sequence: what must be compacted before it may go. */
    readonly rowLastIndexes: readonly number[];
    readonly rowBytes: readonly number[];
}
export declare class LogRecovery {
    private readonly file;
    private readonly groups;
    /** @param file named in errors. */
    constructor(file: string);
    /** Rows of different groups may come in any order. Throws STORAGE_DAMAGED or STORAGE_FORMAT. */
    take(stored: StoredRow): void;
    /** By group id. */
    finish(): ReadonlyMap<number, RecoveredLog>;
}

import type { RecoveredLog } from './log-recovery.js';
import type { LogRow } from './log-row.js';
export interface FitQuestion {
    readonly groupId: number;
    /** null: no row of the group. */
    readonly log: RecoveredLog | null;
    /** null: nothing stored of the group. */
    readonly state: {
        readonly position: {
            readonly index: number;
            readonly term: number;
        };
        readonly installing: boolean;
    } | null;
    /** Named in errors. */
    readonly logFile: string;
    readonly stateFile: string;
}
/** null: they fit. A row: the reset that has to be written before they do. Throws STORAGE_MISMATCH. */
export declare function fitLogToState(question: FitQuestion): LogRow | null;

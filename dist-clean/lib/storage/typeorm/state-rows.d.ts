/**
 * Rows of the state machine as rows of state.db, both ways. Pure. Owns which field stands in which column.
 *
 * R1. What is read back is what was written, field by field; a row that was changed in between is refused (state-table.ts).
 * R2. Of a run that is written again only what can change is written: its order, ids, name and start are those of its first row.
 * Tests: state-table.spec.ts.
 */
import type { ClosedIndexRow, HistoryRow, RequestRow, RunRow, StatePosition, TimerRow } from '../../state-machine/rows.js';
import type { SqlRow, SqlValue } from './sqlite-connection.js';
import { StateTable } from './state-table.js';
export declare const META: StateTable;
export declare const GROUPS: StateTable;
export declare const WORKFLOWS: StateTable;
export declare const CLOSED: StateTable;
export declare const HISTORY: StateTable;
export declare const TIMERS: StateTable;
export declare const REQUESTS: StateTable;
export declare const CLOSED_INDEX: StateTable;
/** Where what is read stands. */
export interface Place {
    readonly file: string;
    readonly groupId: number;
}
/** The row of a group. */
export interface StoredGroup {
    readonly groupId: number;
    readonly position: StatePosition;
    readonly requestsExpiredMs: number;
    readonly sweptMs: number;
    readonly installing: boolean;
    readonly lastOrder: number;
    readonly openRows: number;
    readonly requestRows: number;
    readonly closedIndexRows: number;
    readonly part: Uint8Array;
}
export declare function groupValues(group: StoredGroup): SqlValue[];
export declare function groupOf(row: SqlRow, file: string): StoredGroup;
export declare function runValues(table: StateTable, groupId: number, run: RunRow): SqlValue[];
/** @param timers all rows of `timers` of this run, ascending by id. */
export declare function runOf(table: StateTable, row: SqlRow, timers: readonly TimerRow[], place: Place): RunRow;
export declare function historyValues(groupId: number, row: HistoryRow): SqlValue[];
export declare function historyOf(row: SqlRow, file: string): HistoryRow;
export declare function timerValues(groupId: number, order: number, timer: TimerRow): SqlValue[];
export declare function timerOf(row: SqlRow, file: string): TimerRow & {
    readonly order: number;
};
/** The timers of each run of `rows`, which are in order of runs and timer ids. */
export declare function timersByOrder(rows: readonly SqlRow[], file: string): ReadonlyMap<number, TimerRow[]>;
export declare function requestValues(groupId: number, row: RequestRow): SqlValue[];
export declare function requestOf(row: SqlRow, file: string): RequestRow;
export declare function closedIndexValues(groupId: number, row: ClosedIndexRow): SqlValue[];
export declare function closedIndexOf(row: SqlRow, file: string): ClosedIndexRow;

/**
 * Reads of one group of state.db while the node runs, through TypeORM's DataSource. Owns the queries.
 *
 * Q1. One at a time (D2), which also leaves the threads of the process to the log.
 * Q2. A list goes by the index in order of (started_ms, run_id), over open and closed runs, and stops at its limit; what it filters out it does not load.
 * Q3. What one call answers is of one flush.
 * Tests: state-database.spec.ts.
 */
import type { DataSource } from 'typeorm';
import type { HistoryRow, RunQuery, RunRow, StateSource } from '../../state-machine/rows.js';
import type { SqlValue } from './sqlite-connection.js';
import type { SerialQueue } from './state-queue.js';
import { type Place } from './state-rows.js';
import type { StoreFailure } from './store-failure.js';
export interface StateReaderOptions extends Place {
    readonly failure: StoreFailure;
    readonly queue: SerialQueue;
    /** Throws when the file is not open. */
    readonly dataSource: () => DataSource;
}
interface EventRange {
    readonly order: number;
    readonly fromWseq: number;
    readonly toWseq: number;
}
export declare class StateReader implements StateSource {
    private readonly options;
    constructor(options: StateReaderOptions);
    history(range: EventRange): Promise<readonly HistoryRow[]>;
    closedRuns(by: {
        readonly workflowId: string;
    } | {
        readonly runId: string;
    }): Promise<readonly RunRow[]>;
    list(query: RunQuery): Promise<readonly RunRow[]>;
    private historyRows;
    /** Events are missing. A run that was swept in between has none, and its reader will see that it is gone; of any other they were lost. */
    private incompleteHistory;
    private timerRows;
    private atOneMoment;
    private read;
}
export declare function listSql(groupId: number, query: RunQuery): {
    readonly sql: string;
    readonly params: SqlValue[];
};
export {};

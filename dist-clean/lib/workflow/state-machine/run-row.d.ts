/**
 * Rows of one run: its head, and its history by ranges of wseq (R32). Pure.
 *
 *   head     u8 version (1) · number of its closing (0: open) · consumedWseq of its end (0: open) · events in all · the head as in a snapshot
 *   history  u8 version (1) · runId · the events, each as in a snapshot
 *
 * W1. A head alone says all that apply needs of a run, and where on disk its last event and its undelivered signals stand.
 * W2. A history row names its run, so that a reader notices when `order` has come to mean another one (a snapshot numbers anew).
 * W3. A row of history ends soon after HISTORY_ROW_BYTES: who needs the last event reads little.
 * A released form is never edited: a new one gets a new version. Golden bytes: state-machine.rows.spec.ts.
 */
import { BinaryReader, type HistoryRow, type RunRow } from '../../state-machine/index.js';
import type { RunEvent } from '../event.js';
import { RunRecord } from './run-record.js';
export declare const RUN_ROW_VERSION = 1;
export declare const HISTORY_ROW_VERSION = 1;
export declare const HISTORY_ROW_BYTES: number;
/** As it is now. */
export declare function runRowOf(run: RunRecord): RunRow;
export interface RunHead {
    readonly closing: number;
    readonly consumedWseq: number;
    readonly events: number;
    /** Where the head as in a snapshot begins. */
    readonly offset: number;
}
/** What stands before the head as in a snapshot. */
export declare function readHeadStart(reader: BinaryReader): RunHead;
/** A run of which all events are on disk only. Throws MALFORMED_FRAME. */
export declare function recordOf(row: RunRow): RunRecord;
/** The first event that a reader of the end of a run needs: its undelivered signals stand before it. */
export declare function endOf(row: RunRow): number;
/** Rows of events from … to, all of them in memory. */
export declare function appendHistoryRows(rows: HistoryRow[], run: RunRecord, from: number, to: number): void;
/** The run that a row of history names; the reader stands before its first event. */
export declare function openHistoryRow(reader: BinaryReader, row: HistoryRow): string;
/**
 * Events from … to of a run. Null: the rows are of another run, or not all are there. Payloads are views of a row of which all is wanted,
 * else copies. Throws MALFORMED_FRAME.
 */
export declare function eventsOf(rows: readonly HistoryRow[], run: {
    readonly runId: string;
}, from: number, to: number): RunEvent[] | null;

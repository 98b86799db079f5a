/**
 * Rows that are only ever appended: answers to client commands, and fingerprints of closed runs (R26, R27). Pure.
 *
 *   answers        u8 version (1) · count · each as in a snapshot
 *   closed runs    u8 version (1) · count · of each: f64 closedMs, f64 fingerprint of the workflow id, f64 of the run id, little endian.
 *                  The sequence of the row is the number of its first closing.
 *
 * A released form is never edited: a new one gets a new version. Golden bytes: state-machine.rows.spec.ts.
 */
import { type ClosedIndexRow, type RequestRow } from '../../state-machine/index.js';
import type { ClosedRing } from './closed-ring.js';
import type { RequestEntry } from './requests.js';
export declare const REQUEST_ROW_VERSION = 1;
export declare const CLOSED_ROW_VERSION = 1;
export declare function requestRowCount(entries: number): number;
/** Numbered from `sequence` on. */
export declare function requestRowsOf(entries: readonly RequestEntry[], sequence: number): RequestRow[];
/** In the order in which they were remembered. Throws MALFORMED_FRAME. */
export declare function requestsOf(row: RequestRow): RequestEntry[];
/** Closings after `after`, as far as they are not swept. */
export declare function closedRowsOf(ring: ClosedRing, after: number): ClosedIndexRow[];
/** How many entries a row of this length can have. */
export declare function closedCountMax(row: ClosedIndexRow): number;
/** Loads a row into the ring, which stands right before its first closing that is not swept; the ring indexes it later. Throws MALFORMED_FRAME. */
export declare function readClosedRow(row: ClosedIndexRow, ring: ClosedRing): void;

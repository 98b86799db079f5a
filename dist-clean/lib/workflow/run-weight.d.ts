/**
 * About how much memory a resident run takes. Pure; estimates, for the budget of RunTable alone.
 *
 * W1. A constant for the code's side of a run, a constant for each event, and the bytes that its events carry.
 * Tests: run-weight.spec.ts.
 */
import { type RunEvent } from './event.js';
import type { HistoryView } from './state.js';
/** An instance of the workflow class with its execution: 2.8 kB were measured for an idle run whose class has two fields. */
export declare const RUN_BYTES = 3072;
/** An event object without what it carries. */
export declare const EVENT_BYTES = 160;
export declare function weightOfEvent(event: RunEvent): number;
/** Of a run whose history is in memory as a whole. */
export declare function weightOfRun(history: HistoryView): number;

import { type RunEvent, type RunStatus } from './event.js';
import type { RunView } from './state.js';
export declare const HISTORY_VERSION = 1;
export interface HistoryHeader {
    readonly workflowId: string;
    readonly runId: string;
    readonly name: string;
    readonly version: number;
    readonly inputDigest: number;
    readonly status: RunStatus;
    /** How many lines follow. */
    readonly events: number;
}
export declare function formatHistory(run: RunView): string;
/** Throws MALFORMED_FRAME for anything that formatHistory() did not write. */
export declare function parseHistory(text: string): {
    readonly header: HistoryHeader;
    readonly events: RunEvent[];
};

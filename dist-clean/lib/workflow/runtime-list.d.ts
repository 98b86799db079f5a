import type { ListFilter, ListPage } from './service.js';
import type { WorkflowStateView } from './state.js';
/** Where a run stands in the order of lists. */
export interface ListPosition {
    readonly startedMs: number;
    readonly runId: string;
}
/** Rejects with INVALID_ARGUMENT for a wrong limit or cursor, and with STORAGE_DAMAGED. */
export declare function listRuns(state: WorkflowStateView, filter: ListFilter): Promise<ListPage>;
/** Negative, 0 or positive, as of L1. */
export declare function comparePositions(a: ListPosition, b: ListPosition): number;
/** Order of the UTF-8 bytes: that of the code points, which UTF-16 units have only where no surrogate is involved. */
export declare function compareUtf8(a: string, b: string): number;

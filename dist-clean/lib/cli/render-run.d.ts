/**
 * Runs, their histories and their events for a person. Pure.
 */
import type { JsonObject, ListPage, RunDescription, RunExplanation, WorkflowStreamView } from '../index.js';
export declare function renderDescription(run: RunDescription): string;
export declare function renderExplanation(run: RunExplanation): string;
export declare function renderList({ items, next }: ListPage): string;
/** The history as the node gives it: a header, then one line per event. */
export interface HistoryDocument {
    readonly header: JsonObject;
    readonly events: readonly JsonObject[];
}
export declare function parseHistoryLines(text: string): HistoryDocument;
export declare function renderHistory({ header, events }: HistoryDocument): string;
/** One line. `isOne`: of one run, whose id need not be said again. */
export declare function renderStreamItem(item: WorkflowStreamView, isOne: boolean): string;

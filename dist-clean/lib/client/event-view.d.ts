/**
 * A run's events as an application reads them: plain JSON values, with the committed payloads decoded.
 *
 * W1. Everything here survives JSON.stringify unchanged: times are ISO 8601 texts, absent values are null.
 * W2. Payloads are decoded afresh for every reader (R7): nobody shares an object with the workflow's code.
 */
import type { Observable } from 'rxjs';
import type { BlockedReason, ErrorRecord, OwnerChangeCause, RunEvent, RunOutcome } from '../workflow/event.js';
import type { WorkflowStreamItem } from '../workflow/service.js';
interface ViewBase {
    readonly wseq: number;
    /** Log time, ISO 8601. */
    readonly time: string;
}
interface OperationView extends ViewBase {
    readonly key: string;
    readonly occurrence: number;
}
/** One event of a run's history. Stands for the committed event of the same wseq. */
export type WorkflowEventView = (ViewBase & {
    readonly kind: 'started';
    readonly input: unknown;
    readonly owner: number;
    readonly continuedFrom: string | null;
}) | (OperationView & {
    readonly kind: 'checkpoint';
    readonly value: unknown;
    readonly error: ErrorRecord | null;
}) | (OperationView & {
    readonly kind: 'compute-result';
    readonly attempt: number;
    readonly value: unknown;
    readonly error: ErrorRecord | null;
}) | (OperationView & {
    readonly kind: 'attempt-started';
    readonly attempt: number;
    readonly node: number;
}) | (OperationView & {
    readonly kind: 'attempt-failed';
    readonly attempt: number;
    readonly error: ErrorRecord;
    readonly retryAt: string;
}) | (OperationView & {
    readonly kind: 'sleep-set';
    readonly dueAt: string;
}) | (OperationView & {
    readonly kind: 'timer-fired';
    readonly purpose: 'sleep' | 'retry';
}) | (ViewBase & {
    readonly kind: 'signal';
    readonly name: string;
    readonly payload: unknown;
}) | (ViewBase & {
    readonly kind: 'cancel-requested';
    readonly reason: string;
}) | (ViewBase & {
    readonly kind: 'owner-changed';
    readonly owner: number;
    readonly epoch: number;
    readonly cause: OwnerChangeCause;
}) | (ViewBase & {
    readonly kind: 'declined';
    readonly node: number;
    readonly reason: string;
    readonly message: string;
}) | (ViewBase & {
    readonly kind: 'blocked';
    readonly reason: BlockedReason;
}) | (ViewBase & {
    readonly kind: 'finished';
    readonly outcome: RunOutcome;
    readonly result: unknown;
    readonly error: ErrorRecord | null;
    readonly continuedAs: string | null;
});
/** What a subscriber of events$ gets: `event`, or `gap` (events were dropped for a slow subscriber), or `diverged`. */
export type WorkflowStreamView = {
    readonly type: 'event';
    readonly workflowId: string;
    readonly runId: string;
    readonly wseq: number;
    readonly event: WorkflowEventView;
} | Extract<WorkflowStreamItem, {
    readonly type: 'gap' | 'diverged';
}>;
/** A stream of one subscriber or many; subscribing starts it, unsubscribing frees its buffer. */
export type WorkflowEventStream = Observable<WorkflowStreamView>;
/** Item of the service → item for the application. */
export declare function viewStreamItem(item: WorkflowStreamItem): WorkflowStreamView;
/** Event of the log → event for the application. */
export declare function viewEvent(event: RunEvent): WorkflowEventView;
export {};

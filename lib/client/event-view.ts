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
export type WorkflowEventView =
  | (ViewBase & { readonly kind: 'started'; readonly input: unknown; readonly owner: number; readonly continuedFrom: string | null })
  | (OperationView & { readonly kind: 'checkpoint'; readonly value: unknown; readonly error: ErrorRecord | null })
  | (OperationView & {
      readonly kind: 'compute-result';
      readonly attempt: number;
      readonly value: unknown;
      readonly error: ErrorRecord | null;
    })
  | (OperationView & { readonly kind: 'attempt-started'; readonly attempt: number; readonly node: number })
  | (OperationView & { readonly kind: 'attempt-failed'; readonly attempt: number; readonly error: ErrorRecord; readonly retryAt: string })
  | (OperationView & { readonly kind: 'sleep-set'; readonly dueAt: string })
  | (OperationView & { readonly kind: 'timer-fired'; readonly purpose: 'sleep' | 'retry' })
  | (ViewBase & { readonly kind: 'signal'; readonly name: string; readonly payload: unknown })
  | (ViewBase & { readonly kind: 'cancel-requested'; readonly reason: string })
  | (ViewBase & { readonly kind: 'owner-changed'; readonly owner: number; readonly epoch: number; readonly cause: OwnerChangeCause })
  | (ViewBase & { readonly kind: 'declined'; readonly node: number; readonly reason: string; readonly message: string })
  | (ViewBase & { readonly kind: 'blocked'; readonly reason: BlockedReason })
  | (ViewBase & {
      readonly kind: 'finished';
      readonly outcome: RunOutcome;
      readonly result: unknown;
      readonly error: ErrorRecord | null;
      readonly continuedAs: string | null;
    });

/** What a subscriber of events$ gets: `event`, or `gap` (events were dropped for a slow subscriber), or `diverged`. */
export type WorkflowStreamView =
  | {
      readonly type: 'event';
      readonly workflowId: string;
      readonly runId: string;
      readonly wseq: number;
      readonly event: WorkflowEventView;
    }
  | Extract<WorkflowStreamItem, { readonly type: 'gap' | 'diverged' }>;

/** A stream of one subscriber or many; subscribing starts it, unsubscribing frees its buffer. */
export type WorkflowEventStream = Observable<WorkflowStreamView>;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Committed canonical JSON as a fresh value; no bytes: null. */
function decode(bytes: Uint8Array): unknown {
  return bytes.length === 0 ? null : (JSON.parse(decoder.decode(bytes)) as unknown);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** Item of the service → item for the application. */
export function viewStreamItem(item: WorkflowStreamItem): WorkflowStreamView {
  return item.type === 'event' ? { ...item, event: viewEvent(item.event) } : item;
}

/** Event of the log → event for the application. */
export function viewEvent(event: RunEvent): WorkflowEventView {
  const base = { wseq: event.wseq, time: iso(event.timeMs) };
  switch (event.kind) {
    case 1:
      return { ...base, kind: 'started', input: decode(event.input), owner: event.owner, continuedFrom: event.continuedFrom || null };
    case 2:
      return { ...base, kind: 'checkpoint', key: event.key, occurrence: event.occurrence, value: decode(event.value), error: event.error };
    case 3:
      return {
        ...base,
        kind: 'compute-result',
        key: event.key,
        occurrence: event.occurrence,
        attempt: event.attempt,
        value: decode(event.value),
        error: event.error,
      };
    case 4:
      return { ...base, kind: 'attempt-started', key: event.key, occurrence: event.occurrence, attempt: event.attempt, node: event.node };
    case 5:
      return {
        ...base,
        kind: 'attempt-failed',
        key: event.key,
        occurrence: event.occurrence,
        attempt: event.attempt,
        error: event.error,
        retryAt: iso(event.dueMs),
      };
    case 6:
      return { ...base, kind: 'sleep-set', key: event.key, occurrence: event.occurrence, dueAt: iso(event.dueMs) };
    case 7:
      return { ...base, kind: 'timer-fired', key: event.key, occurrence: event.occurrence, purpose: event.purpose };
    case 8:
      return { ...base, kind: 'signal', name: event.name, payload: decode(event.payload) };
    case 9:
      return { ...base, kind: 'cancel-requested', reason: event.reason };
    case 10:
      return { ...base, kind: 'owner-changed', owner: event.owner, epoch: event.epoch, cause: event.cause };
    case 11:
      return { ...base, kind: 'declined', node: event.node, reason: event.reason, message: event.message };
    case 12:
      return { ...base, kind: 'blocked', reason: event.reason };
    case 13:
      return {
        ...base,
        kind: 'finished',
        outcome: event.outcome,
        result: decode(event.result),
        error: event.error,
        continuedAs: event.continuedAs || null,
      };
  }
}

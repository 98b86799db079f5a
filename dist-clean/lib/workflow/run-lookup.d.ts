/**
 * Which run a caller means.
 */
import { RaftoralError } from '../errors/index.js';
import type { RunRef } from './service.js';
import type { RunView, WorkflowStateView } from './state.js';
/** Throws INVALID_WORKFLOW_ID. */
export declare function checkWorkflowId(workflowId: unknown): void;
/** Told by its head: the last event, which names the outcome, need not be in memory. */
export declare function isOpen(run: RunView): boolean;
/** The run of a reference; without a runId the current one of the id. */
export declare function lookUp(state: WorkflowStateView, ref: RunRef): RunView | undefined;
/** The same from memory or from disk, with what is needed of its events in memory. Rejects with STORAGE_DAMAGED. */
export declare function fetchRun(state: WorkflowStateView, ref: RunRef, need: 'last event' | 'all events'): Promise<RunView | undefined>;
/** R40: asked after the read index, for the slot may have moved by then. Throws WRONG_CLUSTER. */
export declare function checkSlot(state: WorkflowStateView, clusterId: number, workflowId: string): void;
export declare function notFound(ref: RunRef): RaftoralError;

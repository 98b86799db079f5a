import type { ListFilter, ListPage, StartOptions } from '../workflow/service.js';
import type { RequestForwarder } from './request-forwarder.js';
import { StartedWorkflowHandle, WorkflowHandle } from './workflow-handle.js';
import { type OutputOf, type StartArgs, type WorkflowTarget } from './workflow-target.js';
export interface ExecuteOptions extends StartOptions {
    /** How long to wait for the result, ms; then OUTCOME_UNKNOWN, and the run goes on. Default: no end. */
    readonly resultTimeoutMs?: number;
}
/** Name and version as @Workflow declared them; undefined for a class that is not decorated. */
export type WorkflowIdentityReader = (target: unknown) => {
    readonly name: string;
    readonly version: number;
} | undefined;
export declare class WorkflowClient {
    private readonly forwarder;
    private readonly readIdentity;
    constructor(forwarder: RequestForwarder, readIdentity: WorkflowIdentityReader);
    /**
     * Starts a run. Rejects with UNKNOWN_WORKFLOW, MISSING_INPUT, NOT_SERIALIZABLE, PAYLOAD_TOO_LARGE, INVALID_WORKFLOW_ID,
     * ALREADY_EXISTS, CONFLICT, OVERLOADED, NO_LEADER (nothing was sent), or OUTCOME_UNKNOWN (send again with its requestId).
     */
    start<Target extends WorkflowTarget>(workflow: Target, ...[input, options]: StartArgs<Target, StartOptions>): Promise<StartedWorkflowHandle<Target>>;
    /** start(), then result(); its errors carry the requestId of the start. */
    execute<Target extends WorkflowTarget>(workflow: Target, ...[input, options]: StartArgs<Target, ExecuteOptions>): Promise<OutputOf<Target>>;
    /** A handle on a run that exists, or may; nothing is asked until it is used. The class only gives the types. */
    getHandle<Target extends WorkflowTarget>(workflow: Target, workflowId: string, runId?: string): WorkflowHandle<Target>;
    /** One page of runs, open and retained, in the order in which they were started. */
    list(filter?: ListFilter): Promise<ListPage>;
    private identify;
}

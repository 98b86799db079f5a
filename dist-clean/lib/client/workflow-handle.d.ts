import type { CallOptions, QueryOptions, RunDescription, RunExplanation, WriteOptions } from '../workflow/service.js';
import { type WorkflowEventStream } from './event-view.js';
import type { RequestForwarder } from './request-forwarder.js';
import { QueryRef, SignalRef, type OutputOf, type QueryArgs, type QueryName, type QueryRest, type QueryResult, type SignalName, type SignalRest, type WorkflowTarget } from './workflow-target.js';
export declare class WorkflowHandle<Target extends WorkflowTarget = WorkflowTarget> {
    private readonly forwarder;
    readonly workflowId: string;
    /** undefined: the current run of the id. */
    readonly runId: string | undefined;
    /** Carries the target's type; nothing at run time. */
    readonly target: Target;
    private readonly ref;
    constructor(forwarder: RequestForwarder, workflowId: string, 
    /** undefined: the current run of the id. */
    runId: string | undefined);
    /**
     * Resolves with what run() returned, following continueAsNew. Rejects with WORKFLOW_FAILED (the workflow's error is the
     * cause), WORKFLOW_CANCELLED or WORKFLOW_TERMINATED. Waits for ever unless `timeoutMs` is given, then OUTCOME_UNKNOWN.
     */
    result(options?: CallOptions): Promise<OutputOf<Target>>;
    /**
     * Calls a @WorkflowQuery method on a replica that runs the code, and resolves with its value. `args` are its arguments.
     * 'linearizable' (the default) sees every write that was acknowledged before the call; 'local' what this node has applied.
     */
    query<Name extends QueryName<Target> | QueryRef>(name: Name, ...[options]: QueryRest<QueryArgs<Target, Name>, QueryOptions>): Promise<QueryResult<Target, Name>>;
    /** Resolves when the signal is recorded (R29), not when the workflow has handled it. */
    signal<Name extends SignalName<Target> | SignalRef<never>>(name: Name, ...[payload, options]: SignalRest<Target, Name, WriteOptions>): Promise<void>;
    /** Asks the workflow to end: its abortSignal fires, its waits reject, and it may clean up. */
    cancel(reason?: string, options?: WriteOptions): Promise<void>;
    /** Ends the run at once; no more of its code runs. */
    terminate(options?: WriteOptions): Promise<void>;
    /** Lets a blocked run go on: forgets who declined it, and picks an owner again. */
    reset(options?: WriteOptions): Promise<void>;
    describe(options?: QueryOptions): Promise<RunDescription>;
    /** Why does it not move? One sentence, what the code waits for, and how each replica stands. */
    explain(options?: QueryOptions): Promise<RunExplanation>;
    /** The run's history as versioned JSON lines: a header, then one line per event. */
    history(options?: QueryOptions): Promise<string>;
    /** Events from the first on, then live; completes after `finished`. */
    get events$(): WorkflowEventStream;
    /** As events$, from wseq `after` + 1 on: how a reader goes on where it stopped. */
    eventsAfter(after: number): WorkflowEventStream;
    toJSON(): {
        readonly workflowId: string;
        readonly runId?: string;
    };
    private get service();
}
/** A handle that start() returned: its run is known, and so is how it came to be. */
export declare class StartedWorkflowHandle<Target extends WorkflowTarget = WorkflowTarget> extends WorkflowHandle<Target> {
    readonly runId: string;
    /** The id of the start request: sent again with it, the same answer is given. */
    readonly requestId: string;
    /** True when onExisting: 'attach' found the run there. */
    readonly existing: boolean;
    constructor(forwarder: RequestForwarder, workflowId: string, runId: string, 
    /** The id of the start request: sent again with it, the same answer is given. */
    requestId: string, 
    /** True when onExisting: 'attach' found the run there. */
    existing: boolean);
    /** As on every handle; its errors carry the requestId of the start, with which the same run is found again. */
    result(options?: CallOptions): Promise<OutputOf<Target>>;
}

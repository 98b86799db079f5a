/**
 * Answers callers for one execution cluster on one node: WorkflowService over WorkflowRuntime.
 *
 * V1. A writing call fixes requestId, expiry, ids and input before its first send (R26), and every error of it carries the requestId.
 * V2. What a caller gets is a fresh decode of committed bytes, never an object of somebody else (R7).
 * V3. A linearizable read waits for a read index; a query waits also until the run's code consumed what was applied by then.
 * Tests: test/workflow/service.spec.ts.
 */
import type { EventStream, StreamOptions } from '../cluster/event-bus.js';
import type { WorkflowRuntime } from './runtime.js';
import type { CallOptions, ListFilter, ListPage, QueryOptions, RunDescription, RunExplanation, RunRef, StartAnswer, StartOptions, WorkflowService, WorkflowStreamItem, WriteOptions } from './service.js';
export declare class WorkflowRuntimeService implements WorkflowService {
    private readonly runtime;
    /** Deadline of calls that name none, ms. */
    private readonly requestTimeoutMs;
    readonly clusterId: number;
    readonly nodeId: number;
    private readonly waiters;
    private readonly queries;
    private readonly group;
    constructor(runtime: WorkflowRuntime, 
    /** Deadline of calls that name none, ms. */
    requestTimeoutMs?: number);
    start(name: string, input: unknown, options?: StartOptions): Promise<StartAnswer>;
    signal(ref: RunRef, signal: string, payload: unknown, options?: WriteOptions): Promise<void>;
    cancel(ref: RunRef, reason?: string, options?: WriteOptions): Promise<void>;
    terminate(ref: RunRef, options?: WriteOptions): Promise<void>;
    reset(ref: RunRef, options?: WriteOptions): Promise<void>;
    result(ref: RunRef, options?: CallOptions): Promise<unknown>;
    query(ref: RunRef, query: string, args: readonly unknown[], options?: QueryOptions): Promise<unknown>;
    describe(ref: RunRef, options?: QueryOptions): Promise<RunDescription>;
    explain(ref: RunRef, options?: QueryOptions): Promise<RunExplanation>;
    history(ref: RunRef, options?: QueryOptions): Promise<string>;
    list(filter?: ListFilter): Promise<ListPage>;
    runEvents(ref: RunRef, after?: number, options?: StreamOptions): EventStream<WorkflowStreamItem>;
    get events$(): EventStream<WorkflowStreamItem>;
    events(options: StreamOptions): EventStream<WorkflowStreamItem>;
    /** Throws UNKNOWN_WORKFLOW, naming what is registered. */
    private versionOf;
    private payload;
    private requestId;
    private expiryMs;
    private target;
    private propose;
    private command;
    /** Every error of a writing call carries its requestId (V1). */
    private writing;
    private refuseEnded;
    private find;
    private fetch;
    /** The run once it has ended. Between the look at the state and the waiting for it nothing is applied. */
    private ended;
    private withLastEvent;
    private ending;
    private blocked;
    /** Waiters at or below a snapshot are answered from its state (R36). */
    private restored;
    private settleFromDisk;
}

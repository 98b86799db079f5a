import type { WorkflowRuntime } from './runtime.js';
import type { ReplicaPosition } from './runtime-views.js';
import type { QueryOptions, RunRef } from './service.js';
export declare class RuntimeQueries {
    private readonly runtime;
    private readonly requestTimeoutMs;
    private readonly group;
    constructor(runtime: WorkflowRuntime, requestTimeoutMs: number);
    query(ref: RunRef, query: string, args: readonly unknown[], options: QueryOptions): Promise<unknown>;
    /** Where this replica's code stands in a run. */
    position(runId: string): ReplicaPosition;
    /** The same of another node; null when it does not answer in time. */
    positionAt(node: number, runId: string, timeoutMs: number): Promise<ReplicaPosition | null>;
    private remainingMs;
    private open;
    /** Canonical text of the answer; null when this replica does not run the code. */
    private answerLocally;
    /** It ended while its code was awaited, and left memory. */
    private refuseEvicted;
    private forward;
    /** Live replicas that say they have the version, the owner first. */
    private candidates;
    /** A query that another node forwarded: it is answered here or not at all. */
    private serve;
    private withDeadline;
}

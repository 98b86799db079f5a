import type { AbortCause } from './abort-scope.js';
import { type OperationMethod, type RunOperations } from './context.js';
import type { WorkflowDefinition } from './definition.js';
import { type WorkflowCode } from './run-consumer.js';
import { type ContextHost, type QueryHandler } from './run-context.js';
import { RunCore } from './run-core.js';
import type { RunEnvironment } from './run-environment.js';
import type { RunExplanation } from './service.js';
import type { RunView } from './state.js';
export declare class RunExecution implements RunOperations, ContextHost, WorkflowCode {
    private readonly environment;
    private readonly definition;
    readonly core: RunCore;
    private readonly owner;
    private readonly mailbox;
    private readonly calls;
    private readonly context;
    private readonly consumer;
    private readonly scope;
    private readonly queryHandlers;
    private waiters;
    /** Dispatcher: stands in its queue. */
    queued: boolean;
    /** Passivation: fed since the last look. */
    touched: boolean;
    /** RunTable: estimated bytes; 0 once its history is not needed any more. */
    weight: number;
    /** RunTable: highest owner epoch that was applied. The view may be older, while a new one is read (R36). */
    newestEpoch: number;
    constructor(environment: RunEnvironment, definition: WorkflowDefinition, view: RunView);
    get view(): RunView;
    set view(view: RunView);
    /** True when advance() would consume something. */
    get hasMore(): boolean;
    /** Consumes events up to and including the next one on which code can run. True: a window is open, to be closed at the boundary. */
    advance(): boolean;
    /** The boundary: everything that the window's event set going has drained. */
    closeWindow(): void;
    /** The group may have given the run to another owner: bodies of older epochs stop now, before the event is consumed (R22). */
    ownerMayHaveChanged(): void;
    /** No window is open: acts as owner if it is one, and tells those who wait. */
    private rest;
    /** Resolves when events up to `wseq` were consumed and drained, or the run is not fed any more. */
    whenConsumed(wseq: number): Promise<void>;
    private get stillFed();
    private tellWaiters;
    /** May be taken out of memory: nothing runs, nothing waits to be consumed (R33). */
    get idle(): boolean;
    /** Takes the run out of memory on this replica. */
    abandon(cause: AbortCause & ('abandoned' | 'removed' | 'shutdown')): void;
    /** Throws UNKNOWN_QUERY, QUERY_FAILED. The answer is a fresh decode of its canonical form. */
    query(name: string, args: readonly unknown[]): unknown;
    /** What the code waits for on this replica, in call order. */
    awaiting(): RunExplanation['awaiting'];
    reportRejection(reason: unknown): void;
    callCheckpoint(method: OperationMethod, self: object, args: unknown[]): Promise<unknown>;
    callCompute(method: OperationMethod, self: object, args: unknown[]): Promise<unknown>;
    onQuery(name: string, handler: QueryHandler): void;
    onSignal(name: string, handler: (payload: unknown) => unknown): void;
    continueAsNew(input: unknown): Promise<never>;
    private instantiate;
    private instantiated;
    private instantiationFailed;
    private computeScope;
    begin(input: unknown): void;
    /** Handlers are workflow code: one that fails, fails the run. */
    runHandler(handler: (payload: unknown) => unknown, payload: unknown): void;
    fireCancel(): void;
    closed(): void;
    /** run() or a signal handler settled. */
    private ended;
    private conclude;
    /** Nothing of the run is wanted here any more. */
    private release;
}

/**
 * Runs compute bodies on this node. Owns: which bodies are in flight, their time-outs, and the grace after fencing.
 *
 * B1. An attempt reports its outcome at most once; after drop() it reports nothing (R22).
 * B2. A new attempt of the same operation starts here only after the older body has settled, or `fencedGraceMs` have passed (R22).
 * B3. A time-out is measured by the monotonic clock of the node that runs the body (R21).
 * B4. After a long stall of the process no body starts before the group was heard: its run may have another owner (stall-gate.ts).
 * Source: RULES R20–R22. Tests: test/workflow/compute.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { AbortScope, type AbortCause } from './abort-scope.js';
import { type Scope } from './runtime-scopes.js';
import type { StallGate } from './stall-gate.js';
export declare class ComputeAttempt {
    /** Names the operation on this node: runId, key, occurrence. */
    readonly id: string;
    readonly epoch: number;
    readonly number: number;
    readonly timeoutMs: number;
    readonly label: string;
    readonly scopeOf: (attempt: ComputeAttempt) => Scope;
    readonly body: () => unknown;
    readonly done: (attempt: ComputeAttempt, failed: boolean, outcome: unknown) => void;
    readonly abortScope: AbortScope;
    /** The body was called. */
    launched: boolean;
    /** The outcome was reported, or is not wanted any more. */
    over: boolean;
    bodySettled: boolean;
    timer: Timer | null;
    constructor(
    /** Names the operation on this node: runId, key, occurrence. */
    id: string, epoch: number, number: number, timeoutMs: number, label: string, scopeOf: (attempt: ComputeAttempt) => Scope, body: () => unknown, done: (attempt: ComputeAttempt, failed: boolean, outcome: unknown) => void);
    /** Asks the body to stop; its outcome still counts (cancel). */
    abort(cause: AbortCause, message: string): void;
    /** Gives the attempt up: the body is asked to stop and its outcome is dropped. */
    drop(cause: AbortCause, message: string): void;
}
export declare class ComputeRunner {
    private readonly clock;
    private readonly gate;
    private readonly fencedGraceMs;
    /** The body that runs for each operation, given up or not. */
    private readonly inFlight;
    private readonly waiting;
    constructor(clock: Clock, gate: Pick<StallGate, 'pass'>, fencedGraceMs?: number);
    /** Bodies that have not settled, those given up included. */
    get size(): number;
    start(attempt: ComputeAttempt): void;
    private launch;
    private settle;
    private timeOut;
    private report;
    /** The older body settled, or its grace is over. */
    private release;
    /** No body will be waited for any more (shutdown). */
    stop(): void;
}
export declare function isThenable(value: unknown): value is PromiseLike<unknown>;

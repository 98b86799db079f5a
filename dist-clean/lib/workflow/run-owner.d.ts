import { ComputeAttempt } from './compute-runner.js';
import type { Scope } from './runtime-scopes.js';
import type { AttemptStartedEvent } from './event.js';
import type { Operation } from './operation.js';
import type { RunCore } from './run-core.js';
export declare class RunOwner {
    private readonly core;
    private readonly scopeOf;
    /** The epoch in which this node acts; 0 = it does not. */
    private actingEpoch;
    private finishProposedEpoch;
    /** Computes that were called in the open window. */
    private called;
    private readonly attempts;
    constructor(core: RunCore, scopeOf: (attempt: ComputeAttempt, operation: Operation) => Scope);
    private readonly cancelled;
    /** True while what is proposed now has the epoch that the group holds. */
    private get acting();
    /** Work that passivation would lose or repeat. */
    get busy(): boolean;
    /** A started or owner-changed event was consumed. */
    ownerConsumed(): void;
    /** No window is open: does what became possible. */
    act(): void;
    /** An operation was called, or a deterministic body settled: a resident owner proposes at once. */
    offer(operation: Operation): void;
    /** The group has a newer epoch than the one in which bodies began (R22). Called between applies, before the event is consumed. */
    fence(newestEpoch: number): void;
    cancel(): void;
    /** The run needs no body any more. */
    abandon(cause: 'abandoned' | 'stopped' | 'removed' | 'shutdown', message: string): void;
    attemptStarted(event: AttemptStartedEvent): void;
    /** A retry timer fired: the next attempt is due. */
    retryDue(operation: Operation): void;
    /** The operation's result was consumed: a body that still runs is not wanted (its own result came from another attempt). */
    resultConsumed(operation: Operation): void;
    finish(): void;
    private perform;
    /** True when history that this code has not consumed yet may already hold the outcome. */
    private settledAhead;
    private proposeCheckpoint;
    private proposeSleep;
    private startCompute;
    private drop;
    private forget;
    private attemptDone;
    private failure;
    private commitResult;
    /** The failure that is committed in place of a value above the group's limit (R30), or null. */
    private oversized;
    /** An error's texts count too: above half the limit the stack goes, then causes. */
    private bounded;
}
/** Equal for all attempts of an operation, on whichever node (R21). */
export declare function idempotencyKeyOf(deployment: string, runId: string, key: string, occurrence: number): string;

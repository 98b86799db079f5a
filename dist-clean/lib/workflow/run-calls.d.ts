/**
 * The operations of workflow code, from the call to the pending operation. Owns: key, occurrence, position, argument digest.
 *
 * K1. Everything that names an operation is fixed synchronously at the call (R5); nothing here settles a promise but with what
 *     was consumed before (a signal that was kept, an answer of hasCheckpoint without a record).
 * K2. A call outside a window, in a body, or after the end is a typed error and never becomes an operation (R4).
 * K3. Keys that begin with `$` are the engine's: `$var/`, `$sleep`, `$signal/`, `$wait/`, `$has/`.
 * Tests: test/workflow/execution.spec.ts, waiting.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { type OperationMethod } from './context.js';
import type { ComputeOptions } from './definition.js';
import { Operation } from './operation.js';
import type { RunCore } from './run-core.js';
import type { RunOwner } from './run-owner.js';
import type { SignalMailbox } from './signal-mailbox.js';
export declare class RunCalls {
    private readonly core;
    private readonly owner;
    private readonly mailbox;
    constructor(core: RunCore, owner: RunOwner, mailbox: SignalMailbox);
    checkpoint(method: OperationMethod, self: object, args: unknown[]): Promise<unknown>;
    compute(method: OperationMethod, self: object, args: unknown[]): Promise<unknown>;
    computeInline(key: string, body: () => unknown, options: ComputeOptions | undefined): Promise<unknown>;
    /** What a test put in the place of a body; asked when the body would run. */
    private override;
    sleep(duration: number | string): Promise<unknown>;
    waitForSignal(name: string, options: {
        readonly timeout?: number | string;
    } | undefined): Promise<unknown>;
    /** R9. */
    hasCheckpoint(key: string): Promise<boolean>;
    /** A replicated variable's set or update; `evaluate` runs now. */
    variable(name: string, evaluate: () => unknown, what: string): {
        readonly operation: Operation;
        readonly promise: Promise<unknown>;
    } | {
        readonly operation: null;
        readonly promise: Promise<never>;
    };
    /** Throws what refuse() would reject with: for synchronous calls that need a window. */
    requireWindow(label: string): void;
    private operation;
    private pend;
    /** Runs a deterministic body at the call; its outcome has to be there within this window (R8). */
    private evaluate;
    private bodySettled;
    private takeValue;
    private settleBody;
    /** A cancel that found nothing to interrupt interrupts the next sleep or wait. */
    private refuseCancelled;
    private refuse;
    private refusal;
}
export declare function cancelledError(): RaftoralError;

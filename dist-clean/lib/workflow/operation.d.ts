/**
 * One operation of workflow code, and the list of those that wait. Owns: the promise and who may settle it.
 *
 * O1. (key, occurrence) is assigned once, at the call, with its position (R5).
 * O2. A promise settles once, by settle() or fail(), and only the dispatcher calls these (R6).
 * O3. The list is in call order: that is the order in which a new owner proposes (R17).
 */
import type { ComputePlan } from './compute-plan.js';
import type { CallPosition, ErrorRecord } from './event.js';
import type { ComputeAttempt } from './compute-runner.js';
export type OperationKind = 'checkpoint' | 'compute' | 'sleep' | 'signal';
export declare class Operation {
    readonly kind: OperationKind;
    readonly key: string;
    readonly occurrence: number;
    readonly position: CallPosition;
    readonly argumentsDigest: number;
    /** For people: the method or call that made it. */
    readonly label: string;
    readonly promise: Promise<unknown>;
    private readonly resolve;
    private readonly reject;
    previous: Operation | null;
    next: Operation | null;
    settled: boolean;
    /** Checkpoint: this replica's own outcome is known. */
    ready: boolean;
    /** Checkpoint: canonical text of this replica's own value. */
    valueText: string;
    error: ErrorRecord | null;
    /** Epoch in which this node proposed it; 0 = never. */
    proposedEpoch: number;
    body: (() => unknown) | null;
    plan: ComputePlan | null;
    attempt: ComputeAttempt | null;
    /** Attempt for which this node sent attempt-started in this epoch (R20); 0 = none. */
    announcedAttempt: number;
    /** Attempt whose attempt-started was consumed in this epoch, from this node; 0 = none. */
    confirmedAttempt: number;
    delayMs: number;
    /** Log time at which it fires; 0 = not set yet. */
    dueMs: number;
    /** Signal wait ↔ its time-out. */
    partner: Operation | null;
    constructor(kind: OperationKind, key: string, occurrence: number, position: CallPosition, argumentsDigest: number, 
    /** For people: the method or call that made it. */
    label: string);
    settle(value: unknown): void;
    fail(error: unknown): void;
}
export declare class OperationList {
    first: Operation | null;
    private last;
    length: number;
    append(operation: Operation): void;
    remove(operation: Operation): void;
    clear(): void;
    toArray(): Operation[];
}
/** All operations of one key: the counter of occurrences, and those whose events may still come. */
export declare class KeyState {
    private calls;
    readonly expected: Operation[];
    /** What nextOccurrence() will give. */
    peekOccurrence(): number;
    nextOccurrence(): number;
    find(occurrence: number): Operation | undefined;
    drop(operation: Operation): void;
}

/**
 * Answers that were given to client commands, by requestId (R26). Pure.
 *
 * Q1. An answer is kept at least until the log time is past its expiry; until then the same requestId gets the same answer.
 * Q2. What is past its expiry is forgotten a few at a time, in order of (expiry, requestId): which ones are left after an index depends
 *     on the log only. A command of a forgotten requestId is past its own expiry, so apply refuses it before it looks here.
 * Q3. No answer is remembered with an expiry below the log time, so the forgotten ones are exactly those up to a threshold, and rows of answers
 *     need only be appended.
 */
import type { CommandKind } from '../command.js';
import type { CommandAnswer } from '../state.js';
import { type HeapItem } from './heap.js';
export declare class RequestEntry implements HeapItem {
    readonly requestId: string;
    readonly expiryMs: number;
    readonly kind: CommandKind;
    readonly workflowId: string;
    readonly answer: CommandAnswer;
    heapIndex: number;
    constructor(requestId: string, expiryMs: number, kind: CommandKind, workflowId: string, answer: CommandAnswer);
}
export declare class RequestLog {
    /** Remembered since the last cut, in order; null = nobody asks. */
    fresh: RequestEntry[] | null;
    /** Of the last row that was written. */
    lastSequence: number;
    /** Answers with (expiry, requestId) at or before are forgotten. */
    forgottenMs: number;
    forgottenId: string;
    private readonly byId;
    private readonly byExpiry;
    get size(): number;
    /** Undefined also for an answer that is past its expiry and not yet forgotten. */
    find(requestId: string, logTimeMs: number): RequestEntry | undefined;
    remember(entry: RequestEntry): void;
    /** Takes back what stood in a row, rows and answers in their order. */
    take(entries: readonly RequestEntry[]): void;
    private isForgotten;
    forgetExpired(logTimeMs: number): void;
    /** In the order in which they were remembered. */
    entries(): IterableIterator<RequestEntry>;
    private forget;
}

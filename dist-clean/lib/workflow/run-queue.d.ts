/**
 * Runs that are to become resident, and in which order. Pure.
 *
 * Q1. A run stands in it once: with the highest urgency that was asked for, else in the order of asking.
 * Q2. It is bounded by the runs that the group has open.
 * Tests: test/workflow/residency.spec.ts, residency-disk.spec.ts.
 */
/** asked: somebody waits for it (a query) · owned: this node has to act for it · other: a copy that is good to have. */
export type Urgency = 'asked' | 'owned' | 'other';
export declare class RunQueue {
    private readonly byUrgency;
    get size(): number;
    add(runId: string, urgency: Urgency): void;
    /** The next one, which stays in the queue. */
    first(): {
        readonly runId: string;
        readonly urgency: Urgency;
    } | undefined;
    remove(runId: string): void;
    /** Forgets those that are only good to have. */
    forgetOthers(): void;
    clear(): void;
}

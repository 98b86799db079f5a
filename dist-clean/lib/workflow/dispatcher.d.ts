/**
 * Feeds runs their events: one event per run and turn, many runs share a turn (R3). Owns: which windows are open.
 *
 * D1. Between the delivery of an event to a run and the end of its window lies one Scheduler.turn, so that all microtasks and
 *     nextTicks which the event set going have drained.
 * D2. A turn's deliveries and what they set going take at most about `sliceMs`: the batch shrinks when a turn took longer, so the
 *     replay of long histories never holds the loop (R33).
 * Tests: dispatcher.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { Scheduler } from '../cluster/scheduler.js';
/** A run, as the dispatcher sees it. */
export interface Dispatched {
    queued: boolean;
    readonly hasMore: boolean;
    advance(): boolean;
    closeWindow(): void;
}
export declare class Dispatcher {
    private readonly scheduler;
    private readonly clock;
    private readonly sliceMs;
    private ready;
    private open;
    private boundaryScheduled;
    private batchMax;
    private stopped;
    /** When the deliveries of the open windows began. */
    private pumpedMs;
    constructor(scheduler: Scheduler, clock: Clock, sliceMs?: number);
    /** Deliveries that one turn makes at most, as it is now. */
    get batchSize(): number;
    enqueue(run: Dispatched): void;
    /** Delivers the next event to runs that wait for one. Called after a batch was applied, and at each boundary. */
    pump(): void;
    private readonly boundary;
    private adapt;
    stop(): void;
}

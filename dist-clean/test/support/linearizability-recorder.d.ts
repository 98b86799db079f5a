/**
 * What clients asked and were answered, for the checker: one counter for all of them stands for time, so that two calls of one process are told apart
 * however fast they follow each other.
 *
 * H1. invoke() before the call is sent, returned() when its answer is there. Neither: it may have taken effect (no answer is known).
 * H2. hadNoEffect() takes it out: only where the caller is sure.
 */
import type { Operation } from './linearizability.js';
export declare class HistoryRecorder<Input, Output> {
    private readonly recorded;
    private time;
    private lastId;
    get size(): number;
    get operations(): Array<Operation<Input, Output>>;
    /** The number of the call. */
    invoke(client: string, input: Input): number;
    returned(id: number, output: Output): void;
    hadNoEffect(id: number): void;
}

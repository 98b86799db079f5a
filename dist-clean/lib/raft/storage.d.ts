/**
 * What the core reads of the stable log. The core never writes through it: writes are handed out in Ready or in storage messages. Pure.
 * S1. `firstIndex() - 1` is the last compacted position; its term is still known.
 * S2. After a write was acknowledged to the core, these reads reflect it.
 * S3. A read error must throw; it must never look like an empty log.
 */
import type { ConfState, Entry, HardState, Snapshot } from './types.js';
/** `term()` of an index below the last compacted position. */
export declare const COMPACTED = -1;
/** `term()` of an index past the end. */
export declare const UNAVAILABLE = -2;
export interface InitialState {
    readonly hardState: HardState;
    readonly confState: ConfState;
}
export interface LogStorage {
    initialState(): InitialState;
    /** Index of the first entry that is available; 1 for a fresh log. */
    firstIndex(): number;
    /** Index of the last entry, or firstIndex() - 1 if there is none. */
    lastIndex(): number;
    /** Term at firstIndex() - 1 … lastIndex(), else COMPACTED or UNAVAILABLE. */
    term(index: number): number;
    /**
     * Entries [low, high), as many as fit `bytesMax` (with ENTRY_OVERHEAD_BYTES each) but at least one.
     * null if `low` is compacted. The array is the caller's.
     */
    entries(low: number, high: number, bytesMax: number): Entry[] | null;
    /** The latest snapshot, or null if none can be given at the moment. */
    snapshot(): Snapshot | null;
}

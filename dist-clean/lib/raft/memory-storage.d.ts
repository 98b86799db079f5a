import { type InitialState, type LogStorage } from './storage.js';
import { Entry, HardState, Snapshot, type ConfState } from './types.js';
/** Outcome of the operations that may come too late. */
export declare const StorageResult: {
    readonly Ok: 0;
    readonly SnapshotOutOfDate: 1;
    readonly Compacted: 2;
};
export type StorageResult = (typeof StorageResult)[keyof typeof StorageResult];
export declare class MemoryLogStorage implements LogStorage {
    private hardState;
    private latestSnapshot;
    private records;
    initialState(): InitialState;
    setHardState(state: HardState): void;
    /** Sets the configuration that `initialState` reports, as if the latest snapshot had it. */
    setConfState(confState: ConfState): void;
    firstIndex(): number;
    lastIndex(): number;
    term(index: number): number;
    entries(low: number, high: number, bytesMax: number): Entry[] | null;
    snapshot(): Snapshot | null;
    /** Drops what lies below the first index, replaces what overlaps. Throws on a gap. */
    append(entries: readonly Entry[]): void;
    /** Replaces everything by a snapshot received from the leader. */
    applySnapshot(snapshot: Snapshot): StorageResult;
    /** Takes a snapshot at `index`, which must have been applied. The log stays; see compact(). */
    createSnapshot(index: number, confState: ConfState | null, data: Uint8Array): StorageResult;
    /** Forgets the entries up to and including `index`; its term stays known. */
    compact(index: number): StorageResult;
}

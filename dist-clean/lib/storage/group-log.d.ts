import type { ConfState, Entry, LogStorage, Snapshot } from '../raft/index.js';
import { HardState } from '../raft/types.js';
import { type GroupWrite } from './storage.js';
/** A log that was read back. */
export interface LogContent {
    readonly hardState: HardState;
    readonly baseIndex: number;
    readonly baseTerm: number;
    readonly entries: readonly Entry[];
}
export declare class GroupLog implements LogStorage {
    readonly groupId: number;
    private hardState;
    private latest;
    private base;
    private baseTerm;
    private records;
    constructor(groupId: number);
    initialState(): {
        readonly hardState: HardState;
        readonly confState: ConfState;
    };
    firstIndex(): number;
    lastIndex(): number;
    term(index: number): number;
    entries(low: number, high: number, bytesMax: number): Entry[] | null;
    snapshot(): Snapshot | null;
    /** What was read back takes the place of everything but the snapshot. */
    restore({ hardState, baseIndex, baseTerm, entries }: LogContent): void;
    take(write: GroupWrite): void;
    saveSnapshot(snapshot: Snapshot): void;
    compact(index: number): void;
    private reset;
    private append;
}

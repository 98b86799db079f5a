import type { RunRow, StatePosition } from '../../lib/state-machine/index.js';
import { GroupLog } from '../../lib/storage/group-log.js';
import { MemorySpool } from '../../lib/storage/memory-spool.js';
import type { GroupWrite, OpenedStorage, RaftStorage, SnapshotSpool, StateStore, StorageIdentity } from '../../lib/storage/storage.js';
import type { VirtualNode } from '../../lib/testing/virtual-time.js';
interface DiskState {
    readonly position: StatePosition;
    readonly group: Uint8Array;
    readonly runs: readonly RunRow[];
}
export declare class MemoryDisk {
    incarnation: number;
    readonly logs: Map<number, GroupLog>;
    readonly states: Map<number, DiskState>;
    /** Every step that took effect: 'write 1 4-6', 'reset 1 9', 'flush 1 9', 'replace 1 9', 'compact 1 4', 'image 1 9'. */
    readonly steps: string[];
    log(groupId: number): GroupLog;
    stepsOf(name: string): string[];
}
export interface RowStorageOptions {
    readonly disk: MemoryDisk;
    readonly time: () => VirtualNode;
    readonly writeMs?: number;
    readonly flushMs?: number;
    /** One run of an image that is read. */
    readonly readMs?: number;
}
export declare class RowStorage implements RaftStorage {
    private readonly options;
    readonly volatile = false;
    readonly state: StateStore;
    /** The next step of this name fails, and everything after it. */
    failing: {
        readonly name: string;
        readonly error: Error;
    } | null;
    /** Called when a step begins ('begin …') and when it has taken effect ('done …'). */
    watch: ((step: string) => void) | null;
    flushesInFlight: number;
    /** Those that were not discarded. */
    readonly spools: Set<MemorySpool>;
    private poison;
    private readonly held;
    private writes;
    private changes;
    constructor(options: RowStorageOptions);
    /** Steps of this name wait until the answer is called. */
    hold(name: string): () => void;
    open(identity: StorageIdentity): Promise<OpenedStorage>;
    log(groupId: number): GroupLog;
    write(batch: readonly GroupWrite[]): Promise<void>;
    saveSnapshot(): never;
    compact(groupId: number, index: number): Promise<void>;
    /** Steps 'spool 1' and 'spooled 1', each with what is appended and read. */
    spool(groupId: number): SnapshotSpool;
    /** A failure of a spool is not one of the storage. */
    private spoolStep;
    close(): Promise<void>;
    private load;
    private flush;
    private replace;
    private image;
    private put;
    /** One writer: in the order of the calls. */
    private change;
    private step;
    private check;
    private pass;
}
export {};

/**
 * Memory storage that takes its time and may fail, as a disk does: a write takes effect when it resolves, in order.
 */
import type { Clock } from '../../lib/cluster/clock.js';
import type { LogStorage, Snapshot } from '../../lib/raft/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import type { GroupWrite, OpenedStorage, RaftStorage, SnapshotSpool, StorageIdentity } from '../../lib/storage/storage.js';
export declare class SlowStorage implements RaftStorage {
    private readonly clock;
    private readonly delayMs;
    readonly volatile = false;
    readonly state: null;
    readonly inner: MemoryRaftStorage;
    writes: Array<readonly GroupWrite[]>;
    savedAt: number[];
    resetsAt: number[];
    inFlightMost: number;
    /** Set: the next write fails with it. */
    failure: Error | null;
    private inFlight;
    constructor(clock: () => Clock, delayMs: number);
    open(identity: StorageIdentity): Promise<OpenedStorage>;
    log(groupId: number): LogStorage;
    write(batch: readonly GroupWrite[]): Promise<void>;
    saveSnapshot(groupId: number, snapshot: Snapshot): Promise<void>;
    compact(groupId: number, index: number): Promise<void>;
    spool(): SnapshotSpool;
    close(): Promise<void>;
    private later;
}

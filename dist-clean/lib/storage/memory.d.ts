import type { Snapshot } from '../raft/index.js';
import { GroupLog } from './group-log.js';
import { MemorySpool } from './memory-spool.js';
import type { GroupWrite, OpenedStorage, RaftStorage, StorageIdentity } from './storage.js';
export declare class MemoryRaftStorage implements RaftStorage {
    readonly volatile = true;
    readonly state: null;
    private readonly logs;
    private isOpen;
    open(identity: StorageIdentity): Promise<OpenedStorage>;
    log(groupId: number): GroupLog;
    write(batch: readonly GroupWrite[]): void;
    saveSnapshot(groupId: number, snapshot: Snapshot): void;
    compact(groupId: number, index: number): void;
    spool(): MemorySpool;
    close(): Promise<void>;
}

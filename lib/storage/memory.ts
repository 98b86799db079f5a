/**
 * Storage that ends with the process. Owns: every group's log and latest snapshot, in memory (group-log.ts).
 *
 * Every call is done when it returns.
 * Tests: memory.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { Snapshot } from '../raft/index.js';
import { GroupLog, hasContent } from './group-log.js';
import { MemorySpool } from './memory-spool.js';
import type { GroupWrite, OpenedStorage, RaftStorage, StorageIdentity } from './storage.js';

export class MemoryRaftStorage implements RaftStorage {
  readonly volatile = true;
  readonly state = null;
  private readonly logs = new Map<number, GroupLog>();
  private isOpen = false;

  async open(identity: StorageIdentity): Promise<OpenedStorage> {
    if (this.isOpen) {
      throw new RaftoralError(
        'STORAGE_FAILED',
        `the memory storage of node ${identity.nodeId} is in use; give every node a storage of its own`,
      );
    }
    this.isOpen = true;
    return { incarnation: identity.incarnation };
  }

  log(groupId: number): GroupLog {
    let log = this.logs.get(groupId);
    if (log === undefined) {
      log = new GroupLog(groupId);
      this.logs.set(groupId, log);
    }
    return log;
  }

  write(batch: readonly GroupWrite[]): void {
    for (let i = 0; i < batch.length; i++) this.log(batch[i]!.groupId).take(batch[i]!);
  }

  saveSnapshot(groupId: number, snapshot: Snapshot): void {
    this.log(groupId).saveSnapshot(snapshot);
  }

  compact(groupId: number, index: number): void {
    this.log(groupId).compact(index);
  }

  groups(): readonly number[] {
    return [...this.logs.values()]
      .filter(hasContent)
      .map(({ groupId }) => groupId)
      .sort((a, b) => a - b);
  }

  async destroyGroup(groupId: number): Promise<void> {
    this.logs.delete(groupId);
  }

  spool(): MemorySpool {
    return new MemorySpool();
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.logs.clear();
  }
}

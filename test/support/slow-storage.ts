/**
 * Memory storage that takes its time and may fail, as a disk does: a write takes effect when it resolves, in order.
 */
import type { Clock } from '../../lib/cluster/clock.js';
import type { LogStorage, Snapshot } from '../../lib/raft/index.js';
import { MemoryRaftStorage } from '../../lib/storage/memory.js';
import type { GroupWrite, OpenedStorage, RaftStorage, SnapshotSpool, StorageIdentity } from '../../lib/storage/storage.js';

export class SlowStorage implements RaftStorage {
  readonly volatile = false;
  readonly state = null;
  readonly inner = new MemoryRaftStorage();
  writes: Array<readonly GroupWrite[]> = [];
  savedAt: number[] = [];
  resetsAt: number[] = [];
  inFlightMost = 0;
  /** Set: the next write fails with it. */
  failure: Error | null = null;
  private inFlight = 0;

  constructor(
    private readonly clock: () => Clock,
    private readonly delayMs: number,
  ) {}

  open(identity: StorageIdentity): Promise<OpenedStorage> {
    return this.inner.open(identity);
  }

  log(groupId: number): LogStorage {
    return this.inner.log(groupId);
  }

  write(batch: readonly GroupWrite[]): Promise<void> {
    this.writes.push(batch);
    return this.later(() => {
      this.inner.write(batch);
      if (batch.some((write) => write.reset !== null)) this.resetsAt.push(this.clock().monotonic());
    });
  }

  saveSnapshot(groupId: number, snapshot: Snapshot): Promise<void> {
    return this.later(() => {
      this.inner.saveSnapshot(groupId, snapshot);
      this.savedAt.push(this.clock().monotonic());
    });
  }

  async compact(groupId: number, index: number): Promise<void> {
    this.inner.compact(groupId, index);
  }

  groups(): readonly number[] {
    return this.inner.groups();
  }

  destroyGroup(groupId: number): Promise<void> {
    return this.later(() => void this.inner.destroyGroup(groupId));
  }

  spool(): SnapshotSpool {
    return this.inner.spool();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private later(effect: () => void): Promise<void> {
    this.inFlight++;
    this.inFlightMost = Math.max(this.inFlightMost, this.inFlight);
    const { failure } = this;
    return new Promise((resolve, reject) => {
      this.clock().setTimer(this.delayMs, () => {
        this.inFlight--;
        if (failure !== null) {
          reject(failure);
          return;
        }
        effect();
        resolve();
      });
    });
  }
}

/**
 * The one writer of the log: takes the writes of the host in order, one flush at a time. Owns: the queue, and who waits for what.
 *
 * F1. While a flush is in flight, whatever comes is gathered for the next: one row per group, one statement, one sync (DESIGN §4).
 * F2. Writes resolve in the order of the calls, each after the flush that holds its last row; one without a row, after everything before it.
 * F3. The first flush that fails ends it: it and all that wait reject with the same error, and nothing is written again (L7).
 * F4. Compacted rows are deleted a few at a time, between flushes, and only when it pays.
 * F5. Checkpoints are made here, and not by SQLite itself at the end of a commit: that one tells nobody of an error of its sync.
 * Tests: log-flusher.spec.ts, sqlite-storage.spec.ts.
 */
import type { RaftoralError } from '../../errors/index.js';
import type { LoggedGroup, RowToWrite } from '../logged-group.js';
import type { GroupWrite } from '../storage.js';
import { storageError } from './sqlite-error.js';
import type { StoreFailure } from './store-failure.js';

/** Where the rows go: every call is one durable transaction. One at a time. */
export interface RowFile {
  readonly path: string;
  insert(keys: readonly number[], rows: readonly RowToWrite[]): Promise<void>;
  delete(keys: readonly number[]): Promise<void>;
  /** The write-ahead log is long enough to be copied into the file. */
  readonly isCheckpointDue: boolean;
  checkpoint(): Promise<void>;
}

export interface LogFlusherTuning {
  /** Groups that one statement holds rows of. */
  readonly flushRowsMax: number;
  /** Bytes of entries after which the next write waits for another flush. */
  readonly flushBytesMax: number;
  /** A group's compacted rows are deleted once there are as many, or have as many bytes. */
  readonly deleteRowsMin: number;
  readonly deleteBytesMin: number;
  /** At most as many are deleted between two flushes. */
  readonly deleteBatchRowsMax: number;
  readonly deleteBatchBytesMax: number;
}

export const LOG_FLUSHER_DEFAULTS: LogFlusherTuning = {
  flushRowsMax: 1024,
  flushBytesMax: 16 * 1024 * 1024,
  deleteRowsMin: 1024,
  deleteBytesMin: 8 * 1024 * 1024,
  deleteBatchRowsMax: 512,
  deleteBatchBytesMax: 1024 * 1024,
};

interface Waiter {
  resolve(): void;
  reject(error: RaftoralError): void;
}

/** What one flush writes. Until it is closed, its groups hold its rows. */
interface Batch {
  readonly groups: Set<LoggedGroup>;
  readonly waiters: Waiter[];
  bytes: number;
  closed: { readonly groups: readonly LoggedGroup[]; readonly rows: readonly RowToWrite[] } | null;
}

export class LogFlusher {
  private readonly tuning: LogFlusherTuning;
  /** In order; the last one gathers. */
  private readonly queue: Batch[] = [];
  /** Groups that have rows to be deleted, oldest demand first. */
  private readonly sweeping = new Set<LoggedGroup>();
  private readonly jobs: (() => Promise<void>)[] = [];
  /** Who waits for a job. */
  private readonly performing = new Set<Waiter>();
  private readonly onIdle: (() => void)[] = [];
  private isBusy = false;

  /** @param nextKey greater than every key in the file. */
  constructor(
    private readonly file: RowFile,
    private readonly failure: StoreFailure,
    private nextKey: number,
    tuning: Partial<LogFlusherTuning> = {},
  ) {
    this.tuning = { ...LOG_FLUSHER_DEFAULTS, ...tuning };
  }

  /** Takes a write of several groups. undefined: nothing had to be written and nothing is in flight. */
  write(batch: readonly GroupWrite[], groupOf: (groupId: number) => LoggedGroup): void | Promise<void> {
    if (this.failure.error !== null) return Promise.reject(this.failure.error);
    try {
      for (let i = 0; i < batch.length; i++) this.gather(groupOf(batch[i]!.groupId), batch[i]!);
    } catch (error) {
      // A part of it is in memory: nothing of that may get to the disk.
      throw this.failure.set(storageError(error, { file: this.file.path, doing: 'take a write' }));
    }
    if (this.queue.length === 0 && !this.isBusy) return undefined;
    return new Promise((resolve, reject) => {
      this.gathering().waiters.push({ resolve, reject });
      this.wake();
    });
  }

  /** Entries up to `index` are not needed any more. */
  compact(group: LoggedGroup, index: number): void {
    group.compact(index);
    if (group.deletableRows < this.tuning.deleteRowsMin && group.deletableBytes < this.tuning.deleteBytesMin) return;
    this.sweeping.add(group);
    this.wake();
  }

  /** Does something else with the file, between flushes. Its error is the first failure, or follows it. */
  between(job: () => Promise<void>): void {
    this.jobs.push(job);
    this.wake();
  }

  /** As between(). Resolves when it is done; rejects with the first failure. */
  perform(job: () => Promise<void>): Promise<void> {
    if (this.failure.error !== null) return Promise.reject(this.failure.error);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { resolve, reject };
      this.performing.add(waiter);
      this.between(async () => {
        await job();
        this.performing.delete(waiter);
        resolve();
      });
    });
  }

  /** All rows of a group that was abandoned, a few at a time. */
  async deleteAll(group: LoggedGroup): Promise<void> {
    this.sweeping.delete(group);
    while (group.deletableRows > 0)
      await this.perform(() => this.file.delete(group.takeDeletable(this.tuning.deleteBatchRowsMax, this.tuning.deleteBatchBytesMax)));
  }

  /** Resolves when nothing is in flight and nothing waits. */
  async idle(): Promise<void> {
    if (this.isBusy) await new Promise<void>((resolve) => this.onIdle.push(resolve));
  }

  private gather(group: LoggedGroup, write: GroupWrite): void {
    const last = this.queue.at(-1);
    const isFull =
      last !== undefined &&
      last.closed === null &&
      (last.bytes >= this.tuning.flushBytesMax || (last.groups.size >= this.tuning.flushRowsMax && !last.groups.has(group)));
    if (isFull) close(last);
    const bytes = group.take(write);
    if (bytes < 0) return;
    const batch = this.gathering();
    batch.groups.add(group);
    batch.bytes += bytes;
  }

  private gathering(): Batch {
    const last = this.queue.at(-1);
    if (last !== undefined && last.closed === null) return last;
    const batch: Batch = { groups: new Set(), waiters: [], bytes: 0, closed: null };
    this.queue.push(batch);
    return batch;
  }

  private wake(): void {
    if (this.isBusy) return;
    this.isBusy = true;
    this.next();
  }

  // One after the other by callbacks: an async function would put several promises between a sync and what waits for it, and all of it waits for syncs.

  private next(): void {
    if (this.failure.error !== null) return this.rest();
    const batch = this.queue.shift();
    if (batch !== undefined) this.flush(batch);
    else if (this.hasJob) this.oneJob();
    else this.rest();
  }

  private flush(batch: Batch): void {
    const { groups, rows } = close(batch);
    if (rows.length === 0) return this.flushed(batch);
    const keys = rows.map(() => this.nextKey++);
    const failed = (error: unknown): void => {
      this.queue.unshift(batch);
      this.failed(error);
    };
    const written = (): void => {
      try {
        for (let i = 0; i < rows.length; i++) groups[i]!.written(keys[i]!, rows[i]!);
      } catch (error) {
        return failed(error);
      }
      this.flushed(batch);
    };
    try {
      this.file.insert(keys, rows).then(written, failed);
    } catch (error) {
      failed(error);
    }
  }

  private flushed({ waiters }: Batch): void {
    for (let i = 0; i < waiters.length; i++) waiters[i]!.resolve();
    if (this.hasJob) this.oneJob();
    else this.next();
  }

  private oneJob(): void {
    this.doJob().then(
      () => this.next(),
      (error: unknown) => this.failed(error),
    );
  }

  private failed(error: unknown): void {
    this.failure.set(storageError(error, { file: this.file.path, doing: 'write to the log' }));
    this.rest();
  }

  /** Nothing is left to do, or nothing may be done any more. */
  private rest(): void {
    this.isBusy = false;
    if (this.failure.error !== null) this.rejectAll(this.failure.error);
    for (const resolve of this.onIdle.splice(0)) resolve();
  }

  private get hasJob(): boolean {
    return this.file.isCheckpointDue || this.jobs.length > 0 || this.sweeping.size > 0;
  }

  private async doJob(): Promise<void> {
    if (this.file.isCheckpointDue) {
      await this.file.checkpoint();
      return;
    }
    const job = this.jobs.shift();
    if (job !== undefined) {
      await job();
      return;
    }
    const [group] = this.sweeping;
    if (group === undefined) return;
    const keys = group.takeDeletable(this.tuning.deleteBatchRowsMax, this.tuning.deleteBatchBytesMax);
    if (group.deletableRows === 0) this.sweeping.delete(group);
    if (keys.length > 0) await this.file.delete(keys);
  }

  private rejectAll(error: RaftoralError): void {
    for (const { waiters } of this.queue.splice(0)) for (const waiter of waiters) waiter.reject(error);
    for (const waiter of this.performing) waiter.reject(error);
    this.performing.clear();
  }
}

/** What was taken until now is what it writes. */
function close(batch: Batch): NonNullable<Batch['closed']> {
  if (batch.closed !== null) return batch.closed;
  const groups = [...batch.groups];
  // Each of them was added because it has a row.
  batch.closed = { groups, rows: groups.map((group) => group.nextRow()!) };
  return batch.closed;
}

/**
 * A group's log together with the rows that keep it on disk: which row is to be written next, and which ones may be deleted. Pure: the simulator
 * runs it too.
 *
 * U1. Whatever is taken between two flushes becomes one row, whose hard state is the whole, newest one.
 * U2. A commit index alone makes no row: it rides in the next one.
 * U3. Rows are deleted as a prefix of the sequence, each only once all of its entries are compacted, and never the newest (it holds the hard state).
 * U4. A group that is destroyed loses all of them, in the same order.
 * Source: R35. Tests: logged-group.spec.ts.
 */
import { invariant } from '../errors/index.js';
import type { Entry } from '../raft/index.js';
import { GroupLog } from './group-log.js';
import type { RecoveredLog } from './log-recovery.js';
import { lastIndexOf, storedRow, type LogRow, type StoredRow } from './log-row.js';
import type { GroupWrite } from './storage.js';

/** Rows that are gone leave holes at the front of the arrays; they are cut off when there are as many as this. */
const DELETED_ROWS_MAX = 1024;

interface PendingRow {
  isReset: boolean;
  previousIndex: number;
  previousTerm: number;
  entries: Entry[];
  /** False: the array is the writer's, and not to be changed. */
  isOwn: boolean;
}

export interface RowToWrite extends StoredRow {
  readonly lastIndex: number;
}

export class LoggedGroup {
  readonly log: GroupLog;
  private pending: PendingRow | null = null;
  private lastSequence = 0;
  /** Of the durable rows, in sequence: where the row is, and what must be compacted before it may go. */
  private keys: number[] = [];
  private lastIndexes: number[] = [];
  private sizes: number[] = [];
  /** Rows before `deleted` are gone, those before `deletable` may go. */
  private deleted = 0;
  private deletable = 0;
  private deletableSize = 0;
  private compactedIndex = 0;

  constructor(readonly groupId: number) {
    this.log = new GroupLog(groupId);
  }

  /** @param keys of the rows, in sequence. */
  restore(recovered: RecoveredLog, keys: readonly number[]): void {
    this.log.restore(recovered);
    this.lastSequence = recovered.lastSequence;
    this.keys = keys.slice();
    this.lastIndexes = recovered.rowLastIndexes.slice();
    this.sizes = recovered.rowBytes.slice();
  }

  /** Takes a write into the log. Returns the bytes that it adds to the next row, -1 if it needs none. Throws what GroupLog.take() throws. */
  take(write: GroupWrite): number {
    const { hardState, entries, reset } = write;
    const before = this.log.initialState().hardState;
    this.log.take(write);
    if (reset !== null) {
      this.pending = { isReset: true, previousIndex: reset.index, previousTerm: reset.term, entries: [], isOwn: true };
    }
    if (entries.length > 0) {
      this.append(entries);
    } else if (reset === null) {
      const isVote = hardState !== null && (hardState.term !== before.term || hardState.vote !== before.vote);
      if (!isVote && (hardState === null || !write.mustSync)) return -1;
      if (this.pending === null) this.pendBehind(this.log.lastIndex());
    }
    let bytes = 0;
    for (let i = 0; i < entries.length; i++) bytes += entries[i]!.data.length;
    return bytes;
  }

  /** The next row, with all that was taken since the last call; null: nothing that needs one. */
  nextRow(): RowToWrite | null {
    const { pending } = this;
    if (pending === null) return null;
    this.pending = null;
    // Field by field, here and below: it is on the way of every commit, and spreads showed in the profile.
    const { isReset, previousIndex, previousTerm, entries } = pending;
    return this.encode({ hardState: this.log.initialState().hardState, isReset, previousIndex, previousTerm, entries });
  }

  /** A row that is written outside of the order of writes: at the start, before the first. */
  encode(row: LogRow): RowToWrite {
    const { groupId, sequence, row: bytes, checksum } = storedRow(this.groupId, ++this.lastSequence, row);
    return { groupId, sequence, row: bytes, checksum, lastIndex: lastIndexOf(row) };
  }

  /** A row is durable. In order. */
  written(key: number, { lastIndex, row }: RowToWrite): void {
    this.keys.push(key);
    this.lastIndexes.push(lastIndex);
    this.sizes.push(row.length);
    this.advance();
  }

  /** Forgets entries up to `index` in memory at once; rows become deletable. */
  compact(index: number): void {
    this.log.compact(index);
    if (index <= this.compactedIndex) return;
    this.compactedIndex = index;
    this.advance();
  }

  /** The group is destroyed: every row may go, in sequence. */
  abandon(): void {
    invariant(this.pending === null, () => `group ${this.groupId} is destroyed with a row that waits to be written`);
    while (this.deletable < this.keys.length) this.deletableSize += this.sizes[this.deletable++]!;
  }

  get deletableRows(): number {
    return this.deletable - this.deleted;
  }

  get deletableBytes(): number {
    return this.deletableSize;
  }

  /** Keys of the oldest rows that may go, at most `rowsMax`, and no more once they have `bytesMax`; they count as gone from now on. */
  takeDeletable(rowsMax: number, bytesMax: number): number[] {
    const keys: number[] = [];
    let bytes = 0;
    while (this.deleted < this.deletable && keys.length < rowsMax && bytes < bytesMax) {
      bytes += this.sizes[this.deleted]!;
      keys.push(this.keys[this.deleted++]!);
    }
    this.deletableSize -= bytes;
    if (this.deleted >= DELETED_ROWS_MAX && this.deleted * 2 >= this.keys.length) this.cutDeleted();
    return keys;
  }

  private cutDeleted(): void {
    this.keys = this.keys.slice(this.deleted);
    this.lastIndexes = this.lastIndexes.slice(this.deleted);
    this.sizes = this.sizes.slice(this.deleted);
    this.deletable -= this.deleted;
    this.deleted = 0;
  }

  private advance(): void {
    const newest = this.keys.length - 1;
    while (this.deletable < newest && this.lastIndexes[this.deletable]! <= this.compactedIndex) {
      this.deletableSize += this.sizes[this.deletable++]!;
    }
  }

  private append(entries: readonly Entry[]): void {
    const before = entries[0]!.index - 1;
    if (this.pending === null || before < this.pending.previousIndex) this.pendBehind(before);
    const pending = this.pending!;
    const kept = before - pending.previousIndex;
    if (kept === 0) {
      pending.entries = entries as Entry[];
      pending.isOwn = false;
      return;
    }
    if (!pending.isOwn) {
      pending.entries = pending.entries.slice(0, kept);
      pending.isOwn = true;
    }
    pending.entries.length = kept;
    for (let i = 0; i < entries.length; i++) pending.entries.push(entries[i]!);
  }

  private pendBehind(previousIndex: number): void {
    this.pending = { isReset: false, previousIndex, previousTerm: this.log.term(previousIndex), entries: [], isOwn: true };
  }
}

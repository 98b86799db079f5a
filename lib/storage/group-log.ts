/**
 * The log of one group as the core reads it, in memory. Pure. Owns: entries, hard state, and the latest snapshot (without a state store) or the
 * position of the durable state (with one: a snapshot without data).
 *
 * M1. Entries are consecutive: records[i] has index `base + 1 + i`; `base` is the last compacted position, `baseTerm` its term.
 * M2. A write never leaves a gap, and compaction never passes the latest snapshot.
 * M3. The arrays that reads hand out are the caller's.
 * Tests: memory.spec.ts, logged-group.spec.ts.
 */
import { invariant } from '../errors/index.js';
import type { ConfState, Entry, LogStorage, Snapshot } from '../raft/index.js';
import { EMPTY_CONF_STATE, ENTRY_OVERHEAD_BYTES, HardState } from '../raft/types.js';
import { TERM_COMPACTED, TERM_UNAVAILABLE, type GroupWrite } from './storage.js';

/** A log that was read back. */
export interface LogContent {
  readonly hardState: HardState;
  readonly baseIndex: number;
  readonly baseTerm: number;
  readonly entries: readonly Entry[];
}

export class GroupLog implements LogStorage {
  private hardState = new HardState(0, 0, 0);
  private latest: Snapshot | null = null;
  private base = 0;
  private baseTerm = 0;
  private records: Entry[] = [];

  constructor(readonly groupId: number) {}

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.hardState, confState: this.latest === null ? EMPTY_CONF_STATE : this.latest.confState };
  }

  firstIndex(): number {
    return this.base + 1;
  }

  lastIndex(): number {
    return this.base + this.records.length;
  }

  term(index: number): number {
    const at = index - this.base;
    if (at > 0) return at <= this.records.length ? this.records[at - 1]!.term : TERM_UNAVAILABLE;
    return at === 0 ? this.baseTerm : TERM_COMPACTED;
  }

  entries(low: number, high: number, bytesMax: number): Entry[] | null {
    if (low <= this.base) return null;
    const start = low - this.base - 1;
    const limit = high - this.base - 1;
    invariant(
      limit <= this.records.length,
      () => `group ${this.groupId}: entries ${low}..${high - 1} asked for, the last is ${this.lastIndex()}`,
    );
    if (bytesMax === Infinity || limit - start === 1) return this.records.slice(start, limit);
    let bytes = 0;
    let end = start;
    for (; end < limit; end++) {
      bytes += this.records[end]!.data.length + ENTRY_OVERHEAD_BYTES;
      if (bytes > bytesMax && end > start) break;
    }
    return this.records.slice(start, end);
  }

  snapshot(): Snapshot | null {
    return this.latest;
  }

  /** What was read back takes the place of everything but the snapshot. */
  restore({ hardState, baseIndex, baseTerm, entries }: LogContent): void {
    this.hardState = hardState;
    this.base = baseIndex;
    this.baseTerm = baseTerm;
    this.records = entries.slice();
  }

  take(write: GroupWrite): void {
    if (write.reset !== null) this.reset(write.reset);
    if (write.entries.length > 0) this.append(write.entries);
    if (write.hardState !== null) this.hardState = write.hardState;
  }

  saveSnapshot(snapshot: Snapshot): void {
    const before = this.latest === null ? 0 : this.latest.index;
    invariant(snapshot.index >= before, () => `group ${this.groupId}: snapshot at ${snapshot.index} after one at ${before}`);
    this.latest = snapshot;
  }

  compact(index: number): void {
    if (index <= this.base) return;
    const covered = this.latest === null ? 0 : this.latest.index;
    invariant(index <= covered, () => `group ${this.groupId}: compaction at ${index} passes the snapshot at ${covered}`);
    invariant(index <= this.lastIndex(), () => `group ${this.groupId}: compaction at ${index} passes the last entry ${this.lastIndex()}`);
    const count = index - this.base;
    this.baseTerm = this.records[count - 1]!.term;
    this.records = this.records.slice(count);
    this.base = index;
  }

  private reset(snapshot: Snapshot): void {
    invariant(
      this.latest !== null && this.latest.index === snapshot.index,
      () => `group ${this.groupId}: log reset to ${snapshot.index} before its snapshot was saved`,
    );
    this.base = snapshot.index;
    this.baseTerm = snapshot.term;
    this.records = [];
  }

  private append(entries: readonly Entry[]): void {
    const at = entries[0]!.index - this.base - 1;
    invariant(
      at >= 0 && at <= this.records.length,
      () => `group ${this.groupId}: write at ${entries[0]!.index} leaves a gap after ${this.lastIndex()} or rewrites up to ${this.base}`,
    );
    if (at < this.records.length) this.records.length = at;
    for (let i = 0; i < entries.length; i++) this.records.push(entries[i]!);
  }
}

/** Something is stored of the group: a vote, an entry, a position. */
export function hasContent(log: GroupLog): boolean {
  const { term, commit } = log.initialState().hardState;
  return term > 0 || commit > 0 || log.lastIndex() > 0 || log.snapshot() !== null;
}

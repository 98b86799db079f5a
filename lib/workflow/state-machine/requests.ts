/**
 * Answers that were given to client commands, by requestId (R26). Pure.
 *
 * Q1. An answer is kept at least until the log time is past its expiry; until then the same requestId gets the same answer.
 * Q2. What is past its expiry is forgotten a few at a time, in order of (expiry, requestId): which ones are left after an index depends
 *     on the log only. A command of a forgotten requestId is past its own expiry, so apply refuses it before it looks here.
 * Q3. No answer is remembered with an expiry below the log time, so the forgotten ones are exactly those up to a threshold, and rows of answers
 *     need only be appended.
 */
import type { CommandKind } from '../command.js';
import type { CommandAnswer } from '../state.js';
import { IndexedHeap, type HeapItem } from './heap.js';

/** Per applied command: more than one, so that the past shrinks; few, so that no command pays for a long idle time. */
const FORGOTTEN_PER_COMMAND_MAX = 16;

export class RequestEntry implements HeapItem {
  heapIndex = -1;

  constructor(
    readonly requestId: string,
    readonly expiryMs: number,
    readonly kind: CommandKind,
    readonly workflowId: string,
    readonly answer: CommandAnswer,
  ) {}
}

function expiresBefore(a: RequestEntry, b: RequestEntry): boolean {
  return a.expiryMs !== b.expiryMs ? a.expiryMs < b.expiryMs : a.requestId < b.requestId;
}

export class RequestLog {
  /** Remembered since the last cut, in order; null = nobody asks. */
  fresh: RequestEntry[] | null = null;
  /** Of the last row that was written. */
  lastSequence = 0;
  /** Answers with (expiry, requestId) at or before are forgotten. */
  forgottenMs = 0;
  forgottenId = '';

  private readonly byId = new Map<string, RequestEntry>();
  private readonly byExpiry = new IndexedHeap<RequestEntry>(expiresBefore);

  get size(): number {
    return this.byId.size;
  }

  /** Undefined also for an answer that is past its expiry and not yet forgotten. */
  find(requestId: string, logTimeMs: number): RequestEntry | undefined {
    const entry = this.byId.get(requestId);
    return entry === undefined || entry.expiryMs < logTimeMs ? undefined : entry;
  }

  remember(entry: RequestEntry): void {
    const old = this.byId.get(entry.requestId);
    if (old !== undefined) this.forget(old);
    this.byId.set(entry.requestId, entry);
    this.byExpiry.push(entry);
    if (this.fresh !== null) this.fresh.push(entry);
  }

  /** Takes back what stood in a row, rows and answers in their order. */
  take(entries: readonly RequestEntry[]): void {
    for (const entry of entries) if (!this.isForgotten(entry)) this.remember(entry);
  }

  private isForgotten(entry: RequestEntry): boolean {
    return entry.expiryMs !== this.forgottenMs ? entry.expiryMs < this.forgottenMs : entry.requestId <= this.forgottenId;
  }

  forgetExpired(logTimeMs: number): void {
    for (let left = FORGOTTEN_PER_COMMAND_MAX; left > 0; left--) {
      const first = this.byExpiry.peek();
      if (first === undefined || first.expiryMs >= logTimeMs) return;
      this.forget(first);
      this.forgottenMs = first.expiryMs;
      this.forgottenId = first.requestId;
    }
  }

  /** In the order in which they were remembered. */
  entries(): IterableIterator<RequestEntry> {
    return this.byId.values();
  }

  private forget(entry: RequestEntry): void {
    this.byId.delete(entry.requestId);
    this.byExpiry.remove(entry);
  }
}

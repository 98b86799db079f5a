/**
 * Events of a group, on their way to those who watch. Generic over the item: a key (the run) and a sequence (wseq) name it.
 *
 * B1. publish() never blocks, throws or calls a subscriber: delivery is a turn of the scheduler, never inside apply.
 * B2. A stream of one key reads history by its cursor, so it needs no buffer and loses nothing; what history no longer holds
 *     is a gap. It completes when history says that nothing comes after the cursor. What is not in memory is fetched; meanwhile nothing
 *     but notes is delivered, so live items neither overtake nor double it.
 * B3. The stream of all keys is live. A subscriber holds at most `subscriberBufferMax` items; on overflow all of them become
 *     one gap {from, to} per key, delivered before what comes later. Gaps are bounded by the keys that the group holds.
 * B4. Per key, every subscriber sees sequences in order, each once, or covered by exactly one gap. Items beside the history
 *     (note()) are never turned into gaps.
 *     What the live ones were given before close() they are told then, unless they wait at their own pace: nobody tells it again.
 * B5. What one subscriber does (throw, lag, unsubscribe inside next) is never felt by another or by the publisher.
 * Source: RULES R43. Tests: event-bus.spec.ts.
 */
import { Observable, type Subscriber } from 'rxjs';
import type { Scheduler } from './scheduler.js';

export type EventStream<T> = Observable<T>;

/** Where items come from. Called between applies only, with the state as it is then. */
export interface EventHistory<Item> {
  keyOf(item: Item): string;
  sequenceOf(item: Item): number;
  /** What a gap says of its key beside it; it is kept with the gap, for the key may be forgotten by then. */
  labelOf(item: Item): string;
  /**
   * Items of `key` with ascending sequences from `from` on, at most `limit`; none when there is none (yet). null: there may be, but not in
   * memory, so the stream has to fetch them.
   */
  read(key: string, from: number, limit: number): readonly Item[] | null;
  /** True when no item of `key` comes after `sequence`: the key is finished, or gone. */
  ended(key: string, sequence: number): boolean;
  /** The item that says: from..to of `key` were not delivered to you. */
  gap(key: string, label: string, from: number, to: number): Item;
}

/** A copy of one key's items, as they were at some time. */
export interface FetchedItems<Item> {
  /** As of EventHistory. */
  read(from: number, limit: number): readonly Item[];
  ended(sequence: number): boolean;
}

export interface EventBusOptions<Item> {
  readonly history: EventHistory<Item>;
  readonly scheduler: Scheduler;
  /** Items that a subscriber may lag behind; also the most that one turn delivers to it. Whole number ≥ 1. */
  readonly subscriberBufferMax: number;
  /** A subscriber that threw out of next() was dropped. Default: nobody is told. */
  onSubscriberError?(error: unknown): void;
}

export interface KeyStreamOptions<Item> extends StreamOptions {
  /** Items after this sequence. Default 0: all. */
  readonly after?: number;
  /** Fetches the key's items from `from` on, which are not in memory; null when the key is gone. A rejection errors the stream. */
  readonly fetch?: (from: number) => Promise<FetchedItems<Item> | null>;
}

export interface StreamOptions {
  /**
   * The pace of a subscriber that consumes asynchronously: asked before each item. While the promise it gave is pending nothing
   * is delivered, and the subscriber lags; a rejection errors the stream.
   */
  readonly ready?: () => Promise<unknown> | undefined;
}

/** A subscription, as the bus drives it. */
interface Cursor {
  /** Delivers what there is, at most the limit; true when more waits. Throws only what the subscriber threw. */
  deliver(limit: number): boolean;
}

export class EventBus<Item> {
  private readonly history: EventHistory<Item>;
  private readonly live = new Set<LiveCursor<Item>>();
  private readonly byKey = new Map<string, Set<KeyCursor<Item>>>();
  private dirty: Cursor[] = [];
  private readonly dirtySet = new Set<Cursor>();
  private flushScheduled = false;
  private closed = false;

  constructor(private readonly options: EventBusOptions<Item>) {
    this.history = options.history;
  }

  /** False: publish() would do nothing. The publisher need not even make the item. */
  get wanted(): boolean {
    return this.live.size !== 0 || this.byKey.size !== 0;
  }

  /** An item that history holds under its key and sequence. */
  publish(item: Item): void {
    if (!this.wanted) return;
    for (const cursor of this.live) {
      cursor.push(item);
      this.wake(cursor);
    }
    if (this.byKey.size !== 0) this.wakeKey(this.history.keyOf(item));
  }

  /** An item beside the history, of this node only: delivered to who listens now, never replayed. */
  note(item: Item): void {
    if (!this.wanted) return;
    for (const cursor of this.live) {
      cursor.pushNote(item);
      this.wake(cursor);
    }
    for (const cursor of this.byKey.get(this.history.keyOf(item)) ?? []) {
      cursor.pushNote(item);
      this.wake(cursor);
    }
  }

  /** History now holds from..to of `key`, which were never published here: a snapshot brought them (R36). */
  skipped(key: string, label: string, from: number, to: number): void {
    for (const cursor of this.live) {
      cursor.pushGap(key, label, from, to);
      this.wake(cursor);
    }
    this.wakeKey(key);
  }

  /** Lets the streams of `key` look at history again: it ended, or its key was forgotten. */
  wakeKey(key: string): void {
    const cursors = this.byKey.get(key);
    if (cursors !== undefined) for (const cursor of cursors) this.wake(cursor);
  }

  /** The same for all keys: the history was replaced. */
  wakeKeys(): void {
    for (const key of this.byKey.keys()) this.wakeKey(key);
  }

  /** Items of one key from `after` + 1 on, then live. Cold: each subscription has a cursor of its own. */
  stream(key: string, options: KeyStreamOptions<Item> = {}): EventStream<Item> {
    return new Observable<Item>((subscriber) => {
      if (this.closed) return subscriber.complete();
      const cursor = new KeyCursor<Item>(this, this.history, subscriber, options, key);
      let cursors = this.byKey.get(key);
      if (cursors === undefined) this.byKey.set(key, (cursors = new Set()));
      cursors.add(cursor);
      subscriber.add(() => {
        cursor.drop();
        cursors.delete(cursor);
        if (cursors.size === 0 && this.byKey.get(key) === cursors) this.byKey.delete(key);
      });
      this.wake(cursor);
    });
  }

  /** Live items of all keys, from the subscription on. */
  all(options: StreamOptions = {}): EventStream<Item> {
    return new Observable<Item>((subscriber) => {
      if (this.closed) return subscriber.complete();
      const cursor = new LiveCursor<Item>(this, this.history, subscriber, options.ready, this.options.subscriberBufferMax);
      this.live.add(cursor);
      subscriber.add(() => {
        cursor.drop();
        this.live.delete(cursor);
      });
    });
  }

  /** Completes every stream, now and later. */
  close(): void {
    this.closed = true;
    for (const cursor of [...this.live]) this.guard(cursor.subscriber, () => void cursor.deliver(cursor.pending));
    for (const cursor of [...this.live, ...[...this.byKey.values()].flatMap((cursors) => [...cursors])]) {
      this.guard(cursor.subscriber, () => cursor.subscriber.complete());
    }
  }

  /** Called by cursors too, when their subscriber is ready again. */
  wake(cursor: Cursor): void {
    if (this.dirtySet.has(cursor)) return;
    this.dirtySet.add(cursor);
    this.dirty.push(cursor);
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    this.options.scheduler.turn(this.flush);
  }

  private readonly flush = (): void => {
    this.flushScheduled = false;
    const cursors = this.dirty;
    this.dirty = [];
    this.dirtySet.clear();
    for (const cursor of cursors as Array<KeyCursor<Item> | LiveCursor<Item>>) {
      this.guard(cursor.subscriber, () => {
        if (!cursor.subscriber.closed && cursor.deliver(this.options.subscriberBufferMax)) this.wake(cursor);
      });
    }
  };

  /** rxjs itself reports what an observer throws (its `config.onUnhandledError`); this holds what comes through all the same. */
  private guard(subscriber: Subscriber<Item>, action: () => void): void {
    try {
      action();
    } catch (error) {
      subscriber.unsubscribe();
      this.options.onSubscriberError?.(error);
    }
  }
}

/** What both kinds of cursor share: the pace of the subscriber. */
abstract class PacedCursor<Item> implements Cursor {
  private waiting = false;
  /** The promise for the next item was kept: it goes out without asking again. */
  private granted = false;

  constructor(
    protected readonly bus: EventBus<Item>,
    protected readonly history: EventHistory<Item>,
    readonly subscriber: Subscriber<Item>,
    private readonly ready: (() => Promise<unknown> | undefined) | undefined,
  ) {}

  deliver(limit: number): boolean {
    if (this.waiting) return false;
    for (let count = 0; count < limit; count++) {
      if (!this.prepare(limit - count) || this.mustWait()) return false;
      this.subscriber.next(this.take());
      if (this.subscriber.closed) return false;
    }
    return this.prepare(1);
  }

  /** True when take() has an item; may end the stream. */
  protected abstract prepare(limit: number): boolean;
  protected abstract take(): Item;

  private mustWait(): boolean {
    if (this.ready === undefined) return false;
    if (this.granted) {
      this.granted = false;
      return false;
    }
    const promise = this.ready();
    if (promise === undefined) return false;
    this.waiting = true;
    promise.then(
      () => {
        this.waiting = false;
        this.granted = true;
        if (!this.subscriber.closed) this.bus.wake(this);
      },
      (error: unknown) => this.subscriber.error(error),
    );
    return true;
  }
}

class KeyCursor<Item> extends PacedCursor<Item> {
  private batch: readonly Item[] = [];
  private position = 0;
  private after: number;
  private notes: Item[] = [];
  private pendingGap: { readonly from: number; readonly to: number } | null = null;
  private fetched: FetchedItems<Item> | null = null;
  private fetching = false;
  private readonly fetch: KeyStreamOptions<Item>['fetch'];

  constructor(
    bus: EventBus<Item>,
    history: EventHistory<Item>,
    subscriber: Subscriber<Item>,
    options: KeyStreamOptions<Item>,
    private readonly key: string,
  ) {
    super(bus, history, subscriber, options.ready);
    this.after = options.after ?? 0;
    this.fetch = options.fetch;
  }

  pushNote(item: Item): void {
    this.notes.push(item);
  }

  drop(): void {
    this.batch = [];
    this.notes = [];
    this.fetched = null;
  }

  protected override prepare(limit: number): boolean {
    if (this.position < this.batch.length) return true;
    this.batch = this.fetching ? [] : this.read(limit);
    this.position = 0;
    if (this.batch.length !== 0) {
      const first = this.history.sequenceOf(this.batch[0]!);
      if (first > this.after + 1) this.pendingGap = { from: this.after + 1, to: first - 1 };
      return true;
    }
    if (this.notes.length !== 0) return true;
    if (!this.fetching && this.history.ended(this.key, this.after)) this.subscriber.complete();
    return false;
  }

  /** From the copy that was fetched while it has more, else from memory, else after a fetch: then `fetching` is true. */
  private read(limit: number): readonly Item[] {
    if (this.fetched !== null) {
      const items = this.fetched.read(this.after + 1, limit);
      if (items.length !== 0) return items;
      if (this.fetched.ended(this.after)) {
        if (this.notes.length === 0) this.subscriber.complete();
        return items;
      }
      this.fetched = null;
    }
    const items = this.history.read(this.key, this.after + 1, limit);
    if (items !== null) return items;
    if (this.fetch !== undefined) this.beginFetch(this.fetch);
    return [];
  }

  private beginFetch(fetch: NonNullable<KeyStreamOptions<Item>['fetch']>): void {
    this.fetching = true;
    fetch(this.after + 1).then(
      (fetched) => {
        this.fetching = false;
        if (this.subscriber.closed) return;
        this.fetched = fetched ?? NOTHING;
        this.bus.wake(this);
      },
      (error: unknown) => this.subscriber.error(error),
    );
  }

  protected override take(): Item {
    if (this.pendingGap !== null) {
      const { from, to } = this.pendingGap;
      this.pendingGap = null;
      this.after = to;
      return this.history.gap(this.key, this.history.labelOf(this.batch[this.position]!), from, to);
    }
    if (this.position >= this.batch.length) return this.notes.shift()!;
    const item = this.batch[this.position++]!;
    this.after = this.history.sequenceOf(item);
    return item;
  }
}

/** Of a key that is gone. */
const NOTHING: FetchedItems<never> = { read: () => [], ended: () => true };

class LiveCursor<Item> extends PacedCursor<Item> {
  private items: Item[] = [];
  private head = 0;
  /** Those of `items` that stand beside the history. */
  private readonly notes = new Set<Item>();
  private readonly gaps = new Map<string, { readonly label: string; from: number; to: number }>();

  constructor(
    bus: EventBus<Item>,
    history: EventHistory<Item>,
    subscriber: Subscriber<Item>,
    ready: (() => Promise<unknown> | undefined) | undefined,
    private readonly bufferMax: number,
  ) {
    super(bus, history, subscriber, ready);
  }

  /** Items that deliver() would hand out now. */
  get pending(): number {
    return this.gaps.size + this.items.length - this.head;
  }

  push(item: Item): void {
    if (this.items.length - this.head >= this.bufferMax) this.overflow();
    this.items.push(item);
  }

  pushNote(item: Item): void {
    this.notes.add(item);
    this.items.push(item);
  }

  /** Everything that waits is older than this gap, so it has to become a part of one. */
  pushGap(key: string, label: string, from: number, to: number): void {
    this.overflow();
    this.addGap(key, label, from, to);
  }

  drop(): void {
    this.items = [];
    this.head = 0;
    this.notes.clear();
    this.gaps.clear();
  }

  protected override prepare(): boolean {
    return this.gaps.size !== 0 || this.head < this.items.length;
  }

  protected override take(): Item {
    if (this.gaps.size !== 0) {
      const [key, { label, from, to }] = this.gaps.entries().next().value!;
      this.gaps.delete(key);
      return this.history.gap(key, label, from, to);
    }
    const item = this.items[this.head++]!;
    if (this.notes.size !== 0) this.notes.delete(item);
    if (this.head === this.items.length) {
      this.items = [];
      this.head = 0;
    } else if (this.head >= 1024) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return item;
  }

  private overflow(): void {
    for (let i = this.head; i < this.items.length; i++) {
      const item = this.items[i]!;
      if (this.notes.has(item)) continue;
      const sequence = this.history.sequenceOf(item);
      this.addGap(this.history.keyOf(item), this.history.labelOf(item), sequence, sequence);
    }
    this.items = [...this.notes];
    this.head = 0;
  }

  private addGap(key: string, label: string, from: number, to: number): void {
    const gap = this.gaps.get(key);
    if (gap === undefined) this.gaps.set(key, { label, from, to });
    else {
      gap.from = Math.min(gap.from, from);
      gap.to = Math.max(gap.to, to);
    }
  }
}

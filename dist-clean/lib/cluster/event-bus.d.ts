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
 * B5. What one subscriber does (throw, lag, unsubscribe inside next) is never felt by another or by the publisher.
 * Source: RULES R43. Tests: event-bus.spec.ts.
 */
import { Observable } from 'rxjs';
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
export declare class EventBus<Item> {
    private readonly options;
    private readonly history;
    private readonly live;
    private readonly byKey;
    private dirty;
    private readonly dirtySet;
    private flushScheduled;
    private closed;
    constructor(options: EventBusOptions<Item>);
    /** False: publish() would do nothing. The publisher need not even make the item. */
    get wanted(): boolean;
    /** An item that history holds under its key and sequence. */
    publish(item: Item): void;
    /** An item beside the history, of this node only: delivered to who listens now, never replayed. */
    note(item: Item): void;
    /** History now holds from..to of `key`, which were never published here: a snapshot brought them (R36). */
    skipped(key: string, label: string, from: number, to: number): void;
    /** Lets the streams of `key` look at history again: it ended, or its key was forgotten. */
    wakeKey(key: string): void;
    /** The same for all keys: the history was replaced. */
    wakeKeys(): void;
    /** Items of one key from `after` + 1 on, then live. Cold: each subscription has a cursor of its own. */
    stream(key: string, options?: KeyStreamOptions<Item>): EventStream<Item>;
    /** Live items of all keys, from the subscription on. */
    all(options?: StreamOptions): EventStream<Item>;
    /** Completes every stream, now and later. */
    close(): void;
    /** Called by cursors too, when their subscriber is ready again. */
    wake(cursor: Cursor): void;
    private readonly flush;
    /** rxjs itself reports what an observer throws (its `config.onUnhandledError`); this holds what comes through all the same. */
    private guard;
}
export {};

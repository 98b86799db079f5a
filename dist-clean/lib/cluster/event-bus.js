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
export class EventBus {
    options;
    history;
    live = new Set();
    byKey = new Map();
    dirty = [];
    dirtySet = new Set();
    flushScheduled = false;
    closed = false;
    constructor(options) {
        this.options = options;
        this.history = options.history;
    }
    /** False: publish() would do nothing. The publisher need not even make the item. */
    get wanted() {
        return this.live.size !== 0 || this.byKey.size !== 0;
    }
    /** An item that history holds under its key and sequence. */
    publish(item) {
        if (!this.wanted)
            return;
        for (const cursor of this.live) {
            cursor.push(item);
            this.wake(cursor);
        }
        if (this.byKey.size !== 0)
            this.wakeKey(this.history.keyOf(item));
    }
    /** An item beside the history, of this node only: delivered to who listens now, never replayed. */
    note(item) {
        if (!this.wanted)
            return;
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
    skipped(key, label, from, to) {
        for (const cursor of this.live) {
            cursor.pushGap(key, label, from, to);
            this.wake(cursor);
        }
        this.wakeKey(key);
    }
    /** Lets the streams of `key` look at history again: it ended, or its key was forgotten. */
    wakeKey(key) {
        const cursors = this.byKey.get(key);
        if (cursors !== undefined)
            for (const cursor of cursors)
                this.wake(cursor);
    }
    /** The same for all keys: the history was replaced. */
    wakeKeys() {
        for (const key of this.byKey.keys())
            this.wakeKey(key);
    }
    /** Items of one key from `after` + 1 on, then live. Cold: each subscription has a cursor of its own. */
    stream(key, options = {}) {
        return new Observable((subscriber) => {
            if (this.closed)
                return subscriber.complete();
            const cursor = new KeyCursor(this, this.history, subscriber, options, key);
            let cursors = this.byKey.get(key);
            if (cursors === undefined)
                this.byKey.set(key, (cursors = new Set()));
            cursors.add(cursor);
            subscriber.add(() => {
                cursor.drop();
                cursors.delete(cursor);
                if (cursors.size === 0 && this.byKey.get(key) === cursors)
                    this.byKey.delete(key);
            });
            this.wake(cursor);
        });
    }
    /** Live items of all keys, from the subscription on. */
    all(options = {}) {
        return new Observable((subscriber) => {
            if (this.closed)
                return subscriber.complete();
            const cursor = new LiveCursor(this, this.history, subscriber, options.ready, this.options.subscriberBufferMax);
            this.live.add(cursor);
            subscriber.add(() => {
                cursor.drop();
                this.live.delete(cursor);
            });
        });
    }
    /** Completes every stream, now and later. */
    close() {
        this.closed = true;
        for (const cursor of [...this.live, ...[...this.byKey.values()].flatMap((cursors) => [...cursors])]) {
            this.guard(cursor.subscriber, () => cursor.subscriber.complete());
        }
    }
    /** Called by cursors too, when their subscriber is ready again. */
    wake(cursor) {
        if (this.dirtySet.has(cursor))
            return;
        this.dirtySet.add(cursor);
        this.dirty.push(cursor);
        if (this.flushScheduled)
            return;
        this.flushScheduled = true;
        this.options.scheduler.turn(this.flush);
    }
    flush = () => {
        this.flushScheduled = false;
        const cursors = this.dirty;
        this.dirty = [];
        this.dirtySet.clear();
        for (const cursor of cursors) {
            this.guard(cursor.subscriber, () => {
                if (!cursor.subscriber.closed && cursor.deliver(this.options.subscriberBufferMax))
                    this.wake(cursor);
            });
        }
    };
    /** rxjs itself reports what an observer throws (its `config.onUnhandledError`); this holds what comes through all the same. */
    guard(subscriber, action) {
        try {
            action();
        }
        catch (error) {
            subscriber.unsubscribe();
            this.options.onSubscriberError?.(error);
        }
    }
}
/** What both kinds of cursor share: the pace of the subscriber. */
class PacedCursor {
    bus;
    history;
    subscriber;
    ready;
    waiting = false;
    /** The promise for the next item was kept: it goes out without asking again. */
    granted = false;
    constructor(bus, history, subscriber, ready) {
        this.bus = bus;
        this.history = history;
        this.subscriber = subscriber;
        this.ready = ready;
    }
    deliver(limit) {
        if (this.waiting)
            return false;
        for (let count = 0; count < limit; count++) {
            if (!this.prepare(limit - count) || this.mustWait())
                return false;
            this.subscriber.next(this.take());
            if (this.subscriber.closed)
                return false;
        }
        return this.prepare(1);
    }
    mustWait() {
        if (this.ready === undefined)
            return false;
        if (this.granted) {
            this.granted = false;
            return false;
        }
        const promise = this.ready();
        if (promise === undefined)
            return false;
        this.waiting = true;
        promise.then(() => {
            this.waiting = false;
            this.granted = true;
            if (!this.subscriber.closed)
                this.bus.wake(this);
        }, (error) => this.subscriber.error(error));
        return true;
    }
}
class KeyCursor extends PacedCursor {
    key;
    batch = [];
    position = 0;
    after;
    notes = [];
    pendingGap = null;
    fetched = null;
    fetching = false;
    fetch;
    constructor(bus, history, subscriber, options, key) {
        super(bus, history, subscriber, options.ready);
        this.key = key;
        this.after = options.after ?? 0;
        this.fetch = options.fetch;
    }
    pushNote(item) {
        this.notes.push(item);
    }
    drop() {
        this.batch = [];
        this.notes = [];
        this.fetched = null;
    }
    prepare(limit) {
        if (this.position < this.batch.length)
            return true;
        this.batch = this.fetching ? [] : this.read(limit);
        this.position = 0;
        if (this.batch.length !== 0) {
            const first = this.history.sequenceOf(this.batch[0]);
            if (first > this.after + 1)
                this.pendingGap = { from: this.after + 1, to: first - 1 };
            return true;
        }
        if (this.notes.length !== 0)
            return true;
        if (!this.fetching && this.history.ended(this.key, this.after))
            this.subscriber.complete();
        return false;
    }
    /** From the copy that was fetched while it has more, else from memory, else after a fetch: then `fetching` is true. */
    read(limit) {
        if (this.fetched !== null) {
            const items = this.fetched.read(this.after + 1, limit);
            if (items.length !== 0)
                return items;
            if (this.fetched.ended(this.after)) {
                if (this.notes.length === 0)
                    this.subscriber.complete();
                return items;
            }
            this.fetched = null;
        }
        const items = this.history.read(this.key, this.after + 1, limit);
        if (items !== null)
            return items;
        if (this.fetch !== undefined)
            this.beginFetch(this.fetch);
        return [];
    }
    beginFetch(fetch) {
        this.fetching = true;
        fetch(this.after + 1).then((fetched) => {
            this.fetching = false;
            if (this.subscriber.closed)
                return;
            this.fetched = fetched ?? NOTHING;
            this.bus.wake(this);
        }, (error) => this.subscriber.error(error));
    }
    take() {
        if (this.pendingGap !== null) {
            const { from, to } = this.pendingGap;
            this.pendingGap = null;
            this.after = to;
            return this.history.gap(this.key, this.history.labelOf(this.batch[this.position]), from, to);
        }
        if (this.position >= this.batch.length)
            return this.notes.shift();
        const item = this.batch[this.position++];
        this.after = this.history.sequenceOf(item);
        return item;
    }
}
/** Of a key that is gone. */
const NOTHING = { read: () => [], ended: () => true };
class LiveCursor extends PacedCursor {
    bufferMax;
    items = [];
    head = 0;
    /** Those of `items` that stand beside the history. */
    notes = new Set();
    gaps = new Map();
    constructor(bus, history, subscriber, ready, bufferMax) {
        super(bus, history, subscriber, ready);
        this.bufferMax = bufferMax;
    }
    push(item) {
        if (this.items.length - this.head >= this.bufferMax)
            this.overflow();
        this.items.push(item);
    }
    pushNote(item) {
        this.notes.add(item);
        this.items.push(item);
    }
    /** Everything that waits is older than this gap, so it has to become a part of one. */
    pushGap(key, label, from, to) {
        this.overflow();
        this.addGap(key, label, from, to);
    }
    drop() {
        this.items = [];
        this.head = 0;
        this.notes.clear();
        this.gaps.clear();
    }
    prepare() {
        return this.gaps.size !== 0 || this.head < this.items.length;
    }
    take() {
        if (this.gaps.size !== 0) {
            const [key, { label, from, to }] = this.gaps.entries().next().value;
            this.gaps.delete(key);
            return this.history.gap(key, label, from, to);
        }
        const item = this.items[this.head++];
        if (this.notes.size !== 0)
            this.notes.delete(item);
        if (this.head === this.items.length) {
            this.items = [];
            this.head = 0;
        }
        else if (this.head >= 1024) {
            this.items = this.items.slice(this.head);
            this.head = 0;
        }
        return item;
    }
    overflow() {
        for (let i = this.head; i < this.items.length; i++) {
            const item = this.items[i];
            if (this.notes.has(item))
                continue;
            const sequence = this.history.sequenceOf(item);
            this.addGap(this.history.keyOf(item), this.history.labelOf(item), sequence, sequence);
        }
        this.items = [...this.notes];
        this.head = 0;
    }
    addGap(key, label, from, to) {
        const gap = this.gaps.get(key);
        if (gap === undefined)
            this.gaps.set(key, { label, from, to });
        else {
            gap.from = Math.min(gap.from, from);
            gap.to = Math.max(gap.to, to);
        }
    }
}
//# sourceMappingURL=event-bus.js.map
export const AHEAD_ITEMS_MAX = 64;
/** One iterator: a second one of the same stream is the same. */
export class PacedStream {
    parts;
    items = [];
    waiters = [];
    resume = null;
    room = null;
    subscription = null;
    isEnded = false;
    failure = null;
    constructor(parts) {
        this.parts = parts;
        if (parts.signal.aborted)
            this.end();
        else
            parts.signal.addEventListener('abort', this.stop, { once: true });
    }
    [Symbol.asyncIterator]() {
        return this;
    }
    next() {
        this.subscribe();
        const item = this.items.shift();
        if (item !== undefined) {
            this.letMore();
            return Promise.resolve({ done: false, value: item });
        }
        if (this.failure !== null) {
            const { error } = this.failure;
            this.failure = null;
            return Promise.reject(error);
        }
        if (this.isEnded)
            return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
    }
    return() {
        this.stop();
        return Promise.resolve({ done: true, value: undefined });
    }
    subscribe() {
        if (this.subscription !== null || this.isEnded)
            return;
        const subscription = this.parts.open(this.ready).subscribe({
            next: (item) => this.take(item),
            complete: () => this.end(),
            error: (error) => {
                this.failure = { error: this.parts.translate(error) };
                this.end();
            },
        });
        this.subscription = subscription;
        if (this.isEnded)
            subscription.unsubscribe();
    }
    ready = () => {
        if (this.items.length < AHEAD_ITEMS_MAX)
            return undefined;
        this.room ??= new Promise((resolve) => (this.resume = resolve));
        return this.room;
    };
    take(item) {
        const waiter = this.waiters.shift();
        if (waiter === undefined)
            this.items.push(item);
        else
            waiter.resolve({ done: false, value: item });
    }
    letMore() {
        if (this.resume === null || this.items.length >= AHEAD_ITEMS_MAX)
            return;
        this.resume();
        this.resume = null;
        this.room = null;
    }
    /** The reader wants no more: what waits for it is dropped. */
    stop = () => {
        this.items.length = 0;
        this.failure = null;
        this.end();
    };
    end() {
        if (this.isEnded)
            return;
        this.isEnded = true;
        this.subscription?.unsubscribe();
        this.parts.signal.removeEventListener('abort', this.stop);
        for (const waiter of this.waiters.splice(0)) {
            if (this.failure === null)
                waiter.resolve({ done: true, value: undefined });
            else {
                waiter.reject(this.failure.error);
                this.failure = null;
            }
        }
        this.parts.onEnd();
    }
}
//# sourceMappingURL=control-stream.js.map
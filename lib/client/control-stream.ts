/**
 * An observable as a bounded async iterator, which the reader pulls.
 *
 * S1. At most AHEAD_ITEMS_MAX items wait here (and one more per source that was under way); the source is held by its `ready`, and lags (R43).
 * S2. The subscription begins with the first next() and ends with return(), the signal, the source's end or its error, whichever comes first.
 * Tests: control-service.spec.ts.
 */
import type { Observable, Subscription } from 'rxjs';
import type { ControlStream, JsonObject } from './control-port.js';

export const AHEAD_ITEMS_MAX = 64;

/** Asked by the source before each item: a promise while the reader is behind. */
export type Pace = () => Promise<unknown> | undefined;

type Result = IteratorResult<JsonObject, undefined>;

interface Waiter {
  resolve(result: Result): void;
  reject(error: Error): void;
}

export interface StreamParts {
  readonly open: (ready: Pace) => Observable<JsonObject>;
  readonly signal: AbortSignal;
  readonly translate: (error: unknown) => Error;
  /** Called once, when it has ended; also if nobody ever read it, by the signal. */
  readonly onEnd: () => void;
}

/** One iterator: a second one of the same stream is the same. */
export class PacedStream implements ControlStream, AsyncIterator<JsonObject, undefined> {
  private readonly items: JsonObject[] = [];
  private readonly waiters: Waiter[] = [];
  private resume: (() => void) | null = null;
  private room: Promise<void> | null = null;
  private subscription: Subscription | null = null;
  private isEnded = false;
  private failure: { readonly error: Error } | null = null;

  constructor(private readonly parts: StreamParts) {
    if (parts.signal.aborted) this.end();
    else parts.signal.addEventListener('abort', this.stop, { once: true });
  }

  [Symbol.asyncIterator](): AsyncIterator<JsonObject, undefined> {
    return this;
  }

  next(): Promise<Result> {
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
    if (this.isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  return(): Promise<Result> {
    this.stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  private subscribe(): void {
    if (this.subscription !== null || this.isEnded) return;
    const subscription = this.parts.open(this.ready).subscribe({
      next: (item) => this.take(item),
      complete: () => this.end(),
      error: (error: unknown) => {
        this.failure = { error: this.parts.translate(error) };
        this.end();
      },
    });
    this.subscription = subscription;
    if (this.isEnded) subscription.unsubscribe();
  }

  private readonly ready: Pace = () => {
    if (this.items.length < AHEAD_ITEMS_MAX) return undefined;
    this.room ??= new Promise((resolve) => (this.resume = resolve));
    return this.room;
  };

  private take(item: JsonObject): void {
    const waiter = this.waiters.shift();
    if (waiter === undefined) this.items.push(item);
    else waiter.resolve({ done: false, value: item });
  }

  private letMore(): void {
    if (this.resume === null || this.items.length >= AHEAD_ITEMS_MAX) return;
    this.resume();
    this.resume = null;
    this.room = null;
  }

  /** The reader wants no more: what waits for it is dropped. */
  private readonly stop = (): void => {
    this.items.length = 0;
    this.failure = null;
    this.end();
  };

  private end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.subscription?.unsubscribe();
    this.parts.signal.removeEventListener('abort', this.stop);
    for (const waiter of this.waiters.splice(0)) {
      if (this.failure === null) waiter.resolve({ done: true, value: undefined });
      else {
        waiter.reject(this.failure.error);
        this.failure = null;
      }
    }
    this.parts.onEnd();
  }
}

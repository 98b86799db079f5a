/**
 * A stream of what stands: who subscribes is told of it at once, then of whatever takes its place. For alarms: few, and as true for who comes late.
 *
 * N1. Delivery is a turn of the scheduler, never inside apply, and in the order of tell().
 * N2. Nothing is buffered for a subscriber; after close() one is told what stood last, and that it is over.
 * Tests: event-bus.spec.ts.
 */
import { Observable, type Subscriber } from 'rxjs';
import type { EventStream } from './event-bus.js';
import type { Scheduler } from './scheduler.js';

export class StandingStream<Item> {
  /** Cold. */
  readonly stream$: EventStream<Item>;
  private standing: Item | null = null;
  private isClosed = false;
  private readonly subscribers = new Set<Subscriber<Item>>();
  /** Changes on their way to the next turn. */
  private waiting: Array<() => void> = [];

  constructor(private readonly scheduler: Scheduler) {
    this.stream$ = new Observable<Item>((subscriber) => {
      if (this.standing !== null) subscriber.next(this.standing);
      if (this.isClosed) return subscriber.complete();
      this.subscribers.add(subscriber);
      subscriber.add(() => this.subscribers.delete(subscriber));
    });
  }

  /** @param stands false: who subscribes later need not know of it, nor of what stood before. */
  tell(item: Item, stands: boolean): void {
    this.later(() => {
      this.standing = stands ? item : null;
      for (const subscriber of [...this.subscribers]) subscriber.next(item);
    });
  }

  /** Behind all that was told. */
  close(): void {
    this.later(() => {
      this.isClosed = true;
      for (const subscriber of [...this.subscribers]) subscriber.complete();
    });
  }

  private later(change: () => void): void {
    // Without anybody to tell there is no delivery to wait for.
    if (this.waiting.length === 0 && this.subscribers.size === 0) return change();
    this.waiting.push(change);
    if (this.waiting.length === 1) this.scheduler.turn(this.flush);
  }

  private readonly flush = (): void => {
    const changes = this.waiting;
    this.waiting = [];
    for (const change of changes) change();
  };
}

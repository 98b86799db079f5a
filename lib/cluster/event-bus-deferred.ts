/**
 * A stream whose key has to be looked up first. Cold: each subscription looks up on its own.
 */
import { Observable } from 'rxjs';
import type { EventStream } from './event-bus.js';

/** Errors when `open` rejects, and where it completes and `failure` says that this was no good end. */
export function deferredStream<Item>(open: () => Promise<EventStream<Item>>, failure: () => Error | null = () => null): EventStream<Item> {
  return new Observable<Item>((subscriber) => {
    open().then(
      (stream) => {
        if (subscriber.closed) return;
        const inner = stream.subscribe({
          next: (item) => subscriber.next(item),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            const error = failure();
            if (error === null) subscriber.complete();
            else subscriber.error(error);
          },
        });
        subscriber.add(inner);
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

/**
 * A stream whose key has to be looked up first. Cold: each subscription looks up on its own.
 */
import { Observable } from 'rxjs';
import type { EventStream } from './event-bus.js';

/** Errors when `open` rejects. */
export function deferredStream<Item>(open: () => Promise<EventStream<Item>>): EventStream<Item> {
  return new Observable<Item>((subscriber) => {
    open().then(
      (stream) => {
        if (!subscriber.closed) subscriber.add(stream.subscribe(subscriber));
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

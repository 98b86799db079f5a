/**
 * A stream whose key has to be looked up first. Cold: each subscription looks up on its own.
 */
import { Observable } from 'rxjs';
/** Errors when `open` rejects. */
export function deferredStream(open) {
    return new Observable((subscriber) => {
        open().then((stream) => {
            if (!subscriber.closed)
                subscriber.add(stream.subscribe(subscriber));
        }, (error) => subscriber.error(error));
    });
}
//# sourceMappingURL=event-bus-deferred.js.map
/**
 * The joint between the state machine, which is made first, and the runtime that listens to it.
 *
 * T1. `sink` is called inside apply; it only takes note (EventSink).
 */
import type { EventSink } from './state.js';

export class EventTap {
  private listener: EventSink | null = null;

  readonly sink: EventSink = (run, event) => {
    if (this.listener !== null) this.listener(run, event);
  };

  connect(listener: EventSink): void {
    this.listener = listener;
  }
}

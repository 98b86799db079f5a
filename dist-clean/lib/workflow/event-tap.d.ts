/**
 * The joint between the state machine, which is made first, and the runtime that listens to it.
 *
 * T1. `sink` is called inside apply; it only takes note (EventSink).
 */
import type { EventSink } from './state.js';
export declare class EventTap {
    private listener;
    readonly sink: EventSink;
    connect(listener: EventSink): void;
}

import type { EventStream } from './event-bus.js';
/** Errors when `open` rejects. */
export declare function deferredStream<Item>(open: () => Promise<EventStream<Item>>): EventStream<Item>;

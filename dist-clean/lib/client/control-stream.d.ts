/**
 * An observable as a bounded async iterator, which the reader pulls.
 *
 * S1. At most AHEAD_ITEMS_MAX items wait here (and one more per source that was under way); the source is held by its `ready`, and lags (R43).
 * S2. The subscription begins with the first next() and ends with return(), the signal, the source's end or its error, whichever comes first.
 * Tests: control-service.spec.ts.
 */
import type { Observable } from 'rxjs';
import type { ControlStream, JsonObject } from './control-port.js';
export declare const AHEAD_ITEMS_MAX = 64;
/** Asked by the source before each item: a promise while the reader is behind. */
export type Pace = () => Promise<unknown> | undefined;
type Result = IteratorResult<JsonObject, undefined>;
export interface StreamParts {
    readonly open: (ready: Pace) => Observable<JsonObject>;
    readonly signal: AbortSignal;
    readonly translate: (error: unknown) => Error;
    /** Called once, when it has ended; also if nobody ever read it, by the signal. */
    readonly onEnd: () => void;
}
/** One iterator: a second one of the same stream is the same. */
export declare class PacedStream implements ControlStream, AsyncIterator<JsonObject, undefined> {
    private readonly parts;
    private readonly items;
    private readonly waiters;
    private resume;
    private room;
    private subscription;
    private isEnded;
    private failure;
    constructor(parts: StreamParts);
    [Symbol.asyncIterator](): AsyncIterator<JsonObject, undefined>;
    next(): Promise<Result>;
    return(): Promise<Result>;
    private subscribe;
    private readonly ready;
    private take;
    private letMore;
    /** The reader wants no more: what waits for it is dropped. */
    private readonly stop;
    private end;
}
export {};

/**
 * Server-sent events, both ends: the writer of an answer and the reader of one.
 *
 * V1. An item is one event: `id` its wseq where it has one (so that Last-Event-ID goes on behind it), `data` its JSON in one line.
 * V2. The next item is only asked for when the caller has read the last: the stream's own bound (a gap item) takes effect, and nothing grows here.
 * V3. It ends with `event: end`, or with `event: error` and the error's JSON; without either the connection broke.
 * Source: WHATWG HTML, server-sent events. Tests: event-stream.spec.ts, http-control.spec.ts.
 */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../client/control-port.js';
export interface ServerSentEvent {
    /** 'message' where the stream names none. */
    readonly type: string;
    readonly id: string;
    readonly data: string;
}
export declare class EventStreamWriter {
    private readonly response;
    private readonly heartbeatMs;
    private timer;
    constructor(response: ServerResponse, heartbeatMs: number);
    begin(): void;
    /** Resolves when there is room for the next, or the caller is gone. */
    write(item: JsonObject): Promise<void>;
    stop(): void;
    end(error?: unknown): void;
    private put;
}
/** Cuts a stream of bytes into events. A line longer than `lineBytesMax` is MALFORMED_FRAME. */
export declare class EventStreamReader {
    private readonly lineCharactersMax;
    private readonly decoder;
    private rest;
    private type;
    private id;
    private data;
    constructor(lineCharactersMax: number);
    push(chunk: Uint8Array): ServerSentEvent[];
    private line;
    private dispatch;
}

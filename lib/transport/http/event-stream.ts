/**
 * Server-sent events, both ends: the writer of an answer and the reader of one.
 *
 * V1. An item is one event: `id` its wseq where it has one (so that Last-Event-ID goes on behind it), `data` its JSON in one line.
 * V2. The next item is only asked for when the caller has read the last: the stream's own bound (a gap item) takes effect, and nothing grows here.
 * V3. It ends with `event: end`, or with `event: error` and the error's JSON; without either the connection broke.
 * Source: WHATWG HTML, server-sent events. Tests: http-parts.spec.ts, http-control.spec.ts.
 */
import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../client/control-port.js';
import { RaftoralError } from '../../errors/index.js';

export interface ServerSentEvent {
  /** 'message' where the stream names none. */
  readonly type: string;
  readonly id: string;
  readonly data: string;
}

export class EventStreamWriter {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly heartbeatMs: number,
  ) {}

  begin(): void {
    const { response } = this;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would hold the events back.
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      // A stream ends with its connection, so that a server that closes does not wait for it.
      connection: 'close',
    });
    response.write(': raftoral\n\n');
    this.timer = setInterval(() => {
      if (!response.writableNeedDrain) response.write(': still here\n\n');
    }, this.heartbeatMs);
  }

  /** Resolves when there is room for the next, or the caller is gone. */
  async write(item: JsonObject): Promise<void> {
    const id = typeof item['wseq'] === 'number' ? `id: ${item['wseq']}\n` : '';
    await this.put(`${id}data: ${JSON.stringify(item)}\n\n`);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  end(error?: unknown): void {
    this.stop();
    if (this.response.destroyed) return;
    this.response.end(error === undefined ? 'event: end\ndata: {}\n\n' : `event: error\ndata: ${JSON.stringify(error)}\n\n`);
  }

  private async put(text: string): Promise<void> {
    const { response } = this;
    if (response.destroyed || response.write(text)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
    });
  }
}

/** Cuts a stream of bytes into events. A line longer than `lineBytesMax` is MALFORMED_FRAME. */
export class EventStreamReader {
  private readonly decoder = new TextDecoder('utf-8');
  private rest = '';
  private type = '';
  private id = '';
  private data: string[] = [];

  constructor(private readonly lineCharactersMax: number) {}

  push(chunk: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop()!;
    if (this.rest.length > this.lineCharactersMax)
      throw new RaftoralError('MALFORMED_FRAME', `a line of the event stream has more than ${this.lineCharactersMax} characters`);
    for (const line of lines) {
      const event = this.line(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  private line(line: string): ServerSentEvent | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'event') this.type = value;
    else if (name === 'id') this.id = value;
    else if (name === 'data') this.data.push(value);
    return null;
  }

  private dispatch(): ServerSentEvent | null {
    const event = { type: this.type || 'message', id: this.id, data: this.data.join('\n') };
    const isEmpty = this.data.length === 0;
    this.type = '';
    this.data = [];
    return isEmpty ? null : event;
  }
}

import { RaftoralError } from '../../errors/index.js';
export class EventStreamWriter {
    response;
    heartbeatMs;
    timer;
    constructor(response, heartbeatMs) {
        this.response = response;
        this.heartbeatMs = heartbeatMs;
    }
    begin() {
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
            if (!response.writableNeedDrain)
                response.write(': still here\n\n');
        }, this.heartbeatMs);
    }
    /** Resolves when there is room for the next, or the caller is gone. */
    async write(item) {
        const id = typeof item['wseq'] === 'number' ? `id: ${item['wseq']}\n` : '';
        await this.put(`${id}data: ${JSON.stringify(item)}\n\n`);
    }
    stop() {
        clearInterval(this.timer);
    }
    end(error) {
        this.stop();
        if (this.response.destroyed)
            return;
        this.response.end(error === undefined ? 'event: end\ndata: {}\n\n' : `event: error\ndata: ${JSON.stringify(error)}\n\n`);
    }
    async put(text) {
        const { response } = this;
        if (response.destroyed || response.write(text))
            return;
        await new Promise((resolve) => {
            const done = () => {
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
    lineCharactersMax;
    decoder = new TextDecoder('utf-8');
    rest = '';
    type = '';
    id = '';
    data = [];
    constructor(lineCharactersMax) {
        this.lineCharactersMax = lineCharactersMax;
    }
    push(chunk) {
        const events = [];
        const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
        this.rest = lines.pop();
        if (this.rest.length > this.lineCharactersMax)
            throw new RaftoralError('MALFORMED_FRAME', `a line of the event stream has more than ${this.lineCharactersMax} characters`);
        for (const line of lines) {
            const event = this.line(line);
            if (event !== null)
                events.push(event);
        }
        return events;
    }
    line(line) {
        if (line === '')
            return this.dispatch();
        const colon = line.indexOf(':');
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
        if (name === 'event')
            this.type = value;
        else if (name === 'id')
            this.id = value;
        else if (name === 'data')
            this.data.push(value);
        return null;
    }
    dispatch() {
        const event = { type: this.type || 'message', id: this.id, data: this.data.join('\n') };
        const isEmpty = this.data.length === 0;
        this.type = '';
        this.data = [];
        return isEmpty ? null : event;
    }
}
//# sourceMappingURL=event-stream.js.map
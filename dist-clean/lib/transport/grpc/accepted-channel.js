import { StreamChannel } from './stream-channel.js';
export class AcceptedChannel extends StreamChannel {
    stream;
    parts;
    remote;
    isEncrypted;
    isPeerVerified;
    #isHalfClosed = false;
    constructor(stream, parts) {
        super(parts.limits, parts.onGone);
        this.stream = stream;
        this.parts = parts;
        ({ remote: this.remote, isEncrypted: this.isEncrypted, isPeerVerified: this.isPeerVerified } = parts.connection);
    }
    /** Called once. */
    open(accept, opening) {
        const { stream } = this;
        this.bind(accept(this));
        stream.sendMetadata(opening);
        stream.on('data', (packet) => this.take(packet));
        stream.on('end', () => {
            this.#isHalfClosed = true;
            if (!this.isClosing)
                stream.end();
            this.ended('closed', `${this.remote} ended the stream`);
        });
        stream.on('error', () => undefined); // 'cancelled' or 'close' follows
        stream.on('cancelled', () => {
            this.ended('closed', `the connection to ${this.remote} broke, or it ended the stream`);
            this.gone();
        });
        this.attach({
            write: (packet, callback) => stream.write(packet, callback),
            end: () => stream.end(),
        });
    }
    /** What the other side keeps waiting can only be ended with its connection. */
    cut() {
        if (this.#isHalfClosed)
            this.stream.end();
        else
            this.parts.connection.destroy();
        this.gone();
    }
}
//# sourceMappingURL=accepted-channel.js.map
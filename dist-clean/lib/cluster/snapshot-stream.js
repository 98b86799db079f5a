import { RecordWriter, StreamForm, checksumOf } from './snapshot-codec.js';
/** Of the state machine's own bytes, and of the group's part. */
const PIECE_BYTES = 256 * 1024;
export class SnapshotStream {
    content;
    partBytesMax;
    aboutBytes;
    image;
    writer = new RecordWriter();
    held = 0;
    firstUsed = 0;
    offset = 0;
    /** Pieces that are written: of the group's part, or of the whole. */
    written = 0;
    isEnded = false;
    constructor(content, partBytesMax) {
        this.content = content;
        this.partBytesMax = partBytesMax;
        this.image = content.image === null ? null : content.image.again();
        this.aboutBytes = content.image?.bytesAbout ?? content.snapshot.data.length;
        this.writer.version();
        this.writer.header(headerOf(content));
        this.held = sizeOf(this.writer.parts, 0);
    }
    /** The next part; null after the last one. Rejects with what the storage has against it. */
    async next() {
        while (this.held < this.partBytesMax && !this.isEnded)
            await this.fill();
        if (this.held === 0)
            return null;
        const bytes = this.take(Math.min(this.held, this.partBytesMax));
        // Whether it is the last one must be known: what follows may be nothing.
        if (this.held === 0 && !this.isEnded)
            await this.fill();
        const { offset } = this;
        this.offset += bytes.length;
        return { offset, bytes, isLast: this.isEnded && this.held === 0 };
    }
    async fill() {
        const { writer } = this;
        const before = writer.parts.length;
        const whole = this.image === null ? this.content.snapshot.data : this.image.group;
        if (this.written < whole.length) {
            const piece = whole.subarray(this.written, this.written + PIECE_BYTES);
            this.written += piece.length;
            writer.piece(piece);
        }
        else {
            const slice = this.image === null ? null : await this.image.next();
            if (slice === null) {
                writer.end();
                this.isEnded = true;
            }
            else
                this.write(slice);
        }
        this.held += sizeOf(writer.parts, before);
    }
    write({ runs, history, requests, closed }) {
        const { writer } = this;
        let at = 0;
        const order = runs[0]?.order ?? Infinity;
        // What goes on with the last run of the slice before.
        for (; at < history.length && history[at].order < order; at++)
            writer.history(history[at]);
        for (const run of runs) {
            writer.run(run);
            for (; at < history.length && history[at].order === run.order; at++)
                writer.history(history[at]);
        }
        for (const row of requests)
            writer.requests(row);
        for (const row of closed)
            writer.closed(row);
    }
    take(length) {
        const { parts } = this.writer;
        const bytes = new Uint8Array(length);
        let at = 0;
        let used = 0;
        while (at < length) {
            const first = parts[used];
            const some = first.subarray(this.firstUsed, this.firstUsed + length - at);
            bytes.set(some, at);
            at += some.length;
            this.firstUsed += some.length;
            if (this.firstUsed === first.length) {
                used++;
                this.firstUsed = 0;
            }
        }
        parts.splice(0, used);
        this.held -= length;
        return bytes;
    }
}
/** M3. */
export function streamIdOf(content, from) {
    const writer = new RecordWriter();
    writer.header(headerOf(content));
    const part = content.image?.group ?? content.snapshot.data;
    return checksumOf(Buffer.from(`${from} ${part.length} ${checksumOf(part)}`), writer.checksum);
}
function headerOf({ snapshot, image }) {
    const { index, term, confState } = snapshot;
    return {
        form: image === null ? StreamForm.WHOLE : StreamForm.ROWS,
        position: { index, term, confState },
        runCount: image === null ? 0 : image.runCount,
    };
}
function sizeOf(parts, from) {
    let bytes = 0;
    for (let i = from; i < parts.length; i++)
        bytes += parts[i].length;
    return bytes;
}
//# sourceMappingURL=snapshot-stream.js.map
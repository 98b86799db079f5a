import { RECORD_BYTES_MAX, RECORD_HEAD_BYTES, RecordKind, STREAM_VERSION, StreamForm, checksumOf, malformed, readClosedIndexRow, readEnd, readHeader, readHistoryRow, readRequestRow, readRunRow, } from './snapshot-codec.js';
const READ_BYTES = 256 * 1024;
const SLICE_BYTES_MAX = 256 * 1024;
const SLICE_RUNS_MAX = 64;
/** Records from the beginning of a spool. */
class RecordReader {
    spool;
    totalBytes;
    buffer = new Uint8Array(0);
    at = 0;
    /** Of the spool, behind the buffer. */
    offset = 0;
    checksum = 0;
    constructor(spool, totalBytes) {
        this.spool = spool;
        this.totalBytes = totalBytes;
    }
    async start() {
        await this.need(1, 'version');
        const version = this.buffer[this.at];
        if (version !== STREAM_VERSION)
            throw malformed(`version ${version} is not known here`);
        this.take(1);
        const first = await this.next();
        if (first === null || first.kind !== RecordKind.HEADER)
            throw malformed('it does not begin with its header');
        return readHeader(first.body);
    }
    /** null: the end, whose checksum is right, and nothing stands behind it. */
    async next() {
        await this.need(RECORD_HEAD_BYTES, 'record');
        const { buffer, at } = this;
        const length = new DataView(buffer.buffer, buffer.byteOffset + at).getUint32(0, true);
        const kind = buffer[at + 4];
        const left = this.totalBytes - this.offset + (buffer.length - at) - RECORD_HEAD_BYTES;
        if (length > Math.min(RECORD_BYTES_MAX, left))
            throw malformed(`a record of ${length} bytes, where ${left} are left`);
        if (kind === RecordKind.END)
            return this.end(length);
        this.take(RECORD_HEAD_BYTES);
        await this.need(length, 'body');
        return { kind, body: this.take(length) };
    }
    async end(length) {
        const expected = this.checksum;
        this.take(RECORD_HEAD_BYTES);
        await this.need(length, 'end');
        const checksum = readEnd(this.take(length));
        if (checksum !== expected)
            throw malformed(`its checksum is ${expected} instead of ${checksum}`);
        if (this.at < this.buffer.length || this.offset < this.totalBytes)
            throw malformed('it goes on behind its end');
        return null;
    }
    take(length) {
        const bytes = this.buffer.subarray(this.at, this.at + length);
        this.at += length;
        this.checksum = checksumOf(bytes, this.checksum);
        return bytes;
    }
    async need(length, what) {
        const missing = length - (this.buffer.length - this.at);
        if (missing <= 0)
            return;
        const wanted = Math.min(Math.max(missing, READ_BYTES), this.totalBytes - this.offset);
        if (wanted < missing)
            throw malformed(`it ends in the middle of a ${what}`);
        const more = await this.spool.read(this.offset, wanted);
        this.offset += wanted;
        // A buffer of its own each time: what was handed out are views of it.
        const rest = this.buffer.subarray(this.at);
        const joined = new Uint8Array(rest.length + more.length);
        joined.set(rest);
        joined.set(more, rest.length);
        this.buffer = joined;
        this.at = 0;
    }
}
/** V1: the order of the rows. */
class RowOrder {
    runCount;
    run = null;
    nextWseq = 1;
    runs = 0;
    requests = 0;
    closed = 0;
    constructor(runCount) {
        this.runCount = runCount;
    }
    ofRun(run) {
        this.endRun();
        if (this.requests > 0 || this.closed > 0)
            throw malformed(`run ${run.order} stands behind the answers`);
        if (this.run !== null && run.order <= this.run.order)
            throw malformed(`run ${run.order} follows run ${this.run.order}`);
        this.run = run;
        this.nextWseq = 1;
        this.runs++;
        return run;
    }
    ofHistory(row) {
        const { run } = this;
        if (run === null || row.order !== run.order || row.fromWseq !== this.nextWseq || row.toWseq > run.events)
            throw malformed(`events from ${row.fromWseq} of run ${row.order} stand where event ${this.nextWseq} of run ${run?.order ?? 0} was to be`);
        this.nextWseq = row.toWseq + 1;
        return row;
    }
    ofRequests(row) {
        if (row.sequence <= this.requests)
            throw malformed(`answers ${row.sequence} follow ${this.requests}`);
        this.requests = row.sequence;
        return row;
    }
    ofClosed(row) {
        if (row.sequence <= this.closed)
            throw malformed(`fingerprints ${row.sequence} follow ${this.closed}`);
        this.closed = row.sequence;
        return row;
    }
    end() {
        this.endRun();
        if (this.runs !== this.runCount)
            throw malformed(`it has ${this.runs} runs instead of ${this.runCount}`);
    }
    endRun() {
        const { run } = this;
        if (run !== null && this.nextWseq !== run.events + 1)
            throw malformed(`event ${this.nextWseq} of run ${run.order} is missing`);
    }
}
export class ReceivedSnapshot {
    spool;
    totalBytes;
    header;
    group;
    constructor(spool, totalBytes, header, 
    /** Form ROWS. */
    group) {
        this.spool = spool;
        this.totalBytes = totalBytes;
        this.header = header;
        this.group = group;
    }
    /** Reads the header, and the group's part. Throws MALFORMED_FRAME, or what the spool has against it. */
    static async open(spool, totalBytes) {
        const header = await new RecordReader(spool, totalBytes).start();
        const isRows = header.form === StreamForm.ROWS;
        return new ReceivedSnapshot(spool, totalBytes, header, isRows ? await piecesOf(spool, totalBytes, true) : new Uint8Array(0));
    }
    get isRows() {
        return this.header.form === StreamForm.ROWS;
    }
    /** Form WHOLE: the state machine's bytes. */
    whole() {
        return piecesOf(this.spool, this.totalBytes, false);
    }
    /** Form ROWS: reads all of it. */
    async verify() {
        const image = this.image();
        while ((await image.next()) !== null)
            ;
    }
    /** Form ROWS. Closing it is discard(). */
    image() {
        const { position, runCount } = this.header;
        const reader = new RecordReader(this.spool, this.totalBytes);
        const order = new RowOrder(runCount);
        let hasBegun = false;
        let isEnded = false;
        return {
            position,
            group: this.group,
            runCount,
            bytesAbout: this.totalBytes,
            next: async () => {
                if (isEnded)
                    return null;
                if (!hasBegun)
                    await reader.start();
                hasBegun = true;
                const slice = await nextSlice(reader, order);
                if (slice.isLast)
                    isEnded = true;
                return slice.rows;
            },
            again: () => this.image(),
            close: () => this.discard(),
        };
    }
    discard() {
        return this.spool.discard();
    }
}
async function nextSlice(reader, order) {
    const rows = { runs: [], history: [], requests: [], closed: [] };
    let bytes = 0;
    while (bytes < SLICE_BYTES_MAX && rows.runs.length < SLICE_RUNS_MAX) {
        const record = await reader.next();
        if (record === null) {
            order.end();
            return { rows: bytes === 0 ? null : rows, isLast: true };
        }
        bytes += record.body.length + RECORD_HEAD_BYTES;
        gather(rows, record, order);
    }
    return { rows, isLast: false };
}
function gather(rows, { kind, body }, order) {
    switch (kind) {
        case RecordKind.PIECE:
            return; // of the group's part, which was read before
        case RecordKind.RUN:
            rows.runs.push(order.ofRun(readRunRow(body)));
            return;
        case RecordKind.HISTORY:
            rows.history.push(order.ofHistory(readHistoryRow(body)));
            return;
        case RecordKind.REQUESTS:
            rows.requests.push(order.ofRequests(readRequestRow(body)));
            return;
        case RecordKind.CLOSED:
            rows.closed.push(order.ofClosed(readClosedIndexRow(body)));
            return;
        default:
            throw malformed(`a record of kind ${kind} is not known here`);
    }
}
/** Of the group's part the pieces stand in front of the rows; of a whole they are all that there is. */
async function piecesOf(spool, totalBytes, isPart) {
    const reader = new RecordReader(spool, totalBytes);
    await reader.start();
    const pieces = [];
    for (let record = await reader.next(); record !== null; record = await reader.next()) {
        if (record.kind !== RecordKind.PIECE) {
            if (isPart)
                break;
            throw malformed(`a record of kind ${record.kind} stands among the bytes of a state`);
        }
        pieces.push(record.body);
    }
    const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
    }
    return whole;
}
//# sourceMappingURL=snapshot-received.js.map
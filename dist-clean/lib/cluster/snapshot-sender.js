import { EnvelopeKind, SnapshotPartStatus } from '../transport/transport.js';
import { isMember } from './membership-rules.js';
import { checksumOf } from './snapshot-codec.js';
import { SnapshotStream, streamIdOf } from './snapshot-stream.js';
const RETRIES_MAX = 5;
class Outgoing {
    sender;
    to;
    term;
    heapIndex = -1;
    dueAt = 0;
    retries = 0;
    /** null while it is being opened. */
    source = null;
    stream = null;
    /** Sent or about to be, and not answered; ascending. */
    window = [];
    /** Of the window: those that were sent at least once. */
    sent = 0;
    /** Everything before it is at the peer. */
    base = 0;
    /** Where the peer wants to go on: what the stream has before that is read over. */
    readOver = 0;
    /** The peer has answered: more than one part may be on its way. */
    isAnswered = false;
    isReading = false;
    isRead = false;
    /** Base for which everything was sent again already. */
    resentBase = -1;
    constructor(sender, to, term) {
        this.sender = sender;
        this.to = to;
        this.term = term;
    }
    onDue() {
        this.sender.timedOut(this);
    }
}
/** When a content that nobody uses any more is closed. */
class Resting {
    onDue;
    heapIndex = -1;
    dueAt = 0;
    constructor(onDue) {
        this.onDue = onDue;
    }
}
export class SnapshotSender {
    options;
    transfers = new Map();
    source = null;
    opening = null;
    resting = new Resting(() => this.release());
    isAborted = 0;
    /** Raised once, not with every attempt. */
    problem = '';
    constructor(options) {
        this.options = options;
    }
    get isIdle() {
        return this.transfers.size === 0;
    }
    /** What is on its way, for people. */
    get progress() {
        return Array.from(this.transfers.values(), ({ to, source, stream, base }) => ({
            direction: 'to',
            peer: to,
            index: source?.content.snapshot.index ?? 0,
            bytes: base,
            aboutBytes: Math.max(base, stream?.aboutBytes ?? 0),
        }));
    }
    /** The core wants this peer to get its snapshot. */
    start(to, term, snapshot) {
        this.end(to);
        if (!this.options.host.takeSnapshotSlot()) {
            this.options.report(to, false);
            return;
        }
        this.options.host.deadlines.remove(this.resting);
        const transfer = new Outgoing(this, to, term);
        this.transfers.set(to, transfer);
        if (this.source !== null && this.serves(this.source, snapshot, to)) {
            this.begin(transfer, this.source);
            return;
        }
        const opened = this.opening ?? this.openSource(snapshot);
        if (opened instanceof Promise)
            void this.follow(transfer, opened, snapshot);
        else
            this.begin(transfer, opened);
    }
    openSource(snapshot) {
        const content = this.options.open(snapshot);
        if (!(content instanceof Promise))
            return this.replaceSource(this.sourceOf(content));
        const aborted = this.isAborted;
        const opening = content.then(async (opened) => {
            // Who waited for it is gone.
            if (aborted !== this.isAborted)
                await opened.image?.close();
            return this.sourceOf(opened);
        });
        const done = () => {
            if (this.opening === opening)
                this.opening = null;
        };
        opening.then(done, done);
        return (this.opening = opening);
    }
    sourceOf(content) {
        return { content, streamId: streamIdOf(content, this.options.host.nodeId) };
    }
    async follow(transfer, opening, wanted) {
        const aborted = this.isAborted;
        let source;
        try {
            source = await opening;
        }
        catch (error) {
            if (this.isCurrent(transfer))
                this.failed(transfer, error);
            return;
        }
        if (aborted !== this.isAborted)
            return;
        if (this.source !== source)
            this.replaceSource(source);
        if (!this.isCurrent(transfer)) {
            this.restIfIdle();
            return;
        }
        // What was opened for another peer may be older than this one needs, or not name it: the core asks again.
        if (this.serves(source, wanted, transfer.to))
            this.begin(transfer, source);
        else
            this.finish(transfer.to, false);
    }
    /** Nothing is missing behind it, and it names the peer. */
    serves({ content }, wanted, to) {
        const { index, confState } = content.snapshot;
        return isMember(confState, to) && (index >= wanted.index || index + 1 >= this.options.firstIndex());
    }
    begin(transfer, source) {
        transfer.source = source;
        this.options.sending(transfer.to, source.content.snapshot.index);
        this.rewind(transfer, 0);
    }
    /** The stream from its beginning; of what stands before `offset` nothing is sent. */
    rewind(transfer, offset) {
        const { source } = transfer;
        this.options.host.deadlines.remove(transfer);
        transfer.stream = new SnapshotStream(source.content, this.options.host.tuning.snapshotPartBytes);
        transfer.window = [];
        transfer.sent = 0;
        transfer.base = transfer.readOver = offset;
        transfer.isAnswered = offset > 0;
        transfer.isRead = false;
        transfer.resentBase = -1;
        void this.read(transfer, transfer.stream);
    }
    async read(transfer, stream) {
        if (transfer.isReading)
            return;
        transfer.isReading = true;
        try {
            await this.fillWindow(transfer, stream);
        }
        catch (error) {
            if (this.isCurrent(transfer) && transfer.stream === stream)
                this.failed(transfer, error);
        }
        transfer.isReading = false;
        // It was rewound, or answered, while it was read.
        if (this.isCurrent(transfer) && transfer.stream !== null && this.hasRoom(transfer))
            void this.read(transfer, transfer.stream);
    }
    hasRoom({ isAnswered, isRead, window }) {
        return !isRead && window.length < (isAnswered ? this.options.host.tuning.snapshotPartsInFlightMax : 1);
    }
    async fillWindow(transfer, stream) {
        const isOurs = () => this.isCurrent(transfer) && transfer.stream === stream;
        while (isOurs() && this.hasRoom(transfer)) {
            const part = await stream.next();
            if (!isOurs())
                return;
            if (part === null) {
                transfer.isRead = true;
                // The peer says that it holds all of it, and has not said that it is sound: it is asked once more for the end.
                if (transfer.window.length === 0)
                    this.finish(transfer.to, false);
                return;
            }
            const cut = cutAt(part, transfer.readOver);
            if (cut === null)
                continue;
            const waitMs = this.options.host.snapshotPace.take(cut.bytes.length);
            if (waitMs > 0)
                await this.pass(waitMs);
            if (!isOurs())
                return;
            // Answered meanwhile: the peer holds more of this stream.
            const left = cutAt(cut, transfer.readOver);
            if (left === null)
                continue;
            transfer.window.push(left);
            this.send(transfer, left);
            transfer.sent++;
        }
    }
    pass(ms) {
        return new Promise((resolve) => void this.options.host.clock.setTimer(ms, resolve, { unref: true }));
    }
    onAnswer(from, { snapshotIndex, streamId, status, nextOffset }) {
        const transfer = this.transfers.get(from);
        const source = transfer?.source ?? null;
        if (transfer === undefined || source === null)
            return;
        if (source.streamId !== streamId || source.content.snapshot.index !== snapshotIndex)
            return;
        switch (status) {
            case SnapshotPartStatus.DONE:
                this.finish(from, true);
                return;
            case SnapshotPartStatus.REFUSED:
                this.finish(from, false);
                return;
            case SnapshotPartStatus.LATER:
                transfer.retries = 0;
                this.arm(transfer);
                return;
            case SnapshotPartStatus.RESTART:
                // Parts that were on their way say so too.
                if (transfer.base > 0)
                    this.rewind(transfer, 0);
                return;
            case SnapshotPartStatus.MORE:
            case SnapshotPartStatus.GAP:
                this.goOn(transfer, nextOffset, status === SnapshotPartStatus.GAP);
        }
    }
    goOn(transfer, next, isGap) {
        // An answer that the network held back.
        if (next < transfer.base)
            return;
        const hasMoved = next > transfer.base;
        if (hasMoved) {
            transfer.base = next;
            transfer.readOver = Math.max(transfer.readOver, next);
            transfer.retries = 0;
            const known = transfer.window;
            transfer.window = known.flatMap((part) => cutAt(part, next) ?? []);
            transfer.sent = Math.max(0, transfer.sent - (known.length - transfer.window.length));
        }
        transfer.isAnswered = true;
        if (transfer.sent > 0) {
            if (isGap && transfer.resentBase !== next) {
                transfer.resentBase = next;
                this.resend(transfer);
            }
            else if (hasMoved)
                this.arm(transfer);
        }
        else
            this.options.host.deadlines.remove(transfer);
        if (transfer.stream !== null)
            void this.read(transfer, transfer.stream);
    }
    timedOut(transfer) {
        if (transfer.sent === 0)
            return;
        if (++transfer.retries > RETRIES_MAX)
            this.finish(transfer.to, false);
        // The first one asks; its answer says what else is missing.
        else
            this.send(transfer, transfer.window[0]);
    }
    resend(transfer) {
        for (let i = 0; i < transfer.sent; i++)
            this.send(transfer, transfer.window[i]);
    }
    peerDown(peer) {
        if (this.transfers.has(peer))
            this.finish(peer, false);
    }
    /** This node leads no more, or the group is over: the core waits for no report. */
    abort() {
        this.isAborted++;
        this.opening = null;
        for (const to of [...this.transfers.keys()])
            this.end(to);
        this.release();
    }
    send(transfer, { offset, bytes, isLast }) {
        const { groupId, host } = this.options;
        const { content, streamId } = transfer.source;
        const { index, term } = content.snapshot;
        host.send(transfer.to, {
            kind: EnvelopeKind.SNAPSHOT_PART,
            groupId,
            term: transfer.term,
            snapshotIndex: index,
            snapshotTerm: term,
            streamId,
            offset,
            aboutBytes: transfer.stream.aboutBytes,
            isLast,
            checksum: checksumOf(bytes),
            part: bytes,
        });
        this.arm(transfer);
    }
    arm(transfer) {
        const { deadlines, clock, tuning } = this.options.host;
        deadlines.remove(transfer);
        transfer.dueAt = clock.monotonic() + tuning.snapshotRetryMs;
        deadlines.add(transfer);
    }
    failed({ to }, error) {
        const { groupId, host } = this.options;
        const why = error instanceof Error ? error.message : String(error);
        if (why !== this.problem) {
            this.problem = why;
            host.raiseAlarm(`group ${groupId}: the state can't be read, so node ${to} gets no snapshot: ${why}`, { groupId, to });
        }
        this.finish(to, false);
        // What could not be read is not read again.
        if (this.transfers.size === 0)
            this.release();
    }
    isCurrent(transfer) {
        return this.transfers.get(transfer.to) === transfer;
    }
    finish(to, isDelivered) {
        if (isDelivered)
            this.problem = '';
        this.end(to);
        this.options.report(to, isDelivered);
        this.restIfIdle();
    }
    end(to) {
        const transfer = this.transfers.get(to);
        if (transfer === undefined)
            return;
        this.transfers.delete(to);
        transfer.stream = null;
        this.options.host.deadlines.remove(transfer);
        this.options.host.freeSnapshotSlot();
        if (transfer.source !== null)
            this.closeUnused(transfer.source);
    }
    /** T4. */
    restIfIdle() {
        const { deadlines, clock, tuning } = this.options.host;
        if (this.transfers.size > 0 || this.source === null)
            return;
        deadlines.remove(this.resting);
        this.resting.dueAt = clock.monotonic() + tuning.snapshotResumeMs;
        deadlines.add(this.resting);
    }
    replaceSource(source) {
        const before = this.source;
        this.source = source;
        if (before !== null)
            this.closeUnused(before);
        return source;
    }
    release() {
        const { source } = this;
        this.options.host.deadlines.remove(this.resting);
        this.source = null;
        if (source === null)
            return;
        this.closeUnused(source);
        this.options.released();
    }
    /** With the last transfer of it, unless another one may come. */
    closeUnused(source) {
        if (source === this.source)
            return;
        for (const transfer of this.transfers.values())
            if (transfer.source === source)
                return;
        // Of a reading that goes on, and of a storage that is closed, nobody wants to hear.
        void source.content.image?.close().catch(() => undefined);
    }
}
/** What of the part stands at or behind `offset`; null: nothing. An empty last part is one. */
function cutAt(part, offset) {
    const { bytes, isLast } = part;
    if (offset <= part.offset)
        return part;
    const skipped = offset - part.offset;
    return skipped < bytes.length ? { offset, bytes: bytes.subarray(skipped), isLast } : null;
}
//# sourceMappingURL=snapshot-sender.js.map
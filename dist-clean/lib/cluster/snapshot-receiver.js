/**
 * A snapshot on its way to this node: parts into a spool, and from there to the core as one Snap message. One per group.
 *
 * I1. One stream at a time is held; a newer snapshot, or one of a later leader, replaces it. It may not exceed `snapshotBytesMax`. Until it is whole
 *     its parts stand in the spool of the storage, and few of them in memory.
 * I2. A part is taken where the one before it ended, if its checksum is right. An answer means: everything before nextOffset is in the spool.
 * I3. The core sees a snapshot when all of it is there and was read back, sound (V1 of snapshot-received.ts), as one Snap message of the term in which
 *     it came. The sender hears "done" then, and whenever it asks for what the core has already.
 * I4. What the spool has against it (a full disk) is the matter of this snapshot alone: it is dropped and told as an alarm, and the sender is put off
 *     for `snapshotPutOffMs`.
 * I5. A stream that came to nothing leaves nothing: it is discarded when another one replaces it, when the log has gone beyond it, and at the end.
 * Tests: snapshot-receiver.spec.ts, test/cluster/snapshot-stream.spec.ts.
 */
import { isRaftoralError } from '../errors/index.js';
import { Message, MessageType } from '../raft/index.js';
import { EnvelopeKind, SnapshotPartStatus } from '../transport/transport.js';
import { checksumOf, malformed } from './snapshot-codec.js';
import { ReceivedSnapshot } from './snapshot-received.js';
/** Parts that wait for the spool, bytes: far more than one sender has on its way. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
export class SnapshotReceiver {
    options;
    incoming = null;
    complete = null;
    putOffUntil = -Infinity;
    problem = '';
    constructor(options) {
        this.options = options;
    }
    /** Nothing waits for the core. */
    get isIdle() {
        return this.complete === null;
    }
    get progress() {
        const { incoming } = this;
        if (incoming === null)
            return [];
        const { from, index, written, aboutBytes } = incoming;
        return [{ direction: 'from', peer: from, index, bytes: written, aboutBytes: Math.max(written, aboutBytes) }];
    }
    /** Takes a part, and answers it now or when it is in the spool. */
    onPart(from, envelope) {
        // The core would say so too; and the answer that said so may have been lost.
        if (envelope.snapshotIndex <= this.options.commitIndex())
            return this.answer(from, envelope, SnapshotPartStatus.DONE, 0);
        if (this.options.isInstalling() || this.options.host.clock.monotonic() < this.putOffUntil)
            return this.putOff(from, envelope);
        const incoming = this.incomingOf(from, envelope);
        if (incoming === null)
            return this.answer(from, envelope, SnapshotPartStatus.REFUSED, 0);
        if (incoming.isWhole)
            return this.putOff(from, envelope);
        const { offset, part } = envelope;
        const end = offset + part.length;
        if (offset < incoming.accepted) {
            // A part that came twice. While something is written, that is answered in a moment.
            if (incoming.writing === null)
                this.answer(from, envelope, SnapshotPartStatus.MORE, incoming.accepted);
        }
        else if (offset > incoming.accepted) {
            const status = incoming.accepted === 0 ? SnapshotPartStatus.RESTART : SnapshotPartStatus.GAP;
            this.answer(from, envelope, status, incoming.accepted);
        }
        else if (checksumOf(part) !== envelope.checksum) {
            this.answer(from, envelope, SnapshotPartStatus.GAP, incoming.accepted);
        }
        else if (end > this.options.host.tuning.snapshotBytesMax) {
            this.drop();
            this.answer(from, envelope, SnapshotPartStatus.REFUSED, 0);
        }
        else if (end - incoming.written <= WAITING_BYTES_MAX) {
            this.take(incoming, envelope);
        }
    }
    /** Takes nothing of it now: the sender asks again, at its own pace, for as long as it is put off. */
    putOff(from, envelope) {
        this.answer(from, envelope, SnapshotPartStatus.LATER, 0);
    }
    /** In a turn: the message for the core, once. Its sender is told. */
    takeMessage() {
        const { complete } = this;
        if (complete === null)
            return null;
        const { incoming, snapshot } = complete;
        this.complete = null;
        const { from, leaderTerm } = incoming;
        if (this.incoming === incoming)
            this.incoming = null;
        this.problem = '';
        const message = new Message(MessageType.Snap, this.options.nodeId, from, leaderTerm);
        message.snapshot = snapshot;
        this.tell(incoming, SnapshotPartStatus.DONE, incoming.accepted);
        return message;
    }
    /** Entries up to here are applied: an older snapshot is of no use any more. */
    applied(index) {
        const { incoming } = this;
        if (incoming !== null && incoming.index <= index && !incoming.isWhole)
            this.drop();
    }
    abort() {
        this.complete = null;
        this.drop();
    }
    incomingOf(from, envelope) {
        const name = nameOf(envelope);
        if (name.index <= 0 || name.term <= 0)
            return null;
        const held = this.incoming;
        if (held !== null) {
            if (isSame(held, name)) {
                held.leaderTerm = Math.max(held.leaderTerm, envelope.term);
                held.from = from;
                held.aboutBytes = envelope.aboutBytes;
                return held;
            }
            // One that is whole is on its way to the core; the other one is put off.
            if (held.isWhole)
                return held;
            // A later leader may have an older snapshot, and whoever sent the newer one may be gone for good.
            if (held.index > name.index && held.leaderTerm >= envelope.term)
                return null;
        }
        this.drop();
        const { host, groupId } = this.options;
        this.incoming = {
            ...name,
            spool: host.storage.spool(groupId),
            leaderTerm: envelope.term,
            from,
            accepted: 0,
            written: 0,
            aboutBytes: envelope.aboutBytes,
            writing: null,
            isWhole: false,
        };
        return this.incoming;
    }
    take(incoming, { part, isLast }) {
        incoming.accepted += part.length;
        incoming.isWhole = isLast;
        const end = incoming.accepted;
        // Views of one receive buffer keep it until they are written, and no longer.
        const written = (incoming.writing ?? Promise.resolve()).then(async () => {
            if (this.incoming !== incoming)
                return;
            await incoming.spool.append(part);
            incoming.written = end;
        });
        incoming.writing = written;
        written.then(() => this.appended(incoming, written, isLast), (error) => this.failed(incoming, error));
    }
    appended(incoming, written, isLast) {
        if (this.incoming !== incoming)
            return;
        if (incoming.writing === written)
            incoming.writing = null;
        if (isLast)
            void this.prepare(incoming);
        else
            this.tell(incoming, SnapshotPartStatus.MORE, incoming.written);
    }
    /** I3. */
    async prepare(incoming) {
        let received;
        let snapshot;
        try {
            received = await ReceivedSnapshot.open(incoming.spool, incoming.accepted);
            const { index, term } = received.header.position;
            if (index !== incoming.index || term !== incoming.term)
                throw malformed(`it is at ${index} (term ${term}), and was announced at ${incoming.index} (term ${incoming.term})`);
            snapshot = await this.options.prepare(received);
        }
        catch (error) {
            this.failed(incoming, error);
            return;
        }
        if (this.incoming !== incoming) {
            await received.discard();
            return;
        }
        this.complete = { incoming, snapshot };
        this.options.wantTurn();
    }
    failed(incoming, error) {
        if (this.incoming !== incoming)
            return;
        const { host, groupId } = this.options;
        const { index, from } = incoming;
        const why = error instanceof Error ? error.message : String(error);
        this.drop();
        if (isRaftoralError(error, 'MALFORMED_FRAME')) {
            host.logger.log('warn', `group ${groupId}: the snapshot at ${index} from node ${from} is refused: ${why}`);
            this.tell(incoming, SnapshotPartStatus.REFUSED, 0);
            return;
        }
        // I4. A sender that is refused asks at once, and would be for as long as the disk is full.
        this.putOffUntil = host.clock.monotonic() + host.tuning.snapshotPutOffMs;
        this.tell(incoming, SnapshotPartStatus.LATER, 0);
        if (why === this.problem)
            return;
        this.problem = why;
        host.raiseAlarm(`group ${groupId}: the snapshot at ${index} from node ${from} can't be received: ${why}`, { groupId, from, index });
    }
    /** I5. */
    drop() {
        const { incoming } = this;
        this.incoming = null;
        if (incoming !== null)
            void incoming.spool.discard();
    }
    tell(incoming, status, nextOffset) {
        const { from, index, streamId } = incoming;
        this.answer(from, { snapshotIndex: index, streamId }, status, nextOffset);
    }
    answer(to, { snapshotIndex, streamId }, status, nextOffset) {
        const { host, groupId } = this.options;
        host.send(to, { kind: EnvelopeKind.SNAPSHOT_PART_ANSWER, groupId, snapshotIndex, streamId, status, nextOffset });
    }
}
function nameOf({ snapshotIndex, snapshotTerm, streamId }) {
    return { index: snapshotIndex, term: snapshotTerm, streamId };
}
function isSame(a, b) {
    return a.index === b.index && a.term === b.term && a.streamId === b.streamId;
}
//# sourceMappingURL=snapshot-receiver.js.map
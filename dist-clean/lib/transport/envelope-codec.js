/**
 * Frames as bytes, version 1. Owns the layout; a released version is never edited, a new one is added beside it.
 *
 *   u8 version · deployment text · from · incarnation · count · envelopes        (whole numbers are varints, see byte-io.ts)
 *   envelope: u8 kind · groupId (all but PING and PONG) · the fields of its interface in transport.ts, in that order
 *   message:  u8 type · u8 flags (1 reject, 2 snapshot) · to · from · term · logTerm · index · commit · vote · rejectHint · context ·
 *             entries (u8 type · term · index · bytes) · snapshot (index · term · conf state · bytes)
 *
 * C1. decode(encode(frame)) equals frame. C2. decode() of any bytes gives a frame or throws MALFORMED_FRAME, in time and memory
 * linear in the bytes. C3. Messages that are local to a node are neither encoded nor decoded.
 * Tests: envelope-codec.spec.ts (properties, 10^5 mutations, golden bytes).
 */
import { invariant, RaftoralError } from '../errors/index.js';
import { Entry, Message, MessageType, NO_BYTES, Snapshot } from '../raft/types.js';
import { ByteReader, ByteWriter } from './byte-io.js';
import { EnvelopeKind } from './transport.js';
export const FRAME_VERSION = 1;
export const DEFAULT_FRAME_LIMITS = {
    frameBytesMax: 64 * 1024 * 1024,
    envelopesMax: 65_536,
    entriesMax: 65_536,
    membersMax: 1024,
    textBytesMax: 256,
};
const FLAG_REJECT = 1;
const FLAG_SNAPSHOT = 2;
const ENVELOPE_BYTES_MIN = 3;
const ENTRY_BYTES_MIN = 4;
const ENTRY_TYPE_MAX = 2;
const NETWORK_TYPE_MIN = MessageType.Append;
const NETWORK_TYPE_MAX = MessageType.ReadIndexResp;
export class EnvelopeCodec {
    limits;
    writer = new ByteWriter();
    /** As it was encoded last: a node's frames all bear the same. */
    deployment = '';
    deploymentBytes = NO_BYTES;
    constructor(limits = DEFAULT_FRAME_LIMITS) {
        this.limits = limits;
    }
    /** Fresh bytes, with room before and after them if that is asked for. Throws PAYLOAD_TOO_LARGE for a frame that no peer would take. */
    encode(frame, bytesBefore = 0, bytesAfter = 0) {
        const writer = this.writer;
        writer.reset();
        writer.u8(FRAME_VERSION);
        if (frame.deployment !== this.deployment) {
            this.deployment = frame.deployment;
            this.deploymentBytes = new TextEncoder().encode(frame.deployment);
        }
        writer.blob(this.deploymentBytes);
        writer.varint(frame.from);
        writer.varint(frame.incarnation);
        writer.varint(frame.envelopes.length);
        for (let i = 0; i < frame.envelopes.length; i++)
            writeEnvelope(writer, frame.envelopes[i]);
        if (writer.length > this.limits.frameBytesMax || frame.envelopes.length > this.limits.envelopesMax) {
            const what = `a frame of ${writer.length} bytes and ${frame.envelopes.length} envelopes`;
            throw new RaftoralError('PAYLOAD_TOO_LARGE', `${what} is above the limits (${this.limits.frameBytesMax}, ${this.limits.envelopesMax})`);
        }
        return writer.take(bytesBefore, bytesAfter);
    }
    /** Throws MALFORMED_FRAME, whose details name `field` and `offset`. */
    decode(bytes) {
        const reader = new ByteReader(bytes);
        if (bytes.length > this.limits.frameBytesMax)
            throw reader.malformed('frame', `is larger than ${this.limits.frameBytesMax} bytes`);
        const version = reader.u8('version');
        if (version !== FRAME_VERSION)
            throw reader.malformed('version', `is ${version}, this node speaks ${FRAME_VERSION}`, 0);
        const deployment = reader.text('deployment', this.limits.textBytesMax);
        const from = reader.varint('from');
        const incarnation = reader.varint('incarnation');
        const count = reader.count('envelope count', this.limits.envelopesMax, ENVELOPE_BYTES_MIN);
        const envelopes = [];
        for (let i = 0; i < count; i++)
            envelopes.push(readEnvelope(reader, this.limits));
        reader.end();
        return { deployment, from, incarnation, envelopes };
    }
}
function writeEnvelope(writer, envelope) {
    writer.u8(envelope.kind);
    if (isPing(envelope))
        return writer.f64(envelope.nowMs);
    writer.varint(envelope.groupId);
    switch (envelope.kind) {
        case EnvelopeKind.RAFT:
            return writeMessage(writer, envelope.message);
        case EnvelopeKind.PROPOSE:
            writer.varint(envelope.callId);
            writer.varint(envelope.frames.length);
            for (let i = 0; i < envelope.frames.length; i++)
                writer.blob(envelope.frames[i]);
            return;
        case EnvelopeKind.PROPOSE_ANSWER:
            writer.varint(envelope.callId);
            writer.bool(envelope.ok);
            writer.u8(envelope.status);
            writer.varint(envelope.index);
            writer.varint(envelope.term);
            return writer.varint(envelope.leaderId);
        case EnvelopeKind.REQUEST:
            writer.varint(envelope.callId);
            writer.text(envelope.method);
            writer.f64(envelope.remainingMs);
            return writer.blob(envelope.body);
        case EnvelopeKind.RESPONSE:
            writer.varint(envelope.callId);
            writer.bool(envelope.ok);
            return writer.blob(envelope.body);
        case EnvelopeKind.HIBERNATE:
            writer.varint(envelope.term);
            return writer.varint(envelope.commitIndex);
        case EnvelopeKind.SNAPSHOT_PART:
            writer.varint(envelope.term);
            writer.varint(envelope.snapshotIndex);
            writer.varint(envelope.snapshotTerm);
            writer.varint(envelope.streamId);
            writer.varint(envelope.offset);
            writer.varint(envelope.aboutBytes);
            writer.bool(envelope.isLast);
            writer.varint(envelope.checksum);
            return writer.blob(envelope.part);
        case EnvelopeKind.SNAPSHOT_PART_ANSWER:
            writer.varint(envelope.snapshotIndex);
            writer.varint(envelope.streamId);
            writer.u8(envelope.status);
            return writer.varint(envelope.nextOffset);
    }
}
function isPing(envelope) {
    return envelope.kind === EnvelopeKind.PING || envelope.kind === EnvelopeKind.PONG;
}
function readEnvelope(reader, limits) {
    const offset = reader.position;
    const kind = reader.u8('envelope kind');
    switch (kind) {
        case EnvelopeKind.PING:
        case EnvelopeKind.PONG:
            return { kind, nowMs: reader.f64('nowMs') };
        case EnvelopeKind.RAFT:
            return { kind, groupId: reader.varint('groupId'), message: readMessage(reader, limits) };
        case EnvelopeKind.PROPOSE:
            return { kind, groupId: reader.varint('groupId'), callId: reader.varint('callId'), frames: readBlobs(reader, limits) };
        case EnvelopeKind.PROPOSE_ANSWER:
            return {
                kind,
                groupId: reader.varint('groupId'),
                callId: reader.varint('callId'),
                ok: reader.bool('ok'),
                status: reader.u8('status'),
                index: reader.varint('index'),
                term: reader.varint('term'),
                leaderId: reader.varint('leaderId'),
            };
        case EnvelopeKind.REQUEST:
            return {
                kind,
                groupId: reader.varint('groupId'),
                callId: reader.varint('callId'),
                method: reader.text('method', limits.textBytesMax),
                remainingMs: reader.f64('remainingMs'),
                body: reader.blob('body'),
            };
        case EnvelopeKind.RESPONSE:
            return {
                kind,
                groupId: reader.varint('groupId'),
                callId: reader.varint('callId'),
                ok: reader.bool('ok'),
                body: reader.blob('body'),
            };
        case EnvelopeKind.HIBERNATE:
            return { kind, groupId: reader.varint('groupId'), term: reader.varint('term'), commitIndex: reader.varint('commitIndex') };
        case EnvelopeKind.SNAPSHOT_PART:
            return {
                kind,
                groupId: reader.varint('groupId'),
                term: reader.varint('term'),
                snapshotIndex: reader.varint('snapshotIndex'),
                snapshotTerm: reader.varint('snapshotTerm'),
                streamId: reader.varint('streamId', 0xffffffff),
                offset: reader.varint('offset'),
                aboutBytes: reader.varint('aboutBytes'),
                isLast: reader.bool('isLast'),
                checksum: reader.varint('checksum', 0xffffffff),
                part: reader.blob('part'),
            };
        case EnvelopeKind.SNAPSHOT_PART_ANSWER:
            return {
                kind,
                groupId: reader.varint('groupId'),
                snapshotIndex: reader.varint('snapshotIndex'),
                streamId: reader.varint('streamId', 0xffffffff),
                status: reader.u8('status'),
                nextOffset: reader.varint('nextOffset'),
            };
        default:
            throw reader.malformed('envelope kind', `is ${kind}, which this version does not know`, offset);
    }
}
function readBlobs(reader, limits) {
    const count = reader.count('frame count', limits.entriesMax, 1);
    const blobs = [];
    for (let i = 0; i < count; i++)
        blobs.push(reader.blob('frame'));
    return blobs;
}
function writeMessage(writer, message) {
    invariant(message.type >= NETWORK_TYPE_MIN && message.type <= NETWORK_TYPE_MAX && message.responses.length === 0, () => `a message of local type ${message.type} must not leave its node`);
    writer.u8(message.type);
    writer.u8((message.reject ? FLAG_REJECT : 0) | (message.snapshot === null ? 0 : FLAG_SNAPSHOT));
    writer.varint(message.to);
    writer.varint(message.from);
    writer.varint(message.term);
    writer.varint(message.logTerm);
    writer.varint(message.index);
    writer.varint(message.commit);
    writer.varint(message.vote);
    writer.varint(message.rejectHint);
    writer.varint(message.context);
    const entries = message.entries;
    writer.varint(entries.length);
    for (let i = 0; i < entries.length; i++) {
        const entry = entries[i];
        writer.u8(entry.type);
        writer.varint(entry.term);
        writer.varint(entry.index);
        writer.blob(entry.data);
    }
    if (message.snapshot !== null)
        writeSnapshot(writer, message.snapshot);
}
function readMessage(reader, limits) {
    const offset = reader.position;
    const type = reader.u8('message type');
    if (type < NETWORK_TYPE_MIN || type > NETWORK_TYPE_MAX)
        throw reader.malformed('message type', `is ${type}, not one that travels`, offset);
    const flags = reader.u8('message flags');
    if (flags > (FLAG_REJECT | FLAG_SNAPSHOT))
        throw reader.malformed('message flags', `are ${flags}`, offset + 1);
    const to = reader.varint('to');
    const from = reader.varint('from');
    const message = new Message(type, to, from, reader.varint('term'));
    message.reject = (flags & FLAG_REJECT) !== 0;
    message.logTerm = reader.varint('logTerm');
    message.index = reader.varint('index');
    message.commit = reader.varint('commit');
    message.vote = reader.varint('vote');
    message.rejectHint = reader.varint('rejectHint');
    message.context = reader.varint('context');
    const count = reader.count('entry count', limits.entriesMax, ENTRY_BYTES_MIN);
    if (count !== 0) {
        const entries = [];
        for (let i = 0; i < count; i++)
            entries.push(readEntry(reader));
        message.entries = entries;
    }
    if ((flags & FLAG_SNAPSHOT) !== 0)
        message.snapshot = readSnapshot(reader, limits);
    return message;
}
function readEntry(reader) {
    const offset = reader.position;
    const type = reader.u8('entry type');
    if (type > ENTRY_TYPE_MAX)
        throw reader.malformed('entry type', `is ${type}`, offset);
    const term = reader.varint('entry term');
    const index = reader.varint('entry index');
    const data = reader.blob('entry data');
    return new Entry(index, term, type, data.length === 0 ? NO_BYTES : data);
}
function writeSnapshot(writer, snapshot) {
    writer.varint(snapshot.index);
    writer.varint(snapshot.term);
    writeIds(writer, snapshot.confState.voters);
    writeIds(writer, snapshot.confState.votersOutgoing);
    writeIds(writer, snapshot.confState.learners);
    writeIds(writer, snapshot.confState.learnersNext);
    writer.bool(snapshot.confState.autoLeave);
    writer.blob(snapshot.data);
}
function readSnapshot(reader, limits) {
    const index = reader.varint('snapshot index');
    const term = reader.varint('snapshot term');
    const confState = {
        voters: readIds(reader, 'voters', limits),
        votersOutgoing: readIds(reader, 'votersOutgoing', limits),
        learners: readIds(reader, 'learners', limits),
        learnersNext: readIds(reader, 'learnersNext', limits),
        autoLeave: reader.bool('autoLeave'),
    };
    return new Snapshot(index, term, confState, reader.blob('snapshot data'));
}
function writeIds(writer, ids) {
    writer.varint(ids.length);
    for (let i = 0; i < ids.length; i++)
        writer.varint(ids[i]);
}
function readIds(reader, field, limits) {
    const count = reader.count(`${field} count`, limits.membersMax, 1);
    const ids = [];
    for (let i = 0; i < count; i++)
        ids.push(reader.varint(field));
    return ids;
}
//# sourceMappingURL=envelope-codec.js.map
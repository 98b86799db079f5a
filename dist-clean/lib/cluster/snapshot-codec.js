/**
 * The records that a snapshot consists of while it travels. Pure.
 *
 *   stream:  u8 version (2) · records
 *   record:  u32 length of the body, little endian · u8 kind · body
 *   HEADER   form, index, term, run count · membership as UTF-8 JSON; the first one
 *   PIECE    of the state machine's own bytes (form WHOLE), or of the group's part (form ROWS; before the rows)
 *   RUN, HISTORY, REQUESTS, CLOSED   rows, in the order of StateImage
 *   END      u32 crc32 of everything before it; the last one
 *
 * Z1. What can't be decoded is MALFORMED_FRAME, and names what is wrong; nothing of it is used.
 * Z2. The same image gives the same bytes, whenever and however often it is read.
 * Z3. A released version is never edited: a new one is added beside it. (Version 1 was whole in memory on both sides, and was not released.)
 * Source: docs/adr/0045. Tests: snapshot-codec.spec.ts (round trip, golden bytes, mutations).
 */
import { crc32 } from 'node:zlib';
import { RaftoralError } from '../errors/index.js';
import { BinaryReader, BinaryWriter, } from '../state-machine/index.js';
export const STREAM_VERSION = 2;
export const RECORD_HEAD_BYTES = 5;
/** No row is larger: its parts have limits of their own, far below. */
export const RECORD_BYTES_MAX = 256 * 1024 * 1024;
const TEXT_BYTES_MAX = 64 * 1024;
const TIMER_BYTES_MIN = 10;
export const RecordKind = { HEADER: 1, PIECE: 2, RUN: 3, HISTORY: 4, REQUESTS: 5, CLOSED: 6, END: 7 };
export const StreamForm = { WHOLE: 1, ROWS: 2 };
export function checksumOf(bytes, before = 0) {
    return crc32(bytes, before);
}
/** Records as bytes, gathered. */
export class RecordWriter {
    /** In order; the caller takes them out. */
    parts = [];
    /** Of all that was ever written. */
    checksum = 0;
    writer = new BinaryWriter();
    version() {
        this.push(Uint8Array.of(STREAM_VERSION));
    }
    header({ form, position, runCount }) {
        const { writer } = this;
        writer.reset();
        writer.u8(form);
        writer.uint(position.index, 'index');
        writer.uint(position.term, 'term');
        writer.uint(runCount, 'runCount');
        const { voters, votersOutgoing, learners, learnersNext, autoLeave } = position.confState;
        writer.text(JSON.stringify({ voters, votersOutgoing, learners, learnersNext, autoLeave }), 'membership', TEXT_BYTES_MAX);
        this.record(RecordKind.HEADER, writer.finish());
    }
    /** Not copied. */
    piece(bytes) {
        this.record(RecordKind.PIECE, bytes);
    }
    run(run) {
        const { writer } = this;
        writer.reset();
        writer.uint(run.order, 'order');
        writer.text(run.runId, 'runId', TEXT_BYTES_MAX);
        writer.text(run.workflowId, 'workflowId', TEXT_BYTES_MAX);
        writer.text(run.name, 'name', TEXT_BYTES_MAX);
        writer.uint(run.version, 'version');
        writer.text(run.status, 'status', TEXT_BYTES_MAX);
        writer.uint(run.owner, 'owner');
        writer.ms(run.startedMs, 'startedMs');
        writer.ms(run.closedMs, 'closedMs');
        writer.uint(run.events, 'events');
        writer.bytes(run.head);
        writer.uint(run.timers.length, 'timers');
        for (const timer of run.timers) {
            writer.uint(timer.timerId, 'timerId');
            writer.ms(timer.dueMs, 'dueMs');
            writer.text(timer.purpose, 'purpose', TEXT_BYTES_MAX);
            writer.text(timer.key, 'key', TEXT_BYTES_MAX);
            writer.uint(timer.occurrence, 'occurrence');
        }
        this.record(RecordKind.RUN, writer.finishPooled());
    }
    history(row) {
        const { writer } = this;
        writer.reset();
        writer.uint(row.order, 'order');
        writer.uint(row.fromWseq, 'fromWseq');
        writer.uint(row.toWseq, 'toWseq');
        writer.raw(row.events);
        this.record(RecordKind.HISTORY, writer.finishPooled());
    }
    requests(row) {
        const { writer } = this;
        writer.reset();
        writer.uint(row.sequence, 'sequence');
        writer.ms(row.lastExpiryMs, 'lastExpiryMs');
        writer.raw(row.requests);
        this.record(RecordKind.REQUESTS, writer.finish());
    }
    closed(row) {
        const { writer } = this;
        writer.reset();
        writer.uint(row.sequence, 'sequence');
        writer.ms(row.lastClosedMs, 'lastClosedMs');
        writer.raw(row.entries);
        this.record(RecordKind.CLOSED, writer.finish());
    }
    end() {
        const { writer } = this;
        writer.reset();
        writer.u32(this.checksum);
        this.record(RecordKind.END, writer.finish());
    }
    record(kind, body) {
        const head = new Uint8Array(RECORD_HEAD_BYTES);
        new DataView(head.buffer).setUint32(0, body.length, true);
        head[4] = kind;
        this.push(head);
        if (body.length > 0)
            this.push(body);
    }
    push(part) {
        this.parts.push(part);
        this.checksum = checksumOf(part, this.checksum);
    }
}
export function readHeader(body) {
    const reader = new BinaryReader('header of a snapshot').open(body);
    const form = formOf(reader, reader.u8('form'));
    const index = reader.uintFrom(1, 'index');
    const term = reader.uintFrom(1, 'term');
    const runCount = reader.uint('runCount');
    const confState = membershipOf(reader.text('membership', TEXT_BYTES_MAX));
    reader.end();
    return { form, position: { index, term, confState }, runCount };
}
function formOf(reader, form) {
    if (form === StreamForm.WHOLE || form === StreamForm.ROWS)
        return form;
    return reader.fail('form', `${form} is not known to this build`);
}
export function readRunRow(body) {
    const reader = new BinaryReader('run of a snapshot').open(body);
    const order = reader.uintFrom(1, 'order');
    const runId = reader.text('runId', TEXT_BYTES_MAX);
    const workflowId = reader.text('workflowId', TEXT_BYTES_MAX);
    const name = reader.text('name', TEXT_BYTES_MAX);
    const version = reader.uint('version');
    const status = reader.text('status', TEXT_BYTES_MAX);
    const owner = reader.uint('owner');
    const startedMs = reader.ms('startedMs');
    const closedMs = reader.ms('closedMs');
    const events = reader.uint('events');
    const head = reader.bytes('head');
    const timers = [];
    for (let left = reader.count('timers', TIMER_BYTES_MIN); left > 0; left--)
        timers.push(readTimer(reader, timers.at(-1)?.timerId ?? -1));
    reader.end();
    return { order, runId, workflowId, name, version, status, owner, startedMs, closedMs, events, head, timers };
}
function readTimer(reader, after) {
    const timerId = reader.uint('timerId');
    if (timerId <= after)
        reader.fail('timerId', `${timerId} follows ${after}`);
    const dueMs = reader.ms('dueMs');
    const purpose = reader.text('purpose', TEXT_BYTES_MAX);
    const key = reader.text('key', TEXT_BYTES_MAX);
    return { timerId, dueMs, purpose, key, occurrence: reader.uint('occurrence') };
}
export function readHistoryRow(body) {
    const reader = new BinaryReader('history of a snapshot').open(body);
    const order = reader.uintFrom(1, 'order');
    const fromWseq = reader.uintFrom(1, 'fromWseq');
    const toWseq = reader.uintFrom(fromWseq, 'toWseq');
    return { order, fromWseq, toWseq, events: reader.raw(reader.remaining, 'events') };
}
export function readRequestRow(body) {
    const reader = new BinaryReader('answers of a snapshot').open(body);
    const sequence = reader.uintFrom(1, 'sequence');
    const lastExpiryMs = reader.ms('lastExpiryMs');
    return { sequence, lastExpiryMs, requests: reader.raw(reader.remaining, 'requests') };
}
export function readClosedIndexRow(body) {
    const reader = new BinaryReader('fingerprints of a snapshot').open(body);
    const sequence = reader.uintFrom(1, 'sequence');
    const lastClosedMs = reader.ms('lastClosedMs');
    return { sequence, lastClosedMs, entries: reader.raw(reader.remaining, 'entries') };
}
export function readEnd(body) {
    const reader = new BinaryReader('end of a snapshot').open(body);
    const checksum = reader.u32('checksum');
    reader.end();
    return checksum;
}
export function malformed(what) {
    return new RaftoralError('MALFORMED_FRAME', `the stream of a snapshot can't be decoded: ${what}`);
}
function membershipOf(text) {
    let parsed;
    try {
        parsed = JSON.parse(text);
    }
    catch {
        throw malformed('its membership is not JSON');
    }
    if (typeof parsed !== 'object' || parsed === null)
        throw malformed('its membership is not an object');
    const fields = parsed;
    const ids = (name) => {
        const list = fields[name];
        if (!Array.isArray(list) || !list.every((id) => Number.isSafeInteger(id) && id > 0))
            throw malformed(`${name} of its membership is not a list of node ids`);
        return list;
    };
    return {
        voters: ids('voters'),
        votersOutgoing: ids('votersOutgoing'),
        learners: ids('learners'),
        learnersNext: ids('learnersNext'),
        autoLeave: fields['autoLeave'] === true,
    };
}
//# sourceMappingURL=snapshot-codec.js.map
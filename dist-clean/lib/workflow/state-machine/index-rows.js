/**
 * Rows that are only ever appended: answers to client commands, and fingerprints of closed runs (R26, R27). Pure.
 *
 *   answers        u8 version (1) · count · each as in a snapshot
 *   closed runs    u8 version (1) · count · of each: f64 closedMs, f64 fingerprint of the workflow id, f64 of the run id, little endian.
 *                  The sequence of the row is the number of its first closing.
 *
 * A released form is never edited: a new one gets a new version. Golden bytes: state-machine.rows.spec.ts.
 */
import { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import { readRequest, writeRequest } from './snapshot-request.js';
export const REQUEST_ROW_VERSION = 1;
export const CLOSED_ROW_VERSION = 1;
const REQUESTS_PER_ROW_MAX = 1000;
const CLOSED_PER_ROW_MAX = 4096;
const REQUEST_BYTES_MIN = 10;
const ENTRY_BYTES = 24;
const writer = new BinaryWriter();
export function requestRowCount(entries) {
    return Math.ceil(entries / REQUESTS_PER_ROW_MAX);
}
/** Numbered from `sequence` on. */
export function requestRowsOf(entries, sequence) {
    const rows = [];
    for (let from = 0; from < entries.length; from += REQUESTS_PER_ROW_MAX) {
        const some = entries.slice(from, from + REQUESTS_PER_ROW_MAX);
        writer.reset();
        writer.u8(REQUEST_ROW_VERSION);
        writer.uint(some.length, 'requests');
        let lastExpiryMs = 0;
        for (const entry of some) {
            writeRequest(writer, entry);
            if (entry.expiryMs > lastExpiryMs)
                lastExpiryMs = entry.expiryMs;
        }
        rows.push({ sequence: sequence + rows.length, lastExpiryMs, requests: writer.finish() });
    }
    return rows;
}
/** In the order in which they were remembered. Throws MALFORMED_FRAME. */
export function requestsOf(row) {
    const reader = new BinaryReader('row of answers').open(row.requests);
    const version = reader.u8('version');
    if (version !== REQUEST_ROW_VERSION)
        reader.fail('version', `${version} is not known to this build`);
    const entries = [];
    for (let left = reader.count('requests', REQUEST_BYTES_MIN); left > 0; left--)
        entries.push(readRequest(reader));
    reader.end();
    return entries;
}
/** Closings after `after`, as far as they are not swept. */
export function closedRowsOf(ring, after) {
    const rows = [];
    for (let from = Math.max(after, ring.swept) + 1; from <= ring.last; from += CLOSED_PER_ROW_MAX) {
        const to = Math.min(from + CLOSED_PER_ROW_MAX - 1, ring.last);
        rows.push(closedRow(from, to, (closing) => ring.entry(closing)));
    }
    return rows;
}
function closedRow(from, to, entryOf) {
    writer.reset();
    writer.u8(CLOSED_ROW_VERSION);
    writer.uint(to - from + 1, 'closed');
    const head = writer.length;
    const entries = new Uint8Array(head + (to - from + 1) * ENTRY_BYTES);
    entries.set(writer.finish());
    const view = new DataView(entries.buffer);
    let at = head;
    for (let closing = from; closing <= to; closing++, at += ENTRY_BYTES) {
        const { closedMs, workflowPrint, runPrint } = entryOf(closing);
        view.setFloat64(at, closedMs, true);
        view.setFloat64(at + 8, workflowPrint, true);
        view.setFloat64(at + 16, runPrint, true);
    }
    return { sequence: from, lastClosedMs: entryOf(to).closedMs, entries };
}
/** How many entries a row of this length can have. */
export function closedCountMax(row) {
    return Math.floor(row.entries.length / ENTRY_BYTES);
}
/** Loads a row into the ring, which stands right before its first closing that is not swept; the ring indexes it later. Throws MALFORMED_FRAME. */
export function readClosedRow(row, ring) {
    const reader = new BinaryReader('row of closed runs').open(row.entries);
    const version = reader.u8('version');
    if (version !== CLOSED_ROW_VERSION)
        reader.fail('version', `${version} is not known to this build`);
    const count = reader.count('closed', ENTRY_BYTES);
    const end = reader.offset + count * ENTRY_BYTES;
    if (end !== row.entries.length)
        reader.fail('end', `${row.entries.length - end} bytes too many`);
    const skipped = Math.min(Math.max(ring.swept - row.sequence + 1, 0), count);
    const first = row.sequence + skipped;
    if (skipped < count && first !== ring.last + 1)
        reader.fail('closed', `closing ${first} follows ${ring.last}`);
    const entries = numbersOf(row.entries, reader.offset + skipped * ENTRY_BYTES);
    let latestMs = ring.latestMs;
    for (let i = 0; i < entries.length; i += 3) {
        if (!(entries[i] >= latestMs) || !isFingerprint(entries[i + 1]) || !isFingerprint(entries[i + 2])) {
            reader.fail('closed', `closing ${first + i / 3} can not be: ${entries[i]}, ${entries[i + 1]}, ${entries[i + 2]}`);
        }
        latestMs = entries[i];
    }
    ring.load(entries);
}
/** Little endian, from an offset on. */
function numbersOf(bytes, from) {
    const numbers = new Float64Array((bytes.length - from) / 8);
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, bytes.length - from);
    for (let i = 0; i < numbers.length; i++)
        numbers[i] = view.getFloat64(8 * i, true);
    return numbers;
}
function isFingerprint(value) {
    return Number.isSafeInteger(value) && value > 0 && value < 2 ** 52;
}
//# sourceMappingURL=index-rows.js.map
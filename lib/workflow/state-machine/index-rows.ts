/**
 * Rows that are only ever appended: answers to client commands, and fingerprints of closed runs (R26, R27). Pure.
 *
 *   answers        u8 version (1) · count · each as in a snapshot
 *   closed runs    u8 version (1) · count · of each: f64 closedMs, f64 fingerprint of the workflow id, f64 of the run id, little endian.
 *                  The sequence of the row is the number of its first closing.
 *
 * A released form is never edited: a new one gets a new version. Golden bytes: state-machine.rows.spec.ts.
 */
import { BinaryReader, BinaryWriter, type ClosedIndexRow, type RequestRow } from '../../state-machine/index.js';
import type { ClosedEntry, ClosedRing } from './closed-ring.js';
import type { RequestEntry } from './requests.js';
import { readRequest, writeRequest } from './snapshot-request.js';

export const REQUEST_ROW_VERSION = 1;
export const CLOSED_ROW_VERSION = 1;

const REQUESTS_PER_ROW_MAX = 1000;
const CLOSED_PER_ROW_MAX = 4096;
const REQUEST_BYTES_MIN = 10;
const ENTRY_BYTES = 24;

const writer = new BinaryWriter();

export function requestRowCount(entries: number): number {
  return Math.ceil(entries / REQUESTS_PER_ROW_MAX);
}

/** Numbered from `sequence` on. */
export function requestRowsOf(entries: readonly RequestEntry[], sequence: number): RequestRow[] {
  const rows: RequestRow[] = [];
  for (let from = 0; from < entries.length; from += REQUESTS_PER_ROW_MAX) {
    const some = entries.slice(from, from + REQUESTS_PER_ROW_MAX);
    writer.reset();
    writer.u8(REQUEST_ROW_VERSION);
    writer.uint(some.length, 'requests');
    let lastExpiryMs = 0;
    for (const entry of some) {
      writeRequest(writer, entry);
      if (entry.expiryMs > lastExpiryMs) lastExpiryMs = entry.expiryMs;
    }
    rows.push({ sequence: sequence + rows.length, lastExpiryMs, requests: writer.finish() });
  }
  return rows;
}

/** In the order in which they were remembered. Throws MALFORMED_FRAME. */
export function requestsOf(row: RequestRow): RequestEntry[] {
  const reader = new BinaryReader('row of answers').open(row.requests);
  const version = reader.u8('version');
  if (version !== REQUEST_ROW_VERSION) reader.fail('version', `${version} is not known to this build`);
  const entries: RequestEntry[] = [];
  for (let left = reader.count('requests', REQUEST_BYTES_MIN); left > 0; left--) entries.push(readRequest(reader));
  reader.end();
  return entries;
}

/** Closings after `after`, as far as they are not swept. */
export function closedRowsOf(ring: ClosedRing, after: number): ClosedIndexRow[] {
  const rows: ClosedIndexRow[] = [];
  for (let from = Math.max(after, ring.swept) + 1; from <= ring.last; from += CLOSED_PER_ROW_MAX) {
    const to = Math.min(from + CLOSED_PER_ROW_MAX - 1, ring.last);
    rows.push(closedRow(from, to, (closing) => ring.entry(closing)));
  }
  return rows;
}

function closedRow(from: number, to: number, entryOf: (closing: number) => ClosedEntry): ClosedIndexRow {
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
export function closedCountMax(row: ClosedIndexRow): number {
  return Math.floor(row.entries.length / ENTRY_BYTES);
}

/** Loads a row into the ring, which stands right before its first closing that is not swept; the ring indexes it later. Throws MALFORMED_FRAME. */
export function readClosedRow(row: ClosedIndexRow, ring: ClosedRing): void {
  const reader = new BinaryReader('row of closed runs').open(row.entries);
  const version = reader.u8('version');
  if (version !== CLOSED_ROW_VERSION) reader.fail('version', `${version} is not known to this build`);
  const count = reader.count('closed', ENTRY_BYTES);
  const view = new DataView(row.entries.buffer, row.entries.byteOffset, row.entries.byteLength);
  let at = reader.offset;
  for (let closing = row.sequence; closing < row.sequence + count; closing++, at += ENTRY_BYTES) {
    if (closing <= ring.swept) continue;
    if (closing !== ring.last + 1) reader.fail('closed', `closing ${closing} follows ${ring.last}`);
    const closedMs = view.getFloat64(at, true);
    const workflowPrint = view.getFloat64(at + 8, true);
    const runPrint = view.getFloat64(at + 16, true);
    if (!(closedMs >= ring.latestMs) || !isFingerprint(workflowPrint) || !isFingerprint(runPrint)) {
      reader.fail('closed', `closing ${closing} can not be: ${closedMs}, ${workflowPrint}, ${runPrint}`);
    }
    ring.load(closedMs, workflowPrint, runPrint);
  }
  if (at !== row.entries.length) reader.fail('end', `${row.entries.length - at} bytes too many`);
}

function isFingerprint(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 && value < 2 ** 52;
}

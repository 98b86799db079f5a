/**
 * Rows of one run: its head, and its history by ranges of wseq (R32). Pure.
 *
 *   head     u8 version (1) · number of its closing (0: open) · consumedWseq of its end (0: open) · events in all · the head as in a snapshot
 *   history  u8 version (1) · runId · the events, each as in a snapshot
 *
 * W1. A head alone says all that apply needs of a run, and where on disk its last event and its undelivered signals stand.
 * W2. A history row names its run, so that a reader notices when `order` has come to mean another one (a snapshot numbers anew).
 * W3. A row of history ends soon after HISTORY_ROW_BYTES: who needs the last event reads little.
 * A released form is never edited: a new one gets a new version. Golden bytes: state-machine.rows.spec.ts.
 */
import { BinaryReader, BinaryWriter, EMPTY, type HistoryRow, type RunRow, type TimerRow } from '../../state-machine/index.js';
import type { RunEvent } from '../event.js';
import { readEvent, writeEvent } from '../event-codec.js';
import { ID_BYTES_MAX } from '../record-codec.js';
import { RunHistory } from './run-history.js';
import { RunRecord } from './run-record.js';
import { readRunHead, withOwnBytes, writeRunHead } from './snapshot-run.js';

export const RUN_ROW_VERSION = 1;
export const HISTORY_ROW_VERSION = 1;
export const HISTORY_ROW_BYTES = 64 * 1024;

const writer = new BinaryWriter();
const NO_TIMERS: readonly TimerRow[] = [];
/** Column of the row of a run that left with its slot. */
const LEFT = 'left';

/** As it is now. */
export function runRowOf(run: RunRecord): RunRow {
  writer.reset();
  writer.u8(RUN_ROW_VERSION);
  writer.uint(run.closing, 'closing');
  writer.uint(run.isOpen ? 0 : run.finished!.consumedWseq, 'consumedWseq');
  writer.uint(run.history.length, 'events');
  writeRunHead(writer, run);
  const { order, runId, workflowId, name, version, status, owner, startedMs, closedMs } = run;
  const events = run.history.length;
  return {
    order,
    runId,
    workflowId,
    name,
    version,
    status,
    owner,
    startedMs,
    closedMs,
    events,
    head: writer.finishPooled(),
    timers: timerRowsOf(run),
  };
}

/** Of a run that left with its slot: for the disk it closed then, so that its rows are deleted in time; for readers it is not there (hasLeft). */
export function leftRowOf(run: RunRecord): RunRow {
  const { order, runId, workflowId, name, version, startedMs, savedWseq, leftMs } = run;
  const status = LEFT;
  return {
    order,
    runId,
    workflowId,
    name,
    version,
    status,
    owner: 0,
    startedMs,
    closedMs: leftMs,
    events: savedWseq,
    head: EMPTY,
    timers: NO_TIMERS,
  };
}

export function hasLeft(row: RunRow): boolean {
  return row.status === LEFT;
}

function timerRowsOf(run: RunRecord): readonly TimerRow[] {
  if (run.timers === null || run.timers.size === 0) return NO_TIMERS;
  return Array.from(run.timers.values(), ({ timerId, dueMs, purpose, key, occurrence }) => ({ timerId, dueMs, purpose, key, occurrence }));
}

export interface RunHead {
  readonly closing: number;
  readonly consumedWseq: number;
  readonly events: number;
  /** Where the head as in a snapshot begins. */
  readonly offset: number;
}

/** What stands before the head as in a snapshot. */
export function readHeadStart(reader: BinaryReader): RunHead {
  const version = reader.u8('version');
  if (version !== RUN_ROW_VERSION) reader.fail('version', `${version} is not known to this build`);
  const closing = reader.uint('closing');
  const consumedWseq = reader.uint('consumedWseq');
  const events = reader.uintFrom(1, 'events');
  return { closing, consumedWseq, events, offset: reader.offset };
}

/** A run of which all events are on disk only. Throws MALFORMED_FRAME. */
export function recordOf(row: RunRow): RunRecord {
  const reader = new BinaryReader('run row').open(row.head);
  const { closing, events } = readHeadStart(reader);
  const run = readRunHead(reader, row.order, new RunHistory(events));
  reader.end();
  if (run.runId !== row.runId || run.workflowId !== row.workflowId) reader.fail('runId', `it is the head of run ${run.runId}`);
  if (run.isOpen !== (closing === 0) || run.isOpen !== (row.closedMs === 0)) reader.fail('closing', `the run is ${run.status}`);
  run.closing = closing;
  run.savedWseq = events;
  run.durableWseq = events;
  return run;
}

/** The first event that a reader of the end of a run needs: its undelivered signals stand before it. */
export function endOf(row: RunRow): number {
  const { consumedWseq, closing, events } = readHeadStart(new BinaryReader('run row').open(row.head));
  return closing === 0 ? events : Math.min(consumedWseq + 1, events);
}

/** Rows of events from … to, all of them in memory. */
export function appendHistoryRows(rows: HistoryRow[], run: RunRecord, from: number, to: number): void {
  for (let wseq = from; wseq <= to;) {
    const fromWseq = wseq;
    beginHistoryRow(run.runId);
    while (wseq <= to && writer.length < HISTORY_ROW_BYTES) writeEvent(writer, run.history.event(wseq++));
    rows.push({ order: run.order, fromWseq, toWseq: wseq - 1, events: writer.finishPooled() });
  }
}

function beginHistoryRow(runId: string): void {
  writer.reset();
  writer.u8(HISTORY_ROW_VERSION);
  writer.id(runId, 'runId', ID_BYTES_MAX);
}

/** The run that a row of history names; the reader stands before its first event. */
export function openHistoryRow(reader: BinaryReader, row: HistoryRow): string {
  reader.open(row.events);
  const version = reader.u8('version');
  if (version !== HISTORY_ROW_VERSION) reader.fail('version', `${version} is not known to this build`);
  return reader.id('runId', ID_BYTES_MAX);
}

/**
 * Events from … to of a run. Null: the rows are of another run, or not all are there. Payloads are views of a row of which all is wanted,
 * else copies. Throws MALFORMED_FRAME.
 */
export function eventsOf(rows: readonly HistoryRow[], run: { readonly runId: string }, from: number, to: number): RunEvent[] | null {
  const reader = new BinaryReader('history row');
  const events: RunEvent[] = [];
  let next = from;
  for (const row of rows) {
    if (openHistoryRow(reader, row) !== run.runId) return null;
    const whole = row.fromWseq >= from && row.toWseq <= to;
    for (let wseq = row.fromWseq; wseq <= row.toWseq; wseq++) {
      const event = readEvent(reader);
      if (event.wseq !== wseq) reader.fail('wseq', `event ${event.wseq} stands where ${wseq} was to be`);
      if (wseq !== next || wseq > to) continue;
      events.push(whole ? event : withOwnBytes(event));
      next++;
    }
    reader.end();
  }
  return next === to + 1 ? events : null;
}

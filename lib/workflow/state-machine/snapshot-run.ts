/**
 * One run, head and history, as a part of a snapshot or of a row. Pure.
 *
 * The head does not lean on the history: that is on disk, and a head alone must say what apply has to know (R27, R32).
 */
import type { BinaryReader, BinaryWriter } from '../../state-machine/index.js';
import type { ParentRef } from '../command.js';
import type { RunEvent, RunStatus } from '../event.js';
import { EventKind } from '../event.js';
import { BLOCKED_REASONS, OUTCOMES, readEvent, writeEvent } from '../event-codec.js';
import { ID_BYTES_MAX, KEY_BYTES_MAX, NAME_BYTES_MAX, readChoice, readParent, writeChoice, writeParent } from '../record-codec.js';
import { slotOf, workflowIdProblem } from '../slot.js';
import { ascending } from './group-state.js';
import type { KeyLedger } from './operations.js';
import { RunHistory } from './run-history.js';
import { RunRecord, type Decline } from './run-record.js';
import { Timer, type TimerPurpose } from './timers.js';

const STATUSES: readonly RunStatus[] = ['running', 'blocked', ...OUTCOMES];
const PURPOSES: readonly TimerPurpose[] = ['sleep', 'retry'];
/** Added to the number of a status. */
const HAS_PARENT = 0x40;
/** Of a head, in the order of their numbers: append only. The last one stands for a run that is on its way here from another cluster, and not whole yet. */
const REASONS = [...BLOCKED_REASONS, 'importing'] as const;
const EVENT_BYTES_MIN = 10;

/** Offsets of one run in the bytes that it was read from. The history begins with the count of its events. */
export interface RunBounds {
  readonly start: number;
  readonly headEnd: number;
  readonly eventsStart: number;
  readonly end: number;
}

export function writeRun(writer: BinaryWriter, run: RunRecord): void {
  writeRunHead(writer, run);
  writer.uint(run.history.length, 'history');
  for (const event of run.history.events()) writeEvent(writer, event);
}

export function writeRunHead(writer: BinaryWriter, run: RunRecord): void {
  writer.id(run.workflowId, 'workflowId', ID_BYTES_MAX);
  writer.id(run.runId, 'runId', ID_BYTES_MAX);
  writer.text(run.name, 'name', NAME_BYTES_MAX);
  writer.uint(run.version, 'version');
  writer.u53(run.inputDigest, 'inputDigest');
  writer.u53(run.originDigest, 'originDigest');
  writer.ms(run.startedMs, 'startedMs');
  writeStatus(writer, run);
  if (run.blockedReason !== null) writeChoice(writer, REASONS, run.isPartial ? 'importing' : run.blockedReason, 'blockedReason');
  writer.uint(run.owner, 'owner');
  writer.uint(run.epoch, 'epoch');
  writer.text(run.ownerBuildId, 'ownerBuildId', NAME_BYTES_MAX);
  writer.ms(run.closedMs, 'closedMs');
  writer.uint(run.cancelWseq, 'cancelWseq');
  writer.uint(run.suspectDeaths, 'suspectDeaths');
  writer.boolean(run.attemptAwaitsProgress);
  writer.uint(run.nextTimerId, 'nextTimerId');
  writeDeclines(writer, run.declined);
  writeTimers(writer, run);
  writer.uint(run.operations.keyCount, 'keys');
  for (const [key, ledger] of run.operations.entries()) writeLedger(writer, key, ledger);
}

/** Belongs to no state yet. Without its history if `keepsHistory` says so of its head: then all of that counts as dropped. */
export function readRun(
  reader: BinaryReader,
  order: number,
  keepsHistory: (head: RunRecord) => boolean,
): { readonly run: RunRecord; readonly bounds: RunBounds } {
  const start = reader.offset;
  const run = readRunHead(reader, order);
  const headEnd = reader.offset;
  const count = reader.count('history', EVENT_BYTES_MIN);
  const eventsStart = reader.offset;
  readHistory(reader, run, count, keepsHistory(run));
  return { run, bounds: { start, headEnd, eventsStart, end: reader.offset } };
}

export function readRunHead(reader: BinaryReader, order: number, history = new RunHistory()): RunRecord {
  const workflowId = reader.id('workflowId', ID_BYTES_MAX);
  const problem = workflowIdProblem(workflowId);
  if (problem !== null) reader.fail('workflowId', problem);
  const runId = reader.id('runId', ID_BYTES_MAX);
  const name = reader.text('name', NAME_BYTES_MAX);
  const version = reader.uint('version');
  const inputDigest = reader.u53('inputDigest');
  const originDigest = reader.u53('originDigest');
  const startedMs = reader.ms('startedMs');
  const { status, parent } = readStatus(reader);
  const identity = { slot: slotOf(workflowId), workflowId, runId, name, version, inputDigest, originDigest, startedMs, parent };
  const run = new RunRecord(identity, order, history);
  run.status = status;
  if (run.status === 'blocked') {
    const reason = readChoice(reader, REASONS, 'blockedReason');
    if (reason === 'importing') run.makePartial();
    else run.blockedReason = reason;
  }
  run.owner = reader.uint('owner');
  if (run.isOpen && (run.owner === 0) !== (run.status === 'blocked'))
    reader.fail('owner', `the run is ${run.status} under owner ${run.owner}`);
  run.epoch = reader.uintFrom(1, 'epoch');
  run.ownerBuildId = reader.text('ownerBuildId', NAME_BYTES_MAX);
  run.closedMs = reader.ms('closedMs');
  run.cancelWseq = reader.uint('cancelWseq');
  run.suspectDeaths = reader.uint('suspectDeaths');
  run.attemptAwaitsProgress = reader.boolean('attemptAwaitsProgress');
  run.nextTimerId = reader.uintFrom(1, 'nextTimerId');
  run.declined = readDeclines(reader);
  readTimers(reader, run);
  for (let left = reader.count('keys', 3); left > 0; left--) readLedger(reader, run);
  return run;
}

/** A child's parent follows its status, which says so: runs without one have the form that they had before there were children. */
function writeStatus(writer: BinaryWriter, { status, parent }: RunRecord): void {
  if (parent === null) return writeChoice(writer, STATUSES, status, 'status');
  writer.u8(STATUSES.indexOf(status) + HAS_PARENT);
  writeParent(writer, parent);
}

function readStatus(reader: BinaryReader): { readonly status: RunStatus; readonly parent: ParentRef | null } {
  const byte = reader.u8('status');
  const status = STATUSES[byte % HAS_PARENT];
  if (status === undefined || byte >= 2 * HAS_PARENT) reader.fail('status', `${byte} stands for nothing`);
  return { status: status!, parent: byte < HAS_PARENT ? null : readParent(reader) };
}

function writeDeclines(writer: BinaryWriter, declines: readonly Decline[]): void {
  writer.uint(declines.length, 'declined');
  for (const decline of declines) {
    writer.uint(decline.node, 'declined.node');
    writer.uint(decline.incarnation, 'declined.incarnation');
    writer.text(decline.reason, 'declined.reason', NAME_BYTES_MAX);
    writer.prose(decline.message);
  }
}

function readDeclines(reader: BinaryReader): Decline[] {
  const declines: Decline[] = [];
  for (let left = reader.count('declined', 4); left > 0; left--) {
    const node = reader.uint('declined.node');
    const incarnation = reader.uint('declined.incarnation');
    const reason = reader.text('declined.reason', NAME_BYTES_MAX);
    declines.push({ node, incarnation, reason, message: reader.prose('declined.message') });
  }
  return declines;
}

/** In the order of their ids, which is that of their setting. */
function writeTimers(writer: BinaryWriter, run: RunRecord): void {
  const timers = run.timers ?? new Map<number, Timer>();
  writer.uint(timers.size, 'timers');
  for (const timer of timers.values()) {
    writer.uint(timer.timerId, 'timerId');
    writer.ms(timer.dueMs, 'timer.dueMs');
    writeChoice(writer, PURPOSES, timer.purpose, 'timer.purpose');
    writer.text(timer.key, 'timer.key', KEY_BYTES_MAX);
    writer.uintFrom(1, timer.occurrence, 'timer.occurrence');
  }
}

function readTimers(reader: BinaryReader, run: RunRecord): void {
  for (let left = reader.count('timers', 12); left > 0; left--) {
    const timerId = reader.uint('timerId');
    if (!run.isOpen) reader.fail('timerId', `the run is ${run.status}, and has timers`);
    if (timerId >= run.nextTimerId || run.timers?.has(timerId) === true)
      reader.fail('timerId', `timer ${timerId} was never set, or stands here twice`);
    const dueMs = reader.ms('timer.dueMs');
    const purpose = readChoice(reader, PURPOSES, 'timer.purpose');
    const key = reader.text('timer.key', KEY_BYTES_MAX);
    const timer = new Timer(dueMs, run.runId, timerId, purpose, key, reader.uintFrom(1, 'timer.occurrence'));
    (run.timers ??= new Map()).set(timerId, timer);
  }
}

function writeLedger(writer: BinaryWriter, key: string, ledger: KeyLedger): void {
  writer.text(key, 'key', KEY_BYTES_MAX);
  writer.uint(ledger.watermark, 'watermark');
  writeSorted(writer, ledger.sparse ?? []);
  const opened = [...(ledger.opened ?? [])].sort(([a], [b]) => a - b);
  writer.uint(opened.length, 'opened');
  for (const [occurrence, open] of opened) {
    writer.uint(occurrence, 'occurrence');
    writer.uint(open.failedAttempts, 'failedAttempts');
    writer.uint(open.startedEpoch, 'startedEpoch');
    writer.uint(open.startedAttempt, 'startedAttempt');
    writer.uint(open.retryTimer?.timerId ?? 0, 'retryTimer');
    writer.uint(open.sleepTimer?.timerId ?? 0, 'sleepTimer');
  }
}

function writeSorted(writer: BinaryWriter, numbers: Iterable<number>): void {
  const sorted = [...numbers].sort(ascending);
  writer.uint(sorted.length, 'sparse');
  for (const number of sorted) writer.uint(number, 'sparse');
}

function readLedger(reader: BinaryReader, run: RunRecord): void {
  const key = reader.text('key', KEY_BYTES_MAX);
  if (run.operations.find(key) !== undefined) reader.fail('key', `key '${key}' stands here twice`);
  const ledger = run.operations.of(key);
  ledger.watermark = reader.uint('watermark');
  for (let left = reader.count('sparse', 1); left > 0; left--) {
    const occurrence = reader.uint('sparse');
    if (occurrence <= ledger.watermark + 1) reader.fail('sparse', `${occurrence} belongs to the watermark ${ledger.watermark}`);
    (ledger.sparse ??= new Set()).add(occurrence);
  }
  for (let left = reader.count('opened', 6); left > 0; left--) {
    const occurrence = reader.uintFrom(1, 'occurrence');
    if (ledger.isSettled(occurrence)) reader.fail('occurrence', `${occurrence} of key '${key}' is both open and settled`);
    const open = ledger.open(occurrence);
    open.failedAttempts = reader.uint('failedAttempts');
    open.startedEpoch = reader.uint('startedEpoch');
    open.startedAttempt = reader.uint('startedAttempt');
    open.retryTimer = timerOf(reader, run, reader.uint('retryTimer'));
    open.sleepTimer = timerOf(reader, run, reader.uint('sleepTimer'));
  }
}

function timerOf(reader: BinaryReader, run: RunRecord, timerId: number): Timer | null {
  if (timerId === 0) return null;
  return run.timers?.get(timerId) ?? reader.fail('timer', `timer ${timerId} is not pending`);
}

function readHistory(reader: BinaryReader, run: RunRecord, count: number, keep: boolean): void {
  let last: RunEvent | undefined;
  for (let wseq = 1; wseq <= count; wseq++) {
    last = readEvent(reader);
    if (last.wseq !== wseq) reader.fail('wseq', `event ${last.wseq} follows ${wseq - 1} events`);
    run.history.push(keep ? withOwnBytes(last) : last);
  }
  const ended = last?.kind === EventKind.FINISHED;
  if (ended === run.isOpen) reader.fail('history', `the run is ${run.status}, and its history says otherwise`);
  if (!keep) run.history.drop(count);
}

/** With a copy of the payload: a view would keep all that it was read from in memory. */
export function withOwnBytes(event: RunEvent): RunEvent {
  switch (event.kind) {
    case EventKind.STARTED:
      return { ...event, input: event.input.slice() };
    case EventKind.CHECKPOINT:
    case EventKind.COMPUTE_RESULT:
      return { ...event, value: event.value.slice() };
    case EventKind.SIGNAL:
      return { ...event, payload: event.payload.slice() };
    case EventKind.FINISHED:
      return { ...event, result: event.result.slice() };
    default:
      return event;
  }
}

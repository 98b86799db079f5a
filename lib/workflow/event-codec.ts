/**
 * Bytes of the events of a run: one row of history, in a snapshot or on disk. Pure.
 *
 * An event is: u8 kind, wseq, time, then the body of its kind. encodeEvent() puts a format version in front; a snapshot carries the
 * version once, in its header.
 * B1. A released body is never edited: a new form is a new kind or version. Golden bytes: event-codec.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import { BinaryReader, BinaryWriter } from '../state-machine/index.js';
import {
  EventKind,
  type BlockedReason,
  type CheckpointEvent,
  type ComputeResultEvent,
  type OwnerChangeCause,
  type RunEvent,
  type RunOutcome,
  type SleepSetEvent,
} from './event.js';
import {
  ID_BYTES_MAX,
  KEY_BYTES_MAX,
  NAME_BYTES_MAX,
  readChoice,
  readError,
  readErrorRequired,
  readPosition,
  writeChoice,
  writeError,
  writePosition,
} from './record-codec.js';

export const EVENT_VERSION = 1;

/** In the order of their numbers on disk: append only. */
export const OUTCOMES: readonly RunOutcome[] = ['completed', 'failed', 'cancelled', 'terminated', 'continued'];
export const BLOCKED_REASONS: readonly BlockedReason[] = ['no-implementation', 'crash-suspect', 'diverged', 'declined'];
export const CAUSES: readonly OwnerChangeCause[] = ['down', 'membership', 'decline', 'change-owner', 'reset', 'hello', 'move'];
export const PURPOSES: ReadonlyArray<'sleep' | 'retry'> = ['sleep', 'retry'];

const ownWriter = new BinaryWriter();
const ownReader = new BinaryReader('event');

export function encodeEvent(event: RunEvent): Uint8Array {
  ownWriter.reset();
  ownWriter.u8(EVENT_VERSION);
  writeEvent(ownWriter, event);
  return ownWriter.finish();
}

/** Payloads are views of `bytes`. Throws MALFORMED_FRAME. */
export function decodeEvent(bytes: Uint8Array): RunEvent {
  ownReader.open(bytes);
  const version = ownReader.u8('version');
  if (version !== EVENT_VERSION) ownReader.fail('version', `${version} is not known`);
  const event = readEvent(ownReader);
  ownReader.end();
  ownReader.close();
  return event;
}

export function writeEvent(writer: BinaryWriter, event: RunEvent): void {
  writer.u8(event.kind);
  writer.uintFrom(1, event.wseq, 'wseq');
  writer.ms(event.timeMs, 'timeMs');
  switch (event.kind) {
    case EventKind.STARTED:
      writer.bytes(event.input);
      writer.uint(event.owner, 'owner');
      writer.uint(event.epoch, 'epoch');
      writer.text(event.buildId, 'buildId', NAME_BYTES_MAX);
      return writer.id(event.continuedFrom, 'continuedFrom', ID_BYTES_MAX);
    case EventKind.CHECKPOINT:
      writeCall(writer, event);
      writer.bytes(event.value);
      return writeError(writer, event.error);
    case EventKind.COMPUTE_RESULT:
      writeCall(writer, event);
      writer.bytes(event.value);
      writeError(writer, event.error);
      return writer.uint(event.attempt, 'attempt');
    case EventKind.ATTEMPT_STARTED:
      writeAttempt(writer, event);
      return writer.uint(event.node, 'node');
    case EventKind.ATTEMPT_FAILED:
      writeAttempt(writer, event);
      writeError(writer, event.error);
      writer.uint(event.timerId, 'timerId');
      return writer.ms(event.dueMs, 'dueMs');
    case EventKind.SLEEP_SET:
      writeCall(writer, event);
      writer.uint(event.timerId, 'timerId');
      return writer.ms(event.dueMs, 'dueMs');
    default:
      return writeOtherEvent(writer, event);
  }
}

function writeOtherEvent(writer: BinaryWriter, event: Exclude<RunEvent, { readonly kind: 1 | 2 | 3 | 4 | 5 | 6 }>): void {
  switch (event.kind) {
    case EventKind.TIMER_FIRED:
      writer.uint(event.timerId, 'timerId');
      writeChoice(writer, PURPOSES, event.purpose, 'purpose');
      writer.text(event.key, 'key', KEY_BYTES_MAX);
      return writer.uintFrom(1, event.occurrence, 'occurrence');
    case EventKind.SIGNAL:
      writer.text(event.name, 'name', NAME_BYTES_MAX);
      writer.bytes(event.payload);
      return writer.id(event.requestId, 'requestId', ID_BYTES_MAX);
    case EventKind.CANCEL_REQUESTED:
      return writer.prose(event.reason);
    case EventKind.OWNER_CHANGED:
      writer.uint(event.owner, 'owner');
      writer.uint(event.epoch, 'epoch');
      writeChoice(writer, CAUSES, event.cause, 'cause');
      return writer.text(event.buildId, 'buildId', NAME_BYTES_MAX);
    case EventKind.DECLINED:
      writer.uint(event.node, 'node');
      writer.prose(event.reason);
      return writer.prose(event.message);
    case EventKind.BLOCKED:
      return writeChoice(writer, BLOCKED_REASONS, event.reason, 'reason');
    case EventKind.FINISHED:
      writeChoice(writer, OUTCOMES, event.outcome, 'outcome');
      writer.uint(event.consumedWseq, 'consumedWseq');
      writer.bytes(event.result);
      writeError(writer, event.error);
      writer.u53(event.digest, 'digest');
      return writer.id(event.continuedAs, 'continuedAs', ID_BYTES_MAX);
    default:
      throw new RaftoralError('INVALID_ARGUMENT', `An event of kind ${(event as { kind: number }).kind} can not be encoded.`);
  }
}

function writeCall(writer: BinaryWriter, event: CheckpointEvent | ComputeResultEvent | SleepSetEvent): void {
  writer.uint(event.epoch, 'epoch');
  writer.text(event.key, 'key', KEY_BYTES_MAX);
  writer.uintFrom(1, event.occurrence, 'occurrence');
  writePosition(writer, event.position);
  writer.u53(event.argumentsDigest, 'argumentsDigest');
}

function writeAttempt(
  writer: BinaryWriter,
  event: { readonly epoch: number; readonly key: string; readonly occurrence: number; readonly attempt: number },
): void {
  writer.uint(event.epoch, 'epoch');
  writer.text(event.key, 'key', KEY_BYTES_MAX);
  writer.uintFrom(1, event.occurrence, 'occurrence');
  writer.uint(event.attempt, 'attempt');
}

/** Payloads are views of the reader's bytes. */
export function readEvent(reader: BinaryReader): RunEvent {
  const kind = reader.u8('kind');
  const wseq = reader.uintFrom(1, 'wseq');
  const timeMs = reader.ms('timeMs');
  switch (kind) {
    case EventKind.STARTED: {
      const input = reader.bytes('input');
      const owner = reader.uint('owner');
      const epoch = reader.uint('epoch');
      const buildId = reader.text('buildId', NAME_BYTES_MAX);
      return { kind, wseq, timeMs, input, owner, epoch, buildId, continuedFrom: reader.id('continuedFrom', ID_BYTES_MAX) };
    }
    case EventKind.CHECKPOINT: {
      const call = readCall(reader);
      const value = reader.bytes('value');
      return { kind, wseq, timeMs, ...call, value, error: readError(reader) };
    }
    case EventKind.COMPUTE_RESULT: {
      const call = readCall(reader);
      const value = reader.bytes('value');
      const error = readError(reader);
      return { kind, wseq, timeMs, ...call, attempt: reader.uint('attempt'), value, error };
    }
    case EventKind.ATTEMPT_STARTED:
      return { kind, wseq, timeMs, ...readAttempt(reader), node: reader.uint('node') };
    case EventKind.ATTEMPT_FAILED: {
      const attempt = readAttempt(reader);
      const error = readErrorRequired(reader);
      return { kind, wseq, timeMs, ...attempt, error, timerId: reader.uint('timerId'), dueMs: reader.ms('dueMs') };
    }
    case EventKind.SLEEP_SET:
      return { kind, wseq, timeMs, ...readCall(reader), timerId: reader.uint('timerId'), dueMs: reader.ms('dueMs') };
    default:
      return readOtherEvent(reader, kind, wseq, timeMs);
  }
}

function readOtherEvent(reader: BinaryReader, kind: number, wseq: number, timeMs: number): RunEvent {
  switch (kind) {
    case EventKind.TIMER_FIRED: {
      const timerId = reader.uint('timerId');
      const purpose = readChoice(reader, PURPOSES, 'purpose');
      const key = reader.text('key', KEY_BYTES_MAX);
      return { kind, wseq, timeMs, timerId, purpose, key, occurrence: reader.uintFrom(1, 'occurrence') };
    }
    case EventKind.SIGNAL: {
      const name = reader.text('name', NAME_BYTES_MAX);
      const payload = reader.bytes('payload');
      return { kind, wseq, timeMs, name, payload, requestId: reader.id('requestId', ID_BYTES_MAX) };
    }
    case EventKind.CANCEL_REQUESTED:
      return { kind, wseq, timeMs, reason: reader.prose('reason') };
    case EventKind.OWNER_CHANGED: {
      const owner = reader.uint('owner');
      const epoch = reader.uint('epoch');
      const cause = readChoice(reader, CAUSES, 'cause');
      return { kind, wseq, timeMs, owner, epoch, cause, buildId: reader.text('buildId', NAME_BYTES_MAX) };
    }
    case EventKind.DECLINED:
      return { kind, wseq, timeMs, node: reader.uint('node'), reason: reader.prose('reason'), message: reader.prose('message') };
    case EventKind.BLOCKED:
      return { kind, wseq, timeMs, reason: readChoice(reader, BLOCKED_REASONS, 'reason') };
    case EventKind.FINISHED: {
      const outcome = readChoice(reader, OUTCOMES, 'outcome');
      const consumedWseq = reader.uint('consumedWseq');
      const result = reader.bytes('result');
      const error = readError(reader);
      const digest = reader.u53('digest');
      return { kind, wseq, timeMs, outcome, consumedWseq, result, error, digest, continuedAs: reader.id('continuedAs', ID_BYTES_MAX) };
    }
    default:
      return reader.fail('kind', `event kind ${kind} is not known`);
  }
}

interface Call {
  readonly epoch: number;
  readonly key: string;
  readonly occurrence: number;
  readonly position: CheckpointEvent['position'];
  readonly argumentsDigest: number;
}

function readCall(reader: BinaryReader): Call {
  const epoch = reader.uint('epoch');
  const key = reader.text('key', KEY_BYTES_MAX);
  const occurrence = reader.uintFrom(1, 'occurrence');
  const position = readPosition(reader);
  return { epoch, key, occurrence, position, argumentsDigest: reader.u53('argumentsDigest') };
}

function readAttempt(reader: BinaryReader): { epoch: number; key: string; occurrence: number; attempt: number } {
  return {
    epoch: reader.uint('epoch'),
    key: reader.text('key', KEY_BYTES_MAX),
    occurrence: reader.uintFrom(1, 'occurrence'),
    attempt: reader.uint('attempt'),
  };
}

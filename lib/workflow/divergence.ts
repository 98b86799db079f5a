/**
 * Compares what a replica's code did with what was committed (R10). Pure.
 *
 * D1. Compared are: the call itself and its kind, argument digest, call position, canonical value of a deterministic checkpoint, errors by
 *     name, code and message, and the finish. Nothing else.
 * D2. A position that differs is a divergence between equal builds, and a warning between different ones.
 * D3. What only the owner can decide (a value above the payload limit) is not compared.
 */
import { describeError, sameError } from './error-record.js';
import {
  EventKind,
  type CheckpointEvent,
  type ComputeResultEvent,
  type ErrorRecord,
  type FinishedEvent,
  type SleepSetEvent,
} from './event.js';
import { textOfBytes } from './canonical-json.js';
import { digestOfText } from './digest.js';
import type { Operation } from './operation.js';

export interface Divergence {
  readonly method: string;
  readonly committed: string;
  readonly computed: string;
}

export type OperationRecord = CheckpointEvent | ComputeResultEvent | SleepSetEvent;

/** How a run's code ended on this replica. */
export interface Conclusion {
  readonly outcome: 'completed' | 'failed' | 'cancelled' | 'continued';
  /** Canonical text of the result, or of the next run's input. */
  readonly text: string;
  readonly error: ErrorRecord | null;
  readonly consumedWseq: number;
  readonly digest: number;
}

const TEXT_SHOWN_MAX = 200;

export function finishDigest(outcome: string, text: string, error: ErrorRecord | null): number {
  let form = `${outcome}\n${text}`;
  for (let at = error; at !== null; at = at.cause) form += `\n${at.name}\n${at.code}\n${at.message}`;
  return digestOfText(form);
}

/** The event's call is absent after its drained window (R11). */
export function absentCall(event: OperationRecord, waitingFor: string): Divergence {
  return { method: event.key, committed: describeRecord(event), computed: `no such call; the code ${waitingFor}` };
}

/** A checkpoint is no compute, though both have keys of the same space. */
export function compareKind(event: OperationRecord, operation: Operation): Divergence | null {
  const committed = kindOf(event);
  if (committed === operation.kind) return null;
  return {
    method: operation.label,
    committed: describeRecord(event),
    computed: `${operation.kind} '${operation.key}' #${operation.occurrence}`,
  };
}

export function compareArguments(event: OperationRecord, operation: Operation): Divergence | null {
  if (event.argumentsDigest === operation.argumentsDigest) return null;
  return {
    method: operation.label,
    committed: `${describeRecord(event)} with arguments digest ${hex(event.argumentsDigest)}`,
    computed: `the same call with arguments digest ${hex(operation.argumentsDigest)}`,
  };
}

export function comparePosition(event: OperationRecord, operation: Operation): Divergence | null {
  const committed = event.position;
  const own = operation.position;
  if (committed.wseq === own.wseq && committed.ordinal === own.ordinal) return null;
  return {
    method: operation.label,
    committed: `called as operation ${committed.ordinal} of window ${committed.wseq}`,
    computed: `called as operation ${own.ordinal} of window ${own.wseq}`,
  };
}

/** `committedText`: the event's value, decoded to text by the caller, who needs it anyway. */
export function compareValue(event: CheckpointEvent, committedText: string, operation: Operation): Divergence | null {
  if (event.error === null && operation.error === null && committedText === operation.valueText) return null;
  if (event.error !== null && (event.error.code === 'PAYLOAD_TOO_LARGE' || sameError(event.error, operation.error))) return null;
  return {
    method: operation.label,
    committed: event.error === null ? show(committedText) : describeError(event.error),
    computed: operation.error === null ? show(operation.valueText) : describeError(operation.error),
  };
}

/** `own` null: the code has not ended on this replica. */
export function compareFinish(
  event: FinishedEvent,
  own: Conclusion | null,
  waitingFor: string,
  strictPosition: boolean,
): Divergence | null {
  if (event.outcome === 'terminated') return null;
  const committed = `${event.outcome}${event.error === null ? ` ${show(textOfBytes(event.result))}` : ` ${describeError(event.error)}`}, after event ${event.consumedWseq}`;
  if (own === null) return { method: 'run', committed, computed: `has not ended; the code ${waitingFor}` };
  if (event.outcome === 'failed' && event.error?.code === 'PAYLOAD_TOO_LARGE') return null;
  if (own.outcome === event.outcome && own.digest === event.digest && (own.consumedWseq === event.consumedWseq || !strictPosition))
    return null;
  return {
    method: 'run',
    committed,
    computed: `${own.outcome} ${own.error === null ? show(own.text) : describeError(own.error)}, after event ${own.consumedWseq}`,
  };
}

export function describeRecord(event: OperationRecord): string {
  return `${kindOf(event)} '${event.key}' #${event.occurrence}`;
}

function kindOf(event: OperationRecord): 'checkpoint' | 'compute' | 'sleep' {
  return event.kind === EventKind.CHECKPOINT ? 'checkpoint' : event.kind === EventKind.COMPUTE_RESULT ? 'compute' : 'sleep';
}

function show(text: string): string {
  if (text === '') return 'undefined';
  return text.length <= TEXT_SHOWN_MAX ? text : `${text.slice(0, TEXT_SHOWN_MAX)}…`;
}

function hex(digest: number): string {
  return (digest >>> 0).toString(16).padStart(8, '0');
}

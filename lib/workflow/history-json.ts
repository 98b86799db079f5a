/**
 * History of a run as JSON lines, and back: what history() hands out, and what a replay reads. Pure.
 *
 *   {"raftoral":"history","version":1,"workflowId":…,"runId":…,"workflow":…,"workflowVersion":…,"inputDigest":…,"status":…,"events":N}
 *   {"wseq":1,"event":"started","timeMs":…,…}                                                              one line per event
 *
 * J1. Payloads stand in their line as the JSON values that they are; no payload, no field. Bytes that are not canonical JSON are kept in
 *     hexadecimal, under the name of the field with `Hex` behind it. So parseHistory(formatHistory(run)) gives back the same bytes.
 * J2. A released version of the form is never edited.
 * J3. What is no history is MALFORMED_FRAME, with line and field: nothing is guessed and nothing is left out.
 */
import { RaftoralError } from '../errors/index.js';
import { EMPTY, utf8 } from '../state-machine/index.js';
import { BLOCKED_REASONS, CAUSES, OUTCOMES, PURPOSES } from './event-codec.js';
import { EventKind, type CallPosition, type ErrorRecord, type RunEvent, type RunStatus } from './event.js';
import type { RunView } from './state.js';

export const HISTORY_VERSION = 1;

export interface HistoryHeader {
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly inputDigest: number;
  readonly status: RunStatus;
  /** How many lines follow. */
  readonly events: number;
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Fields = Record<string, Json>;
/** A list of texts: one of them. */
type FieldType = 'uint' | 'ms' | 'text' | 'payload' | 'error' | 'errorRequired' | 'position' | readonly string[];

interface EventForm {
  readonly name: string;
  readonly fields: Readonly<Record<string, FieldType>>;
}

const STATUSES: readonly string[] = ['running', 'blocked', ...OUTCOMES];
const CALL = { epoch: 'uint', key: 'text', occurrence: 'uint', position: 'position', argumentsDigest: 'uint' } as const;
const ATTEMPT = { epoch: 'uint', key: 'text', occurrence: 'uint', attempt: 'uint' } as const;

const FORMS: Readonly<Record<EventKind, EventForm>> = {
  [EventKind.STARTED]: {
    name: 'started',
    fields: { input: 'payload', owner: 'uint', epoch: 'uint', buildId: 'text', continuedFrom: 'text' },
  },
  [EventKind.CHECKPOINT]: { name: 'checkpoint', fields: { ...CALL, value: 'payload', error: 'error' } },
  [EventKind.COMPUTE_RESULT]: { name: 'compute-result', fields: { ...CALL, attempt: 'uint', value: 'payload', error: 'error' } },
  [EventKind.ATTEMPT_STARTED]: { name: 'attempt-started', fields: { ...ATTEMPT, node: 'uint' } },
  [EventKind.ATTEMPT_FAILED]: { name: 'attempt-failed', fields: { ...ATTEMPT, error: 'errorRequired', timerId: 'uint', dueMs: 'ms' } },
  [EventKind.SLEEP_SET]: { name: 'sleep-set', fields: { ...CALL, timerId: 'uint', dueMs: 'ms' } },
  [EventKind.TIMER_FIRED]: { name: 'timer-fired', fields: { timerId: 'uint', purpose: PURPOSES, key: 'text', occurrence: 'uint' } },
  [EventKind.SIGNAL]: { name: 'signal', fields: { name: 'text', payload: 'payload', requestId: 'text' } },
  [EventKind.CANCEL_REQUESTED]: { name: 'cancel-requested', fields: { reason: 'text' } },
  [EventKind.OWNER_CHANGED]: { name: 'owner-changed', fields: { owner: 'uint', epoch: 'uint', cause: CAUSES, buildId: 'text' } },
  [EventKind.DECLINED]: { name: 'declined', fields: { node: 'uint', reason: 'text', message: 'text' } },
  [EventKind.BLOCKED]: { name: 'blocked', fields: { reason: BLOCKED_REASONS } },
  [EventKind.FINISHED]: {
    name: 'finished',
    fields: { outcome: OUTCOMES, consumedWseq: 'uint', result: 'payload', error: 'error', digest: 'uint', continuedAs: 'text' },
  },
};

const KIND_BY_NAME = new Map(Object.values(EventKind).map((kind) => [FORMS[kind].name, kind]));
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function formatHistory(run: RunView): string {
  const { workflowId, runId, name: workflow, version: workflowVersion, inputDigest, status } = run;
  const header = { raftoral: 'history', version: HISTORY_VERSION, workflowId, runId, workflow, workflowVersion, inputDigest, status };
  const lines = [JSON.stringify({ ...header, events: run.history.length })];
  for (const event of run.history.events()) lines.push(formatEvent(event));
  return `${lines.join('\n')}\n`;
}

function formatEvent(event: RunEvent): string {
  const { name, fields } = FORMS[event.kind];
  const line: Record<string, unknown> = { wseq: event.wseq, event: name, timeMs: event.timeMs };
  const values = event as unknown as Readonly<Record<string, unknown>>;
  for (const [field, type] of Object.entries(fields)) {
    if (type === 'payload') formatPayload(line, field, values[field] as Uint8Array);
    else line[field] = values[field];
  }
  return JSON.stringify(line);
}

function formatPayload(line: Record<string, unknown>, field: string, bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  try {
    const text = decoder.decode(bytes);
    const value = JSON.parse(text) as Json;
    if (canonical(value) === text) {
      line[field] = value;
      return;
    }
  } catch {
    // Not JSON: kept as bytes.
  }
  line[`${field}Hex`] = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The canonical text of a value that JSON.parse made (R7). */
function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return value === 0 ? '0' : JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonical).join(',')}]`;
  const object = value as { readonly [key: string]: Json };
  const keys = Object.keys(object).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(object[key]!)}`).join(',')}}`;
}

/** Throws MALFORMED_FRAME for anything that formatHistory() did not write. */
export function parseHistory(text: string): { readonly header: HistoryHeader; readonly events: RunEvent[] } {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const header = parseHeader(new Line(lines[0] ?? '', 1));
  const events: RunEvent[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = new Line(lines[i]!, i + 1);
    const event = parseEvent(line);
    if (event.wseq !== i) line.fail('wseq', `${event.wseq} stands where ${i} belongs`);
    events.push(event);
  }
  if (events.length !== header.events) new Line('{}', 1).fail('events', `${header.events} are announced, ${events.length} follow`);
  return { header, events };
}

function parseHeader(line: Line): HistoryHeader {
  if (line.take('raftoral') !== 'history') line.fail('raftoral', 'these lines are no history');
  if (line.take('version') !== HISTORY_VERSION) line.fail('version', `only version ${HISTORY_VERSION} is known`);
  const header: HistoryHeader = {
    workflowId: line.text('workflowId'),
    runId: line.text('runId'),
    name: line.text('workflow'),
    version: line.uint('workflowVersion'),
    inputDigest: line.uint('inputDigest'),
    status: line.choice('status', STATUSES) as RunStatus,
    events: line.uint('events'),
  };
  line.end();
  return header;
}

function parseEvent(line: Line): RunEvent {
  const name = line.text('event');
  const kind = KIND_BY_NAME.get(name) ?? line.fail('event', `'${name}' is no event`);
  const event: Record<string, unknown> = { kind, wseq: line.uint('wseq'), timeMs: line.ms('timeMs') };
  for (const [field, type] of Object.entries(FORMS[kind].fields)) event[field] = line.field(field, type);
  line.end();
  return event as unknown as RunEvent;
}

/** One line, whose fields are taken one by one, so that none is left over. */
class Line {
  private readonly fields: Fields;

  constructor(
    text: string,
    private readonly number: number,
  ) {
    let value: Json = null;
    try {
      value = JSON.parse(text) as Json;
    } catch {
      this.fail('line', 'it is not JSON');
    }
    if (value === null || typeof value !== 'object' || Array.isArray(value)) this.fail('line', 'it is no JSON object');
    this.fields = value as Fields;
  }

  fail(field: string, why: string): never {
    throw new RaftoralError('MALFORMED_FRAME', `Malformed history: ${field} in line ${this.number}: ${why}.`, {
      details: { frame: 'history', field, line: this.number },
    });
  }

  take(field: string): Json | undefined {
    if (!Object.hasOwn(this.fields, field)) return undefined;
    const value = this.fields[field];
    delete this.fields[field];
    return value;
  }

  end(): void {
    const [field] = Object.keys(this.fields);
    if (field !== undefined) this.fail(field, 'it is no field of this version');
  }

  field(field: string, type: FieldType): unknown {
    switch (type) {
      case 'uint':
        return this.uint(field);
      case 'ms':
        return this.ms(field);
      case 'text':
        return this.text(field);
      case 'payload':
        return this.payload(field);
      case 'error':
        return this.error(field, this.take(field));
      case 'errorRequired':
        return this.error(field, this.take(field)) ?? this.fail(field, 'there must be one');
      case 'position':
        return this.position(field);
      default:
        return this.choice(field, type);
    }
  }

  text(field: string): string {
    const value = this.take(field);
    return typeof value === 'string' ? value : this.fail(field, 'it is no text');
  }

  uint(field: string): number {
    const value = this.take(field);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.fail(field, 'it is no safe integer of at least 0');
  }

  ms(field: string): number {
    const value = this.take(field);
    return typeof value === 'number' && value >= 0 ? value : this.fail(field, 'it is no time');
  }

  choice(field: string, choices: readonly string[]): string {
    const value = this.text(field);
    return choices.includes(value) ? value : this.fail(field, `'${value}' is none of ${choices.join(', ')}`);
  }

  private payload(field: string): Uint8Array {
    const hex = this.take(`${field}Hex`);
    const value = this.take(field);
    if (hex === undefined) return value === undefined ? EMPTY : utf8(canonical(value));
    if (typeof hex !== 'string' || !/^([0-9a-f]{2})+$/.test(hex)) this.fail(`${field}Hex`, 'it is not hexadecimal');
    return Uint8Array.from(hex.match(/../g)!, (digits) => Number.parseInt(digits, 16));
  }

  private position(field: string): CallPosition {
    const value = this.take(field) as { readonly wseq?: Json; readonly ordinal?: Json } | null | undefined;
    const { wseq, ordinal } = value ?? {};
    if (!Number.isSafeInteger(wseq) || !Number.isSafeInteger(ordinal)) this.fail(field, 'it is no call position');
    return { wseq: wseq as number, ordinal: ordinal as number };
  }

  private error(field: string, value: Json | undefined): ErrorRecord | null {
    if (value === null) return null;
    const { name, message, code, stack, cause } = (value ?? {}) as Fields;
    for (const text of [name, message, code, stack]) if (typeof text !== 'string') this.fail(field, 'it is no error record');
    return { name, message, code, stack, cause: this.error(field, cause) } as ErrorRecord;
  }
}

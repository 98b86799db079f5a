/**
 * What was sent to the victims, what they acknowledged, and whether a history has all of it. Pure.
 *
 * K1. An intent (a request id, and what goes with it) is noted before it is sent; an acknowledgement when it is read. What was sent and not
 *     acknowledged is in doubt: it may be there or not, and is sent again with the same request id.
 * K2. `lost`: acknowledged and not there. `doubled`: there twice, a second value for an operation, a second run for an id. `altered`: there
 *     with other content. `invented`: a value that no body made, a signal that nobody sent. `stuck`: open, and does not go on.
 * K3. An event that a node reported is an acknowledgement: it was applied, so it was committed, so it was durable.
 */
import type { SaidEvent } from './protocol.js';
import type { StepsInput, StepsOutput } from './workflows.js';

export interface Problem {
  readonly kind: 'lost' | 'doubled' | 'altered' | 'invented' | 'stuck';
  readonly text: string;
}

export interface SignalRecord {
  readonly requestId: string;
  readonly payload: string;
  acknowledged: boolean;
}

export interface RunRecord {
  readonly workflowId: string;
  readonly requestId: string;
  readonly input: StepsInput;
  readonly signals: readonly SignalRecord[];
  /** As the answer to the start, or an event, said. */
  runId: string | null;
  /** The start was answered. */
  isStarted: boolean;
  /** Events that were reported, by wseq, as text that compares. */
  readonly events: Map<number, string>;
  /** Text of the acknowledged result. */
  result: string | null;
  /** Something was acknowledged since it was last verified. */
  isTouched: boolean;
}

export interface Acknowledged {
  starts: number;
  signals: number;
  checkpoints: number;
  results: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Values that bodies made, by run and operation; from the effects file. */
export type Effects = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

const COMPARED = [
  'key',
  'occurrence',
  'attempt',
  'value',
  'input',
  'name',
  'payload',
  'outcome',
  'result',
  'purpose',
  'node',
  'owner',
] as const;
const OPERATIONS: ReadonlySet<unknown> = new Set(['checkpoint', 'compute-result']);
const VALUE_LENGTH = 36; // of a UUID; the padding behind it is not in the effects file

const FORGOTTEN_MAX = 500_000;

export class Ledger {
  readonly acknowledged: Acknowledged = { starts: 0, signals: 0, checkpoints: 0, results: 0 };
  readonly runs = new Map<string, RunRecord>();
  /** What two answers to the same request, or two reports of the same event, contradict. */
  readonly contradictions: Problem[] = [];
  /** Ids of runs that are of no interest any more, the oldest first; nodes may still report their events. */
  private readonly forgotten = new Set<string>();

  intend(
    workflowId: string,
    requestId: string,
    input: StepsInput,
    signals: ReadonlyArray<{ requestId: string; payload: string }>,
  ): RunRecord {
    const record: RunRecord = {
      workflowId,
      requestId,
      input,
      signals: signals.map((signal) => ({ ...signal, acknowledged: false })),
      runId: null,
      isStarted: false,
      events: new Map(),
      result: null,
      isTouched: false,
    };
    this.runs.set(workflowId, record);
    return record;
  }

  started(record: RunRecord, runId: string): void {
    if (!this.isRun(record, runId) || record.isStarted) return;
    record.isStarted = true;
    this.acknowledged.starts++;
  }

  signalled(record: RunRecord, signal: SignalRecord): void {
    if (signal.acknowledged) return;
    signal.acknowledged = true;
    record.isTouched = true;
    this.acknowledged.signals++;
  }

  finished(record: RunRecord, result: unknown): void {
    const text = textOf(result);
    if (record.result !== null && record.result !== text)
      this.contradict('altered', `${record.workflowId} gave two results: ${record.result} and ${text}`);
    if (record.result !== null) return;
    record.result = text;
    record.isTouched = true;
    this.acknowledged.results++;
  }

  /** An event may be reported again by a node that replays its log; it must be the same one. */
  happened(said: SaidEvent): void {
    const record = this.runs.get(said.workflowId);
    if (record === undefined && this.forgotten.has(said.workflowId)) return;
    if (record === undefined) return this.contradict('invented', `${said.workflowId} was never sent`);
    if (!this.isRun(record, said.runId)) return;
    const text = comparable(said.event.kind, Date.parse(said.event.time), { ...said.event });
    const known = record.events.get(said.event.wseq);
    if (known === text) return;
    if (known !== undefined)
      this.contradict('altered', `${said.workflowId}: event ${said.event.wseq} was reported as ${known} and as ${text}`);
    record.events.set(said.event.wseq, text);
    record.isTouched = true;
    if (OPERATIONS.has(said.event.kind)) this.acknowledged.checkpoints++;
  }

  forget({ workflowId }: RunRecord): void {
    this.runs.delete(workflowId);
    this.forgotten.add(workflowId);
    if (this.forgotten.size > FORGOTTEN_MAX) this.forgotten.delete(this.forgotten.values().next().value!);
  }

  /** Runs whose result is not acknowledged, oldest first. */
  unfinished(): RunRecord[] {
    return [...this.runs.values()].filter(({ result }) => result === null);
  }

  private isRun(record: RunRecord, runId: string): boolean {
    record.isTouched = true;
    record.runId ??= runId;
    if (record.runId === runId) return true;
    this.contradict('doubled', `${record.workflowId} is run ${record.runId}, and run ${runId}`);
    return false;
  }

  private contradict(kind: Problem['kind'], text: string): void {
    this.contradictions.push({ kind, text });
  }
}

/** `history`: JSON lines, or null when the node says that there is no such workflow. */
export function checkRun(record: RunRecord, history: string | null, effects: Effects): Problem[] {
  const problems: Problem[] = [];
  const found = (kind: Problem['kind'], text: string): void => void problems.push({ kind, text: `${record.workflowId}: ${text}` });
  if (history === null) {
    if (record.runId !== null)
      found('lost', `its start was acknowledged (run ${record.runId}, ${record.events.size} events reported), and it is not there`);
    return problems;
  }
  const [header, ...events] = history
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);
  const runId = String(header!['runId']);
  if (record.runId !== null && record.runId !== runId) found('doubled', `started as run ${record.runId}, it is run ${runId} now`);
  checkOrder(events, found);
  checkReported(record, events, found);
  checkOperations(events, effects.get(runId), found);
  checkSignals(record, events, found);
  checkResult(record, events, found);
  return problems;
}

type Found = (kind: Problem['kind'], text: string) => void;

function checkOrder(events: readonly Fields[], found: Found): void {
  for (const [index, event] of events.entries())
    if (event['wseq'] !== index + 1) return found('lost', `event ${index + 1} of its history has the number ${String(event['wseq'])}`);
}

function checkReported(record: RunRecord, events: readonly Fields[], found: Found): void {
  for (const [wseq, reported] of record.events) {
    const event = events[wseq - 1];
    if (event === undefined) found('lost', `event ${wseq} was reported (${reported}), and its history ends at ${events.length}`);
    else {
      const text = comparable(String(event['event']), Number(event['timeMs']), event);
      if (text !== reported) found('altered', `event ${wseq} was reported as ${reported}, and is ${text}`);
    }
  }
}

function checkOperations(events: readonly Fields[], effects: ReadonlyMap<string, ReadonlySet<string>> | undefined, found: Found): void {
  const seen = new Set<string>();
  let step = 0;
  for (const event of events) {
    if (!OPERATIONS.has(event['event'])) continue;
    const operation = `${String(event['key'])} ${String(event['occurrence'])}`;
    if (seen.has(operation)) found('doubled', `operation ${operation} has two outcomes`);
    seen.add(operation);
    if (event['event'] !== 'compute-result') continue;
    const value = String(event['value']).slice(0, VALUE_LENGTH);
    if (effects?.get(`work ${step}`)?.has(value) !== true) found('invented', `no body made ${value}, the value of ${operation}`);
    step++;
  }
}

function checkSignals(record: RunRecord, events: readonly Fields[], found: Found): void {
  const recorded = events.filter((event) => event['event'] === 'signal');
  for (const { requestId, payload, acknowledged } of record.signals) {
    const hits = recorded.filter((event) => event['payload'] === payload || event['requestId'] === requestId).length;
    if (hits > 1) found('doubled', `signal ${payload} is recorded ${hits} times`);
    if (hits === 0 && acknowledged) found('lost', `signal ${payload} was acknowledged, and is not recorded`);
  }
  for (const event of recorded)
    if (!record.signals.some(({ payload }) => payload === event['payload']))
      found('invented', `signal ${String(event['payload'])} was never sent`);
}

function checkResult(record: RunRecord, events: readonly Fields[], found: Found): void {
  const ends = events.filter((event) => event['event'] === 'finished');
  if (ends.length > 1) found('doubled', `it ended ${ends.length} times`);
  const end = ends[0];
  if (end === undefined) {
    if (record.result !== null) found('lost', 'its result was acknowledged, and it has not ended');
    return;
  }
  const values = (kind: string): unknown[] =>
    events.filter((event) => event['event'] === kind).map((event) => event['value'] ?? event['payload']);
  const expected: StepsOutput = {
    values: values('compute-result') as string[],
    notes: values('checkpoint') as string[],
    received: (values('signal') as string[]).slice(0, record.input.signals),
  };
  const result = textOf(end['result']);
  if (result !== textOf(expected)) found('altered', `its result is ${result}, its history gives ${textOf(expected)}`);
  if (record.result !== null && record.result !== result)
    found('altered', `its acknowledged result was ${record.result}, and is ${result}`);
}

/** Every acknowledged id once, no run twice. */
export function checkList(ledger: Ledger, items: ReadonlyArray<{ readonly workflowId: string; readonly runId: string }>): Problem[] {
  const problems: Problem[] = [];
  const byId = new Map<string, string[]>();
  for (const { workflowId, runId } of items) byId.set(workflowId, [...(byId.get(workflowId) ?? []), runId]);
  for (const [workflowId, runIds] of byId)
    if (runIds.length > 1) problems.push({ kind: 'doubled', text: `${workflowId} is listed ${runIds.length} times: ${runIds.join(', ')}` });
  for (const record of ledger.runs.values())
    if (record.runId !== null && !byId.has(record.workflowId)) problems.push({ kind: 'lost', text: `${record.workflowId} is not listed` });
  return problems;
}

/** What the bodies did, by the lines of the effects file: run, key, step, value, idempotency key. */
export class EffectsIndex {
  readonly problems: Problem[] = [];
  private readonly byRun = new Map<string, Map<string, Set<string>>>();
  private readonly keys = new Map<string, Map<string, string>>();

  get effects(): Effects {
    return this.byRun;
  }

  add(line: string): void {
    const [runId, key, step, value, idempotencyKey] = line.split(' ');
    if (runId === undefined || idempotencyKey === undefined) return;
    const operation = `${key} ${step}`;
    const ofRun = this.byRun.get(runId) ?? new Map<string, Set<string>>();
    this.byRun.set(runId, ofRun);
    const values = ofRun.get(operation) ?? new Set<string>();
    ofRun.set(operation, values.add(value!));
    const keysOfRun = this.keys.get(runId) ?? new Map<string, string>();
    this.keys.set(runId, keysOfRun);
    const known = keysOfRun.get(operation) ?? idempotencyKey;
    keysOfRun.set(operation, known);
    if (known !== idempotencyKey) this.problems.push({ kind: 'doubled', text: `${runId} ${operation} ran under two idempotency keys` });
  }

  forget(runId: string): void {
    this.byRun.delete(runId);
    this.keys.delete(runId);
  }
}

/** All of a file at once. */
export function readEffects(text: string): { readonly effects: Effects; readonly problems: Problem[] } {
  const index = new EffectsIndex();
  for (const line of text.split('\n')) index.add(line);
  return index;
}

function comparable(kind: string, timeMs: number, fields: Fields): string {
  const kept = COMPARED.filter((name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== '');
  return `${kind} @${Math.floor(timeMs)} ${textOf(Object.fromEntries(kept.map((name) => [name, fields[name]])))}`;
}

/** JSON with sorted keys: two texts are equal when the values are. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

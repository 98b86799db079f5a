/**
 * Histories as JSON lines, version 1: what history() hands out, and what a replay reads.
 */
import { BLOCKED_REASONS, CAUSES, OUTCOMES, PURPOSES } from '../../../lib/workflow/event-codec.js';
import { EventKind, type RunEvent, type RunStatus } from '../../../lib/workflow/event.js';
import { formatHistory, parseHistory } from '../../../lib/workflow/history-json.js';
import type { RunView } from '../../../lib/workflow/state.js';
import { SAMPLE_EVENTS } from '../../support/workflow-samples.js';
import { codecFamily, type Sample } from '../family.js';
import { nameOf, type Plain, type PlainObject } from '../plain.js';

const STATUSES: readonly RunStatus[] = ['running', 'blocked', ...OUTCOMES];

type Run = Pick<RunView, 'workflowId' | 'runId' | 'name' | 'version' | 'inputDigest' | 'status'>;

function textOf(run: Run, events: readonly RunEvent[]): Uint8Array {
  const history = { length: events.length, firstInMemory: 1, events: () => events };
  return Buffer.from(formatHistory({ ...run, history } as unknown as RunView));
}

const numbered = (events: readonly RunEvent[]): RunEvent[] => events.map((event, i) => ({ ...event, wseq: i + 1 }));

/** Payloads that are no JSON, and such as JSON would write otherwise. */
const ODD = ['{"b":1,"a":2}', '1.0', 'no JSON', '"ü \u2028"', '-0', '[1,{"a":null}]'];

function samples(): Sample[] {
  const run = { workflowId: 'order "1"\n', runId: 'r-1', name: 'größe', version: 3, inputDigest: 2 ** 52 + 1 };
  const all = numbered(SAMPLE_EVENTS.map(([, event]) => event));
  const signal = SAMPLE_EVENTS.find(([name]) => name === 'SIGNAL')![1];
  const odd = numbered([all[0]!, ...ODD.map((text) => ({ ...signal, payload: Uint8Array.from(Buffer.from(text)) }) as RunEvent)]);
  const choices = numbered([
    all[0]!,
    ...SAMPLE_EVENTS.flatMap<RunEvent>(([, event]) => {
      if (event.kind === EventKind.TIMER_FIRED) return PURPOSES.map((purpose) => ({ ...event, purpose }));
      if (event.kind === EventKind.OWNER_CHANGED) return CAUSES.map((cause) => ({ ...event, cause }));
      if (event.kind === EventKind.BLOCKED) return BLOCKED_REASONS.map((reason) => ({ ...event, reason }));
      if (event.kind === EventKind.FINISHED) return OUTCOMES.map((outcome) => ({ ...event, outcome }));
      return [];
    }),
  ]);
  return [
    { name: 'events of every kind', bytes: textOf({ ...run, status: 'continued' }, all) },
    { name: 'payloads that are not canonical', bytes: textOf({ ...run, status: 'running' }, odd) },
    { name: 'every choice', bytes: textOf({ ...run, status: 'failed' }, choices) },
    ...STATUSES.map((status) => ({ name: `status ${status}`, bytes: textOf({ ...run, status }, all.slice(0, 1)) })),
  ];
}

const parsed = (bytes: Uint8Array) => parseHistory(Buffer.from(bytes).toString('utf8'));

function labels(value: PlainObject): string[] {
  const header = value['header'] as PlainObject;
  const events = value['events'] as readonly PlainObject[];
  const choice = (event: PlainObject): Plain | undefined => event['purpose'] ?? event['cause'] ?? event['outcome'] ?? event['reason'];
  return [
    `status ${String(header['status'])}`,
    ...events.flatMap((event) => {
      const kind = nameOf(EventKind, event['kind']);
      return [kind, `${kind} ${String(choice(event))}`];
    }),
  ];
}

export const family = codecFamily({
  name: 'histories',
  remedy:
    'Users keep histories in files, and replay them: keep the form, and make another one another version (lib/workflow/history-json.ts, J2).',
  samples,
  decode: parsed,
  encode: (bytes) => {
    const { header, events } = parsed(bytes);
    return textOf(header, events);
  },
  labels,
  needed: () => [
    ...STATUSES.map((status) => `status ${status}`),
    ...Object.keys(EventKind),
    ...PURPOSES.map((choice) => `TIMER_FIRED ${choice}`),
    ...CAUSES.map((choice) => `OWNER_CHANGED ${choice}`),
    ...BLOCKED_REASONS.map((choice) => `BLOCKED ${choice}`),
    ...OUTCOMES.map((choice) => `FINISHED ${choice}`),
  ],
});

/**
 * Encoded events, version 1: one of every kind, and of every choice that a field has. They stand in rows of history and in snapshots.
 */
import { BLOCKED_REASONS, CAUSES, OUTCOMES, PURPOSES, decodeEvent, encodeEvent } from '../../../lib/workflow/event-codec.js';
import { EventKind, type RunEvent } from '../../../lib/workflow/event.js';
import { SAMPLE_EVENTS } from '../../support/workflow-samples.js';
import { codecFamily } from '../family.js';
import { nameOf, type PlainObject } from '../plain.js';

function variants(): ReadonlyArray<readonly [string, RunEvent]> {
  return SAMPLE_EVENTS.flatMap<readonly [string, RunEvent]>(([name, event]) => {
    const each = <T extends string>(choices: readonly T[], make: (choice: T) => RunEvent) =>
      choices.map((choice) => [`${name} ${choice}`, make(choice)] as readonly [string, RunEvent]);
    switch (event.kind) {
      case EventKind.TIMER_FIRED:
        return each(PURPOSES, (purpose) => ({ ...event, purpose }));
      case EventKind.OWNER_CHANGED:
        return each(CAUSES, (cause) => ({ ...event, cause }));
      case EventKind.BLOCKED:
        return each(BLOCKED_REASONS, (reason) => ({ ...event, reason }));
      case EventKind.FINISHED:
        return each(OUTCOMES, (outcome) => ({ ...event, outcome }));
      default:
        return [[name, event]];
    }
  });
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'TIMER_FIRED purpose': PURPOSES,
  'OWNER_CHANGED cause': CAUSES,
  'BLOCKED reason': BLOCKED_REASONS,
  'FINISHED outcome': OUTCOMES,
};

function labels(event: PlainObject): string[] {
  const kind = nameOf(EventKind, event['kind']);
  const choices = Object.keys(CHOICES).map((choice) => choice.split(' ') as [string, string]);
  return [kind, ...choices.filter(([of]) => of === kind).map(([, name]) => `${kind} ${name} ${String(event[name])}`)];
}

export const family = codecFamily({
  name: 'events',
  remedy:
    'Released events stand in histories: keep the decoder as it was, and make what is new a new kind or version (lib/workflow/event-codec.ts, B1).',
  samples: () => variants().map(([name, event]) => ({ name, bytes: encodeEvent(event) })),
  decode: decodeEvent,
  encode: (bytes) => encodeEvent(decodeEvent(bytes)),
  labels,
  needed: () => [
    ...Object.keys(EventKind),
    ...Object.entries(CHOICES).flatMap(([choice, values]) => values.map((value) => `${choice} ${value}`)),
  ],
});

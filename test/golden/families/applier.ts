/**
 * Golden logs: what released builds answered to every command, the events they told of, the states and rows that came of it, byte for byte.
 *
 * What was committed is applied again at every start and on every replica, by builds that may differ: whoever changes what apply does forks the state of
 * clusters that exist. So a change waits for a codec level (R31), and the files show that it is in force from that level on, and not before.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND_KIND_OFFSET } from '../../../lib/state-machine/index.js';
import { CODEC_LEVEL_MAX, CommandKind } from '../../../lib/workflow/command.js';
import { BLOCKED_REASONS, CAUSES, OUTCOMES, PURPOSES, decodeEvent } from '../../../lib/workflow/event-codec.js';
import { EventKind } from '../../../lib/workflow/event.js';
import { formatHistory, parseHistory } from '../../../lib/workflow/history-json.js';
import { IGNORED } from '../../../lib/workflow/state-machine/answers.js';
import { replay, type Outcome, type Replayed } from '../applier/replay.js';
import { scenarios } from '../applier/scenarios.js';
import type { Step } from '../applier/steps.js';
import type { Family, GoldenCase } from '../family.js';
import { bytesOf, differenceOf, nameOf, objectsIn, plain, type PlainObject } from '../plain.js';

const PURE_FOLDER = join('lib', 'workflow', 'state-machine');

/** Codes that apply refuses with, from the sources: `refused('CODE', …)`. */
function refusalCodes(): string[] {
  const files = readdirSync(PURE_FOLDER).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  const text = files.map((name) => readFileSync(join(PURE_FOLDER, name), 'utf8')).join('\n');
  return [...new Set([...text.matchAll(/\brefused\(\s*'([A-Z_]+)'/g)].map(([, code]) => code!))];
}

const NAMED_CHOICES: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['TIMER_FIRED', PURPOSES],
  ['OWNER_CHANGED', CAUSES],
  ['BLOCKED', BLOCKED_REASONS],
  ['FINISHED', OUTCOMES],
];

function eventLabels(hex: string): string[] {
  const event = decodeEvent(bytesOf(hex));
  const kind = nameOf(EventKind, event.kind);
  const { purpose, cause, outcome, reason } = event as { purpose?: string; cause?: string; outcome?: string; reason?: string };
  const choice = purpose ?? cause ?? outcome ?? reason;
  return [`event ${kind}`, ...(choice === undefined ? [] : [`event ${kind} ${choice}`])];
}

function answerLabels(answer: PlainObject | null): string[] {
  if (answer === null) return [];
  if ('halted' in answer) return [`halted ${String(answer['halted'])}`];
  if (answer['ok'] === true) return [answer['existing'] === true ? 'answer: before' : 'answer: ok'];
  return [answer['ignored'] === true ? `ignored: ${String(answer['reason'])}` : `refused: ${String(answer['code'])}`];
}

function rowLabels(cuts: readonly PlainObject[]): string[] {
  const labels: string[] = [];
  for (const { requests, closed, sweptMs, slices } of cuts as ReadonlyArray<Record<string, never>>) {
    labels.push('row group');
    if ((requests as unknown[]).length > 0) labels.push('row requests');
    if ((closed as unknown[]).length > 0) labels.push('row closed index');
    if ((sweptMs as number) > 0) labels.push('rows are swept');
    for (const one of objectsIn(slices)) {
      if ('head' in one) labels.push(`row run ${String(one['status'])}`);
      if ('fromWseq' in one) labels.push('row history');
      if ('purpose' in one) labels.push(`row timer ${String(one['purpose'])}`);
    }
  }
  return labels;
}

function labels({ steps, value }: GoldenCase): string[] {
  const { outcomes, cuts } = value as unknown as Replayed;
  return [
    ...(steps as unknown as readonly Step[]).flatMap((step) =>
      step.type === 'command' ? [`command ${nameOf(CommandKind, bytesOf(step.frame)[COMMAND_KIND_OFFSET])}`] : [step.type],
    ),
    ...outcomes.flatMap(({ answer, events, codecLevel }) => [
      `codec level ${codecLevel}`,
      ...answerLabels(answer as PlainObject | null),
      ...events.flatMap(([, hex]) => eventLabels(hex)),
    ]),
    ...rowLabels(cuts as unknown as readonly PlainObject[]),
  ];
}

function needed(): string[] {
  return [
    ...Array.from({ length: CODEC_LEVEL_MAX }, (_, i) => `codec level ${i + 1}`),
    ...Object.keys(CommandKind).map((kind) => `command ${kind}`),
    'membership',
    'restore',
    ...Object.keys(EventKind).map((kind) => `event ${kind}`),
    ...NAMED_CHOICES.flatMap(([kind, choices]) => choices.map((choice) => `event ${kind} ${choice}`)),
    'answer: ok',
    'answer: before',
    'halted GROUP_HALTED',
    ...Object.values(IGNORED).map((answer) => `ignored: ${(answer as { readonly reason: string }).reason}`),
    ...refusalCodes().map((code) => `refused: ${code}`),
    ...['row group', 'row requests', 'row closed index', 'rows are swept', 'row history', 'row timer sleep', 'row timer retry'],
    ...['running', 'blocked', ...OUTCOMES].map((status) => `row run ${status}`),
  ];
}

/** The first step that does not hold: what follows it says nothing more. */
function firstDifference(steps: readonly Step[], released: readonly Outcome[], now: readonly Outcome[]): string | null {
  for (const [i, outcome] of released.entries()) {
    const found = differenceOf(plain(outcome), plain(now[i] ?? null));
    if (found === null) continue;
    const step = steps[i]!;
    const what = step.type === 'command' ? nameOf(CommandKind, bytesOf(step.frame)[COMMAND_KIND_OFFSET]) : step.type;
    return `step ${i + 1} (${what}) does not do what it did: ${found}`;
  }
  return null;
}

async function check({ groupId, steps: recorded, value }: GoldenCase): Promise<string[]> {
  const steps = recorded as unknown as readonly Step[];
  const released = value as unknown as Replayed;
  let now: Replayed;
  try {
    now = await replay(groupId as number, steps);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const found =
    firstDifference(steps, released.outcomes, now.outcomes) ??
    differenceOf(plain({ ...released, outcomes: [] }), plain({ ...now, outcomes: [] })) ??
    released.histories.map(notRead).find((problem) => problem !== null);
  return found === undefined || found === null ? [] : [found];
}

/** The text of a history must say the same after it was read. */
function notRead(text: string): string | null {
  const { header, events } = parseHistory(text);
  const history = { length: events.length, firstInMemory: 1, events: () => events };
  return formatHistory({ ...header, history } as never) === text ? null : `the history of ${header.runId} is written otherwise than it was`;
}

async function make(): Promise<GoldenCase[]> {
  const cases: GoldenCase[] = [];
  for (const { name, groupId, record } of scenarios()) {
    const steps = record();
    cases.push({ name, groupId, steps: plain(steps), value: plain(await replay(groupId, steps)) });
  }
  return cases;
}

export const family: Family = {
  name: 'applier',
  remedy:
    'What was committed is applied again by every build: an applier is never changed for what a log may hold already. Let the change be in force from a new codec level on (CODEC_LEVEL_MAX in lib/workflow/command.ts), keep what was below it, and write a golden log of the new level (npm run golden -- --write applier/level-N). Never edit a golden file',
  make,
  check,
  labels,
  needed,
};

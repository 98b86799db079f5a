/**
 * Golden logs of the management cluster: what released builds answered to every command, the events that they told of, and the states that came of it, byte for byte.
 * Why they never change: families/applier.ts.
 */
import { createHash } from 'node:crypto';
import { COMMAND_KIND_OFFSET } from '../../../lib/state-machine/index.js';
import { TOPOLOGY_CODEC_LEVEL_MAX, TopologyKind } from '../../../lib/management/command.js';
import { TOPOLOGY_EVENT_TYPES, type TopologyEvent } from '../../../lib/management/event.js';
import { TOPOLOGY_REFUSAL_REASONS, type TopologyAnswer } from '../../../lib/management/state.js';
import { TopologyStateMachine } from '../../../lib/management/state-machine.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import type { ConfState } from '../../../lib/raft/types.js';
import { managementScenarios } from '../applier/management-scenarios.js';
import type { Family, GoldenCase } from '../family.js';
import { bytesOf, differenceOf, hexOf, nameOf, plain, type Plain, type PlainObject } from '../plain.js';

/** In the order of the log; the index of a step is its place, from 1. */
type Step = { readonly frame: string } | { readonly membership: ConfState } | { readonly restore: true };

interface Outcome {
  readonly answer: Plain;
  readonly events: Plain;
  /** SHA-256 of the snapshot. */
  readonly state: string;
}

/** A refusal's message is for people, and may be improved. */
function withoutMessage(answer: TopologyAnswer): Plain {
  if (answer.ok) return plain(answer);
  const { message: _, ...rest } = answer;
  return plain(rest);
}

function replay(steps: readonly Step[]): { readonly outcomes: readonly Outcome[]; readonly snapshot: string } {
  const told: TopologyEvent[] = [];
  const machine = new TopologyStateMachine((event) => told.push(event));
  const outcomes = steps.map((step, i): Outcome => {
    const answer = carryOut(machine, i + 1, step);
    return { answer, events: plain(told.splice(0)), state: createHash('sha256').update(machine.snapshot()).digest('hex') };
  });
  return { outcomes, snapshot: hexOf(machine.snapshot()) };
}

function carryOut(machine: TopologyStateMachine, index: number, step: Step): Plain {
  if ('restore' in step) {
    machine.restore(index, machine.snapshot());
    return null;
  }
  if ('membership' in step) {
    machine.applyMembership(index, step.membership);
    return null;
  }
  try {
    return withoutMessage(machine.apply(index, 1, bytesOf(step.frame)));
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return { halted: error.code };
  }
}

function labels({ steps, value }: GoldenCase): string[] {
  const { outcomes } = value as unknown as { readonly outcomes: readonly Outcome[] };
  return [
    ...(steps as unknown as readonly Step[]).map((step) =>
      'frame' in step
        ? `command ${nameOf(TopologyKind, bytesOf(step.frame)[COMMAND_KIND_OFFSET])}`
        : 'restore' in step
          ? 'restore'
          : 'membership',
    ),
    ...outcomes.flatMap(({ answer, events }) => [
      ...answerLabels(answer as PlainObject | null),
      ...(events as readonly PlainObject[]).map(({ type }) => `event ${String(type)}`),
    ]),
  ];
}

function answerLabels(answer: PlainObject | null): string[] {
  if (answer === null) return [];
  if ('halted' in answer) return [`halted ${String(answer['halted'])}`];
  if (answer['ok'] === true) return [answer['changed'] === true ? 'answer: changed' : 'answer: unchanged'];
  return [`refused: ${String(answer['reason'])}`];
}

function needed(): string[] {
  // Level 1 is where every log begins: nothing raises it to that.
  const events = TOPOLOGY_EVENT_TYPES.filter((type) => type !== 'codec-level-raised' || TOPOLOGY_CODEC_LEVEL_MAX > 1);
  return [
    ...Object.keys(TopologyKind).map((kind) => `command ${kind}`),
    ...events.map((type) => `event ${type}`),
    ...TOPOLOGY_REFUSAL_REASONS.map((reason) => `refused: ${reason}`),
    ...['answer: changed', 'answer: unchanged', 'halted GROUP_HALTED', 'membership', 'restore'],
  ];
}

function check({ steps, value }: GoldenCase): string[] {
  const released = value as unknown as ReturnType<typeof replay>;
  const now = replay(steps as unknown as readonly Step[]);
  for (const [i, outcome] of released.outcomes.entries()) {
    const found = differenceOf(plain(outcome), plain(now.outcomes[i] ?? null));
    if (found !== null) return [`step ${i + 1} does not do what it did: ${found}`];
  }
  return released.snapshot === now.snapshot ? [] : ['the snapshot is not what it was'];
}

export const family: Family = {
  name: 'management-applier',
  remedy:
    'What was committed is applied again by every build: an applier is never changed for what a log may hold already. Let the change be in force from a new codec level on (TOPOLOGY_CODEC_LEVEL_MAX in lib/management/command.ts), keep what was below it, and write a golden log of the new level. Never edit a golden file',
  make: () => managementScenarios().map(({ name, steps }) => ({ name, steps: plain(steps), value: plain(replay(steps)) })),
  check,
  labels,
  needed,
};

/**
 * Applies recorded steps with today's state machine, twice: all of it in memory, and stored in rows that are flushed again and again. What comes of them,
 * as JSON: answers, events, states, rows.
 *
 * Y1. Both must answer alike, step by step (M4 of lib/workflow/state-machine.ts); that they do not is an error of its own.
 */
import { createHash } from 'node:crypto';
import { isRaftoralError } from '../../../lib/errors/index.js';
import type { StateCut, StatePosition } from '../../../lib/state-machine/index.js';
import { encodeEvent } from '../../../lib/workflow/event-codec.js';
import { formatHistory } from '../../../lib/workflow/history-json.js';
import type { RunEvent } from '../../../lib/workflow/event.js';
import { WorkflowStateMachine } from '../../../lib/workflow/state-machine.js';
import type { RunView } from '../../../lib/workflow/state.js';
import { RowStore } from '../../support/row-store.js';
import { bytesOf, differenceOf, hexOf, plain, type Plain } from '../plain.js';
import type { Step } from './steps.js';

/** So often the rows are flushed: runs stand in several cuts, with parts of their histories. */
const STEPS_PER_CUT = 5;

/** Of one step. */
export interface Outcome {
  /** null: of a step that has none. */
  readonly answer: Plain;
  /** In order: run id, event. */
  readonly events: ReadonlyArray<readonly [string, string]>;
  readonly codecLevel: number;
  /** SHA-256 of the snapshot. */
  readonly state: string;
}

export interface Replayed {
  readonly outcomes: readonly Outcome[];
  readonly snapshot: string;
  /** JSON lines of each run, in the order of their start. */
  readonly histories: readonly string[];
  /** What each flush wrote. */
  readonly cuts: readonly Plain[];
}

const NO_MEMBERS = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function replay(groupId: number, steps: readonly Step[]): Promise<Replayed> {
  const outcomes: Outcome[] = [];
  const told: Array<readonly [string, string]> = [];
  const sink = (run: RunView, event: RunEvent): void => void told.push([run.runId, hexOf(encodeEvent(event))]);
  const machine = new WorkflowStateMachine({ groupId, sink });
  const rows = new Rows(groupId);
  for (const [i, step] of steps.entries()) {
    const answer = carryOut(machine, i + 1, step);
    await rows.carryOut(i + 1, step, answer, told);
    outcomes.push({ answer, events: told.splice(0), codecLevel: machine.codecLevel, state: sha256(machine.snapshot()) });
    if (isHalt(answer)) break;
    if ((i + 1) % STEPS_PER_CUT === 0 || i + 1 === steps.length) await rows.flush(machine.snapshot());
  }
  const histories = [...machine.allRuns()].map((run) => formatHistory(run));
  return { outcomes, snapshot: hexOf(machine.snapshot()), histories, cuts: rows.cuts };
}

function carryOut(machine: WorkflowStateMachine, index: number, step: Step): Plain {
  switch (step.type) {
    case 'membership':
      machine.applyMembership(index, step.membership);
      return null;
    case 'restore':
      machine.restore(index, bytesOf(step.snapshot));
      return null;
    case 'command':
      return answerOf(machine, index, bytesOf(step.frame));
  }
}

function answerOf(machine: WorkflowStateMachine, index: number, frame: Uint8Array): Plain {
  try {
    return plain(machine.apply(index, 1, frame));
  } catch (error) {
    if (!isRaftoralError(error)) throw error;
    return { halted: error.code };
  }
}

function isHalt(answer: Plain): boolean {
  return typeof answer === 'object' && answer !== null && 'halted' in answer;
}

/** The same replica, stored in rows. */
class Rows {
  readonly cuts: Plain[] = [];
  private readonly told: Array<readonly [string, string]> = [];
  private readonly store: RowStore;
  private readonly machine: WorkflowStateMachine;
  private confState = NO_MEMBERS as StatePosition['confState'];
  private index = 0;

  constructor(groupId: number) {
    this.store = new RowStore({ index: 0, term: 0, confState: NO_MEMBERS });
    const sink = (run: RunView, event: RunEvent): void => void this.told.push([run.runId, hexOf(encodeEvent(event))]);
    this.machine = new WorkflowStateMachine({ groupId, sink });
    this.machine.load(this.store.load(), this.store.source);
  }

  async carryOut(index: number, step: Step, expected: Plain, events: ReadonlyArray<readonly [string, string]>): Promise<void> {
    this.index = index;
    if (step.type === 'restore') {
      const position = { index, term: 1, confState: this.confState };
      await this.store.replace(position, this.machine.rowsOf(position, bytesOf(step.snapshot)));
      this.machine.load(this.store.load(), this.store.source);
      return;
    }
    if (step.type === 'membership') this.confState = step.membership;
    else if (!isHalt(expected)) await this.machine.prefetch([bytesOf(step.frame)]);
    const answer = carryOut(this.machine, index, step);
    const found = differenceOf(plain({ answer: expected, events }), plain({ answer, events: this.told.splice(0) }));
    if (found !== null) throw new Error(`step ${index}: a replica whose state is in rows does otherwise than one in memory: ${found}`);
  }

  async flush(expected: Uint8Array): Promise<void> {
    const position = { index: this.index, term: 1, confState: this.confState };
    const cut = this.machine.cut();
    this.cuts.push(this.written(position, cut));
    const bytes = await this.machine.bytesOf(this.store.image());
    if (hexOf(bytes) !== hexOf(expected)) throw new Error(`step ${this.index}: the rows are of another state than the snapshot`);
  }

  private written(position: StatePosition, cut: StateCut): Plain {
    const { group, requests, closed, requestsExpiredMs, sweptMs } = cut;
    const slices: unknown[] = [];
    const noting: StateCut = Object.create(cut, {
      next: {
        value: (runsMax: number) => {
          const slice = cut.next(runsMax);
          if (slice !== null) slices.push(slice);
          return slice;
        },
      },
      done: { value: () => cut.done() },
      requests: { value: requests },
    }) as StateCut;
    this.store.flush(position, noting).commit(true);
    return plain({ index: this.index, group, requests, closed, requestsExpiredMs, sweptMs, slices });
  }
}

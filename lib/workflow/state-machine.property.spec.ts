import { describe, expect, it } from '@jest/globals';
import { WorkflowChaos, xorshift, type ChaosEntry } from '../../test/support/workflow-chaos.js';
import { EventKind, type RunEvent } from './event.js';
import { WorkflowStateMachine } from './state-machine.js';
import type { RunView } from './state.js';

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
const STEPS = 3000;

/** What happened, seen from the sink alone. */
class Watcher {
  readonly histories = new Map<string, RunEvent[]>();
  readonly outcomes = new Map<string, Set<string>>();
  readonly epochs = new Map<string, number>();
  readonly seen = new Map<number, number>();
  problems: string[] = [];

  note(run: RunView, event: RunEvent): void {
    this.seen.set(event.kind, (this.seen.get(event.kind) ?? 0) + 1);
    // The id of a run that was swept is free again.
    if (event.kind === EventKind.STARTED && this.histories.get(run.runId)?.at(-1)?.kind === EventKind.FINISHED) {
      for (const map of [this.histories, this.outcomes, this.epochs]) map.delete(run.runId);
    }
    const history = this.histories.get(run.runId) ?? [];
    this.histories.set(run.runId, history);
    history.push(event);
    if (event.wseq !== history.length) this.problems.push(`${run.runId}: wseq ${event.wseq} is number ${history.length}`);
    const before = history.at(-2);
    if (before !== undefined && before.timeMs > event.timeMs) this.problems.push(`${run.runId}: time runs backwards at ${event.wseq}`);
    if (before?.kind === EventKind.FINISHED) this.problems.push(`${run.runId}: event ${event.wseq} after the end`);
    this.noteOutcome(run, event);
    this.noteEpoch(run, event);
  }

  private noteOutcome(run: RunView, event: RunEvent): void {
    const settles =
      event.kind === EventKind.CHECKPOINT ||
      event.kind === EventKind.COMPUTE_RESULT ||
      (event.kind === EventKind.TIMER_FIRED && event.purpose === 'sleep');
    if (!settles) return;
    const outcomes = this.outcomes.get(run.runId) ?? new Set<string>();
    this.outcomes.set(run.runId, outcomes);
    const operation = `${event.key}#${event.occurrence}`;
    if (outcomes.has(operation)) this.problems.push(`${run.runId}: ${operation} settles twice`);
    outcomes.add(operation);
  }

  private noteEpoch(run: RunView, event: RunEvent): void {
    const epoch = this.epochs.get(run.runId) ?? 0;
    if (event.kind === EventKind.STARTED || event.kind === EventKind.OWNER_CHANGED) {
      if (event.epoch !== epoch + 1) this.problems.push(`${run.runId}: epoch ${event.epoch} after ${epoch}`);
      this.epochs.set(run.runId, event.epoch);
    } else if ('epoch' in event && event.epoch !== epoch) {
      this.problems.push(`${run.runId}: an event of epoch ${event.epoch} in epoch ${epoch}`);
    }
  }
}

function checkViews(machine: WorkflowStateMachine, watcher: Watcher): void {
  let open = 0;
  for (const run of machine.allRuns()) {
    expect(run.history.events()).toEqual(watcher.histories.get(run.runId));
    if (run.closedMs === 0) {
      open++;
      expect(run.owner === 0).toBe(run.status === 'blocked');
      expect(run.blockedReason === null).toBe(run.status === 'running');
      expect(machine.current(run.workflowId)).toBe(run);
      if (run.status === 'blocked' && (run.blockedReason === 'no-implementation' || run.blockedReason === 'declined')) {
        expect(machine.eligible(run)).toEqual([]);
      }
    } else {
      expect(run.outcome).toBe(run.status);
    }
  }
  expect(machine.openRunCount).toBe(open);
  expect(new Set([...machine.openRuns()].map((run) => run.workflowId)).size).toBe(open);
}

function feed(machine: WorkflowStateMachine, { index, frame, membership }: ChaosEntry): unknown {
  return frame === null ? machine.applyMembership(index, membership) : machine.apply(index, 1, frame);
}

describe('random histories', () => {
  it.each(SEEDS)(
    'S3, P2, P4, P5: restored midway or not, machines agree byte for byte, and every run keeps its promises (seed %d)',
    (seed) => {
      const watcher = new Watcher();
      const steady = new WorkflowStateMachine({ groupId: 1, sink: (run, event) => watcher.note(run, event) });
      let restored = new WorkflowStateMachine({ groupId: 1 });
      const random = xorshift(seed * 7919);
      const chaos = new WorkflowChaos(random);
      for (let i = 0; i < STEPS; i++) {
        chaos.step([steady, restored]);
        if (i % 500 === 250) {
          const snapshot = steady.snapshot();
          restored = new WorkflowStateMachine({ groupId: 1 });
          restored.restore(chaos.appliedIndex, snapshot);
          expect(Buffer.compare(restored.snapshot(), snapshot)).toBe(0);
        }
      }
      expect(Buffer.compare(restored.snapshot(), steady.snapshot())).toBe(0);
      expect(watcher.problems).toEqual([]);
      checkViews(steady, watcher);
    },
  );

  it('apply is whole when it returns: a thousand commands in one go end as with the event loop turning between any two (apply that awaits)', async () => {
    const guide = new WorkflowStateMachine({ groupId: 1 });
    const hurried = new WorkflowStateMachine({ groupId: 1 });
    const patient = new WorkflowStateMachine({ groupId: 1 });
    const chaos = new WorkflowChaos(xorshift(4711));
    const entries = Array.from({ length: 1_000 }, () => {
      const entry = chaos.next(guide);
      feed(guide, entry);
      return entry;
    });
    // What is left to a microtask or a promise would find the state of a thousand commands later.
    const answers = entries.map((entry) => feed(hurried, entry));
    const atOnce = hurried.snapshot();
    for (const [at, entry] of entries.entries()) {
      expect(feed(patient, entry)).toEqual(answers[at]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(answers.filter((answer) => typeof (answer as { then?: unknown } | undefined)?.then === 'function')).toEqual([]);
    expect(Buffer.compare(patient.snapshot(), atOnce)).toBe(0);
    expect(Buffer.compare(hurried.snapshot(), atOnce)).toBe(0);
  });

  it('the random histories reach every kind of event, and children that are open, held and released', () => {
    const watcher = new Watcher();
    const children = { open: 0, held: 0, released: 0 };
    for (const seed of SEEDS.slice(0, 5)) {
      const machine = new WorkflowStateMachine({ groupId: 1, sink: (run, event) => watcher.note(run, event) });
      const chaos = new WorkflowChaos(xorshift(seed * 7919));
      for (let i = 0; i < STEPS; i++) {
        const held = machine.children.heldCount;
        chaos.step([machine]);
        if (machine.children.open.size > 0) children.open++;
        if (machine.children.heldCount > held) children.held++;
        if (machine.children.heldCount < held) children.released++;
      }
      watcher.histories.clear();
    }
    for (const [what, count] of Object.entries(children)) expect([what, count > 3]).toEqual([what, true]);
    for (const [name, kind] of Object.entries(EventKind)) expect([name, (watcher.seen.get(kind) ?? 0) > 3]).toEqual([name, true]);
  });
});

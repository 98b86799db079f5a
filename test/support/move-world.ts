/**
 * Groups that slots move between, as state machines without Raft: each has one replica in memory and one in rows, which must do alike, and random commands of its own.
 * The mover's steps are driven by the test, which may lose the mover at any of them.
 */
import { expect } from '@jest/globals';
import { CODEC_LEVEL_MAX, CommandKind, type WorkflowCommand } from '../../lib/workflow/command.js';
import { EventKind, type RunEvent } from '../../lib/workflow/event.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer, RunView } from '../../lib/workflow/state.js';
import { RowStore, type OpenFlush } from './row-store.js';
import { WorkflowChaos, type ChaosEntry } from './workflow-chaos.js';
import { conf, fateOf } from './workflow-machine.js';

/** One history of each run, whichever group wrote which part of it. */
export class RunWitness {
  readonly histories = new Map<string, RunEvent[]>();
  readonly problems: string[] = [];
  readonly causes = new Map<string, number>();
  private readonly outcomes = new Map<string, Set<string>>();
  private readonly epochs = new Map<string, number>();
  /** Group in which the last event of an open run was written. */
  readonly homes = new Map<string, number>();
  /** Runs of which something was sent to another group. Run ids are minted at random: a group that has forgotten one does not give it to another run while others may have it. */
  readonly travelled = new Set<string>();

  note(groupId: number, run: RunView, event: RunEvent): void {
    const { runId } = run;
    if (event.kind === EventKind.STARTED && this.histories.get(runId)?.at(-1)?.kind === EventKind.FINISHED) {
      for (const map of [this.histories, this.outcomes, this.epochs, this.homes]) map.delete(runId);
    }
    const history = this.histories.get(runId) ?? [];
    this.histories.set(runId, history);
    history.push(event);
    const before = history.at(-2);
    if (event.wseq !== history.length) this.problems.push(`${runId}: wseq ${event.wseq} is number ${history.length}`);
    if (before !== undefined && before.timeMs > event.timeMs) this.problems.push(`${runId}: time runs backwards at ${event.wseq}`);
    if (before?.kind === EventKind.FINISHED) this.problems.push(`${runId}: event ${event.wseq} after the end`);
    const home = this.homes.get(runId);
    if (home !== undefined && home !== groupId && !(event.kind === EventKind.OWNER_CHANGED && event.cause === 'move'))
      this.problems.push(`${runId}: event ${event.wseq} is the first one in group ${groupId}, and is no change of owner by a move`);
    this.homes.set(runId, groupId);
    this.noteOutcome(runId, event);
    this.noteEpoch(runId, event);
  }

  private noteOutcome(runId: string, event: RunEvent): void {
    const isOutcome =
      event.kind === EventKind.CHECKPOINT ||
      event.kind === EventKind.COMPUTE_RESULT ||
      (event.kind === EventKind.TIMER_FIRED && event.purpose === 'sleep');
    if (!isOutcome) return;
    const outcomes = this.outcomes.get(runId) ?? new Set<string>();
    this.outcomes.set(runId, outcomes);
    const operation = `${event.key}#${event.occurrence}`;
    if (outcomes.has(operation)) this.problems.push(`${runId}: ${operation} settles twice`);
    outcomes.add(operation);
  }

  private noteEpoch(runId: string, event: RunEvent): void {
    const epoch = this.epochs.get(runId) ?? 0;
    if (event.kind === EventKind.OWNER_CHANGED) this.causes.set(event.cause, (this.causes.get(event.cause) ?? 0) + 1);
    if (event.kind === EventKind.STARTED || event.kind === EventKind.OWNER_CHANGED) {
      if (event.epoch !== epoch + 1) this.problems.push(`${runId}: epoch ${event.epoch} after ${epoch}`);
      this.epochs.set(runId, event.epoch);
    } else if ('epoch' in event && event.epoch !== epoch)
      this.problems.push(`${runId}: an event of epoch ${event.epoch} in epoch ${epoch}`);
  }
}

export class MoveGroup {
  memory: WorkflowStateMachine;
  stored: WorkflowStateMachine;
  readonly chaos: WorkflowChaos;
  readonly counts = { flushes: 0, restarts: 0, restores: 0 };
  private readonly store = new RowStore({ index: 0, term: 0, confState: conf([]) });
  private readonly log: ChaosEntry[] = [];
  private flush: { readonly open: OpenFlush; readonly snapshot: Uint8Array } | null = null;
  /** What the memory replica told of the entry at hand. */
  private told: string[] = [];
  private toldByStored: string[] = [];

  constructor(
    readonly groupId: number,
    private readonly random: () => number,
    private readonly witness: RunWitness,
  ) {
    this.chaos = new WorkflowChaos(random, groupId === 1 ? '' : `g${groupId}-`, (runId) => !witness.travelled.has(runId));
    this.memory = this.machineOfMemory();
    this.stored = this.machineOfRows();
    this.stored.load(this.store.load(), this.store.source);
  }

  private machineOfMemory(): WorkflowStateMachine {
    return new WorkflowStateMachine({
      groupId: this.groupId,
      sink: (run, event) => {
        this.told.push(`${run.runId} ${event.wseq} ${event.kind}`);
        this.witness.note(this.groupId, run, event);
      },
    });
  }

  private machineOfRows(): WorkflowStateMachine {
    const sink = (run: RunView, event: RunEvent): void => void this.toldByStored.push(`${run.runId} ${event.wseq} ${event.kind}`);
    return new WorkflowStateMachine({ groupId: this.groupId, sink });
  }

  private below(bound: number): number {
    return this.random() % bound;
  }

  /** Everything at the highest codec level, before anything else. */
  async begin(): Promise<void> {
    await this.apply(this.chaos.next(this.memory));
    for (let node = 1; node <= 5; node++) {
      const workflows = [{ name: 'order', versions: [1, 2, 3] }];
      const hello = { node, incarnation: 1, workflows, codecLevelMax: CODEC_LEVEL_MAX, buildId: 'b0', draining: false };
      await this.send({ kind: CommandKind.MEMBER_HELLO, ...hello });
    }
    await this.send({ kind: CommandKind.RAISE_CODEC_LEVEL, level: CODEC_LEVEL_MAX });
    expect(this.memory.codecLevel).toBe(CODEC_LEVEL_MAX);
  }

  send(command: WorkflowCommand): Promise<CommandAnswer> {
    return this.apply(this.chaos.entryOf(command)) as Promise<CommandAnswer>;
  }

  /** Random commands. */
  async live(steps: number): Promise<void> {
    for (let left = steps; left > 0; left--) await this.apply(this.chaos.next(this.memory));
  }

  async apply(entry: ChaosEntry): Promise<CommandAnswer | undefined> {
    this.told = [];
    this.toldByStored = [];
    const answer = feed(this.memory, entry);
    this.log.push(entry);
    if (entry.frame !== null) await this.stored.prefetch([entry.frame]);
    expect(feed(this.stored, entry)).toEqual(answer);
    expect(this.toldByStored).toEqual(this.told);
    expect(this.stored.openRunCount).toBe(this.memory.openRunCount);
    expect(this.stored.closedRunCount).toBe(this.memory.closedRunCount);
    await this.disturb();
    return answer;
  }

  private async disturb(): Promise<void> {
    const roll = this.below(60);
    if (this.flush === null && roll < 4)
      this.flush = { open: this.store.flush(this.position(), this.stored.cut()), snapshot: this.memory.snapshot() };
    else if (this.flush !== null && roll < 20) this.flush.open.step(1 + this.below(4));
    else if (this.flush !== null && roll < 26) await this.endFlush();
    else if (roll === 58 && this.below(4) === 0) await this.restart();
    else if (roll === 59 && this.below(4) === 0) this.restore();
  }

  private position(): { readonly index: number; readonly term: number; readonly confState: ReturnType<typeof conf> } {
    return { index: this.memory.appliedIndex, term: 1, confState: conf([]) };
  }

  private async endFlush(): Promise<void> {
    const { open, snapshot } = this.flush!;
    this.flush = null;
    open.commit(this.below(2) === 0);
    this.counts.flushes++;
    const bytes = await this.stored.bytesOf(this.store.image());
    expect(Buffer.compare(bytes, snapshot)).toBe(0);
  }

  /** The process with the rows ended: it begins from what is durable, and applies the rest again. */
  private async restart(): Promise<void> {
    this.store.crash();
    this.flush = null;
    this.counts.restarts++;
    this.stored = this.machineOfRows();
    this.stored.load(this.store.load(), this.store.source);
    for (const entry of this.log) {
      if (entry.index <= this.store.position.index) continue;
      if (entry.frame !== null) await this.stored.prefetch([entry.frame]);
      feed(this.stored, entry);
    }
  }

  private restore(): void {
    this.counts.restores++;
    const snapshot = this.memory.snapshot();
    this.memory = this.machineOfMemory();
    this.memory.restore(this.log.at(-1)!.index, snapshot);
    expect(Buffer.compare(this.memory.snapshot(), snapshot)).toBe(0);
  }

  /** Of each id one and the same run is the current one on both replicas, and on one that restores a snapshot now. */
  async checkCurrent(workflowIds: readonly string[]): Promise<void> {
    const restored = new WorkflowStateMachine({ groupId: this.groupId });
    restored.restore(this.log.at(-1)!.index, this.memory.snapshot());
    for (const workflowId of workflowIds) {
      const inMemory = this.memory.current(workflowId)?.runId;
      expect([workflowId, restored.current(workflowId)?.runId]).toEqual([workflowId, inMemory]);
      expect([workflowId, (await this.stored.fetch({ workflowId }, 'last event'))?.runId]).toEqual([workflowId, inMemory]);
    }
  }

  /** What both replicas show of a run, whole. */
  async history(workflowId: string, runId: string): Promise<readonly RunEvent[] | undefined> {
    const inMemory = this.memory.run(runId)?.history.events();
    const fromRows = (await this.stored.fetch({ workflowId, runId }, 'all events'))?.history.events();
    expect(fromRows).toEqual(inMemory);
    return inMemory;
  }
}

function feed(machine: WorkflowStateMachine, { index, frame, membership }: ChaosEntry): CommandAnswer | undefined {
  if (frame !== null) return machine.apply(index, 1, frame);
  machine.applyMembership(index, membership);
  return undefined;
}

/** 'ok', a code, or why it was ignored. */
export function fate(answer: CommandAnswer | undefined): string {
  return answer === undefined ? 'nothing' : fateOf(answer);
}

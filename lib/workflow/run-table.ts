/**
 * The runs whose code this replica has in memory. Owns: which are resident, and feeding them (R33).
 *
 * T1. Inside apply it only takes note; runs are made, fenced and fed after the batch.
 * T2. A run is resident when its workflow is registered here and there is room, or this node owns it. Above `residentRunsMax`
 *     idle runs are passivated, the longest untouched first, never one with a body in flight.
 * T3. Rehydration is the dispatcher's replay of the history, nothing else.
 * T4. A stopped run keeps its mark until the run closes, or an operator resets it (R12, R19).
 * Tests: test/workflow/residency.spec.ts.
 */
import type { Scheduler } from '../cluster/scheduler.js';
import type { Dispatcher } from './dispatcher.js';
import { EventKind, type RunEvent } from './event.js';
import type { WorkflowRegistry } from './registry.js';
import type { RunEnvironment } from './run-environment.js';
import { RunExecution } from './run-execution.js';
import type { RunView } from './state.js';

/** Rehydrations that one turn begins at most when there is no room. */
const OVERFLOW_PER_TURN = 64;

export interface RunTableOptions {
  readonly registry: WorkflowRegistry;
  readonly dispatcher: Dispatcher;
  readonly scheduler: Scheduler;
  readonly residentRunsMax: number;
}

export class RunTable {
  private readonly executions = new Map<string, RunExecution>();
  private notedResident: RunExecution[] = [];
  private ownerChanged: RunExecution[] = [];
  private readonly notedOthers = new Map<string, RunView>();
  private queue: string[] = [];
  private drainScheduled = false;
  private closedForGood = false;
  private environment!: RunEnvironment;

  constructor(private readonly options: RunTableOptions) {}

  connect(environment: RunEnvironment): void {
    this.environment = environment;
  }

  get residentCount(): number {
    return this.executions.size;
  }

  get(runId: string): RunExecution | undefined {
    return this.executions.get(runId);
  }

  /** Inside apply: takes note (T1). */
  note(run: RunView, event: RunEvent): void {
    const execution = this.executions.get(run.runId);
    if (execution === undefined) {
      this.notedOthers.set(run.runId, run);
      return;
    }
    execution.view = run;
    this.notedResident.push(execution);
    if (event.kind !== EventKind.OWNER_CHANGED) return;
    this.ownerChanged.push(execution);
    if (event.cause === 'reset' && execution.core.phase === 'stopped') {
      this.executions.delete(run.runId);
      this.notedOthers.set(run.runId, run);
    }
  }

  /** After a batch was applied. */
  afterApply(): void {
    if (this.ownerChanged.length !== 0) {
      for (const execution of this.ownerChanged) execution.ownerMayHaveChanged();
      this.ownerChanged = [];
    }
    const { dispatcher } = this.options;
    if (this.notedResident.length !== 0) {
      for (const execution of this.notedResident) {
        if (execution.core.phase === 'stopped' && execution.view.outcome !== null) this.executions.delete(execution.view.runId);
        else dispatcher.enqueue(execution);
      }
      this.notedResident = [];
    }
    if (this.notedOthers.size !== 0) {
      for (const run of this.notedOthers.values()) if (this.wanted(run)) this.make(run);
      this.notedOthers.clear();
    }
    dispatcher.pump();
    if (this.executions.size > this.options.residentRunsMax) this.passivate();
  }

  wake(runId: string): void {
    const execution = this.executions.get(runId);
    if (execution === undefined) return;
    this.options.dispatcher.enqueue(execution);
    this.options.dispatcher.pump();
  }

  closed(runId: string): void {
    this.executions.delete(runId);
  }

  /** The run's execution, rehydrated if need be; undefined when this node does not run its code. */
  ensure(run: RunView): RunExecution | undefined {
    const execution = this.executions.get(run.runId);
    if (execution !== undefined || this.closedForGood || run.outcome !== null) return execution;
    if (this.options.registry.get(run.name, run.version) === undefined) return undefined;
    const made = this.make(run);
    this.options.dispatcher.pump();
    if (this.executions.size > this.options.residentRunsMax) this.passivate();
    return made;
  }

  /**
   * The state was replaced as a whole: at boot, or by a snapshot (R36). Runs that are still open go on and are fed what is missing;
   * the others are abandoned. Answers the runs that have events which were never noted, with the last that was known.
   */
  restored(): ReadonlyArray<{ readonly runId: string; readonly knownWseq: number }> {
    const { state } = this.environment;
    const jumped: Array<{ runId: string; knownWseq: number }> = [];
    this.notedResident = [];
    this.ownerChanged = [];
    this.notedOthers.clear();
    for (const [runId, execution] of this.executions) {
      const knownWseq = execution.view.history.length;
      const view = state.run(runId);
      if (view === undefined || view.history.length < execution.core.cursor) {
        execution.abandon('removed');
        this.executions.delete(runId);
        continue;
      }
      execution.view = view;
      if (view.history.length > knownWseq) jumped.push({ runId, knownWseq });
      execution.ownerMayHaveChanged();
      this.options.dispatcher.enqueue(execution);
    }
    for (const run of state.openRuns()) if (!this.executions.has(run.runId)) this.queue.push(run.runId);
    this.options.dispatcher.pump();
    this.drain();
    return jumped;
  }

  /** Every run leaves memory: this node left the group, or is shutting down. */
  clear(cause: 'removed' | 'shutdown'): void {
    this.closedForGood = true;
    this.queue = [];
    for (const execution of this.executions.values()) execution.abandon(cause);
    this.executions.clear();
  }

  private wanted(run: RunView): boolean {
    if (run.outcome !== null || this.closedForGood) return false;
    if (run.owner !== this.environment.nodeId && this.executions.size >= this.options.residentRunsMax) return false;
    return this.options.registry.get(run.name, run.version) !== undefined;
  }

  private make(run: RunView): RunExecution {
    const definition = this.options.registry.get(run.name, run.version)!;
    const execution = new RunExecution(this.environment, definition, run);
    this.executions.set(run.runId, execution);
    this.options.dispatcher.enqueue(execution);
    return execution;
  }

  private readonly drain = (): void => {
    this.drainScheduled = false;
    let room = this.options.residentRunsMax - this.executions.size;
    if (room <= 0) room = this.passivate();
    room = Math.min(Math.max(room, OVERFLOW_PER_TURN), 1024);
    while (room > 0 && this.queue.length !== 0) {
      const run = this.environment.state.run(this.queue.pop()!);
      if (run === undefined || this.executions.has(run.runId) || !this.wanted(run)) continue;
      this.make(run);
      room--;
    }
    this.options.dispatcher.pump();
    if (this.queue.length === 0 || this.drainScheduled) return;
    this.drainScheduled = true;
    this.options.scheduler.turn(this.drain);
  };

  /** Second chance, in the order of residence: a run that was fed since the last look stays. Answers the room made. */
  private passivate(): number {
    const target = Math.max(1, Math.floor(this.options.residentRunsMax * 0.95));
    let looks = Math.min(this.executions.size, 2 * (this.executions.size - target) + 64);
    for (const [runId, execution] of this.executions) {
      if (this.executions.size <= target || looks-- === 0) break;
      this.executions.delete(runId);
      if (execution.idle && !execution.touched) execution.abandon('abandoned');
      else {
        execution.touched = false;
        this.executions.set(runId, execution);
      }
    }
    return this.options.residentRunsMax - this.executions.size;
  }
}

/**
 * The runs whose code this replica has in memory. Owns: which are resident, their histories' place in memory, and feeding them (R33).
 *
 * T1. Inside apply it only takes note; runs are made, fenced and fed after the batch.
 * T2. A run is resident when its workflow is registered here and there is room, or this node owns it, or somebody asks for it. Above
 *     `residentRunsMax` or `residentBytesMax` idle runs are passivated, the longest untouched first, never one with a body in flight.
 * T3. Rehydration is the dispatcher's replay of the history, nothing else. Runs wait for it in a queue; at most `loadsMax` histories are
 *     read from disk at once, and one turn makes runs for about `sliceMs`.
 * T4. A stopped run keeps its mark until the run closes, or an operator resets it (R12, R19).
 * T5. What the code of a resident run has still to consume is held in memory (state.hold), and what it has consumed leaves it, in portions; what happened
 *     while a history was read is seen when it is there: the run may have closed, changed its owner or been replaced by a snapshot.
 * T6. After a snapshot a run goes on with the record that it had until the history of the new one is there (R36).
 * Tests: test/workflow/residency.spec.ts, residency-disk.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { Scheduler } from '../cluster/scheduler.js';
import { RaftoralError } from '../errors/index.js';
import { CommandKind } from './command.js';
import type { Dispatcher } from './dispatcher.js';
import { EventKind, type RunEvent } from './event.js';
import type { WorkflowRegistry } from './registry.js';
import type { RunEnvironment } from './run-environment.js';
import { RunExecution } from './run-execution.js';
import { isOpen } from './run-lookup.js';
import { RunQueue } from './run-queue.js';
import { weightOfEvent, weightOfRun } from './run-weight.js';
import type { RunView } from './state.js';

/** Runs that one turn makes at most. */
const MADE_PER_TURN_MAX = 1024;
/** Owned runs that are being replayed at once when there is no room for them. */
const OVERFLOW_RUNS_MAX = 64;
/** The same when it is their bytes that there is no room for. */
const OVERFLOW_HEAVY_RUNS_MAX = 8;
/** A run with so few events is made at once when its history is in memory: most often it has just begun. */
const SHORT_HISTORY_EVENTS = 16;

export interface RunTableOptions {
  readonly registry: WorkflowRegistry;
  readonly dispatcher: Dispatcher;
  readonly scheduler: Scheduler;
  readonly clock: Clock;
  readonly residentRunsMax: number;
  /** Estimated bytes of resident runs with their histories (run-weight.ts). */
  readonly residentBytesMax: number;
  /** Histories that are read from disk at once. */
  readonly loadsMax: number;
  /** Loop time that making runs takes in one turn about, ms. */
  readonly sliceMs: number;
}

type Asker = (execution: RunExecution | undefined) => void;

export class RunTable {
  private readonly executions = new Map<string, RunExecution>();
  private bytes = 0;
  private notedResident: RunExecution[] = [];
  private ownerChanged: RunExecution[] = [];
  private readonly notedOthers = new Map<string, RunView>();
  private readonly queue = new RunQueue();
  /** Histories that are being read. */
  private readonly loads = new Set<string>();
  /** Histories that have been read since the last turn. */
  private arrived: string[] = [];
  /** Resident runs whose new record, after a snapshot, is being read (T6). */
  private readonly behind = new Set<string>();
  /** Runs that came from the queue and have not caught up yet. */
  private readonly rehydrating = new Set<RunExecution>();
  private readonly askers = new Map<string, Asker[]>();
  /** Runs whose history can not be read here, and why. */
  private readonly unreadable = new Map<string, string>();
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

  /** Estimated; of resident runs that are fed. */
  get residentBytes(): number {
    return this.bytes;
  }

  get(runId: string): RunExecution | undefined {
    return this.executions.get(runId);
  }

  /** Why this node can not read the run's history, or null. */
  unreadableReason(runId: string): string | null {
    return this.unreadable.get(runId) ?? null;
  }

  /** Inside apply: takes note (T1). */
  note(run: RunView, event: RunEvent): void {
    const execution = this.executions.get(run.runId);
    if (this.unreadable.size !== 0 && mayReadAgain(event)) this.unreadable.delete(run.runId);
    if (execution === undefined) {
      this.notedOthers.set(run.runId, run);
      return;
    }
    if (this.behind.size === 0 || !this.behind.has(run.runId)) execution.view = run;
    if (execution.weight !== 0) this.weigh(execution, execution.weight + weightOfEvent(event));
    this.notedResident.push(execution);
    if (event.kind !== EventKind.OWNER_CHANGED) return;
    execution.newestEpoch = event.epoch;
    this.ownerChanged.push(execution);
    if (event.cause === 'reset' && execution.core.phase === 'stopped') {
      this.executions.delete(run.runId); // its history was released when it stopped
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
        if (execution.core.phase === 'stopped' && !isOpen(execution.view)) this.executions.delete(execution.view.runId);
        else dispatcher.enqueue(execution);
      }
      this.notedResident = [];
    }
    if (this.notedOthers.size !== 0) {
      for (const run of this.notedOthers.values()) if (this.wanted(run)) this.admit(run);
      this.notedOthers.clear();
    }
    dispatcher.pump();
    if (this.isOverBudget) this.relieve();
  }

  wake(runId: string): void {
    const execution = this.executions.get(runId);
    if (execution === undefined) return;
    this.options.dispatcher.enqueue(execution);
    this.options.dispatcher.pump();
  }

  /** Its code will not look back at events up to `wseq` (T5). */
  consumed(runId: string, wseq: number): void {
    const execution = this.executions.get(runId);
    if (execution === undefined || execution.weight === 0) return;
    this.environment.state.consumed(runId, wseq);
    if (!this.behind.has(runId)) this.weigh(execution, weightOfRun(execution.view.history));
  }

  /** The run's code is not fed any more: its history is not needed. */
  released(runId: string): void {
    const execution = this.executions.get(runId);
    if (execution === undefined) return;
    this.weigh(execution, 0);
    this.behind.delete(runId);
    this.environment.state.release(runId);
  }

  closed(runId: string): void {
    this.leave(runId);
  }

  /** It left with its slot: its code is not run here any more, and its bodies are aborted. */
  departed(runId: string): void {
    const execution = this.executions.get(runId);
    this.notedOthers.delete(runId);
    this.unreadable.delete(runId);
    if (execution !== undefined) this.abandon(execution, 'removed');
    this.answer(runId, undefined);
    // A replica that was behind may apply its way back in the same batch.
    const again = this.environment.state.run(runId);
    if (again !== undefined && isOpen(again)) this.notedOthers.set(runId, again);
  }

  /** The run's execution, rehydrated if need be; undefined when this node does not run its code. */
  resident(run: RunView): RunExecution | Promise<RunExecution | undefined> | undefined {
    const execution = this.executions.get(run.runId);
    if (execution !== undefined || !this.runnable(run)) return execution;
    return new Promise((resolve) => {
      const askers = this.askers.get(run.runId);
      if (askers === undefined) this.askers.set(run.runId, [resolve]);
      else askers.push(resolve);
      this.enlist(run.runId, 'asked');
    });
  }

  /**
   * The state was replaced as a whole: at boot, or by a snapshot (R36). Runs that are still open go on and are fed what is missing;
   * the others are abandoned. Answers the runs that have events which were never noted, with the last that was known.
   */
  restored(): ReadonlyArray<{ readonly workflowId: string; readonly runId: string; readonly knownWseq: number }> {
    const { state } = this.environment;
    const jumped: Array<{ workflowId: string; runId: string; knownWseq: number }> = [];
    this.notedResident = [];
    this.ownerChanged = [];
    this.notedOthers.clear();
    this.unreadable.clear();
    for (const [runId, execution] of this.executions) {
      const { workflowId, history } = execution.view;
      const knownWseq = history.length;
      const view = state.run(runId);
      if (view === undefined || view.history.length > knownWseq) jumped.push({ workflowId, runId, knownWseq });
      if (view === undefined || view.history.length < execution.core.cursor) this.abandon(execution, 'removed');
      else this.goOn(execution, view);
    }
    this.queue.clear();
    for (const runId of this.askers.keys()) this.queue.add(runId, 'asked');
    for (const run of state.openRuns()) {
      if (!this.executions.has(run.runId)) this.queue.add(run.runId, run.owner === this.environment.nodeId ? 'owned' : 'other');
    }
    this.options.dispatcher.pump();
    this.scheduleDrain();
    return jumped;
  }

  /** Every run leaves memory: this node left the group, or is shutting down. */
  clear(cause: 'removed' | 'shutdown'): void {
    this.closedForGood = true;
    this.queue.clear();
    for (const execution of [...this.executions.values()]) this.abandon(execution, cause);
    for (const runId of [...this.askers.keys()]) this.answer(runId, undefined);
  }

  // --- becoming resident --------------------------------------------------------------------------------------------------------

  private runnable(run: RunView): boolean {
    return (
      !this.closedForGood &&
      isOpen(run) &&
      !this.unreadable.has(run.runId) &&
      this.options.registry.get(run.name, run.version) !== undefined
    );
  }

  private wanted(run: RunView): boolean {
    return (run.owner === this.environment.nodeId || this.hasRoom) && this.runnable(run);
  }

  private get hasRoom(): boolean {
    const { residentRunsMax, residentBytesMax } = this.options;
    return this.executions.size + this.loads.size < residentRunsMax && this.bytes < residentBytesMax;
  }

  private get isOverBudget(): boolean {
    return this.executions.size > this.options.residentRunsMax || this.bytes > this.options.residentBytesMax;
  }

  private admit(run: RunView): void {
    if (this.loads.has(run.runId)) return;
    if (run.history.firstInMemory === 1 && run.history.length <= SHORT_HISTORY_EVENTS) this.bring(run);
    else this.enlist(run.runId, run.owner === this.environment.nodeId ? 'owned' : 'other');
  }

  private enlist(runId: string, urgency: 'asked' | 'owned' | 'other'): void {
    this.queue.add(runId, urgency);
    this.scheduleDrain();
  }

  private scheduleDrain(): void {
    if (this.drainScheduled || this.closedForGood) return;
    this.drainScheduled = true;
    this.options.scheduler.turn(this.drain);
  }

  private readonly drain = (): void => {
    this.drainScheduled = false;
    if (this.closedForGood) return;
    if (this.isOverBudget) {
      this.queue.forgetOthers();
      this.relieve();
    }
    const { clock, sliceMs } = this.options;
    const startedMs = clock.monotonic();
    for (let made = 0; made < MADE_PER_TURN_MAX; made++) {
      const runId = this.arrived.pop() ?? this.next();
      if (runId === undefined) break;
      this.settleArrival(runId);
      if ((made & 15) === 15 && clock.monotonic() - startedMs > sliceMs) break;
    }
    this.options.dispatcher.pump();
    if (this.arrived.length !== 0 || this.nextMayBeTaken()) this.scheduleDrain();
  };

  /** Takes the next run out of the queue; undefined when there is none, or it has to wait until something else is done. */
  private next(): string | undefined {
    for (let first = this.queue.first(); first !== undefined; first = this.queue.first()) {
      const run = this.environment.state.run(first.runId);
      const isAsked = first.urgency === 'asked';
      if (
        run === undefined ||
        this.executions.has(first.runId) ||
        this.loads.has(first.runId) ||
        !(isAsked ? this.runnable(run) : this.wanted(run))
      ) {
        this.queue.remove(first.runId);
        if (isAsked && !this.loads.has(first.runId)) this.answer(first.runId, this.executions.get(first.runId));
        continue;
      }
      if (!this.nextMayBeTaken()) return undefined;
      this.queue.remove(first.runId);
      return first.runId;
    }
    return undefined;
  }

  /** False: the end of a load, or of a replay, will ask again. */
  private nextMayBeTaken(): boolean {
    const first = this.queue.first();
    if (first === undefined) return false;
    const run = this.environment.state.run(first.runId);
    if (run !== undefined && run.history.firstInMemory > 1 && this.loads.size >= this.options.loadsMax) return false;
    if (first.urgency === 'asked' || this.hasRoom) return true;
    return this.replaying() < (this.bytes < this.options.residentBytesMax ? OVERFLOW_RUNS_MAX : OVERFLOW_HEAVY_RUNS_MAX);
  }

  /** One whose instance is being made does not count: that may take as long as the user's code wants. */
  private replaying(): number {
    let count = 0;
    for (const execution of this.rehydrating) if (execution.core.phase !== 'creating') count++;
    return count;
  }

  private settleArrival(runId: string): void {
    const run = this.environment.state.run(runId);
    const execution = this.executions.get(runId);
    if (execution !== undefined) this.goOnAfterLoad(execution, run);
    else if (run !== undefined && (this.askers.has(runId) ? this.runnable(run) : this.wanted(run))) this.bring(run);
    else {
      this.environment.state.release(runId);
      this.answer(runId, undefined);
    }
  }

  /** Makes the run, or has its history read first. */
  private bring(run: RunView): void {
    const loading = this.environment.state.hold(run.runId);
    if (loading === null) this.make(run);
    else this.load(run.runId, loading);
  }

  private load(runId: string, loading: Promise<void>): void {
    this.loads.add(runId);
    loading.then(
      () => {
        this.loads.delete(runId);
        if (this.closedForGood) return this.environment.state.release(runId);
        this.arrived.push(runId);
        this.scheduleDrain();
      },
      (error: unknown) => this.loadFailed(runId, error),
    );
  }

  /** A damaged history is this node's own misfortune: another one takes over. Any other failure of the store ends the node. */
  private loadFailed(runId: string, error: unknown): void {
    this.loads.delete(runId);
    const { environment } = this;
    environment.state.release(runId);
    const execution = this.executions.get(runId);
    if (execution !== undefined) this.abandon(execution, 'removed');
    this.answer(runId, undefined);
    const run = environment.state.run(runId);
    this.scheduleDrain();
    if (this.closedForGood || run === undefined || !isOpen(run)) return;
    const message = `node ${environment.nodeId} can not read the history of run ${runId}: ${error instanceof Error ? error.message : String(error)}`;
    this.unreadable.set(runId, message);
    if (!(error instanceof RaftoralError) || error.code !== 'STORAGE_DAMAGED') return environment.reporter.warning(run, message);
    environment.reporter.stopped(run, 'instantiation-failed', message);
    environment.submit({
      kind: CommandKind.DECLINE,
      runId,
      epoch: run.owner === environment.nodeId ? run.epoch : 0,
      node: environment.nodeId,
      incarnation: environment.incarnation,
      reason: 'instantiation-failed',
      message: message.slice(0, 4096),
    });
  }

  /** The run's history is in memory, and held. */
  private make(run: RunView): void {
    const definition = this.options.registry.get(run.name, run.version)!;
    const execution = new RunExecution(this.environment, definition, run);
    this.executions.set(run.runId, execution);
    if (execution.core.phase === 'stopped') this.environment.state.release(run.runId);
    else this.weigh(execution, weightOfRun(run.history));
    this.options.dispatcher.enqueue(execution);
    if (run.history.length > 1) this.watchReplay(execution, run.history.length);
    this.answer(run.runId, execution);
  }

  private watchReplay(execution: RunExecution, untilWseq: number): void {
    this.rehydrating.add(execution);
    void execution.whenConsumed(untilWseq).then(() => {
      this.rehydrating.delete(execution);
      if (this.queue.size !== 0 || this.isOverBudget) this.scheduleDrain();
    });
  }

  private answer(runId: string, execution: RunExecution | undefined): void {
    const askers = this.askers.get(runId);
    if (askers === undefined) return;
    this.askers.delete(runId);
    for (const asker of askers) asker(execution);
  }

  // --- going on after a snapshot ------------------------------------------------------------------------------------------------

  private goOn(execution: RunExecution, view: RunView): void {
    const { state } = this.environment;
    execution.newestEpoch = view.epoch;
    execution.ownerMayHaveChanged();
    if (execution.core.phase === 'stopped') {
      execution.view = view;
      if (!isOpen(view)) this.executions.delete(view.runId);
      return;
    }
    const loading = isOpen(view) ? state.hold(view.runId, execution.core.cursor + 1) : null;
    if (loading === null) return this.goOnAfterLoad(execution, view);
    this.behind.add(view.runId);
    if (!this.loads.has(view.runId)) this.load(view.runId, loading);
  }

  private goOnAfterLoad(execution: RunExecution, view: RunView | undefined): void {
    const { runId } = execution.view;
    this.behind.delete(runId);
    if (view === undefined || view.history.length < execution.core.cursor) return this.abandon(execution, 'removed');
    if (view.history.firstInMemory > execution.core.cursor + 1) {
      if (!isOpen(view)) return this.abandon(execution, 'removed');
      return this.goOn(execution, view); // replaced once more while it was read
    }
    execution.view = view;
    if (execution.weight !== 0) this.weigh(execution, weightOfRun(view.history));
    this.options.dispatcher.enqueue(execution);
  }

  // --- leaving ------------------------------------------------------------------------------------------------------------------

  private abandon(execution: RunExecution, cause: 'abandoned' | 'removed' | 'shutdown'): void {
    this.leave(execution.view.runId);
    execution.abandon(cause);
  }

  private leave(runId: string): void {
    const execution = this.executions.get(runId);
    if (execution === undefined) return;
    this.weigh(execution, 0);
    this.behind.delete(runId);
    this.executions.delete(runId);
    this.environment.state.release(runId);
  }

  private weigh(execution: RunExecution, weight: number): void {
    this.bytes += weight - execution.weight;
    execution.weight = weight;
  }

  /** Looks again in the next turn while there are runs that will be idle by themselves. */
  private relieve(): void {
    if (this.passivate() && this.isOverBudget) this.scheduleDrain();
  }

  /** Second chance, in the order of residence: a run that was fed since the last look stays. Answers whether another look may find more. */
  private passivate(): boolean {
    const { residentRunsMax, residentBytesMax } = this.options;
    const runsTarget = Math.max(1, Math.floor(residentRunsMax * 0.95));
    const bytesTarget = residentBytesMax * 0.95;
    const averageBytes = Math.max(1, this.bytes / this.executions.size);
    const excess = Math.max(this.executions.size - runsTarget, Math.ceil((this.bytes - bytesTarget) / averageBytes));
    let looks = Math.min(this.executions.size, 2 * excess + 64);
    let mayFindMore = false;
    for (const [runId, execution] of this.executions) {
      if ((this.executions.size <= runsTarget && this.bytes <= bytesTarget) || looks-- === 0) break;
      if (execution.idle && !execution.touched && !this.behind.has(runId)) this.abandon(execution, 'abandoned');
      else {
        mayFindMore ||= execution.touched || execution.queued || execution.core.windowOpen;
        execution.touched = false;
        this.executions.delete(runId);
        this.executions.set(runId, execution);
      }
    }
    return mayFindMore;
  }
}

/** After these a history that could not be read is tried again, or not needed. */
function mayReadAgain(event: RunEvent): boolean {
  return event.kind === EventKind.FINISHED || (event.kind === EventKind.OWNER_CHANGED && event.cause === 'reset');
}

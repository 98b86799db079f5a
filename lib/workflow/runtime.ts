/**
 * The workflow wing on one node, over one Raft group: runs, duties, events. WorkflowRuntimeService answers callers on top of it.
 *
 * R1. Commands go down by submit() and propose(); events come up by the tap inside apply, and are acted on after the batch.
 * R2. After removal (R39), halt or stop nothing of this node is proposed any more, its bodies are aborted, its waiters rejected.
 * R3. The engine's own commands have no deadline; the state machine ignores what became stale (R18, R38).
 * R4. Live events are what is committed from the opening of the group on. What is applied once more, for it was committed before, is history: streams of one run read it.
 * Tests: test/workflow/.
 */
import type { Clock } from '../cluster/clock.js';
import { EventBus, type EventHistory, type EventStream, type StreamOptions } from '../cluster/event-bus.js';
import { StandingStream } from '../cluster/event-bus-standing.js';
import type { RaftGroup } from '../cluster/group.js';
import type { Random } from '../cluster/random.js';
import type { Scheduler } from '../cluster/scheduler.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { encodeCommand } from './command-codec.js';
import { CODEC_LEVEL_MAX, type GroupLimits, type WorkflowCommand } from './command.js';
import { ChildCalls } from './child-calls.js';
import { ChildrenService } from './children-service.js';
import { ComputeRunner } from './compute-runner.js';
import type { ComputesInFlight } from './computes-in-flight.js';
import { digestOfBytes } from './digest.js';
import { Dispatcher } from './dispatcher.js';
import type { StackOf } from './error-record.js';
import { EventKind, type RunEvent } from './event.js';
import type { EventTap } from './event-tap.js';
import { MemberDuties } from './member-duties.js';
import type { WorkflowRegistry } from './registry.js';
import { installRejectionTrap } from './rejection-trap.js';
import {
  SILENT_REPORTER,
  type ComputeOverride,
  type ComputeWitness,
  type RunEnvironment,
  type RuntimeReporter,
} from './run-environment.js';
import { elsewhere, isOpen } from './run-lookup.js';
import { RunTable } from './run-table.js';
import type { ServiceOf, StateCheckEvent, WorkflowService, WorkflowStreamItem } from './service.js';
import type { CommandAnswer, RunView, WorkflowStateView } from './state.js';
import { StallGate } from './stall-gate.js';
import { StateCheckService, type StateCheckOptions } from './state-check-service.js';
import { TimersService } from './timers-service.js';

export interface WorkflowRuntimeOptions {
  readonly group: RaftGroup<CommandAnswer>;
  /** The state machine of the group, whose sink is `tap.sink`. */
  readonly state: WorkflowStateView;
  readonly tap: EventTap;
  readonly registry: WorkflowRegistry;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Grows at each process start of the node (R13). */
  readonly incarnation: number;
  readonly deployment: string;
  /** Default: digest of the registered sources. */
  readonly buildId?: string;
  readonly limits?: Partial<GroupLimits>;
  /** Default 10,000. */
  readonly residentRunsMax?: number;
  /** Memory that resident runs take with their histories at most, as estimated; idle ones above it are passivated (R33). Default 64 MiB. */
  readonly residentBytesMax?: number;
  /** Histories that are read from disk at once. Default 8. */
  readonly historyLoadsMax?: number;
  /** Default 1,024. */
  readonly subscriberBufferMax?: number;
  /** Default 10,000 ms (R22). */
  readonly fencedGraceMs?: number;
  /** Shared by all runtimes of a node. Default: one of its own. */
  readonly computesInFlight?: ComputesInFlight;
  /** Loop time that one turn of the dispatcher takes about, ms. Default 10 (R33). */
  readonly sliceMs?: number;
  /** Default: what this build applies. */
  readonly codecLevelMax?: number;
  readonly stateChecks?: StateCheckOptions;
  readonly reporter?: RuntimeReporter;
  readonly computeOverride?: ComputeOverride;
  readonly computeWitness?: ComputeWitness;
  /** Who answers for children and parents that may live in other clusters. Default: this cluster, for all. */
  readonly serviceOf?: ServiceOf;
  /**
   * The stack that is committed with an error of a compute body. Default: its own. That names folders of this machine and depends on how the process came
   * to run the body: a simulation, whose runs follow from their seeds, has another.
   */
  readonly stackOf?: StackOf;
}

/** Told after each batch: the service resolves those who wait for a result. */
export interface RuntimeListener {
  onFinished(run: RunView): void;
  onBlocked(run: RunView): void;
  /** The run left with its slot: another cluster goes on with it. */
  onDeparted(run: RunView): void;
  onRestored(): void;
  onEnded(error: RaftoralError): void;
}

/** Above this a history is said to be long (R33). */
const HISTORY_WARN_EVENTS = 100_000;

export class WorkflowRuntime {
  readonly buildId: string;
  readonly table: RunTable;
  readonly bus: EventBus<WorkflowStreamItem>;
  readonly reporter: RuntimeReporter;
  readonly stateChecks: StandingStream<StateCheckEvent>;
  private readonly dispatcher: Dispatcher;
  private readonly stallGate: StallGate;
  private readonly computes: ComputeRunner;
  private readonly timers: TimersService;
  private readonly duties: MemberDuties;
  private readonly childCalls: ChildCalls;
  private readonly children: ChildrenService;
  private ownService: WorkflowService | null = null;
  private readonly checks: StateCheckService;
  private readonly listeners: RuntimeListener[] = [];
  private finished: RunView[] = [];
  private blocked: RunView[] = [];
  private unsubscribe: (() => void) | null = null;
  private removeTrap: (() => void) | null = null;
  private endedWith: RaftoralError | null = null;

  constructor(readonly options: WorkflowRuntimeOptions) {
    const { group, state, clock, scheduler, registry } = options;
    this.buildId = options.buildId ?? registry.sourceDigest();
    this.reporter = options.reporter ?? SILENT_REPORTER;
    const sliceMs = options.sliceMs ?? 10;
    this.dispatcher = new Dispatcher(scheduler, clock, sliceMs);
    this.stallGate = new StallGate(group, clock);
    this.computes = new ComputeRunner(clock, this.stallGate, options.fencedGraceMs, options.computesInFlight);
    const serviceOf: ServiceOf = options.serviceOf ?? (() => this.own());
    this.childCalls = new ChildCalls({ clock, serviceOf, warning: (message) => this.reporter.warning(null, message) });
    this.children = new ChildrenService({
      state,
      clock,
      serviceOf,
      submit: (command, cancelled) => this.submit(command, cancelled),
    });
    this.table = new RunTable({
      registry,
      scheduler,
      dispatcher: this.dispatcher,
      clock,
      residentRunsMax: options.residentRunsMax ?? 10_000,
      residentBytesMax: options.residentBytesMax ?? 64 * 1024 * 1024,
      loadsMax: options.historyLoadsMax ?? 8,
      sliceMs,
    });
    this.table.connect(this.makeEnvironment());
    this.timers = new TimersService({ state, clock, submit: (command, cancelled) => this.submit(command, cancelled) });
    this.duties = new MemberDuties({
      group,
      state,
      registry,
      clock,
      incarnation: options.incarnation,
      buildId: this.buildId,
      codecLevelMax: options.codecLevelMax ?? CODEC_LEVEL_MAX,
      limits: options.limits ?? {},
    });
    this.checks = new StateCheckService({
      group,
      state,
      clock,
      scheduler,
      sliceMs,
      ...options.stateChecks,
      alarm: (event) => this.replicasDiffer(event),
    });
    this.stateChecks = new StandingStream(scheduler);
    this.bus = new EventBus<WorkflowStreamItem>({
      history: this.busHistory(),
      scheduler,
      subscriberBufferMax: options.subscriberBufferMax ?? 1024,
    });
  }

  /** The service on top of this runtime. */
  answersBy(service: WorkflowService): void {
    this.ownService = service;
  }

  private own(): WorkflowService {
    if (this.ownService !== null) return this.ownService;
    const { groupId, nodeId } = this.options.group;
    throw new RaftoralError('NOT_MEMBER', `node ${nodeId} has no service for cluster ${groupId} yet; ask again`);
  }

  /** True from start() to stop(), removal or halt. */
  get running(): boolean {
    return this.unsubscribe !== null && this.endedWith === null;
  }

  /** Why nothing is answered any more, or null. */
  get ended(): RaftoralError | null {
    return this.endedWith;
  }

  /** Begins to listen. Never waits for a quorum. */
  start(): void {
    const { group, tap } = this.options;
    this.removeTrap = installRejectionTrap();
    tap.connect((run, event) => this.note(run, event));
    this.unsubscribe = group.subscribe({
      onApplied: () => this.afterApply(),
      onLeadership: ({ isLeader }) => {
        this.timers.leadership(isLeader);
        this.children.leadership(isLeader);
        this.duties.review();
        this.checks.review();
      },
      onRestored: () => this.restored(),
      onMembership: () => {
        this.duties.review();
        this.checks.review();
      },
      onPeerDown: () => this.duties.review(),
      onPeerUp: () => this.duties.review(),
      onRemoved: () =>
        this.end(
          'removed',
          new RaftoralError('NOT_MEMBER', `node ${group.nodeId} is not a member of cluster ${group.groupId} any more; ask another node`),
        ),
      onHalted: (reason) => this.halted(reason),
    });
    this.timers.leadership(group.isLeader);
    this.children.leadership(group.isLeader);
    this.table.restored();
    this.duties.review();
    this.checks.review();
  }

  addListener(listener: RuntimeListener): void {
    this.listeners.push(listener);
  }

  /** Tells the group that this node takes no more runs, and hands its own over to others that can. */
  drain(): void {
    this.duties.drain();
  }

  /** Takes runs again, after a drain that came to nothing. */
  resume(): void {
    this.duties.resume();
  }

  /** Has the replicas compare themselves now; resolves when that is asked. Rejects while a member runs an older build, as propose() does else. */
  checkState(): Promise<void> {
    return this.checks.check();
  }

  /** Nothing runs, nothing is proposed, nobody waits any more. */
  stop(): void {
    this.end('shutdown', new RaftoralError('SHUTTING_DOWN', `node ${this.options.group.nodeId} is shutting down; ask another node`));
  }

  submit(command: WorkflowCommand, cancelled?: () => boolean): void {
    if (this.endedWith === null) this.options.group.submit(encodeCommand(command, this.options.state.codecLevel), cancelled);
  }

  private makeEnvironment(): RunEnvironment {
    const { group, state, incarnation, deployment, random } = this.options;
    return {
      nodeId: group.nodeId,
      incarnation,
      buildId: this.buildId,
      deployment,
      state,
      computes: this.computes,
      children: this.childCalls,
      computeOverride: this.options.computeOverride,
      computeWitness: this.options.computeWitness,
      stackOf: this.options.stackOf,
      reporter: {
        diverged: (run, wseq, method, committed, computed) => {
          this.bus.note({
            type: 'diverged',
            workflowId: run.workflowId,
            runId: run.runId,
            node: group.nodeId,
            wseq,
            method,
            committed,
            computed,
          });
          this.reporter.diverged(run, wseq, method, committed, computed);
        },
        stopped: (run, reason, message) => this.reporter.stopped(run, reason, message),
        rejection: (run, reason) => this.reporter.rejection(run, reason),
        warning: (run, message) => this.reporter.warning(run, message),
        replicasDiffer: (message) => this.reporter.replicasDiffer(message),
      },
      submit: (command, cancelled) => this.submit(command, cancelled),
      mintRunId: () => random.uuid(),
      digestOf: digestOfBytes,
      wake: (runId) => this.table.wake(runId),
      consumed: (runId, wseq) => this.table.consumed(runId, wseq),
      released: (runId) => this.table.released(runId),
      closed: (runId) => this.table.closed(runId),
    };
  }

  // --- from the group -----------------------------------------------------------------------------------------------------------

  /** Inside apply: takes note. */
  private note(run: RunView, event: RunEvent): void {
    this.table.note(run, event);
    if (event.kind === EventKind.FINISHED) this.finished.push(run);
    else if (event.kind === EventKind.BLOCKED) this.blocked.push(run);
    else if (event.kind === EventKind.TIMER_FIRED) this.timers.fired(run.runId, event.timerId);
    if (event.wseq === HISTORY_WARN_EVENTS) {
      this.reporter.warning(
        run,
        `the history of run ${run.runId} has ${HISTORY_WARN_EVENTS} events; bound it with context().continueAsNew()`,
      );
    }
    if (!this.bus.wanted) return;
    if (this.options.state.appliedIndex <= this.options.group.committedAtOpening) this.bus.wakeKey(run.runId);
    else this.bus.publish({ type: 'event', workflowId: run.workflowId, runId: run.runId, wseq: event.wseq, event });
  }

  private afterApply(): void {
    if (this.endedWith !== null) return;
    for (const run of this.options.state.takeDeparted()) this.departed(run);
    this.table.afterApply();
    this.timers.afterApply();
    this.children.afterApply();
    this.duties.review();
    this.checks.review();
    if (this.finished.length !== 0) {
      const finished = this.finished;
      this.finished = [];
      for (const run of finished) for (const listener of this.listeners) listener.onFinished(run);
    }
    if (this.blocked.length !== 0) {
      const blocked = this.blocked;
      this.blocked = [];
      for (const run of blocked) for (const listener of this.listeners) listener.onBlocked(run);
    }
  }

  private departed(run: RunView): void {
    this.table.departed(run.runId);
    for (const listener of this.listeners) listener.onDeparted(run);
    // Its streams fail as they look again: runEvents().
    this.bus.wakeKey(run.runId);
  }

  private restored(): void {
    if (this.endedWith !== null) return;
    const { state } = this.options;
    for (const { workflowId, runId, knownWseq } of this.table.restored()) {
      const run = state.run(runId);
      if (run !== undefined) this.bus.skipped(runId, workflowId, knownWseq + 1, run.history.length);
      else if (this.bus.wanted) void this.skippedToItsEnd(workflowId, runId, knownWseq);
    }
    this.bus.wakeKeys();
    for (const listener of this.listeners) listener.onRestored();
    this.timers.afterApply();
    this.duties.review();
    this.checks.review();
  }

  /** A run that was resident here has ended in the snapshot, and is on disk: nothing of it comes after. */
  private async skippedToItsEnd(workflowId: string, runId: string, knownWseq: number): Promise<void> {
    let run: RunView | undefined;
    try {
      run = await this.options.state.fetch({ workflowId, runId }, 'last event');
    } catch (error) {
      this.reporter.warning(null, `the end of run ${runId} can not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (run !== undefined && run.history.length > knownWseq) this.bus.skipped(runId, workflowId, knownWseq + 1, run.history.length);
  }

  private halted(reason: Error): void {
    const { groupId, nodeId } = this.options.group;
    const isDiverged = isRaftoralError(reason, 'STATE_DIVERGED');
    if (isDiverged) this.stateChecks.tell(haltedBy(reason, groupId, nodeId, this.options.state.stateCheck.diverged), true);
    const code = isDiverged || (isRaftoralError(reason) && reason.code.startsWith('STORAGE_')) ? reason.code : 'GROUP_HALTED';
    this.end('removed', new RaftoralError(code, `cluster ${groupId} stopped on node ${nodeId}: ${reason.message}`, { cause: reason }));
  }

  private replicasDiffer(event: StateCheckEvent): void {
    this.reporter.replicasDiffer(`cluster ${event.clusterId}: ${event.message}`);
    // That this node's own replica differs is told as it halts.
    if (!event.diverged.includes(event.node)) this.stateChecks.tell(event, event.type !== 'agreed');
  }

  private end(cause: 'removed' | 'shutdown', error: RaftoralError): void {
    if (this.endedWith !== null) return;
    this.endedWith = error;
    this.unsubscribe?.();
    this.timers.stop();
    this.children.stop();
    this.duties.stop();
    this.checks.stop();
    this.dispatcher.stop();
    this.table.clear(cause);
    this.stallGate.stop();
    this.computes.stop();
    for (const listener of this.listeners) listener.onEnded(error);
    this.bus.close();
    this.stateChecks.close();
    this.removeTrap?.();
  }

  /** Events of a run from wseq `after` + 1 on, then live. */
  runEvents(
    ref: { readonly workflowId: string; readonly runId: string },
    after: number,
    options: StreamOptions = {},
  ): EventStream<WorkflowStreamItem> {
    return this.bus.stream(ref.runId, {
      ...options,
      after,
      fetch: async () => {
        const { state, group } = this.options;
        const run = await state.fetch(ref, 'all events');
        if (run === undefined && !state.showsSlotOf(ref.workflowId)) throw elsewhere(state, group.groupId, ref.workflowId);
        return run === undefined
          ? null
          : { read: (from, limit) => itemsOf(run, from, limit), ended: (wseq) => !isOpen(run) && wseq >= run.history.length };
      },
    });
  }

  private busHistory(): EventHistory<WorkflowStreamItem> {
    const { state } = this.options;
    return {
      keyOf: (item) => item.runId,
      sequenceOf: (item) => (item.type === 'gap' ? item.to : item.wseq),
      labelOf: (item) => item.workflowId,
      read: (runId, from, limit) => {
        const run = state.run(runId);
        if (run === undefined || (from < run.history.firstInMemory && from <= run.history.length)) return null;
        return itemsOf(run, from, limit);
      },
      ended: (runId, wseq) => {
        const run = state.run(runId);
        return run !== undefined && !isOpen(run) && wseq >= run.history.length;
      },
      gap: (runId, workflowId, from, to) => ({ type: 'gap', workflowId, runId, from, to }),
    };
  }
}

function haltedBy(reason: RaftoralError, clusterId: number, node: number, diverged: readonly number[]): StateCheckEvent {
  // What the state machine threw as it applied the verdict; the group says besides at which entry that was.
  const { message, details } = isRaftoralError(reason.cause, 'STATE_DIVERGED') ? reason.cause : reason;
  const { checkIndex, parts } = details as { readonly checkIndex: number; readonly parts: readonly string[] };
  return { type: 'halted', clusterId, node, index: checkIndex, diverged, parts, message };
}

/** Events that are in memory. */
function itemsOf(run: RunView, from: number, limit: number): readonly WorkflowStreamItem[] {
  const { workflowId, runId, history } = run;
  const to = Math.min(from - 1 + limit, history.length);
  return history.events(from, to).map((event) => ({ type: 'event', workflowId, runId, wseq: event.wseq, event }));
}

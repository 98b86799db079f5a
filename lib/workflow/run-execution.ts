/**
 * One run's code on one replica: fed its history, one event per window, by the dispatcher.
 *
 * E1. Events are consumed in wseq order, each once; live, late join, rehydration and replay differ in nothing (R2).
 * E2. A window is one event on which code can run, then one boundary (R3). Events on which no code can run need no window.
 * E3. A promise of an operation settles by its event alone, with a fresh decode of the committed bytes (R6, R7).
 * E4. What differs from the committed history stops the run on this replica (R10–R12).
 * Tests: test/workflow/execution.spec.ts, residency.spec.ts.
 */
import { RaftoralError } from '../errors/index.js';
import type { AbortCause } from './abort-scope.js';
import { canonicalText, decodeText } from './canonical-json.js';
import { isThenable, type ComputeAttempt } from './compute-runner.js';
import { rejected, runOfInstance, type OperationMethod, type RunOperations } from './context.js';
import { scopes, type Scope } from './runtime-scopes.js';
import type { WorkflowDefinition } from './definition.js';
import { finishDigest, type Conclusion } from './divergence.js';
import { toErrorRecord } from './error-record.js';
import type { Operation } from './operation.js';
import { callReadOnly } from './read-only-this.js';
import { RunCalls } from './run-calls.js';
import { RunConsumer, type WorkflowCode } from './run-consumer.js';
import { ReadOnlyContext, RunContext, type ContextHost, type QueryHandler } from './run-context.js';
import { RunCore } from './run-core.js';
import type { RunEnvironment } from './run-environment.js';
import { idempotencyKeyOf, RunOwner } from './run-owner.js';
import { SignalMailbox } from './signal-mailbox.js';
import type { RunExplanation } from './service.js';
import type { RunView } from './state.js';

/** Consumed events leave memory in portions of so many, or so many bytes as estimated. */
const PORTION_EVENTS = 256;
const PORTION_BYTES = 256 * 1024;

type WorkflowInstance = { run(input: unknown): unknown } & Record<string, unknown>;

export class RunExecution implements RunOperations, ContextHost, WorkflowCode {
  readonly core: RunCore;
  private readonly owner: RunOwner;
  private readonly mailbox = new SignalMailbox();
  private readonly calls: RunCalls;
  private readonly context: RunContext;
  private readonly consumer: RunConsumer;
  private readonly scope: Scope;
  private readonly queryHandlers = new Map<string, QueryHandler>();
  private waiters: Array<{ readonly wseq: number; readonly resolve: () => void }> = [];
  /** Dispatcher: stands in its queue. */
  queued = false;
  /** Passivation: fed since the last look. */
  touched = true;
  /** RunTable: estimated bytes; 0 once its history is not needed any more. */
  weight = 0;
  /** Events that were said to be consumed. */
  private toldConsumed = 0;
  private toldWeight = 0;
  /** RunTable: highest owner epoch that was applied. The view may be older, while a new one is read (R36). */
  newestEpoch = 0;

  constructor(
    private readonly environment: RunEnvironment,
    private readonly definition: WorkflowDefinition,
    view: RunView,
  ) {
    this.core = new RunCore(environment, view, view.history.length, () => this.release('stopped'));
    this.owner = new RunOwner(this.core, (attempt, operation) => this.computeScope(attempt, operation));
    this.calls = new RunCalls(this.core, this.owner, this.mailbox);
    this.context = new RunContext(this.core, this.calls, this);
    this.consumer = new RunConsumer(this.core, this.owner, this.mailbox, this.context, this);
    this.scope = { kind: 'run', context: this.context, owner: this };
    this.instantiate();
  }

  get view(): RunView {
    return this.core.view;
  }

  set view(view: RunView) {
    this.core.view = view;
  }

  // --- called by the dispatcher -------------------------------------------------------------------------------------------

  /** True when advance() would consume something. */
  get hasMore(): boolean {
    return this.core.live && !this.core.windowOpen && this.core.cursor < this.core.view.history.length;
  }

  /** Consumes events up to and including the next one on which code can run. True: a window is open, to be closed at the boundary. */
  advance(): boolean {
    const { core } = this;
    if (core.windowOpen || !core.live) return false;
    this.touched = true;
    const history = core.view.history;
    while (core.cursor < history.length && core.live) {
      const event = history.event(++core.cursor);
      this.consumer.consume(event);
      if (core.windowOpen) return true;
    }
    this.rest();
    return false;
  }

  /** The boundary: everything that the window's event set going has drained. */
  closeWindow(): void {
    const { core } = this;
    core.windowOpen = false;
    if (core.phase === 'running') {
      if (core.openBodies > 0) core.foreignAwait(`the body of a @Checkpoint method awaited something; the run ${core.waitingFor()}`);
      else if (core.pending.length === 0)
        core.foreignAwait(
          `after event ${core.windowWseq} the code of '${core.view.name}' waits for something that is not an operation of the engine`,
        );
    } else if (core.phase === 'concluded') this.owner.abandon('abandoned', 'the run has ended without waiting for this operation');
    this.rest();
  }

  /** The group may have given the run to another owner: bodies of older epochs stop now, before the event is consumed (R22). */
  ownerMayHaveChanged(): void {
    this.owner.fence(Math.max(this.newestEpoch, this.core.view.epoch));
  }

  /** No window is open: acts as owner if it is one, and tells those who wait. */
  private rest(): void {
    this.owner.act();
    this.tellConsumed();
    if (this.waiters.length !== 0) this.tellWaiters();
  }

  /** In portions, and in ever smaller ones while a long history is replayed: letting go of one costs as much as what stays is long. */
  private tellConsumed(): void {
    const { cursor, view, live } = this.core;
    const consumed = cursor - this.toldConsumed;
    const isPortion = consumed >= PORTION_EVENTS || this.weight - this.toldWeight > PORTION_BYTES;
    if (!isPortion || !live || consumed < (view.history.length - cursor) / 2) return;
    this.toldConsumed = cursor;
    this.environment.consumed(view.runId, cursor);
    this.toldWeight = this.weight;
  }

  // --- called by the runtime ------------------------------------------------------------------------------------------------

  /** Resolves when events up to `wseq` were consumed and drained, or the run is not fed any more. */
  whenConsumed(wseq: number): Promise<void> {
    const { core } = this;
    if (!this.stillFed || (core.cursor >= wseq && !core.windowOpen && !core.replaying && core.phase !== 'creating'))
      return Promise.resolve();
    return new Promise((resolve) => this.waiters.push({ wseq, resolve }));
  }

  private get stillFed(): boolean {
    return this.core.live || this.core.phase === 'creating';
  }

  private tellWaiters(): void {
    const { core } = this;
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (!this.stillFed || (core.cursor >= waiter.wseq && !core.windowOpen && !core.replaying)) waiter.resolve();
      else this.waiters.push(waiter);
    }
  }

  /** May be taken out of memory: nothing runs, nothing waits to be consumed (R33). */
  get idle(): boolean {
    const { core } = this;
    return (
      core.phase === 'running' &&
      !core.windowOpen &&
      !this.queued &&
      this.waiters.length === 0 &&
      core.cursor === core.view.history.length &&
      !this.owner.busy
    );
  }

  /** Takes the run out of memory on this replica. */
  abandon(cause: AbortCause & ('abandoned' | 'removed' | 'shutdown')): void {
    if (this.core.phase !== 'closed') this.core.phase = 'abandoned';
    this.release(cause);
  }

  /** Throws UNKNOWN_QUERY, QUERY_FAILED. The answer is a fresh decode of its canonical form. */
  query(name: string, args: readonly unknown[]): unknown {
    const { core } = this;
    const instance = core.instance as WorkflowInstance;
    const method = this.definition.queries.get(name);
    const handler = this.queryHandlers.get(name) ?? (method === undefined ? undefined : (instance[method] as QueryHandler));
    if (handler === undefined) {
      const known = [...new Set([...this.definition.queries.keys(), ...this.queryHandlers.keys()])].sort();
      const list = known.length === 0 ? 'it has none' : `it has ${known.map((query) => `'${query}'`).join(', ')}`;
      throw new RaftoralError(
        'UNKNOWN_QUERY',
        `workflow '${core.view.name}' version ${core.view.version} has no query '${name}'; ${list}`,
        { details: { known } },
      );
    }
    const label = `query '${name}'`;
    const scope: Scope = {
      kind: 'query',
      context: new ReadOnlyContext(this.context.info, label, this.context.abortScope, core.windowTimeMs),
      owner: this,
    };
    core.insideBody = label;
    try {
      const answer = scopes.run(scope, () => callReadOnly(instance, label, handler, args));
      if (isThenable(answer)) {
        answer.then(undefined, () => undefined);
        throw new RaftoralError('QUERY_FAILED', `${label} of workflow '${core.view.name}' returned a promise; a query must be synchronous`);
      }
      return decodeText(canonicalText(answer, `the answer of ${label}`));
    } catch (error) {
      if (error instanceof RaftoralError && error.code === 'QUERY_FAILED') throw error;
      throw new RaftoralError(
        'QUERY_FAILED',
        `${label} of workflow '${core.view.name}' failed: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    } finally {
      core.insideBody = '';
    }
  }

  /** What the code waits for on this replica, in call order. */
  awaiting(): RunExplanation['awaiting'] {
    const { core } = this;
    return core.pending.toArray().map((operation) => ({
      kind: operation.child === null ? operation.kind : 'child',
      key: operation.key,
      occurrence: operation.occurrence,
      sinceWseq: operation.position.wseq,
      ...(operation.attempt === null ? {} : { attempt: operation.attempt.number }),
      ...(operation.child === null
        ? {}
        : {
            child: {
              name: operation.child.name,
              workflowId: operation.child.workflowId(core.view.failedAttempts(operation.key, operation.occurrence) + 1),
            },
          }),
      ...(operation.dueMs === 0 ? {} : { dueAt: new Date(operation.dueMs).toISOString() }),
    }));
  }

  reportRejection(reason: unknown): void {
    this.environment.reporter.rejection(this.core.view, reason);
  }

  // --- called by workflow code ------------------------------------------------------------------------------------------------

  callCheckpoint(method: OperationMethod, self: object, args: unknown[]): Promise<unknown> {
    return this.calls.checkpoint(method, self, args);
  }

  callCompute(method: OperationMethod, self: object, args: unknown[]): Promise<unknown> {
    return this.calls.compute(method, self, args);
  }

  onQuery(name: string, handler: QueryHandler): void {
    this.queryHandlers.set(name, handler);
  }

  onSignal(name: string, handler: (payload: unknown) => unknown): void {
    this.mailbox.handle(name, handler);
    for (let kept = this.mailbox.take(name); kept !== undefined; kept = this.mailbox.take(name)) this.runHandler(handler, kept.payload);
  }

  continueAsNew(input: unknown): Promise<never> {
    try {
      this.calls.requireWindow('continueAsNew()');
    } catch (error) {
      return rejected(error as Error);
    }
    try {
      this.conclude('continued', canonicalText(input, 'the input given to continueAsNew()'), null);
    } catch (error) {
      return rejected(error as Error);
    }
    return new Promise<never>(() => undefined);
  }

  // --- instance ------------------------------------------------------------------------------------------------------------------

  private instantiate(): void {
    try {
      const made = this.definition.create();
      if (!isThenable(made)) return this.instantiated(made);
      made.then(
        (instance) => this.instantiated(instance as object),
        (error: unknown) => this.instantiationFailed(error),
      );
    } catch (error) {
      this.instantiationFailed(error);
    }
  }

  private instantiated(instance: object): void {
    const { core } = this;
    if (core.phase !== 'creating') return;
    core.instance = instance;
    core.phase = 'running';
    runOfInstance.set(instance, this);
    for (const [name, method] of this.definition.signals) {
      this.mailbox.handle(name, (payload) =>
        ((instance as WorkflowInstance)[method] as (payload: unknown) => unknown).call(instance, payload),
      );
    }
    this.environment.wake(core.view.runId);
  }

  private instantiationFailed(error: unknown): void {
    const cause = toErrorRecord(error, false);
    this.core.stop('instantiation-failed', `no instance of ${this.definition.target.name} could be made: ${cause.name}: ${cause.message}`);
    this.tellWaiters();
  }

  private computeScope(attempt: ComputeAttempt, operation: Operation): Scope {
    const { runId } = this.context.info;
    return {
      kind: 'compute',
      context: new ReadOnlyContext(
        { ...this.context.info, attempt: attempt.number },
        operation.label,
        attempt.abortScope,
        this.core.windowTimeMs,
      ),
      idempotencyKey: () => idempotencyKeyOf(this.environment.deployment, runId, operation.key, operation.occurrence),
      owner: this,
    };
  }

  // --- WorkflowCode: called by the consumer ---------------------------------------------------------------------------------

  begin(input: unknown): void {
    const instance = this.core.instance as WorkflowInstance;
    let outcome: unknown;
    try {
      outcome = scopes.run(this.scope, () => instance.run(input));
    } catch (error) {
      this.ended(true, error);
      return;
    }
    if (!isThenable(outcome)) return this.ended(false, outcome);
    outcome.then(
      (value) => this.ended(false, value),
      (error: unknown) => this.ended(true, error),
    );
  }

  /** Handlers are workflow code: one that fails, fails the run. */
  runHandler(handler: (payload: unknown) => unknown, payload: unknown): void {
    try {
      const outcome = scopes.run(this.scope, () => handler(payload));
      if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => this.ended(true, error));
    } catch (error) {
      this.ended(true, error);
    }
  }

  fireCancel(): void {
    scopes.run(this.scope, () => this.context.abortScope.abort('cancelled', 'the run was cancelled'));
  }

  closed(): void {
    this.core.phase = 'closed';
    this.release('abandoned');
    this.environment.closed(this.core.view.runId);
  }

  // --- the end -----------------------------------------------------------------------------------------------------------------------

  /** run() or a signal handler settled. */
  private ended(failed: boolean, outcome: unknown): void {
    const { core } = this;
    if (core.phase !== 'running') return;
    if (!core.windowOpen) {
      core.foreignAwait('run() settled when no event of the run was being handled: it was resumed by something that is not in the log');
      return;
    }
    if (!failed) {
      try {
        return this.conclude('completed', canonicalText(outcome, 'the result of run()'), null);
      } catch (error) {
        outcome = error;
      }
    }
    const record = toErrorRecord(outcome, false);
    const cancelled = failed && core.cancelRequested && record.name === 'RaftoralError' && record.code === 'WORKFLOW_CANCELLED';
    this.conclude(cancelled ? 'cancelled' : 'failed', '', record);
  }

  private conclude(outcome: Conclusion['outcome'], text: string, error: Conclusion['error']): void {
    const { core } = this;
    core.phase = 'concluded';
    core.conclusion = { outcome, text, error, consumedWseq: core.windowWseq, digest: finishDigest(outcome, text, error) };
    this.owner.finish();
  }

  /** Nothing of the run is wanted here any more. */
  private release(cause: AbortCause & ('abandoned' | 'stopped' | 'removed' | 'shutdown')): void {
    const { core } = this;
    core.windowOpen = false;
    this.owner.abandon(cause, `the run is not executed here any more (${cause})`);
    if (core.phase !== 'closed' && cause !== 'abandoned')
      this.context.abortScope.abort(cause, `the run is not executed here any more (${cause})`);
    core.pending.clear();
    core.keys.clear();
    if (cause === 'stopped') this.environment.released(core.view.runId);
    this.tellWaiters();
  }
}

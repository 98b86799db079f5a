/**
 * One workflow run, as an application holds it: result, queries, signals, and what an operator does.
 *
 * L1. A handle holds no state of the run; every call asks the cluster. It may be thrown away and made again by getHandle().
 * L2. A handle with a runId speaks of that run; without one, of the current run of the id at each call.
 * L3. Every writing call takes a requestId (minted when absent); the error of a call whose outcome is unknown carries it.
 * L4. JSON.stringify(handle) gives the ids, so a controller may return one.
 */
import { map } from 'rxjs';
import type { CallOptions, QueryOptions, RunDescription, RunExplanation, RunRef, WriteOptions } from '../workflow/service.js';
import { RaftoralError } from '../errors/index.js';
import { checkCall, checkQuery, checkText, checkWrite } from './arguments.js';
import { viewStreamItem, type WorkflowEventStream } from './event-view.js';
import type { RequestForwarder } from './request-forwarder.js';
import {
  QueryRef,
  SignalRef,
  type OutputOf,
  type QueryArgs,
  type QueryName,
  type QueryRest,
  type QueryResult,
  type SignalName,
  type SignalRest,
  type WorkflowTarget,
} from './workflow-target.js';

export class WorkflowHandle<Target extends WorkflowTarget = WorkflowTarget> {
  /** Carries the target's type; nothing at run time. */
  declare readonly target: Target;

  private readonly ref: RunRef;

  constructor(
    private readonly forwarder: RequestForwarder,
    readonly workflowId: string,
    /** undefined: the current run of the id. */
    readonly runId: string | undefined,
  ) {
    this.ref = runId === undefined ? { workflowId } : { workflowId, runId };
  }

  /**
   * Resolves with what run() returned, following continueAsNew. Rejects with WORKFLOW_FAILED (the workflow's error is the
   * cause), WORKFLOW_CANCELLED or WORKFLOW_TERMINATED. Waits for ever unless `timeoutMs` is given, then OUTCOME_UNKNOWN.
   */
  async result(options: CallOptions = {}): Promise<OutputOf<Target>> {
    checkCall('result()', options);
    return (await this.service.result(this.ref, options)) as OutputOf<Target>;
  }

  /**
   * Calls a @WorkflowQuery method on a replica that runs the code, and resolves with its value. `args` are its arguments.
   * 'linearizable' (the default) sees every write that was acknowledged before the call; 'local' what this node has applied.
   */
  async query<Name extends QueryName<Target> | QueryRef>(
    name: Name,
    ...[options]: QueryRest<QueryArgs<Target, Name>, QueryOptions>
  ): Promise<QueryResult<Target, Name>> {
    const { args = [], ...rest } = (options ?? {}) as QueryOptions & { readonly args?: readonly unknown[] };
    checkQuery('query()', rest);
    if (!Array.isArray(args))
      throw new RaftoralError('INVALID_ARGUMENT', 'query(): args must be an array of the arguments.', { details: { argument: 'args' } });
    const queryName = name instanceof QueryRef ? name.queryName : (name as string);
    return (await this.service.query(this.ref, queryName, args, rest)) as QueryResult<Target, Name>;
  }

  /** Resolves when the signal is recorded (R29), not when the workflow has handled it. */
  async signal<Name extends SignalName<Target> | SignalRef<never>>(
    name: Name,
    ...[payload, options]: SignalRest<Target, Name, WriteOptions>
  ): Promise<void> {
    checkWrite('signal()', options ?? {});
    const signalName = name instanceof SignalRef ? name.signalName : (name as string);
    await this.service.signal(this.ref, signalName, payload, options);
  }

  /** Asks the workflow to end: its abortSignal fires, its waits reject, and it may clean up. */
  async cancel(reason?: string, options: WriteOptions = {}): Promise<void> {
    checkWrite('cancel()', options);
    checkText('cancel()', 'reason', reason, options.requestId);
    await this.service.cancel(this.ref, reason, options);
  }

  /** Ends the run at once; no more of its code runs. */
  async terminate(options: WriteOptions = {}): Promise<void> {
    checkWrite('terminate()', options);
    await this.service.terminate(this.ref, options);
  }

  /** Lets a blocked run go on: forgets who declined it, and picks an owner again. */
  async reset(options: WriteOptions = {}): Promise<void> {
    checkWrite('reset()', options);
    await this.service.reset(this.ref, options);
  }

  async describe(options: QueryOptions = {}): Promise<RunDescription> {
    checkQuery('describe()', options);
    return this.service.describe(this.ref, options);
  }

  /** Why does it not move? One sentence, what the code waits for, and how each replica stands. */
  async explain(options: QueryOptions = {}): Promise<RunExplanation> {
    checkQuery('explain()', options);
    return this.service.explain(this.ref, options);
  }

  /** The run's history as versioned JSON lines: a header, then one line per event. */
  async history(options: QueryOptions = {}): Promise<string> {
    checkQuery('history()', options);
    return this.service.history(this.ref, options);
  }

  /** Events from the first on, then live; completes after `finished`. */
  get events$(): WorkflowEventStream {
    return this.eventsAfter(0);
  }

  /** As events$, from wseq `after` + 1 on: how a reader goes on where it stopped. */
  eventsAfter(after: number): WorkflowEventStream {
    if (!Number.isSafeInteger(after) || after < 0)
      throw new RaftoralError('INVALID_ARGUMENT', `eventsAfter(): after must be a whole number of 0 or more, not ${String(after)}.`, {
        details: { argument: 'after' },
      });
    return this.service.runEvents(this.ref, after).pipe(map(viewStreamItem));
  }

  toJSON(): { readonly workflowId: string; readonly runId?: string } {
    return this.runId === undefined ? { workflowId: this.workflowId } : { workflowId: this.workflowId, runId: this.runId };
  }

  private get service() {
    return this.forwarder.forWorkflow(this.workflowId);
  }
}

/** A handle that start() returned: its run is known, and so is how it came to be. */
export class StartedWorkflowHandle<Target extends WorkflowTarget = WorkflowTarget> extends WorkflowHandle<Target> {
  constructor(
    forwarder: RequestForwarder,
    workflowId: string,
    override readonly runId: string,
    /** The id of the start request: sent again with it, the same answer is given. */
    readonly requestId: string,
    /** True when onExisting: 'attach' found the run there. */
    readonly existing: boolean,
    /** The cluster that it was started in. A hint for people: slots move, and every call finds the cluster anew. */
    readonly clusterId: number,
  ) {
    super(forwarder, workflowId, runId);
  }

  /** As on every handle; its errors carry the requestId of the start, with which the same run is found again. */
  override async result(options: CallOptions = {}): Promise<OutputOf<Target>> {
    try {
      return await super.result(options);
    } catch (error) {
      if (!(error instanceof RaftoralError) || error.requestId !== undefined) throw error;
      const { code, message, cause, details } = error;
      throw new RaftoralError(code, message, {
        cause,
        requestId: this.requestId,
        details: { ...details, workflowId: this.workflowId, runId: this.runId },
      });
    }
  }
}

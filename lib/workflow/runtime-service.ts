/**
 * Answers callers for one execution cluster on one node: WorkflowService over WorkflowRuntime.
 *
 * V1. A writing call fixes requestId, expiry, ids and input before its first send (R26), and every error of it carries the requestId.
 * V2. What a caller gets is a fresh decode of committed bytes, never an object of somebody else (R7).
 * V3. A linearizable read waits for a read index; a query waits also until the run's code consumed what was applied by then.
 * Tests: test/workflow/service.spec.ts.
 */
import type { EventStream, StreamOptions } from '../cluster/event-bus.js';
import { deferredStream } from '../cluster/event-bus-deferred.js';
import type { Applied, RaftGroup } from '../cluster/group.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { decodeCanonical, encodeCanonical } from './canonical-json.js';
import { encodeCommand } from './command-codec.js';
import { CommandKind, type StartCommand, type WorkflowCommand } from './command.js';
import { digestOfBytes } from './digest.js';
import { fromErrorRecord } from './error-record.js';
import { formatHistory } from './history-json.js';
import { absent, checkSlot, checkWorkflowId, elsewhere, fetchRun, isOpen, lookUp } from './run-lookup.js';
import type { WorkflowRuntime } from './runtime.js';
import { countRuns, listRuns } from './runtime-list.js';
import { describeRun, explainRun, type ReplicaPosition } from './runtime-views.js';
import { RuntimeQueries } from './runtime-queries.js';
import { RunWaiters } from './runtime-waiters.js';
import type {
  CallOptions,
  ClusterStanding,
  CountFilter,
  ForwardedWrite,
  ListFilter,
  ListPage,
  OperationStanding,
  QueryOptions,
  RunDescription,
  RunEventsOptions,
  RunExplanation,
  RunRef,
  StartAnswer,
  StartChildOptions,
  StartOptions,
  StateCheckEvent,
  WorkflowService,
  WorkflowStreamItem,
  WriteOptions,
} from './service.js';
import { workflowIdProblem } from './slot.js';
import { confirmedVersion, registeredVersion } from './startable.js';
import type { CommandAnswer, RunView } from './state.js';

const EXPLAIN_TIMEOUT_MS = 500;

export class WorkflowRuntimeService implements WorkflowService {
  readonly clusterId: number;
  readonly nodeId: number;
  private readonly waiters: RunWaiters;
  private readonly queries: RuntimeQueries;
  private readonly group: RaftGroup<CommandAnswer>;

  constructor(
    private readonly runtime: WorkflowRuntime,
    /** Deadline of calls that name none, ms. */
    private readonly requestTimeoutMs: number = 10_000,
  ) {
    this.group = runtime.options.group;
    this.clusterId = this.group.groupId;
    this.nodeId = this.group.nodeId;
    this.waiters = new RunWaiters(runtime.options.clock);
    this.queries = new RuntimeQueries(runtime, requestTimeoutMs);
    runtime.answersBy(this);
    runtime.addListener({
      onFinished: (run) => this.waiters.settle(run),
      onBlocked: (run) => this.blocked(run),
      onDeparted: (run) => this.waiters.reject(run.runId, elsewhere(runtime.options.state, this.clusterId, run.workflowId)),
      onRestored: () => this.restored(),
      onEnded: (error) => this.waiters.rejectAll(error),
    });
  }

  // --- writing --------------------------------------------------------------------------------------------------------------------

  async start(name: string, input: unknown, options: StartOptions & ForwardedWrite = {}): Promise<StartAnswer> {
    const requestId = this.requestId(options);
    return this.writing(requestId, async () => {
      const workflowId = options.workflowId ?? (workflowIdProblem(requestId) === null ? requestId : this.runtime.options.random.uuid());
      const version = this.versionOf(name, options, workflowId) ?? (await this.confirmed(name, options, workflowId));
      const command = this.startCommand(name, version, input, { ...options, requestId }, workflowId);
      const applied = await this.propose(command, requestId, options);
      const answer = applied.result;
      if (!answer.ok && !answer.ignored && answer.code === 'ALREADY_EXISTS' && options.onExisting === 'attach') {
        return { workflowId, runId: answer.runId, existing: true, requestId };
      }
      const { runId, existing } = accepted(answer);
      return { workflowId, runId, existing, requestId };
    });
  }

  async startChild(name: string, input: unknown, options: StartChildOptions & ForwardedWrite): Promise<StartAnswer> {
    const { parent, workflowId } = options;
    const requestId = parent.token;
    return this.writing(requestId, async () => {
      const version = this.versionOf(name, options, workflowId) ?? (await this.confirmed(name, options, workflowId));
      const command = this.startCommand(name, version, input, { ...options, requestId }, workflowId);
      const applied = await this.propose({ ...command, kind: CommandKind.START_CHILD, parent }, requestId, options);
      const { runId, existing } = accepted(applied.result);
      return { workflowId, runId, existing, requestId };
    });
  }

  private startCommand(
    name: string,
    version: number,
    input: unknown,
    options: StartOptions & ForwardedWrite & { readonly requestId: string },
    workflowId: string,
  ): StartCommand {
    const { requestId } = options;
    checkWorkflowId(workflowId);
    const bytes = this.payload(input, `the input of workflow '${name}'`);
    const definition = this.runtime.options.registry.get(name, version);
    if (bytes.length === 0 && definition?.takesInput === true) {
      throw new RaftoralError(
        'MISSING_INPUT',
        `workflow '${name}' version ${version} takes an input, and none was given; pass it as the second argument of start()`,
      );
    }
    return {
      kind: CommandKind.START,
      requestId,
      expiryMs: options.expiryMs ?? this.expiryMs(),
      workflowId,
      runId: this.runtime.options.random.uuid(),
      name,
      version,
      input: bytes,
      inputDigest: digestOfBytes(bytes),
      ownerPolicy: definition?.options.owner ?? 'starter',
      starter: this.nodeId,
      leaderHint: this.group.leaderId,
    };
  }

  async signal(ref: RunRef, signal: string, payload: unknown, options: WriteOptions & ForwardedWrite = {}): Promise<void> {
    const requestId = this.requestId(options);
    await this.writing(requestId, async () => {
      if (typeof signal !== 'string' || signal === '' || signal.length > 256) {
        throw new RaftoralError(
          'INVALID_ARGUMENT',
          `the name of a signal is ${JSON.stringify(signal)}; give a text of 1 to 256 characters`,
        );
      }
      const bytes = this.payload(payload, `the payload of signal '${signal}'`);
      await this.command(
        { kind: CommandKind.SIGNAL, ...this.target(ref, requestId, options), name: signal, payload: bytes },
        requestId,
        options,
      );
    });
  }

  async cancel(ref: RunRef, reason = '', options: WriteOptions & ForwardedWrite = {}): Promise<void> {
    const requestId = this.requestId(options);
    await this.writing(requestId, () =>
      this.command(
        { kind: CommandKind.CANCEL, ...this.target(ref, requestId, options), reason: reason.slice(0, 1024) },
        requestId,
        options,
      ),
    );
  }

  async terminate(ref: RunRef, options: WriteOptions & ForwardedWrite = {}): Promise<void> {
    const requestId = this.requestId(options);
    await this.writing(requestId, () =>
      this.command({ kind: CommandKind.TERMINATE, ...this.target(ref, requestId, options) }, requestId, options),
    );
  }

  async reset(ref: RunRef, options: WriteOptions & ForwardedWrite = {}): Promise<void> {
    const requestId = this.requestId(options);
    await this.writing(requestId, () =>
      this.command({ kind: CommandKind.RESET, ...this.target(ref, requestId, options) }, requestId, options),
    );
  }

  // --- reading --------------------------------------------------------------------------------------------------------------------

  async result(ref: RunRef, options: CallOptions = {}): Promise<unknown> {
    const { clock } = this.runtime.options;
    const deadlineMs = options.timeoutMs === undefined ? undefined : clock.monotonic() + options.timeoutMs;
    const known = ref.runId === undefined ? undefined : lookUp(this.runtime.options.state, ref); // what a run became never changes
    let run = known ?? (await this.find(ref, 'linearizable', options, 'last event'));
    for (;;) {
      run = await this.ended(run, deadlineMs);
      if (run.outcome !== 'continued') return outcomeOf(run);
      const last = run.history.last();
      run = await this.fetch({ workflowId: run.workflowId, runId: last !== undefined && 'continuedAs' in last ? last.continuedAs : '' });
    }
  }

  async operationStanding(
    ref: { readonly workflowId: string; readonly runId: string },
    key: string,
    occurrence: number,
  ): Promise<OperationStanding> {
    const { state } = this.runtime.options;
    let run = lookUp(state, ref);
    // What this replica has applied is enough for all but absence: a run that it does not know may be one that it has not heard of yet.
    if (run === undefined) {
      try {
        run = await this.find(ref, 'linearizable', {}, 'last event');
      } catch (error) {
        if (isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) return 'ended';
        throw error;
      }
    } else {
      this.refuseEnded();
      checkSlot(state, this.clusterId, ref.workflowId);
    }
    if (!isOpen(run)) return 'ended';
    return run.settled(key, occurrence) ? 'settled' : 'open';
  }

  query(ref: RunRef, query: string, args: readonly unknown[], options: QueryOptions = {}): Promise<unknown> {
    return this.queries.query(ref, query, args, options);
  }

  async describe(ref: RunRef, options: QueryOptions = {}): Promise<RunDescription> {
    return describeRun(await this.find(ref, options.consistency, options, 'last event'));
  }

  async explain(ref: RunRef, options: QueryOptions = {}): Promise<RunExplanation> {
    const run = await this.find(ref, options.consistency, options, 'last event');
    const others = this.runtime.options.state.voters.filter((node) => node !== this.nodeId);
    const asked = await Promise.all(
      others.map((node) => this.queries.positionAt(node, run.runId, Math.min(EXPLAIN_TIMEOUT_MS, options.timeoutMs ?? EXPLAIN_TIMEOUT_MS))),
    );
    const positions = new Map<number, ReplicaPosition | null>(others.map((node, i) => [node, asked[i]!]));
    positions.set(this.nodeId, this.queries.position(run.runId));
    return explainRun(this.runtime, this.runtime.options.state.run(run.runId) ?? run, positions);
  }

  async history(ref: RunRef, options: QueryOptions = {}): Promise<string> {
    return formatHistory(await this.find(ref, options.consistency, options, 'all events'));
  }

  async list(filter: ListFilter = {}): Promise<ListPage> {
    this.refuseEnded();
    if ((filter.consistency ?? 'linearizable') === 'linearizable') await this.group.readIndex({ deadlineMs: this.requestTimeoutMs });
    return listRuns(this.runtime.options.state, filter);
  }

  async count(filter: CountFilter = {}): Promise<number> {
    this.refuseEnded();
    if ((filter.consistency ?? 'linearizable') === 'linearizable') await this.group.readIndex({ deadlineMs: this.requestTimeoutMs });
    const { state, scheduler } = this.runtime.options;
    return countRuns(state, filter, () => new Promise<void>((resolve) => scheduler.turn(resolve)));
  }

  standing(): ClusterStanding {
    const { requestRetentionMs } = this.runtime.options.state.limits;
    return { leaderId: this.group.leaderId, logTimeMs: this.logTimeMs(), requestRetentionMs };
  }

  runEvents(ref: RunRef, after = 0, { failsWith, ...options }: RunEventsOptions = {}): EventStream<WorkflowStreamItem> {
    const failure = (): RaftoralError | null => {
      const { ended } = this.runtime;
      return ended !== null && failsWith?.(ended) === true ? ended : null;
    };
    return deferredStream(async () => {
      const local = lookUp(this.runtime.options.state, ref);
      const run =
        local !== undefined && (ref.runId !== undefined || isOpen(local)) ? local : await this.find(ref, 'linearizable', {}, 'last event');
      return this.runtime.runEvents({ workflowId: run.workflowId, runId: run.runId }, after, options);
    }, failure);
  }

  get events$(): EventStream<WorkflowStreamItem> {
    return this.runtime.bus.all();
  }

  events(options: StreamOptions): EventStream<WorkflowStreamItem> {
    return this.runtime.bus.all(options);
  }

  get stateChecks$(): EventStream<StateCheckEvent> {
    return this.runtime.stateChecks.stream$;
  }

  // --- parts ----------------------------------------------------------------------------------------------------------------------

  private versionOf(name: string, { version }: StartOptions, workflowId: string): number | undefined {
    return registeredVersion(this.runtime.options, { name, version, workflowId });
  }

  private confirmed(name: string, { version, timeoutMs = this.requestTimeoutMs }: StartOptions, workflowId: string): Promise<number> {
    const deadlineMs = Math.min(timeoutMs, this.requestTimeoutMs);
    const readIndex = (): Promise<unknown> => this.group.readIndex({ deadlineMs });
    return confirmedVersion({ ...this.runtime.options, clusterId: this.clusterId, readIndex }, { name, version, workflowId });
  }

  private payload(value: unknown, what: string): Uint8Array {
    const bytes = encodeCanonical(value, what);
    const max = this.runtime.options.state.limits.payloadBytesMax;
    if (bytes.length > max) {
      throw new RaftoralError(
        'PAYLOAD_TOO_LARGE',
        `${what} has ${bytes.length} bytes, the limit is ${max}; store the bulk elsewhere and pass a reference, or raise limits.payloadBytesMax`,
        {
          details: { bytes: bytes.length, limit: max },
        },
      );
    }
    return bytes;
  }

  private requestId(options: WriteOptions): string {
    return options.requestId ?? this.runtime.options.random.uuid();
  }

  private expiryMs(): number {
    return this.logTimeMs() + this.runtime.options.state.limits.requestRetentionMs;
  }

  private logTimeMs(): number {
    const { state, clock } = this.runtime.options;
    return Math.max(state.logTimeMs, clock.now());
  }

  private target(
    ref: RunRef,
    requestId: string,
    { expiryMs = this.expiryMs() }: ForwardedWrite,
  ): { requestId: string; expiryMs: number; workflowId: string; runId: string } {
    checkWorkflowId(ref.workflowId);
    return { requestId, expiryMs, workflowId: ref.workflowId, runId: ref.runId ?? '' };
  }

  private propose(command: WorkflowCommand, requestId: string, options: WriteOptions): Promise<Applied<CommandAnswer>> {
    return this.group.propose(encodeCommand(command, this.runtime.options.state.codecLevel), {
      deadlineMs: options.timeoutMs ?? this.requestTimeoutMs,
      requestId,
    });
  }

  private async command(command: WorkflowCommand, requestId: string, options: WriteOptions): Promise<void> {
    accepted((await this.propose(command, requestId, options)).result);
  }

  /** Every error of a writing call carries its requestId (V1). */
  private async writing<T>(requestId: string, call: () => Promise<T>): Promise<T> {
    try {
      this.refuseEnded();
      return await call();
    } catch (error) {
      if (!(error instanceof RaftoralError) || error.requestId !== undefined) throw error;
      throw new RaftoralError(error.code, error.message, { cause: error.cause, requestId, details: error.details });
    }
  }

  private refuseEnded(): void {
    const { ended } = this.runtime;
    if (ended !== null) throw ended;
  }

  private async find(
    ref: RunRef,
    consistency: QueryOptions['consistency'],
    options: CallOptions,
    need: 'last event' | 'all events',
  ): Promise<RunView> {
    this.refuseEnded();
    checkWorkflowId(ref.workflowId);
    if ((consistency ?? 'linearizable') === 'linearizable')
      await this.group.readIndex({ deadlineMs: Math.min(options.timeoutMs ?? this.requestTimeoutMs, this.requestTimeoutMs) });
    checkSlot(this.runtime.options.state, this.clusterId, ref.workflowId, consistency);
    return this.fetch(ref, need);
  }

  private async fetch(ref: RunRef, need: 'last event' | 'all events' = 'last event'): Promise<RunView> {
    const run = await fetchRun(this.runtime.options.state, ref, need);
    if (run === undefined) throw absent(this.runtime.options.state, this.clusterId, ref);
    return run;
  }

  /** The run once it has ended. Between the look at the state and the waiting for it nothing is applied. */
  private async ended(run: RunView, deadlineMs: number | undefined): Promise<RunView> {
    if (!isOpen(run)) return this.withLastEvent(run);
    const now = this.runtime.options.state.run(run.runId);
    if (now !== undefined && isOpen(now)) return this.withLastEvent(await this.ending(now, deadlineMs));
    return now === undefined ? this.fetch({ workflowId: run.workflowId, runId: run.runId }) : this.withLastEvent(now);
  }

  private async withLastEvent(run: RunView): Promise<RunView> {
    return run.history.last() === undefined ? this.fetch({ workflowId: run.workflowId, runId: run.runId }) : run;
  }

  private ending(run: RunView, deadlineMs: number | undefined): Promise<RunView> {
    const refusal = blockedForGood(run);
    if (refusal !== null) return Promise.reject(refusal);
    const remainingMs = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - this.runtime.options.clock.monotonic());
    return this.waiters.wait(
      run,
      remainingMs,
      () =>
        new RaftoralError(
          'OUTCOME_UNKNOWN',
          `workflow '${run.workflowId}' has not ended within the deadline of this call; it goes on, ask again`,
          { details: { workflowId: run.workflowId, runId: run.runId } },
        ),
    );
  }

  private blocked(run: RunView): void {
    const refusal = blockedForGood(run);
    if (refusal !== null) this.waiters.reject(run.runId, refusal);
  }

  /** Waiters at or below a snapshot are answered from its state (R36). */
  private restored(): void {
    for (const ref of this.waiters.runs()) {
      const run = this.runtime.options.state.run(ref.runId);
      if (run === undefined) void this.settleFromDisk(ref);
      else if (!isOpen(run)) this.waiters.settle(run);
    }
  }

  private async settleFromDisk(ref: { readonly workflowId: string; readonly runId: string }): Promise<void> {
    const { runId } = ref;
    try {
      const run = await this.runtime.options.state.fetch(ref, 'last event');
      if (run !== undefined) return this.waiters.settle(run);
      const { state } = this.runtime.options;
      if (!state.showsSlotOf(ref.workflowId)) return this.waiters.reject(runId, elsewhere(state, this.clusterId, ref.workflowId));
      const message = `run ${runId} ended and was forgotten while this node was behind; its outcome is not known here`;
      this.waiters.reject(runId, new RaftoralError('OUTCOME_UNKNOWN', message));
    } catch (error) {
      this.waiters.reject(runId, error);
    }
  }
}

function accepted(answer: CommandAnswer): { readonly runId: string; readonly existing: boolean } {
  if (answer.ok) return answer;
  if (answer.ignored) throw new RaftoralError('INVARIANT_VIOLATED', `a client command was ignored: ${answer.reason}`);
  const { code, message, runId, movedTo } = answer;
  if (movedTo !== undefined) throw new RaftoralError(code, message, { details: { clusterId: movedTo } });
  throw new RaftoralError(code, message, runId === '' ? {} : { details: { runId } });
}

/** Blocked for a reason that only a person can take away: nobody is kept waiting for it. */
function blockedForGood(run: RunView): RaftoralError | null {
  if (run.status !== 'blocked' || run.blockedReason === 'no-implementation') return null;
  const why = run.declined.map(({ node, reason, message }) => `node ${node}: ${reason}: ${message}`);
  return new RaftoralError(
    'WORKFLOW_BLOCKED',
    `workflow '${run.workflowId}' is blocked (${run.blockedReason})${why.length === 0 ? '' : `: ${why.join('; ')}`}; reset it once the reason is gone`,
    {
      details: { runId: run.runId, blockedReason: run.blockedReason, declined: run.declined },
    },
  );
}

function outcomeOf(run: RunView): unknown {
  const cause = run.error === null ? undefined : fromErrorRecord(run.error);
  const details = { workflowId: run.workflowId, runId: run.runId };
  switch (run.outcome) {
    case 'completed':
      return decodeCanonical(run.result);
    case 'failed':
      throw new RaftoralError('WORKFLOW_FAILED', `workflow '${run.workflowId}' failed: ${cause?.message ?? 'no reason was given'}`, {
        cause,
        details,
      });
    case 'cancelled':
      throw new RaftoralError('WORKFLOW_CANCELLED', `workflow '${run.workflowId}' was cancelled`, { cause, details });
    default:
      throw new RaftoralError('WORKFLOW_TERMINATED', `workflow '${run.workflowId}' was terminated by an operator`, { details });
  }
}

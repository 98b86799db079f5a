/**
 * The control API of a node: every call of the table, over the services of the clusters and the administration of the node. Adapters translate,
 * authenticate and limit; what a call means is here, once.
 *
 * C1. A request is checked by the table before anything is done (control-request.ts); answers are plain JSON with stable names.
 * C2. A caller that goes away frees what it held at once. A wait without an end is made in slices of RESULT_SLICE_MS, so that nothing of it stays longer.
 * C3. A writing call has a requestId, given or minted here: its answer bears it, and so does each of its errors.
 * C4. `timeoutMs` of the request and of the context: the shorter one holds. Calls that the engine gives no deadline get one here: OUTCOME_UNKNOWN.
 * C5. Bounded: `callsMax` calls and `streamsMax` streams at once, then OVERLOADED.
 * Tests: control-service.spec.ts.
 */
import { defer, map, merge } from 'rxjs';
import type { Clock, Timer } from '../cluster/clock.js';
import type { Random } from '../cluster/random.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import type { CallOptions, ListFilter, QueryOptions, RunRef, StartOptions, WriteOptions } from '../workflow/service.js';
import type { NodeAdministration } from './administration-port.js';
import { checkList, checkQuery, checkStart, checkTimeout, checkWrite } from './arguments.js';
import { controlError } from './control-error.js';
import type { ControlApi, ControlContext, ControlStream, Json, JsonObject } from './control-port.js';
import { readRequest, type ControlRequest } from './control-request.js';
import { PacedStream, type Pace } from './control-stream.js';
import { viewStreamItem } from './event-view.js';
import type { RequestForwarder } from './request-forwarder.js';
import { topologyHandlers } from './topology-calls.js';

/** How long a wait for a result is one piece, ms. */
const RESULT_SLICE_MS = 30_000;
const CALLS_MAX = 10_000;
const STREAMS_MAX = 1_000;

export interface ControlServiceParts {
  readonly forwarder: RequestForwarder;
  readonly administration: NodeAdministration;
  readonly clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  readonly random: Pick<Random, 'uuid'>;
  /** Calls under way at most. Default 10,000. */
  readonly callsMax?: number;
  /** Streams open at most. Default 1,000. */
  readonly streamsMax?: number;
}

type Handler = (request: ControlRequest, call: Call) => Promise<JsonObject>;

/** One call under way. */
interface Call {
  readonly method: string;
  readonly signal: AbortSignal;
  /** Time that is left, ms; undefined: no end. */
  remainingMs(): number | undefined;
}

export class ControlService implements ControlApi {
  private calls = 0;
  private streams = 0;
  private readonly handlers: ReadonlyMap<string, Handler>;

  constructor(private readonly parts: ControlServiceParts) {
    this.handlers = new Map([...this.workflowHandlers(), ...this.nodeHandlers()]);
  }

  isServing(): boolean {
    return this.parts.administration.isServing();
  }

  /** Names of the calls that have a handler: a test holds them to the table. */
  get handled(): readonly string[] {
    return [...this.handlers.keys()];
  }

  async call(method: string, request: JsonObject, context: ControlContext): Promise<JsonObject> {
    const { fields } = readRequest(method, request, 'call');
    const { calls, handlers } = this;
    const { callsMax = CALLS_MAX } = this.parts;
    if (calls >= callsMax)
      throw new RaftoralError('OVERLOADED', `${method}: ${callsMax} calls are under way on this node; wait and try again.`);
    this.calls++;
    try {
      return await this.whileCalled(method, context, fields, (call) => handlers.get(method)!(fields, call));
    } catch (error) {
      throw controlError(method, error);
    } finally {
      this.calls--;
    }
  }

  stream(method: string, request: JsonObject, { signal }: ControlContext): ControlStream {
    const { fields } = readRequest(method, request, 'stream');
    const { streamsMax = STREAMS_MAX } = this.parts;
    const after = fields.integer('after') ?? 0;
    if (after < 0) throw fields.refuse('after', 'a whole number of 0 or more');
    if (this.streams >= streamsMax)
      throw new RaftoralError('OVERLOADED', `${method}: ${streamsMax} streams are open on this node; close one and try again.`);
    this.streams++;
    const { forwarder } = this.parts;
    const itemsOf = (ready: Pace) =>
      method === 'workflow.watch'
        ? merge(...forwarder.forAll().map((service) => service.events({ ready })))
        : forwarder.forWorkflow(fields.requiredText('workflowId')).runEvents(refOf(fields), after, { ready });
    return new PacedStream({
      open: (ready) => defer(() => itemsOf(ready)).pipe(map((item) => viewStreamItem(item) as unknown as JsonObject)),
      signal,
      translate: (error) => controlError(method, error),
      onEnd: () => this.streams--,
    });
  }

  // --- calls ----------------------------------------------------------------------------------------------------------------------

  private workflowHandlers(): Iterable<readonly [string, Handler]> {
    const { forwarder } = this.parts;
    const serviceOf = (request: ControlRequest) => forwarder.forWorkflow(request.requiredText('workflowId'));
    const write = (
      method: string,
      act: (request: ControlRequest, options: Required<Pick<WriteOptions, 'requestId'>> & WriteOptions) => Promise<void>,
    ) =>
      [
        method,
        async (request: ControlRequest, call: Call): Promise<JsonObject> => {
          const options = this.writeOptions(request, call);
          await act(request, options);
          return { requestId: options.requestId };
        },
      ] as const;
    const read = (method: string, act: (request: ControlRequest, options: QueryOptions) => Promise<JsonObject>) =>
      [method, (request: ControlRequest, call: Call) => act(request, this.readOptions(request, call))] as const;
    return [
      ['workflow.start', (request, call) => this.start(request, call)],
      ['workflow.execute', (request, call) => this.execute(request, call)],
      ['workflow.result', async (request, call) => ({ result: await this.result(refOf(request), call) })],
      read('workflow.describe', async (request, options) => plain(await serviceOf(request).describe(refOf(request), options))),
      read('workflow.explain', async (request, options) => plain(await serviceOf(request).explain(refOf(request), options))),
      read('workflow.history', async (request, options) => ({ history: await serviceOf(request).history(refOf(request), options) })),
      read('workflow.query', async (request, options) => {
        const args = request.json('args') ?? [];
        if (!Array.isArray(args)) throw request.refuse('args', 'an array of the arguments');
        return {
          result: json(await serviceOf(request).query(refOf(request), request.requiredText('query'), args as readonly Json[], options)),
        };
      }),
      ['workflow.list', async (request, call) => plain(await this.withDeadline(call, forwarder.list(filterOf(request))))],
      write('workflow.signal', (request, options) =>
        serviceOf(request).signal(refOf(request), request.requiredText('signal'), request.json('payload'), options),
      ),
      write('workflow.cancel', (request, options) => serviceOf(request).cancel(refOf(request), request.text('reason'), options)),
      write('workflow.terminate', (request, options) => serviceOf(request).terminate(refOf(request), options)),
      write('workflow.reset', (request, options) => serviceOf(request).reset(refOf(request), options)),
    ];
  }

  private nodeHandlers(): Iterable<readonly [string, Handler]> {
    const { administration } = this.parts;
    const members = (): JsonObject => plain(administration.members());
    const change = (method: string, act: (request: ControlRequest) => Promise<void>) =>
      [
        method,
        async (request: ControlRequest, call: Call): Promise<JsonObject> => {
          await this.withDeadline(call, act(request));
          return members();
        },
      ] as const;
    const topology = topologyHandlers(() => administration.topology).map(
      ([method, act]) => [method, (request: ControlRequest, call: Call) => this.withDeadline(call, act(request))] as const,
    );
    return [
      ...topology,
      ['discovery.nodes', async () => plain(administration.nodes())],
      ['membership.members', async () => members()],
      change('membership.addLearner', (request) => administration.addLearner(nodeOf(request, 'nodeId'))),
      change('membership.promote', (request) => administration.promote(nodeOf(request, 'nodeId'))),
      change('membership.remove', (request) => administration.remove(nodeOf(request, 'nodeId'))),
      change('membership.replace', (request) =>
        administration.replace({ lost: nodeOf(request, 'lost'), replacement: nodeOf(request, 'replacement') }),
      ),
      ['admin.status', async () => plain(administration.status())],
      change('admin.transferLeadership', (request) => administration.transferLeadership(nodeOf(request, 'to'))),
      [
        'admin.leave',
        async (request, call) => {
          const { nodeId } = administration.status();
          // A signature fits every node of the deployment: what is asked of one must not be repeated at the others by who has listened.
          const asked = request.integer('nodeId');
          const other = asked === undefined ? '' : ` (ask node ${asked} itself)`;
          if (asked !== nodeId) throw request.refuse('nodeId', `${nodeId}, the node that was asked${other}`);
          await this.withDeadline(call, administration.leave());
          return { nodeId };
        },
      ],
    ];
  }

  private async start(request: ControlRequest, call: Call): Promise<JsonObject> {
    const options = this.startOptions(request, call);
    const { forwarder } = this.parts;
    const { service, options: placed } = forwarder.forStart(options);
    return plain(await service.start(request.requiredText('name'), request.json('input'), placed));
  }

  private async execute(request: ControlRequest, call: Call): Promise<JsonObject> {
    const resultTimeoutMs = request.integer('resultTimeoutMs');
    checkTimeout(call.method, 'resultTimeoutMs', resultTimeoutMs, request.text('requestId'));
    const started = await this.start(request, call);
    const { workflowId, runId, requestId } = started as { workflowId: string; runId: string; requestId: string };
    try {
      const remainingMs = this.countdown(resultTimeoutMs);
      const wait: Call = { ...call, remainingMs: () => shorter(remainingMs(), call.remainingMs()) };
      return { workflowId, runId, requestId, result: await this.result({ workflowId, runId }, wait) };
    } catch (error) {
      throw controlError(call.method, error, { workflowId, runId }, requestId);
    }
  }

  /** Asks again from the run that the wait has come to (continueAsNew) until it has ended, the time is up, or the caller is gone. */
  private async result(given: RunRef, call: Call): Promise<Json> {
    for (let ref = given; ;) {
      const remainingMs = call.remainingMs();
      const sliceMs = Math.max(1, Math.min(remainingMs ?? RESULT_SLICE_MS, RESULT_SLICE_MS));
      try {
        return json(await this.parts.forwarder.forWorkflow(ref.workflowId).result(ref, { timeoutMs: sliceMs }));
      } catch (error) {
        const runId = isRaftoralError(error, 'OUTCOME_UNKNOWN') ? error.details['runId'] : undefined;
        const isOver = call.signal.aborted || (remainingMs !== undefined && remainingMs <= sliceMs);
        if (typeof runId !== 'string' || isOver) throw error;
        ref = { workflowId: ref.workflowId, runId };
      }
    }
  }

  // --- options and time -----------------------------------------------------------------------------------------------------------

  private startOptions(request: ControlRequest, call: Call): StartOptions & { readonly requestId: string } {
    const options = { ...this.write(request, call), ...request.pick('workflowId', 'version', 'onExisting') };
    checkStart(call.method, options);
    return options;
  }

  private writeOptions(request: ControlRequest, call: Call): WriteOptions & { readonly requestId: string } {
    const options = this.write(request, call);
    checkWrite(call.method, options);
    return options;
  }

  private write(request: ControlRequest, call: Call): WriteOptions & { readonly requestId: string } {
    return { requestId: request.text('requestId') ?? this.parts.random.uuid(), ...timeoutOf(call) };
  }

  private readOptions(request: ControlRequest, call: Call): QueryOptions {
    const options: QueryOptions = { ...request.pick('consistency'), ...timeoutOf(call) };
    checkQuery(call.method, options);
    return options;
  }

  /** Runs a call until it settles or its caller is gone. */
  private async whileCalled(
    method: string,
    { signal, timeoutMs }: ControlContext,
    fields: ControlRequest,
    act: (call: Call) => Promise<JsonObject>,
  ): Promise<JsonObject> {
    checkTimeout(method, 'timeoutMs', fields.integer('timeoutMs'), fields.text('requestId'));
    const gone = () => new RaftoralError('OUTCOME_UNKNOWN', `${method}: the caller went away before the answer.`, requestIdOf(fields));
    if (signal.aborted) throw gone();
    const call: Call = { method, signal, remainingMs: this.countdown(shorter(fields.integer('timeoutMs'), timeoutMs)) };
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(gone());
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([act(call), left]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** For what the engine itself gives no deadline, or a longer one. */
  private async withDeadline<T>(call: Call, work: Promise<T>): Promise<T> {
    const remainingMs = call.remainingMs();
    if (remainingMs === undefined) return work;
    let timer: Timer | null = null;
    const late = new Promise<never>((_, reject) => {
      const text = `${call.method}: not done within the deadline of this call; it may still be done. Look, then call again.`;
      timer = this.parts.clock.setTimer(remainingMs, () => reject(new RaftoralError('OUTCOME_UNKNOWN', text)), { unref: true });
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      (timer as Timer | null)?.cancel();
    }
  }

  private countdown(timeoutMs: number | undefined): () => number | undefined {
    if (timeoutMs === undefined) return () => undefined;
    const dueAt = this.parts.clock.monotonic() + timeoutMs;
    return () => Math.max(0, dueAt - this.parts.clock.monotonic());
  }
}

function shorter(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

/** A deadline that has just passed is the shortest there is: the engine refuses 0. */
function timeoutOf(call: Call): CallOptions {
  const remainingMs = call.remainingMs();
  return remainingMs === undefined ? {} : { timeoutMs: Math.max(1, remainingMs) };
}

function requestIdOf(request: ControlRequest): { readonly requestId?: string } {
  const requestId = request.text('requestId');
  return requestId === undefined ? {} : { requestId };
}

function refOf(request: ControlRequest): RunRef {
  const workflowId = request.requiredText('workflowId');
  const runId = request.text('runId');
  return runId === undefined ? { workflowId } : { workflowId, runId };
}

function nodeOf(request: ControlRequest, field: string): number {
  const nodeId = request.requiredInteger(field);
  if (nodeId < 1) throw request.refuse(field, 'a node id: a whole number of 1 or more');
  return nodeId;
}

function filterOf(request: ControlRequest): ListFilter {
  const filter = {
    ...request.pick('name', 'version', 'status', 'limit', 'cursor', 'consistency'),
    ...instantOf(request, 'startedAfter'),
    ...instantOf(request, 'startedBefore'),
  } as ListFilter;
  checkList(filter, request.method);
  return filter;
}

function instantOf(request: ControlRequest, field: string): Record<string, Date> {
  const text = request.text(field);
  if (text === undefined) return {};
  const instant = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || !Number.isFinite(instant.getTime())) throw request.refuse(field, 'an ISO 8601 instant');
  return { [field]: instant };
}

/** A value that the engine decoded from JSON; nothing is null. */
function json(value: unknown): Json {
  return value === undefined ? null : (value as Json);
}

/** An answer of the engine, whose type says that it is plain. */
function plain(answer: object): JsonObject {
  return answer as JsonObject;
}

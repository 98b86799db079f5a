/**
 * The service of a cluster, wherever that is: on this node, or on a member of it. What a cluster of one node answers, it answers in the same form.
 *
 * V1. Of a workflow id the cluster is looked up at each attempt, for its slot may move; of a cluster id never.
 * V2. What the user gave is made canonical here, before anything is sent: what JSON would change is refused with the same words as by the cluster (R7).
 * V3. A writing call has its request id, workflow id and expiry before the first send, and each attempt bears the same (R26, docs/adr/0064).
 * V4. A wait without an end is made in slices: who is asked may die, and who waits may go.
 * Tests: test/cluster/forwarded-calls.spec.ts.
 */
import { EMPTY, throwError, type Observable } from 'rxjs';
import type { Clock } from '../cluster/clock.js';
import type { EventStream, StreamOptions } from '../cluster/event-bus.js';
import { RaftoralError } from '../errors/index.js';
import { canonicalText, decodeText } from '../workflow/canonical-json.js';
import type {
  AwaitedStart,
  CallOptions,
  ClusterStanding,
  CountFilter,
  ListFilter,
  ListPage,
  OperationStanding,
  QueryOptions,
  RunDescription,
  RunExplanation,
  RunRef,
  StartAnswer,
  StartChildOptions,
  StartOptions,
  StateCheckEvent,
  WorkflowService,
  WorkflowStreamItem,
  WriteOptions,
} from '../workflow/service.js';
import { noPlace, type Place } from './call-budget.js';
import { notHosted, QUICK_ATTEMPT_MS, type CallPlan, type CallRouter } from './call-router.js';
import { forwardedFilter, type RequestOf } from './forwarded-call.js';
import type { MemberNotes } from './member-notes.js';
import { Placement } from './placement.js';
import { routedEvents } from './routed-events.js';
import type { RoutingTable } from './routing-table.js';

/** How long a wait for a result or an event is one request, ms. */
const WAIT_SLICE_MS = 5_000;
/** Calls that look at much may have all the time there is. */
const NO_BOUND = Number.POSITIVE_INFINITY;

export interface RoutedServiceParts {
  readonly router: CallRouter;
  readonly notes: MemberNotes;
  readonly nodeId: number;
  readonly clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  readonly random: { uuid(): string };
  readonly requestTimeoutMs: number;
  hosted(clusterId: number): WorkflowService | undefined;
}

type Sent = 'requestId' | 'expiryMs';

export class RoutedService implements WorkflowService {
  readonly nodeId: number;

  constructor(
    private readonly parts: RoutedServiceParts,
    private readonly locate: (table: RoutingTable | null) => number,
  ) {
    this.nodeId = parts.nodeId;
  }

  /** That is asked first, as far as is known now; 0: none. */
  get clusterId(): number {
    return this.locate(this.parts.router.table);
  }

  // --- writing --------------------------------------------------------------------------------------------------------------------

  async start(name: string, input: unknown, options: StartOptions & AwaitedStart = {}): Promise<StartAnswer> {
    const { random } = this.parts;
    const requestId = options.requestId ?? random.uuid();
    const workflowId = options.workflowId ?? Placement.idFor(requestId, () => random.uuid());
    const { version, onExisting, timeoutMs, resultWithinMs } = options;
    return this.write('start', requestId, timeoutMs, () => {
      const request = {
        name,
        input: canonicalText(input, `the input of workflow '${name}'`),
        workflowId,
        version,
        onExisting,
        resultWithinMs,
      };
      return {
        request,
        here: (service, write) => service.start(name, input, { ...options, ...write, workflowId }),
        read: ({ value, ...started }) => (value === undefined ? started : { ...started, ended: { value: decodeText(value) } }),
      };
    });
  }

  startChild(name: string, input: unknown, options: StartChildOptions): Promise<StartAnswer> {
    const { workflowId, parent, version, timeoutMs } = options;
    return this.write('startChild', parent.token, timeoutMs, () => ({
      request: { name, input: canonicalText(input, `the input of workflow '${name}'`), workflowId, parent, version },
      here: (service, { expiryMs, timeoutMs: leftMs = 1 }) => service.startChild(name, input, { ...options, expiryMs, timeoutMs: leftMs }),
      read: same,
    }));
  }

  signal(ref: RunRef, signal: string, payload: unknown, { requestId, timeoutMs }: WriteOptions = {}): Promise<void> {
    return this.write('signal', requestId, timeoutMs, () => ({
      request: { ref, signal, payload: canonicalText(payload, `the payload of signal '${signal}'`) },
      here: (service, write) => service.signal(ref, signal, payload, write),
      read: nothing,
    }));
  }

  cancel(ref: RunRef, reason?: string, { requestId, timeoutMs }: WriteOptions = {}): Promise<void> {
    return this.write('cancel', requestId, timeoutMs, () => ({
      request: reason === undefined ? { ref } : { ref, reason },
      here: (service, write) => service.cancel(ref, reason, write),
      read: nothing,
    }));
  }

  terminate(ref: RunRef, { requestId, timeoutMs }: WriteOptions = {}): Promise<void> {
    return this.write('terminate', requestId, timeoutMs, () => ({
      request: { ref },
      here: (service, write) => service.terminate(ref, write),
      read: nothing,
    }));
  }

  reset(ref: RunRef, { requestId, timeoutMs }: WriteOptions = {}): Promise<void> {
    return this.write('reset', requestId, timeoutMs, () => ({
      request: { ref },
      here: (service, write) => service.reset(ref, write),
      read: nothing,
    }));
  }

  // --- reading --------------------------------------------------------------------------------------------------------------------

  async result(ref: RunRef, { timeoutMs }: CallOptions = {}): Promise<unknown> {
    const place = noPlace();
    try {
      return await this.resultOf(ref, timeoutMs, place);
    } finally {
      this.parts.router.leave(place);
    }
  }

  operationStanding(ref: Required<RunRef>, key: string, occurrence: number): Promise<OperationStanding> {
    return this.parts.router.call({
      method: 'operationStanding',
      locate: this.locate,
      request: { ref, key, occurrence },
      here: (service) => service.operationStanding(ref, key, occurrence),
      read: same,
      attemptMsMax: QUICK_ATTEMPT_MS,
    });
  }

  async query(ref: RunRef, query: string, args: readonly unknown[], options: QueryOptions = {}): Promise<unknown> {
    const texts = args.map((argument, i) => canonicalText(argument, `argument ${i + 1} of query '${query}'`));
    return this.read(
      'query',
      options,
      { ref, query, args: texts },
      QUICK_ATTEMPT_MS,
      (service, given) => service.query(ref, query, args, given),
      decodeText,
    );
  }

  describe(ref: RunRef, options: QueryOptions = {}): Promise<RunDescription> {
    return this.read('describe', options, { ref }, QUICK_ATTEMPT_MS, (service, given) => service.describe(ref, given), same);
  }

  explain(ref: RunRef, options: QueryOptions = {}): Promise<RunExplanation> {
    return this.read('explain', options, { ref }, NO_BOUND, (service, given) => service.explain(ref, given), same);
  }

  history(ref: RunRef, options: QueryOptions = {}): Promise<string> {
    return this.read('history', options, { ref }, NO_BOUND, (service, given) => service.history(ref, given), same);
  }

  list(filter: ListFilter = {}): Promise<ListPage> {
    return this.parts.router.call({
      method: 'list',
      locate: this.locate,
      request: { filter: forwardedFilter(filter) },
      here: (service) => service.list(filter),
      read: same,
      attemptMsMax: NO_BOUND,
    });
  }

  count(filter: CountFilter = {}): Promise<number> {
    return this.parts.router.call({
      method: 'count',
      locate: this.locate,
      request: { filter: forwardedFilter(filter) },
      here: (service) => service.count(filter),
      read: same,
      attemptMsMax: NO_BOUND,
    });
  }

  // --- streams --------------------------------------------------------------------------------------------------------------------

  runEvents(ref: RunRef, after = 0, options: StreamOptions = {}): EventStream<WorkflowStreamItem> {
    const { router, requestTimeoutMs } = this.parts;
    const isHosted = (service: WorkflowService): boolean => this.parts.hosted(this.clusterId) === service;
    return routedEvents({
      ref,
      after,
      options,
      router,
      locate: this.locate,
      waitMs: WAIT_SLICE_MS,
      requestTimeoutMs,
      pin: () => this.pin(ref),
      isHosted,
    });
  }

  /** Of a cluster that this node hosts; else NOT_MEMBER. */
  get events$(): EventStream<WorkflowStreamItem> {
    return this.ofHosted((service) => service.events$);
  }

  /** As events$. */
  events(options: StreamOptions): EventStream<WorkflowStreamItem> {
    return this.ofHosted((service) => service.events(options));
  }

  /** As events$. */
  get stateChecks$(): EventStream<StateCheckEvent> {
    return this.ofHosted((service) => service.stateChecks$);
  }

  standing(): ClusterStanding {
    const service = this.parts.hosted(this.clusterId);
    if (service === undefined) throw notHosted(this.clusterId);
    return service.standing();
  }

  // --- parts ----------------------------------------------------------------------------------------------------------------------

  /** In slices, all of them at one place of the budget. */
  private async resultOf(ref: RunRef, timeoutMs: number | undefined, place: Place): Promise<unknown> {
    const { clock, requestTimeoutMs } = this.parts;
    const untilMs = timeoutMs === undefined ? NO_BOUND : clock.monotonic() + timeoutMs;
    for (let at = ref; ;) {
      const leftMs = Math.max(1, untilMs - clock.monotonic());
      const waitMs = Math.min(WAIT_SLICE_MS, leftMs);
      const answer = await this.parts.router.call<'result', { value: unknown } | { pending: string }>({
        method: 'result',
        locate: this.locate,
        request: { ref: at, waitMs },
        // Asked once more, after a replica here was lost, it has what is left then.
        here: async (service) => ({
          value: await service.result(at, timeoutMs === undefined ? {} : { timeoutMs: Math.max(1, untilMs - clock.monotonic()) }),
        }),
        read: (given) => ('value' in given ? { value: decodeText(given.value) } : given),
        // Whoever is asked has the slice; what is left is for asking another one.
        timeoutMs: Math.min(leftMs, waitMs + requestTimeoutMs),
        attemptMsMax: NO_BOUND,
        attemptMsMin: waitMs + QUICK_ATTEMPT_MS,
        isWait: true,
        leaderFirst: true,
        place,
      });
      if ('value' in answer) return answer.value;
      at = { workflowId: ref.workflowId, runId: answer.pending };
      if (clock.monotonic() < untilMs) continue;
      const text = `workflow '${ref.workflowId}' has not ended within the deadline of this call; it goes on, ask again`;
      throw new RaftoralError('OUTCOME_UNKNOWN', text, { details: { ...at } });
    }
  }

  /** The run that a reference without a run id means now. */
  private async pin(ref: RunRef): Promise<RunRef> {
    if (ref.runId !== undefined || this.parts.hosted(this.clusterId) !== undefined) return ref;
    const { workflowId, runId } = await this.describe(ref);
    return { workflowId, runId };
  }

  private ofHosted<Item>(stream: (service: WorkflowService) => Observable<Item>): Observable<Item> {
    const { clusterId } = this;
    if (clusterId === 0) return EMPTY;
    const service = this.parts.hosted(clusterId);
    return service === undefined ? throwError(() => notHosted(clusterId)) : stream(service);
  }

  private async write<Method extends 'start' | 'startChild' | 'signal' | 'cancel' | 'terminate' | 'reset', Answer>(
    method: Method,
    given: string | undefined,
    timeoutMs: number | undefined,
    make: () => {
      readonly request: Omit<RequestOf<Method>, Sent>;
      readonly here: (service: WorkflowService, write: WriteOptions & { readonly expiryMs: number }) => Promise<Answer>;
      readonly read: CallPlan<Method, Answer>['read'];
    },
  ): Promise<Answer> {
    const requestId = given ?? this.parts.random.uuid();
    try {
      const { request, here, read } = make();
      const untilMs = this.parts.clock.monotonic() + (timeoutMs ?? this.parts.requestTimeoutMs);
      const expiryMs = await this.expiry(timeoutMs);
      return await this.parts.router.call<Method, Answer>({
        method,
        locate: this.locate,
        request: { ...request, requestId, expiryMs } as unknown as RequestOf<Method>,
        here: (service, leftMs) => here(service, { requestId, expiryMs, timeoutMs: leftMs }),
        read,
        timeoutMs: Math.max(1, untilMs - this.parts.clock.monotonic()),
        attemptMsMax: QUICK_ATTEMPT_MS,
        isWrite: true,
        leaderFirst: true,
        requestId,
      });
    } catch (error) {
      if (!(error instanceof RaftoralError) || error.requestId !== undefined) throw error;
      throw new RaftoralError(error.code, error.message, { cause: error.cause, requestId, details: error.details });
    }
  }

  /** R26: of the log of the cluster that is asked first. A member that was never heard of is asked for it. */
  private async expiry(timeoutMs: number | undefined): Promise<number> {
    const { router, notes } = this.parts;
    const here = this.parts.hosted(this.clusterId);
    if (here !== undefined) return expiryOf(here.standing());
    return notes.expiryMs(this.clusterId) ?? this.askedExpiry(router, timeoutMs);
  }

  private async askedExpiry(router: CallRouter, timeoutMs: number | undefined): Promise<number> {
    let standing: ClusterStanding | null = null;
    await router.call({
      method: 'standing',
      locate: this.locate,
      request: {},
      here: async (service) => void (standing = service.standing()),
      read: (_, heard) => void (standing = heard),
      attemptMsMax: QUICK_ATTEMPT_MS,
      leaderFirst: true,
      timeoutMs,
    });
    if (standing === null) throw notHosted(this.clusterId);
    return expiryOf(standing);
  }

  private read<Method extends 'query' | 'describe' | 'explain' | 'history', Answer>(
    method: Method,
    { consistency, timeoutMs }: QueryOptions,
    request: Omit<RequestOf<Method>, 'consistency'>,
    attemptMsMax: number,
    here: (service: WorkflowService, options: QueryOptions) => Promise<Answer>,
    read: CallPlan<Method, Answer>['read'],
  ): Promise<Answer> {
    const given = consistency === undefined ? {} : { consistency };
    return this.parts.router.call<Method, Answer>({
      method,
      locate: this.locate,
      request: { ...request, ...given } as unknown as RequestOf<Method>,
      here: (service, leftMs) => here(service, { ...given, timeoutMs: leftMs }),
      read,
      timeoutMs,
      attemptMsMax,
    });
  }
}

function expiryOf({ logTimeMs, requestRetentionMs }: ClusterStanding): number {
  return logTimeMs + requestRetentionMs;
}

function nothing(): void {
  return;
}

function same<T>(value: T): T {
  return value;
}

/**
 * Answers calls that other nodes forward to this one (call-router.ts), for clusters that it hosts.
 *
 * S1. One hop: what is not hosted here is NOT_MEMBER, never asked further.
 * S2. Bounded: calls under way, of them those that wait, and bytes of their requests; beyond that OVERLOADED.
 * S3. A call ends when the time of its caller is up, whatever it waits for.
 * Tests: call-server.spec.ts, test/cluster/forwarded-calls.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import { RaftoralError, isRaftoralError } from '../errors/index.js';
import { canonicalText, decodeText } from '../workflow/canonical-json.js';
import type { CountFilter, ListFilter, StartAnswer, WorkflowService } from '../workflow/service.js';
import {
  CALL_METHOD,
  PART_METHOD,
  decodeCall,
  encodeAnswer,
  encodeFailure,
  filterOf,
  writeOptionsOf,
  type AnswerHead,
  type AnswerOf,
  type ForwardedCall,
  type ForwardedMethod,
  type RequestOf,
} from './forwarded-call.js';
import { LargeAnswers } from './large-answers.js';
import type { NodeCalls, RoutingSource } from './routing-port.js';
import { readEvents } from './run-events-page.js';

const CALLS_MAX = 4_096;
const WAITS_MAX = 20_000;
const REQUEST_BYTES_MAX = 256 * 1024 * 1024;
/** Of a start that is answered with the result: it is counted among the calls, not among the waits, and its caller takes a late answer for a lost node. */
const RESULT_WITHIN_MS_MAX = 100;

export interface CallServerParts {
  readonly calls: NodeCalls;
  readonly routes: RoutingSource;
  readonly clock: Pick<Clock, 'setTimer'>;
  hosted(clusterId: number): WorkflowService | undefined;
  readonly callsMax?: number;
  readonly waitsMax?: number;
  readonly requestBytesMax?: number;
}

type Handlers = {
  readonly [Method in ForwardedMethod]: (
    service: WorkflowService,
    request: RequestOf<Method>,
    timeoutMs: number,
  ) => Promise<AnswerOf<Method> | void>;
};

export class CallServer {
  private readonly large: LargeAnswers;
  private readonly handlers: Handlers;
  private calls = 0;
  private waits = 0;
  private bytes = 0;

  constructor(private readonly parts: CallServerParts) {
    this.large = new LargeAnswers(parts.clock);
    this.handlers = handlersOf(parts.clock);
    parts.calls.handle(CALL_METHOD, (from, body, remainingMs) => this.answer(from, body, remainingMs));
    parts.calls.handle(PART_METHOD, async (from, body) => this.large.part(from, body));
  }

  private async answer(from: number, body: Uint8Array, remainingMs: number): Promise<Uint8Array> {
    const call = decodeCall(body);
    const service = this.parts.hosted(call.clusterId);
    let answered: Uint8Array;
    try {
      if (service === undefined)
        throw new RaftoralError('NOT_MEMBER', `Node ${this.parts.calls.nodeId} does not host cluster ${call.clusterId}.`, {
          details: { clusterId: call.clusterId },
        });
      const answer = await this.whileCounted(call.method, body.length, () => this.carryOut(service, call, Math.max(1, remainingMs)));
      answered = encodeAnswer(this.head(service), answer);
    } catch (error) {
      answered = encodeFailure(this.head(service), error);
    }
    return this.large.send(from, answered);
  }

  private carryOut<Method extends ForwardedMethod>(
    service: WorkflowService,
    { method, request }: ForwardedCall<Method>,
    timeoutMs: number,
  ): Promise<unknown> {
    const handler = this.handlers[method] as Handlers[Method];
    return handler(service, request as RequestOf<Method>, timeoutMs);
  }

  private async whileCounted(method: ForwardedMethod, bytes: number, act: () => Promise<unknown>): Promise<unknown> {
    const { callsMax = CALLS_MAX, waitsMax = WAITS_MAX, requestBytesMax = REQUEST_BYTES_MAX } = this.parts;
    const isWait = method === 'result' || method === 'events';
    if ((isWait ? this.waits >= waitsMax : this.calls >= callsMax) || this.bytes + bytes > requestBytesMax)
      throw new RaftoralError(
        'OVERLOADED',
        `Node ${this.parts.calls.nodeId} answers as many forwarded calls as it may; wait and try again.`,
        {
          details: { limit: 'forwardedCalls' },
        },
      );
    const count = (by: number): void => {
      if (isWait) this.waits += by;
      else this.calls += by;
      this.bytes += by * bytes;
    };
    count(1);
    try {
      return await act();
    } finally {
      count(-1);
    }
  }

  private head(service: WorkflowService | undefined): AnswerHead {
    return { standing: service?.standing() ?? null, topology: this.parts.routes.table()?.version ?? -1 };
  }
}

/** What the run returned, if it does within that time. Whatever else became of it is for a call that asks for the result. */
async function endedWithin(service: WorkflowService, { workflowId, runId }: StartAnswer, timeoutMs: number): Promise<{ value?: string }> {
  try {
    const value = await service.result({ workflowId, runId }, { timeoutMs: Math.max(1, timeoutMs) });
    return { value: canonicalText(value, 'the result') };
  } catch (error) {
    if (isRaftoralError(error)) return {};
    throw error;
  }
}

function handlersOf(clock: Pick<Clock, 'setTimer'>): Handlers {
  return {
    standing: async () => null,
    start: async (service, { name, input, workflowId, resultWithinMs, ...rest }, timeoutMs) => {
      const { version, onExisting } = rest;
      const options = { ...writeOptionsOf(rest, timeoutMs), workflowId, ...(version === undefined ? {} : { version }) };
      const started = await service.start(name, decodeText(input), onExisting === undefined ? options : { ...options, onExisting });
      if (resultWithinMs === undefined || !(resultWithinMs > 0)) return started;
      return { ...started, ...(await endedWithin(service, started, Math.min(resultWithinMs, RESULT_WITHIN_MS_MAX, timeoutMs / 4))) };
    },
    startChild: (service, { name, input, workflowId, parent, version, expiryMs }, timeoutMs) => {
      const options = { workflowId, parent, expiryMs, timeoutMs, ...(version === undefined ? {} : { version }) };
      return service.startChild(name, decodeText(input), options);
    },
    operationStanding: (service, { ref, key, occurrence }) => service.operationStanding(ref, key, occurrence),
    signal: (service, request, timeoutMs) =>
      service.signal(request.ref, request.signal, decodeText(request.payload), writeOptionsOf(request, timeoutMs)),
    cancel: (service, request, timeoutMs) => service.cancel(request.ref, request.reason, writeOptionsOf(request, timeoutMs)),
    terminate: (service, request, timeoutMs) => service.terminate(request.ref, writeOptionsOf(request, timeoutMs)),
    reset: (service, request, timeoutMs) => service.reset(request.ref, writeOptionsOf(request, timeoutMs)),
    result: async (service, { ref, waitMs }, timeoutMs) => {
      try {
        const value = await service.result(ref, { timeoutMs: Math.max(1, Math.min(waitMs, timeoutMs)) });
        return { value: canonicalText(value, 'the result') };
      } catch (error) {
        const runId = isRaftoralError(error, 'OUTCOME_UNKNOWN') ? error.details['runId'] : undefined;
        if (typeof runId !== 'string') throw error;
        return { pending: runId };
      }
    },
    query: async (service, { ref, query, args, ...rest }, timeoutMs) =>
      canonicalText(await service.query(ref, query, args.map(decodeText), { ...rest, timeoutMs }), 'the answer'),
    describe: (service, { ref, ...rest }, timeoutMs) => service.describe(ref, { ...rest, timeoutMs }),
    explain: (service, { ref, ...rest }, timeoutMs) => service.explain(ref, { ...rest, timeoutMs }),
    history: (service, { ref, ...rest }, timeoutMs) => service.history(ref, { ...rest, timeoutMs }),
    list: (service, { filter }) => service.list(filterOf<ListFilter>(filter)),
    count: (service, { filter }) => service.count(filterOf<CountFilter>(filter)),
    events: (service, { ref, after, waitMs }, timeoutMs) => readEvents(service, ref, after, Math.min(waitMs, timeoutMs), clock),
  };
}

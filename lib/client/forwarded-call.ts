/**
 * A call of WorkflowService on its way to a node that hosts the cluster, and its answer: JSON. Pure.
 *
 * W1. Values of user code (inputs, payloads, arguments, results) are texts of canonical JSON, as the log has them: undefined is '', nothing is lost (R7).
 * W2. Errors keep code, message, details, requestId and causes. A code that this version does not know becomes MALFORMED_FRAME with its text.
 * W3. Every answer says how its cluster stands (leader, log time) and which version of the topology its node knows.
 * W4. A released field never changes its meaning; new ones are optional, and unknown ones are ignored.
 * Tests: forwarded-call.spec.ts.
 */
import { ERROR_CODES, RaftoralError, isRaftoralError, type RaftoralErrorCode } from '../errors/index.js';
import { fromErrorRecord, toErrorRecord } from '../workflow/error-record.js';
import { decodeEvent, encodeEvent } from '../workflow/event-codec.js';
import type { ErrorRecord } from '../workflow/event.js';
import type {
  AwaitedStart,
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
  WorkflowStreamItem,
  WriteOptions,
} from '../workflow/service.js';

export const CALL_METHOD = 'workflow.call';
/** The rest of a large answer. */
export const PART_METHOD = 'workflow.part';

interface Write {
  readonly requestId: string;
  /** R26: fixed before the first send, in log time of the cluster. */
  readonly expiryMs: number;
}

type Consistency = QueryOptions['consistency'];

/** By name: the fields of each call, and its answer. */
export interface ForwardedCalls {
  standing: { request: object; answer: null };
  start: {
    request: Write & Pick<StartOptions, 'version' | 'onExisting'> & AwaitedStart & { name: string; input: string; workflowId: string };
    /** `value`: what the run returned, if that was asked for and it has ended; an older node never says so. */
    answer: Omit<StartAnswer, 'ended'> & { value?: string };
  };
  startChild: {
    request: Write & Pick<StartChildOptions, 'version' | 'parent'> & { name: string; input: string; workflowId: string };
    answer: StartAnswer;
  };
  operationStanding: { request: { ref: Required<RunRef>; key: string; occurrence: number }; answer: OperationStanding };
  signal: { request: Write & { ref: RunRef; signal: string; payload: string }; answer: null };
  cancel: { request: Write & { ref: RunRef; reason?: string }; answer: null };
  terminate: { request: Write & { ref: RunRef }; answer: null };
  reset: { request: Write & { ref: RunRef }; answer: null };
  /** Waits at most `waitMs`; then `pending` is the run that the wait has come to (continueAsNew). */
  result: { request: { ref: RunRef; waitMs: number }; answer: { value: string } | { pending: string } };
  query: { request: { ref: RunRef; query: string; args: readonly string[]; consistency?: Consistency }; answer: string };
  describe: { request: { ref: RunRef; consistency?: Consistency }; answer: RunDescription };
  explain: { request: { ref: RunRef; consistency?: Consistency }; answer: RunExplanation };
  history: { request: { ref: RunRef; consistency?: Consistency }; answer: string };
  list: { request: { filter: ForwardedFilter<ListFilter> }; answer: ListPage };
  count: { request: { filter: ForwardedFilter<CountFilter> }; answer: number };
  /** Items after wseq `after`, of one run, as soon as there are any, else none after `waitMs`. */
  events: { request: { ref: RunRef; after: number; waitMs: number }; answer: { items: readonly ForwardedItem[]; isEnd: boolean } };
}

export type ForwardedMethod = keyof ForwardedCalls;
export type RequestOf<Method extends ForwardedMethod> = ForwardedCalls[Method]['request'];
export type AnswerOf<Method extends ForwardedMethod> = ForwardedCalls[Method]['answer'];

/** Instants as ms since the epoch. */
export type ForwardedFilter<Filter> = Omit<Filter, 'startedAfter' | 'startedBefore'> & { startedAfter?: number; startedBefore?: number };

/** Events travel as the bytes that the log has, in base64. */
export type ForwardedItem =
  | { readonly workflowId: string; readonly runId: string; readonly wseq: number; readonly event: string }
  | Extract<WorkflowStreamItem, { readonly type: 'gap' | 'diverged' }>;

export interface ForwardedCall<Method extends ForwardedMethod = ForwardedMethod> {
  readonly method: Method;
  readonly clusterId: number;
  readonly request: RequestOf<Method>;
}

/** Beside every answer. */
export interface AnswerHead {
  /** null: the node does not host the cluster. */
  readonly standing: ClusterStanding | null;
  /** That the node knows; -1: none. */
  readonly topology: number;
}

const METHODS: Readonly<Record<ForwardedMethod, true>> = {
  standing: true,
  start: true,
  startChild: true,
  operationStanding: true,
  signal: true,
  cancel: true,
  terminate: true,
  reset: true,
  result: true,
  query: true,
  describe: true,
  explain: true,
  history: true,
  list: true,
  count: true,
  events: true,
};

export function encodeCall(call: ForwardedCall): Uint8Array {
  return Buffer.from(JSON.stringify(call), 'utf8');
}

/** Throws MALFORMED_FRAME; a method that this version does not have is INVALID_ARGUMENT. The service itself checks what is in the fields. */
export function decodeCall(body: Uint8Array): ForwardedCall {
  const call = parse(CALL_METHOD, body);
  const { method, clusterId, request } = call;
  if (typeof method !== 'string' || !Number.isSafeInteger(clusterId) || typeof request !== 'object' || request === null)
    throw new RaftoralError('MALFORMED_FRAME', `${CALL_METHOD}: method, clusterId or request is missing.`);
  if (!Object.hasOwn(METHODS, method))
    throw new RaftoralError('INVALID_ARGUMENT', `This node knows no call '${method.slice(0, 60)}'; is it of an older version?`, {
      details: { argument: 'method' },
    });
  return call as unknown as ForwardedCall;
}

type Answered = AnswerHead & ({ readonly answer: unknown } | { readonly error: ForwardedError });

export function encodeAnswer(head: AnswerHead, answer: unknown): Uint8Array {
  return Buffer.from(JSON.stringify({ ...head, answer: answer ?? null }), 'utf8');
}

export function encodeFailure(head: AnswerHead, error: unknown): Uint8Array {
  return Buffer.from(JSON.stringify({ ...head, error: forwardedError(error) }), 'utf8');
}

/** `answer` or `error`. Throws MALFORMED_FRAME. */
export function decodeAnswer(body: Uint8Array): AnswerHead & ({ readonly answer: unknown } | { readonly error: RaftoralError }) {
  const answered = parse('answer of a forwarded call', body) as unknown as Answered;
  const head: AnswerHead = { standing: answered.standing ?? null, topology: answered.topology ?? -1 };
  return 'error' in answered ? { ...head, error: errorOf(answered.error) } : { ...head, answer: answered.answer };
}

function parse(what: string, body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as unknown;
    if (typeof json === 'object' && json !== null) return json as Readonly<Record<string, unknown>>;
  } catch {
    // told below
  }
  throw new RaftoralError('MALFORMED_FRAME', `Malformed ${what}: it is no JSON object; look for a node of another version.`);
}

// --- errors -------------------------------------------------------------------------------------------------------------------------

interface ForwardedError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId?: string | undefined;
  readonly cause?: ErrorRecord | undefined;
}

/** What is not one of ours arrives as INVARIANT_VIOLATED with its text: nothing is swallowed. */
function forwardedError(error: unknown): ForwardedError {
  if (!isRaftoralError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'INVARIANT_VIOLATED', message, details: {} };
  }
  const { code, message, details, requestId, cause } = error;
  return { code, message, details, requestId, cause: cause === undefined ? undefined : toErrorRecord(cause, true) };
}

function errorOf({ code, message, details, requestId, cause }: ForwardedError): RaftoralError {
  const options = {
    details: typeof details === 'object' && details !== null ? details : {},
    ...(typeof requestId === 'string' ? { requestId } : {}),
    ...(cause === undefined ? {} : { cause: fromErrorRecord(cause) }),
  };
  if (Object.hasOwn(ERROR_CODES, code)) return new RaftoralError(code as RaftoralErrorCode, String(message), options);
  return new RaftoralError('MALFORMED_FRAME', `another node answered with an error of unknown code ${code}: ${message}`, options);
}

// --- fields -------------------------------------------------------------------------------------------------------------------------

export function forwardedFilter<Filter extends CountFilter>(filter: Filter): ForwardedFilter<Filter> {
  const { startedAfter, startedBefore, ...rest } = filter;
  return {
    ...rest,
    ...(startedAfter === undefined ? {} : { startedAfter: startedAfter.getTime() }),
    ...(startedBefore === undefined ? {} : { startedBefore: startedBefore.getTime() }),
  };
}

export function filterOf<Filter extends CountFilter>({ startedAfter, startedBefore, ...rest }: ForwardedFilter<Filter>): Filter {
  return {
    ...rest,
    ...(startedAfter === undefined ? {} : { startedAfter: new Date(startedAfter) }),
    ...(startedBefore === undefined ? {} : { startedBefore: new Date(startedBefore) }),
  } as unknown as Filter;
}

export function forwardedItem(item: WorkflowStreamItem): ForwardedItem {
  if (item.type !== 'event') return item;
  const { workflowId, runId, wseq, event } = item;
  return { workflowId, runId, wseq, event: Buffer.from(encodeEvent(event)).toString('base64') };
}

/** Throws MALFORMED_FRAME. */
export function itemOf(item: ForwardedItem): WorkflowStreamItem {
  if ('type' in item) return item;
  const { workflowId, runId, wseq, event } = item;
  const bytes = Buffer.from(event, 'base64');
  return { type: 'event', workflowId, runId, wseq, event: decodeEvent(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)) };
}

/** Write options of a call that arrived. */
export function writeOptionsOf({ requestId, expiryMs }: Write, timeoutMs: number): WriteOptions & { readonly expiryMs: number } {
  return { requestId, expiryMs, timeoutMs };
}

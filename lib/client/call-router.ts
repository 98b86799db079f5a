/**
 * Carries one call to a replica that can answer it: here, or on a member of the cluster, and on the next one where that fails.
 *
 * A1. A cluster that this node hosts answers here. Otherwise one hop, never two: who is asked answers for what it hosts, or says NOT_MEMBER.
 * A2. What surely was not done (NOT_MEMBER, NO_ROUTE, a node that stops, …) goes to the next member; so does what may have been done: a write is sent with
 *     the same ids and the same expiry each time (R26), so it is done once.
 * A3. A cluster that says WRONG_CLUSTER may name the one that has the slot (`details.clusterId`), which is asked at once. When that is of no use, or all members
 *     were asked, a newer table is waited for, at most a pause that doubles; then again, until the deadline. It ends in OUTCOME_UNKNOWN if any attempt may have
 *     taken effect, else in the last error.
 * A4. A refusal that another member would repeat is handed on at once; OVERLOADED and the like once every member has said so. Where an earlier attempt may have taken
 *     effect, a refusal counts only if it is the log's, or holds for what any replica would do with the call.
 * A5. A wait on the replica of this node has no deadline of the router's; once that replica is lost, what is left is for finding another one.
 * A6. After close() nobody is asked any more: what is under way elsewhere, or in a pause, ends at once in SHUTTING_DOWN, a write that may have been sent in
 *     OUTCOME_UNKNOWN; so does every later call. What a replica here carries out ends as that one says. SHUTTING_DOWN of another node is passing (A2).
 * A7. Calls to other nodes are bounded (call-budget.ts); beyond that OVERLOADED, and nobody is asked.
 * Tests: call-router.spec.ts, test/cluster/forwarded-calls.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import { RaftoralError, type RaftoralErrorCode } from '../errors/index.js';
import type { ClusterStanding, WorkflowService } from '../workflow/service.js';
import { CallBudget, noPlace, type CallBudgetOptions, type Place } from './call-budget.js';
import {
  CALL_METHOD,
  PART_METHOD,
  decodeAnswer,
  encodeCall,
  type AnswerOf,
  type ForwardedMethod,
  type RequestOf,
} from './forwarded-call.js';
import { receiveAnswer } from './large-answers.js';
import type { MemberNotes } from './member-notes.js';
import type { NodeCalls, RoutingSource } from './routing-port.js';
import type { RoutingTable } from './routing-table.js';

/** Where the slot is no more, or not yet. */
const WRONG_CLUSTER = 'WRONG_CLUSTER' satisfies RaftoralErrorCode;
/** Of a replica here that can not answer any more; the members may. */
const NOT_HERE: ReadonlySet<RaftoralErrorCode> = new Set(['NOT_MEMBER', 'GROUP_HALTED']);
/** Passing: the next member, and all of them again. */
const PASSING: ReadonlySet<RaftoralErrorCode> = new Set([
  'NOT_MEMBER',
  'NOT_LEADER',
  'NO_LEADER',
  'NO_ROUTE',
  'PEER_REFUSED',
  'SHUTTING_DOWN',
  'OUTCOME_UNKNOWN',
]);
/** Of one replica: each member is asked once. */
const OF_ONE_MEMBER: ReadonlySet<RaftoralErrorCode> = new Set([
  'OVERLOADED',
  'GROUP_HALTED',
  'STATE_DIVERGED',
  'STORAGE_FAILED',
  'STORAGE_FULL',
  'STORAGE_READ_ONLY',
  'STORAGE_DAMAGED',
  'MALFORMED_FRAME',
]);
/** Said by one replica from what it knows, before anything is proposed: no word on what came of an earlier attempt elsewhere. */
const BEFORE_PROPOSAL: ReadonlySet<RaftoralErrorCode> = new Set([
  'UNKNOWN_WORKFLOW',
  'WORKFLOW_BLOCKED',
  'MISSING_INPUT',
  'PAYLOAD_TOO_LARGE',
]);
/** After these the write may stand in the log. */
const UNKNOWN: ReadonlySet<RaftoralErrorCode> = new Set([
  'OUTCOME_UNKNOWN',
  'GROUP_HALTED',
  'SHUTTING_DOWN',
  'STORAGE_FAILED',
  'MALFORMED_FRAME',
]);

/** Of a request to another node: a larger one might not fit into a frame, and nobody would hear of it, bytes. */
const REQUEST_BYTES_MAX = 32 * 1024 * 1024;
const PAUSE_MS_MIN = 20;
const PAUSE_MS_MAX = 1_000;
/** A member has half of what is left, so that another one can be asked, and never less than this, ms. */
const ATTEMPT_MS_MIN = 1_000;
/** Most of the time of an attempt that is quick when all is well, ms. */
export const QUICK_ATTEMPT_MS = 2_500;

export interface CallPlan<Method extends ForwardedMethod, Answer> {
  readonly method: Method;
  /** Of this table; 0 where it knows none. */
  readonly locate: (table: RoutingTable | null) => number;
  /** The call on the replica of this node, `timeoutMs` before its deadline. */
  readonly here: (service: WorkflowService, timeoutMs: number) => Promise<Answer>;
  readonly request: RequestOf<Method>;
  readonly read: (answer: AnswerOf<Method>, standing: ClusterStanding | null) => Answer;
  /** ms until OUTCOME_UNKNOWN; default requestTimeoutMs. Of a wait: from when the replica that it was waiting on is lost. */
  readonly timeoutMs?: number | undefined;
  /** Least and most of the time that one member has, ms. */
  readonly attemptMsMin?: number;
  readonly attemptMsMax: number;
  readonly isWait?: boolean;
  readonly isWrite?: boolean;
  readonly leaderFirst?: boolean;
  /** Asked before all others. */
  readonly first?: number | undefined;
  /** Told who answered. */
  readonly onAnswer?: (node: number) => void;
  /** For errors. */
  readonly requestId?: string;
  /** Of a wait of several calls: whoever makes them gives it back (`leave()`). */
  readonly place?: Place;
}

export interface CallRouterParts {
  readonly calls: NodeCalls;
  readonly routes: RoutingSource;
  readonly notes: MemberNotes;
  readonly clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  readonly requestTimeoutMs: number;
  readonly budget?: CallBudgetOptions;
  /** The replica of this node, if there is one that answers. */
  hosted(clusterId: number): WorkflowService | undefined;
}

/** One call under way. */
interface Course {
  untilMs: number;
  mayBeDone: boolean;
  last: RaftoralError | null;
  /** Where the cluster that was asked says that the slot is; asked once, without a pause. 0: nobody said. */
  pointedTo: number;
  readonly place: Place;
  /** A replica of this node carries it out now. */
  isHere: boolean;
  /** Another node has it now. */
  isAsked: boolean;
  endPause: (() => void) | null;
}

type Outcome<Answer> = { readonly answer: Answer } | 'again' | 'elsewhere' | 'give up';

export class CallRouter {
  private readonly budget: CallBudget;
  /** How to end what is under way (A6). */
  private readonly underWay = new Set<() => void>();
  private hasClosed = false;

  constructor(private readonly parts: CallRouterParts) {
    this.budget = new CallBudget(parts.budget);
  }

  get table(): RoutingTable | null {
    return this.parts.routes.table();
  }

  get isClosed(): boolean {
    return this.hasClosed;
  }

  /** The node ends (A6). */
  close(): void {
    this.hasClosed = true;
    for (const end of [...this.underWay]) end();
  }

  leave(place: Place): void {
    this.budget.leave(place);
  }

  call<Method extends ForwardedMethod, Answer>(plan: CallPlan<Method, Answer>): Promise<Answer> {
    const course: Course = {
      untilMs: this.deadline(plan.timeoutMs),
      mayBeDone: false,
      last: null,
      pointedTo: 0,
      place: plan.place ?? noPlace(),
      isHere: false,
      isAsked: false,
      endPause: null,
    };
    return new Promise((resolve, reject) => {
      const end = (): void => {
        if (course.isHere) return;
        reject(this.closing(plan, course));
        course.endPause?.();
      };
      const over = (): void => {
        this.underWay.delete(end);
        if (plan.place === undefined) this.budget.leave(course.place);
      };
      this.underWay.add(end);
      this.carryOut(plan, course).then(
        (answer) => {
          over();
          resolve(answer);
        },
        (error: unknown) => {
          over();
          reject(error as Error);
        },
      );
    });
  }

  private async carryOut<Method extends ForwardedMethod, Answer>(plan: CallPlan<Method, Answer>, course: Course): Promise<Answer> {
    const { routes } = this.parts;
    for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
      if (this.hasClosed) throw this.closing(plan, course);
      const table = routes.table();
      course.pointedTo = 0;
      let outcome = await this.round(plan, plan.locate(table), table, course);
      if (outcome === 'elsewhere') outcome = await this.round(plan, course.pointedTo, table, course);
      if (typeof outcome === 'object') return outcome.answer;
      if (this.hasClosed) throw this.closing(plan, course);
      const leftMs = this.leftMs(course);
      if (outcome === 'give up' || leftMs <= 0) throw this.failure(plan, course);
      await this.newerTable(course, table?.version ?? -1, Math.min(pauseMs, leftMs));
    }
  }

  /** Asks this node, or each member once. */
  private async round<Method extends ForwardedMethod, Answer>(
    plan: CallPlan<Method, Answer>,
    clusterId: number,
    table: RoutingTable | null,
    course: Course,
  ): Promise<Outcome<Answer>> {
    const { calls, notes } = this.parts;
    const service = this.parts.hosted(clusterId);
    if (service !== undefined) {
      const askedMs = this.parts.clock.monotonic();
      this.budget.leave(course.place);
      course.isHere = true;
      try {
        return { answer: await plan.here(service, Math.max(1, this.leftMs(course))) };
      } catch (error) {
        course.isHere = false;
        if (!(error instanceof RaftoralError)) throw error;
        if (error.code !== WRONG_CLUSTER && !NOT_HERE.has(error.code)) throw this.refusal(plan, course, error);
        // The time of a wait does not count, that of looking for another replica does.
        if (plan.isWait === true) course.untilMs += this.parts.clock.monotonic() - askedMs;
        this.failed(course, error);
        if (error.code === WRONG_CLUSTER) return pointed(course, clusterId, error);
      }
    }
    const members = (table?.membersOf(clusterId) ?? []).filter((node) => node !== calls.nodeId);
    if (members.length === 0) course.last ??= notHosted(clusterId);
    let isPassing = members.length === 0;
    const overload = members.length === 0 ? null : this.budget.take(course.place, plan.isWait === true);
    if (overload !== null) throw this.refusal(plan, course, overload);
    for (const node of notes.order(clusterId, members, { leaderFirst: plan.leaderFirst === true, first: plan.first })) {
      if (this.hasClosed || this.leftMs(course) <= 0) break;
      try {
        return { answer: await this.ask(plan, clusterId, node, course) };
      } catch (error) {
        course.isAsked = false;
        if (!(error instanceof RaftoralError)) throw error;
        if (error.code === WRONG_CLUSTER) {
          this.failed(course, error);
          return pointed(course, clusterId, error);
        }
        if (PASSING.has(error.code)) isPassing = true;
        else if (speaksForAll(plan, course, error)) throw error;
        this.failed(course, error);
        notes.silent(node);
      }
    }
    return isPassing ? 'again' : 'give up';
  }

  private async ask<Method extends ForwardedMethod, Answer>(
    plan: CallPlan<Method, Answer>,
    clusterId: number,
    node: number,
    course: Course,
  ): Promise<Answer> {
    const { calls, notes, routes } = this.parts;
    const timeoutMs = (): number => {
      const leftMs = Math.max(1, this.leftMs(course));
      return Math.min(leftMs, Math.max(plan.attemptMsMin ?? ATTEMPT_MS_MIN, Math.min(plan.attemptMsMax, leftMs / 2)));
    };
    const body = encodeCall({ method: plan.method, clusterId, request: plan.request });
    if (body.length > REQUEST_BYTES_MAX) throw tooLarge(plan.method, body.length);
    course.isAsked = true;
    const first = await calls.request(node, CALL_METHOD, body, timeoutMs());
    const whole = await receiveAnswer(first, (request) => calls.request(node, PART_METHOD, request, timeoutMs()));
    const answered = decodeAnswer(whole);
    if (answered.standing !== null) notes.heard(clusterId, answered.standing);
    // What was said of the topology is worth a look, and no wait.
    if (answered.topology > (routes.table()?.version ?? -1)) void routes.refresh(answered.topology - 1);
    if ('error' in answered) throw answered.error;
    notes.answered(node);
    plan.onAnswer?.(node);
    return plan.read(answered.answer as AnswerOf<Method>, answered.standing);
  }

  /** Of the replica here, which has made its own attempts, or of the budget of this node: the end of the call. */
  private refusal<Method extends ForwardedMethod, Answer>(
    plan: CallPlan<Method, Answer>,
    course: Course,
    error: RaftoralError,
  ): RaftoralError {
    if (plan.isWrite !== true || !course.mayBeDone || speaksForAll(plan, course, error)) return error;
    this.failed(course, error);
    return this.failure(plan, course);
  }

  private failed(course: Course, error: RaftoralError): void {
    if (UNKNOWN.has(error.code)) course.mayBeDone = true;
    course.last = error;
  }

  private failure<Method extends ForwardedMethod, Answer>(
    { isWrite, requestId }: CallPlan<Method, Answer>,
    { last, mayBeDone }: Course,
  ): RaftoralError {
    const error = last ?? new RaftoralError('NO_LEADER', 'The deadline of this call passed before any member of the cluster was asked.');
    const options = { cause: error.cause, requestId: error.requestId ?? requestId, details: error.details };
    if (isWrite !== true || !mayBeDone || error.code === 'OUTCOME_UNKNOWN') return new RaftoralError(error.code, error.message, options);
    return new RaftoralError(
      'OUTCOME_UNKNOWN',
      `An earlier attempt of this call may have taken effect; the last one: ${error.message}`,
      options,
    );
  }

  /** A6. */
  private closing<Method extends ForwardedMethod, Answer>(
    { isWrite, requestId }: CallPlan<Method, Answer>,
    { mayBeDone, isAsked }: Course,
  ): RaftoralError {
    const text = `node ${this.parts.calls.nodeId} is shutting down; ask another node`;
    if (isWrite !== true || !(mayBeDone || isAsked)) return new RaftoralError('SHUTTING_DOWN', text, { requestId });
    return new RaftoralError('OUTCOME_UNKNOWN', `This call may have taken effect: ${text}, with the same request id.`, { requestId });
  }

  private deadline(timeoutMs: number | undefined): number {
    return this.parts.clock.monotonic() + (timeoutMs ?? this.parts.requestTimeoutMs);
  }

  private leftMs(course: Course): number {
    return course.untilMs - this.parts.clock.monotonic();
  }

  /** Resolves after `pauseMs`, as soon as a table above `version` is there, or when the router is closed. */
  private newerTable(course: Course, version: number, pauseMs: number): Promise<void> {
    const { clock, routes } = this.parts;
    return new Promise((resolve) => {
      const timer = clock.setTimer(pauseMs, resolve);
      const end = (): void => {
        timer.cancel();
        resolve();
      };
      course.endPause = end;
      void routes.refresh(version).then(() => {
        if ((routes.table()?.version ?? -1) > version) end();
      });
    });
  }
}

/** A4. It is what any other member would answer, and holds whatever became of an attempt before. */
function speaksForAll<Method extends ForwardedMethod, Answer>(
  { isWrite }: CallPlan<Method, Answer>,
  { mayBeDone }: Course,
  { code }: RaftoralError,
): boolean {
  if (PASSING.has(code) || OF_ONE_MEMBER.has(code)) return false;
  return !(isWrite === true && mayBeDone && BEFORE_PROPOSAL.has(code));
}

/** A slot on its way may be pointed at by either side: whoever was asked because the other said so is not followed again before a pause. */
function pointed(course: Course, clusterId: number, error: RaftoralError): 'again' | 'elsewhere' {
  const wasPointedTo = course.pointedTo === clusterId;
  const { clusterId: named } = error.details;
  course.pointedTo = typeof named === 'number' && named !== clusterId ? named : 0;
  return wasPointedTo || course.pointedTo === 0 ? 'again' : 'elsewhere';
}

function tooLarge(method: ForwardedMethod, bytes: number): RaftoralError {
  const text = `${method}: what was given has ${bytes} bytes as JSON, and at most ${REQUEST_BYTES_MAX} travel to another node; store the bulk elsewhere and pass a reference.`;
  return new RaftoralError('PAYLOAD_TOO_LARGE', text, { details: { bytes, limit: REQUEST_BYTES_MAX } });
}

export function notHosted(clusterId: number): RaftoralError {
  return new RaftoralError(
    'NOT_MEMBER',
    `This node does not host cluster ${clusterId}, and knows no node that does; ask a node that does.`,
    {
      details: { clusterId },
    },
  );
}

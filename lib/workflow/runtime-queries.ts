/**
 * Queries: answered by this replica's code, or by that of another one.
 *
 * Q1. A linearizable query waits for a read index, then until the run's code here consumed every event applied by then (R25, DESIGN §5).
 * Q2. A node that does not run the code asks one that does, the owner first; it never answers from state alone.
 * Q3. A query on a closed run is WORKFLOW_CLOSED; on one whose code no live replica runs, WORKFLOW_BLOCKED.
 * Q4. Arguments reach the code as fresh decodes of their canonical form, whoever answers: a value that JSON would change is refused.
 * Tests: test/workflow/service.spec.ts, test/rules/bad-input.spec.ts.
 */
import type { RaftGroup } from '../cluster/group.js';
import { RaftoralError, type RaftoralErrorCode, ERROR_CODES } from '../errors/index.js';
import { bytesOfText, canonicalText, decodeCanonical, decodeText, textOfBytes } from './canonical-json.js';
import { fromErrorRecord, toErrorRecord } from './error-record.js';
import type { ErrorRecord } from './event.js';
import { absent, checkSlot, checkWorkflowId, fetchRun, isOpen } from './run-lookup.js';
import type { WorkflowRuntime } from './runtime.js';
import type { ReplicaPosition } from './runtime-views.js';
import type { QueryOptions, RunRef } from './service.js';
import type { CommandAnswer, RunView } from './state.js';

const QUERY_METHOD = 'workflow.query';
const POSITION_METHOD = 'workflow.position';
/** A run may be passivated between its last event and the answer. */
const ANSWER_TRIES = 3;

interface QueryRequest {
  readonly workflowId: string;
  readonly runId: string;
  readonly query: string;
  /** Canonical texts; the empty one is undefined. */
  readonly arguments: readonly string[];
  readonly consistency: 'linearizable' | 'local';
}

type QueryResponse = { readonly answer: string } | { readonly error: ErrorRecord };

export class RuntimeQueries {
  private readonly group: RaftGroup<CommandAnswer>;

  constructor(
    private readonly runtime: WorkflowRuntime,
    private readonly requestTimeoutMs: number,
  ) {
    this.group = runtime.options.group;
    this.group.handle(QUERY_METHOD, (_from, body, remainingMs) => this.serve(body, remainingMs));
    this.group.handle(POSITION_METHOD, (_from, body) =>
      Promise.resolve(bytesOfText(canonicalText(this.position(textOfBytes(body)), 'position'))),
    );
  }

  async query(ref: RunRef, query: string, args: readonly unknown[], options: QueryOptions): Promise<unknown> {
    if (this.runtime.ended !== null) throw this.runtime.ended;
    checkWorkflowId(ref.workflowId);
    const deadlineMs = this.runtime.options.clock.monotonic() + (options.timeoutMs ?? this.requestTimeoutMs);
    const consistency = options.consistency ?? 'linearizable';
    const texts = args.map((argument, i) => canonicalText(argument, `argument ${i + 1} of query '${query}'`));
    const run = await this.open(ref, consistency, deadlineMs);
    const local = await this.answerLocally(run, query, texts, deadlineMs, consistency);
    if (local !== null) return decodeText(local);
    return this.forward(run, query, texts, consistency, deadlineMs);
  }

  /** Where this replica's code stands in a run. */
  position(runId: string): ReplicaPosition {
    const core = this.runtime.table.get(runId)?.core;
    if (core === undefined) return { runsCode: false, consumedWseq: null, stopped: this.runtime.table.unreadableReason(runId) };
    return {
      runsCode: core.live,
      consumedWseq: core.cursor,
      stopped: core.stopped === null ? null : `${core.stopped.reason}: ${core.stopped.message}`,
    };
  }

  /** The same of another node; null when it does not answer in time. */
  async positionAt(node: number, runId: string, timeoutMs: number): Promise<ReplicaPosition | null> {
    if (!this.group.livePeers().includes(node)) return null;
    try {
      return decodeCanonical(await this.group.request(node, POSITION_METHOD, bytesOfText(runId), timeoutMs)) as ReplicaPosition;
    } catch {
      return null; // what a silent node would have said is what explain() shows as unknown
    }
  }

  private remainingMs(deadlineMs: number): number {
    return Math.max(1, deadlineMs - this.runtime.options.clock.monotonic());
  }

  private async open(ref: RunRef, consistency: 'linearizable' | 'local', deadlineMs: number): Promise<RunView> {
    if (consistency === 'linearizable') await this.group.readIndex({ deadlineMs: this.remainingMs(deadlineMs) });
    const { state } = this.runtime.options;
    checkSlot(state, this.group.groupId, ref.workflowId, consistency);
    const run = await fetchRun(state, ref, 'last event');
    if (run === undefined) throw absent(state, this.group.groupId, ref);
    refuseClosed(run);
    return run;
  }

  /** Canonical text of the answer; null when this replica does not run the code. */
  private async answerLocally(
    run: RunView,
    query: string,
    args: readonly string[],
    deadlineMs: number,
    consistency: 'linearizable' | 'local',
  ): Promise<string | null> {
    const target = consistency === 'linearizable' ? run.history.length : 0;
    for (let tries = 0; tries < ANSWER_TRIES; tries++) {
      const resident = this.runtime.table.resident(run);
      const execution = resident instanceof Promise ? await this.withDeadline(resident, target, deadlineMs, run) : resident;
      if (execution !== undefined && execution.core.stopped === null)
        await this.withDeadline(execution.whenConsumed(target), target, deadlineMs, run);
      if (this.runtime.ended !== null) throw this.runtime.ended;
      const now = this.runtime.options.state.run(run.runId);
      if (now === undefined) await this.refuseEvicted(run);
      else refuseClosed(now);
      if (execution === undefined || execution.core.stopped !== null) return null;
      if (execution.core.live) return canonicalText(execution.query(query, args.map(decodeText)), 'the answer');
    }
    return null;
  }

  /** It ended while its code was awaited, and left memory. */
  private async refuseEvicted(run: RunView): Promise<never> {
    const ref = { workflowId: run.workflowId, runId: run.runId };
    const closed = await this.runtime.options.state.fetch(ref, 'last event');
    if (closed !== undefined) refuseClosed(closed);
    throw absent(this.runtime.options.state, this.group.groupId, ref);
  }

  private async forward(
    run: RunView,
    query: string,
    args: readonly string[],
    consistency: 'linearizable' | 'local',
    deadlineMs: number,
  ): Promise<unknown> {
    const request: QueryRequest = { workflowId: run.workflowId, runId: run.runId, query, arguments: args, consistency };
    const body = bytesOfText(canonicalText(request, `query '${query}'`));
    let last: RaftoralError | null = null;
    for (const node of this.candidates(run)) {
      const remainingMs = this.remainingMs(deadlineMs);
      if (remainingMs <= 1) break;
      try {
        const response = decodeCanonical(await this.group.request(node, QUERY_METHOD, body, remainingMs)) as QueryResponse;
        if ('answer' in response) return decodeText(response.answer);
        const error = fromErrorRecord(response.error) as RaftoralError;
        if (error.code !== 'WORKFLOW_BLOCKED') throw error;
        last = error;
      } catch (error) {
        if (!(error instanceof RaftoralError) || !isTransient(error.code)) throw error;
        last = error;
      }
    }
    throw (
      last ??
      new RaftoralError(
        'WORKFLOW_BLOCKED',
        `no live replica runs the code of workflow '${run.name}' version ${run.version}, so nobody can answer query '${query}' of '${run.workflowId}'`,
      )
    );
  }

  /** Live replicas that say they have the version, the owner first. */
  private candidates(run: RunView): readonly number[] {
    const live = this.group.livePeers();
    const able = [...this.runtime.options.state.hellos.values()]
      .filter(
        (hello) =>
          hello.node !== this.group.nodeId &&
          !hello.down &&
          live.includes(hello.node) &&
          (hello.workflows.get(run.name) ?? []).includes(run.version),
      )
      .map((hello) => hello.node);
    return able.sort((a, b) => Number(b === run.owner) - Number(a === run.owner) || a - b);
  }

  /** A query that another node forwarded: it is answered here or not at all. */
  private async serve(body: Uint8Array, remainingMs: number): Promise<Uint8Array> {
    let response: QueryResponse;
    try {
      const request = decodeCanonical(body) as QueryRequest;
      const deadlineMs = this.runtime.options.clock.monotonic() + remainingMs;
      const run = await this.open({ workflowId: request.workflowId, runId: request.runId }, request.consistency, deadlineMs);
      const answer = await this.answerLocally(run, request.query, request.arguments, deadlineMs, request.consistency);
      if (answer === null)
        throw new RaftoralError('WORKFLOW_BLOCKED', `node ${this.group.nodeId} does not run the code of '${run.workflowId}'`);
      response = { answer };
    } catch (error) {
      response = { error: toErrorRecord(error, false) };
    }
    return bytesOfText(canonicalText(response, 'the answer'));
  }

  private withDeadline<T>(promise: Promise<T>, wseq: number, deadlineMs: number, run: RunView): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.runtime.options.clock.setTimer(this.remainingMs(deadlineMs), () =>
        reject(
          new RaftoralError(
            'OUTCOME_UNKNOWN',
            `the code of '${run.workflowId}' on node ${this.group.nodeId} did not reach event ${wseq} within the deadline; a query changes nothing, ask again`,
          ),
        ),
      );
      void promise.then((value) => {
        timer.cancel();
        resolve(value);
      });
    });
  }
}

function refuseClosed(run: RunView): void {
  if (isOpen(run)) return;
  throw new RaftoralError(
    'WORKFLOW_CLOSED',
    `workflow '${run.workflowId}' has ended (${run.status}); it answers no more queries, read its result() or describe()`,
    { details: { runId: run.runId, outcome: run.status } },
  );
}

function isTransient(code: RaftoralErrorCode): boolean {
  return ERROR_CODES[code].retryable;
}

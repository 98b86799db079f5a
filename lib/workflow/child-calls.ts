/**
 * What the owner of a parent does for its children: starts them, waits for their ends, signals and cancels them (docs/adr/0065).
 *
 * C1. A call is made until it is answered: what passes (no leader, no member that can be reached, an outcome that is not known) is no answer, and is never
 *     committed as a failure.
 * C2. Every owner of the parent makes the same calls: ids and request ids follow from the operation.
 * C3. When the parent is cancelled, a child that goes with it is cancelled, and its end is waited for; the wait for one that is abandoned ends.
 * C4. An attempt that is given up (fenced, stopped, shut down) makes no further call.
 * Tests: test/workflow/children.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import { RaftoralError, isRaftoralError, type RaftoralErrorCode } from '../errors/index.js';
import { decodeText } from './canonical-json.js';
import { ChildWorkflowError, type ChildErrorCode } from './child-error.js';
import type { ParentRef } from './command.js';
import type { ComputeAttempt } from './compute-runner.js';
import type { ServiceOf } from './service.js';

/** A wait for a result is asked for again after this, ms: so long a dropped attempt may stand in a list of those who wait. */
const RESULT_POLL_MS = 20_000;
const PAUSE_FIRST_MS = 50;
const PAUSE_MAX_MS = 2_000;
/** After so many calls in succession without an answer people are told. */
const WARN_AFTER = 10;

/** Answers that no later call would change. */
const FINAL: ReadonlySet<RaftoralErrorCode> = new Set<RaftoralErrorCode>([
  'UNKNOWN_WORKFLOW',
  'INVALID_WORKFLOW_ID',
  'INVALID_ARGUMENT',
  'MISSING_INPUT',
  'NOT_SERIALIZABLE',
  'PAYLOAD_TOO_LARGE',
  'ALREADY_EXISTS',
  'CONFLICT',
  'WORKFLOW_NOT_FOUND',
  'WORKFLOW_CLOSED',
  'WORKFLOW_FAILED',
  'WORKFLOW_CANCELLED',
  'WORKFLOW_TERMINATED',
  'INVARIANT_VIOLATED',
]);

const ENDINGS: Readonly<Partial<Record<RaftoralErrorCode, { readonly code: ChildErrorCode; readonly text: string }>>> = {
  WORKFLOW_FAILED: { code: 'CHILD_FAILED', text: 'failed' },
  WORKFLOW_CANCELLED: { code: 'CHILD_CANCELLED', text: 'was cancelled' },
  WORKFLOW_TERMINATED: { code: 'CHILD_TERMINATED', text: 'was terminated' },
};

/** One child to be. */
export interface ChildStart {
  readonly name: string;
  /** undefined: the default version of its cluster, as of its start. */
  readonly version: number | undefined;
  /** Canonical. */
  readonly inputText: string;
  readonly workflowId: string;
  readonly parent: ParentRef;
}

/** The parent was cancelled while the call was under way. */
const CANCELLED = new Error('the parent was cancelled');

export interface ChildCallsOptions {
  readonly clock: Clock;
  readonly serviceOf: ServiceOf;
  warning(message: string): void;
}

export class ChildCalls {
  constructor(private readonly options: ChildCallsOptions) {}

  /** Resolves once the child is there, started by this call or an earlier one. Rejects with CHILD_NOT_STARTED; WORKFLOW_CANCELLED if the parent is. */
  async start(child: ChildStart, attempt: ComputeAttempt): Promise<{ readonly workflowId: string; readonly runId: string }> {
    const { name, version, inputText, workflowId, parent } = child;
    let answer;
    try {
      answer = await this.untilAnswered(`start child workflow '${name}' (${workflowId})`, attempt, true, () =>
        this.options.serviceOf(workflowId).startChild(name, decodeText(inputText), {
          workflowId,
          parent,
          ...(version === undefined ? {} : { version }),
        }),
      );
    } catch (error) {
      if (error === CANCELLED || !isFinal(error)) throw error;
      throw new ChildWorkflowError('CHILD_NOT_STARTED', `child workflow '${name}' (${workflowId}) can not be started: ${error.message}`, {
        cause: error,
      });
    }
    return { workflowId, runId: answer.runId };
  }

  /** For startChild(): without a child, a parent that is cancelled has nothing to wait for. */
  async startOnly(child: ChildStart, attempt: ComputeAttempt): Promise<{ readonly workflowId: string; readonly runId: string }> {
    try {
      return await this.start(child, attempt);
    } catch (error) {
      if (error !== CANCELLED) throw error;
      if (child.parent.onClose === 'cancel') await this.cancelChild(child, attempt);
      throw parentCancelled();
    }
  }

  /** Starts the child and resolves with its result. Rejects with ChildWorkflowError; WORKFLOW_CANCELLED if the parent is. */
  async execute(child: ChildStart, attempt: ComputeAttempt): Promise<unknown> {
    try {
      for (;;) {
        await this.start(child, attempt);
        const end = await this.endOf(child, attempt, true);
        if (end.isThere) return end.result;
      }
    } catch (error) {
      if (error !== CANCELLED) throw error;
      return this.endAfterCancel(child, attempt);
    }
  }

  /** The end of a child that was started by an earlier operation. */
  async result(child: ChildStart, attempt: ComputeAttempt): Promise<unknown> {
    try {
      const end = await this.endOf(child, attempt, true);
      if (end.isThere) return end.result;
    } catch (error) {
      if (error !== CANCELLED) throw error;
      return this.endAfterCancel(child, attempt);
    }
    throw new ChildWorkflowError('CHILD_FAILED', `child workflow '${child.name}' (${child.workflowId}) is not there any more`);
  }

  async signal(workflowId: string, signal: string, payloadText: string, requestId: string, attempt: ComputeAttempt): Promise<void> {
    await this.untilAnswered(`signal child workflow ${workflowId}`, attempt, false, () =>
      this.options.serviceOf(workflowId).signal({ workflowId }, signal, decodeText(payloadText), { requestId }),
    );
  }

  async cancel(workflowId: string, reason: string, requestId: string, attempt: ComputeAttempt): Promise<void> {
    try {
      await this.untilAnswered(`cancel child workflow ${workflowId}`, attempt, false, () =>
        this.options.serviceOf(workflowId).cancel({ workflowId }, reason, { requestId }),
      );
    } catch (error) {
      if (!isRaftoralError(error, 'WORKFLOW_CLOSED') && !isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) throw error;
    }
  }

  /** C3. */
  private async endAfterCancel(child: ChildStart, attempt: ComputeAttempt): Promise<unknown> {
    if (child.parent.onClose === 'abandon') throw parentCancelled();
    if (!(await this.cancelChild(child, attempt))) throw parentCancelled();
    try {
      const end = await this.endOf(child, attempt, false);
      if (end.isThere) return end.result;
    } catch (error) {
      if (isRaftoralError(error, 'CHILD_CANCELLED')) throw parentCancelled(error);
      throw error;
    }
    throw parentCancelled();
  }

  /**
   * False: there is none; the id may be that of another run, which is none of ours. One whose start is still on its way is cancelled by its own group, which asks what became
   * of its parent.
   */
  private async cancelChild({ workflowId, parent }: ChildStart, attempt: ComputeAttempt): Promise<boolean> {
    try {
      const there = await this.untilAnswered(`look for child workflow ${workflowId}`, attempt, false, () =>
        this.options.serviceOf(workflowId).describe({ workflowId }),
      );
      if (there.parent?.workflowId !== parent.workflowId || there.parent.runId !== parent.runId) return false;
      await this.untilAnswered(`cancel child workflow ${workflowId}`, attempt, false, () =>
        this.options.serviceOf(workflowId).cancel({ workflowId }, 'its parent was cancelled', { requestId: `${parent.token}/cancel` }),
      );
    } catch (error) {
      if (isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) return false;
      if (!isRaftoralError(error, 'WORKFLOW_CLOSED')) throw error;
    }
    return true;
  }

  private async endOf(
    { name, workflowId }: ChildStart,
    attempt: ComputeAttempt,
    endsOnCancel: boolean,
  ): Promise<{ readonly isThere: true; readonly result: unknown } | { readonly isThere: false }> {
    try {
      const result = await this.untilAnswered(`learn the result of child workflow '${name}' (${workflowId})`, attempt, endsOnCancel, () => {
        const asked = this.options.serviceOf(workflowId).result({ workflowId }, { timeoutMs: RESULT_POLL_MS });
        return endsOnCancel ? beforeAbort(asked, attempt) : asked;
      });
      return { isThere: true, result };
    } catch (error) {
      if (isRaftoralError(error, 'WORKFLOW_NOT_FOUND')) return { isThere: false };
      const ending = isRaftoralError(error) ? ENDINGS[error.code] : undefined;
      if (ending === undefined) throw error;
      const { cause } = error as RaftoralError;
      const why = cause instanceof Error ? `: ${cause.message}` : '';
      throw new ChildWorkflowError(ending.code, `child workflow '${name}' (${workflowId}) ${ending.text}${why}`, { cause });
    }
  }

  /** C1, C4. */
  private async untilAnswered<T>(what: string, attempt: ComputeAttempt, endsOnCancel: boolean, call: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      if (attempt.over) throw givenUp();
      if (endsOnCancel && attempt.abortScope.aborted) throw CANCELLED;
      try {
        return await call();
      } catch (error) {
        if (error === CANCELLED || isFinal(error)) throw error;
        if (isRaftoralError(error, 'OUTCOME_UNKNOWN')) failures = 1;
        else if (failures % WARN_AFTER === 0)
          this.options.warning(`can not ${what} so far: ${error instanceof Error ? error.message : String(error)}`);
      }
      await this.pause(Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (failures - 1)), attempt);
    }
  }

  private async pause(ms: number, attempt: ComputeAttempt): Promise<void> {
    let wake: () => void = () => undefined;
    const slept = new Promise<void>((resolve) => (wake = resolve));
    const timer = this.options.clock.setTimer(ms, wake, { unref: true });
    const { signal } = attempt.abortScope;
    if (!signal.aborted) signal.addEventListener('abort', wake, { once: true });
    await slept;
    timer.cancel();
    signal.removeEventListener('abort', wake);
  }
}

function isFinal(error: unknown): error is RaftoralError {
  if (!isRaftoralError(error) || !FINAL.has(error.code)) return false;
  // A node of an older build, which does not know the call; another one may.
  return error.code !== 'INVALID_ARGUMENT' || error.details['argument'] !== 'method';
}

/** C4: nobody hears it. */
function givenUp(): RaftoralError {
  return new RaftoralError('SHUTTING_DOWN', 'this attempt was given up');
}

/** Rejects once the attempt is aborted: given up, or cancelled. */
function beforeAbort<T>(asked: Promise<T>, attempt: ComputeAttempt): Promise<T> {
  const { signal } = attempt.abortScope;
  return new Promise<T>((resolve, reject) => {
    const aborted = (): void => reject(attempt.over ? givenUp() : CANCELLED);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
    void asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

function parentCancelled(cause?: Error): RaftoralError {
  return new RaftoralError('WORKFLOW_CANCELLED', 'the run was cancelled', cause === undefined ? {} : { cause });
}

/**
 * Runs compute bodies on this node. Owns: which bodies are in flight, their time-outs, and the grace after fencing.
 *
 * B1. An attempt reports its outcome at most once; after drop() it reports nothing (R22).
 * B2. A new attempt of the same operation starts here only after the older body has settled, or `fencedGraceMs` have passed (R22).
 * B3. A time-out is measured by the monotonic clock of the node that runs the body (R21).
 * B4. After a long stall of the process no body starts before the group was heard: its run may have another owner (stall-gate.ts). One that was held
 *     back starts only if what was heard meanwhile has no outcome of it.
 * Source: RULES R20–R22. Tests: test/workflow/compute.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { RaftoralError } from '../errors/index.js';
import { AbortScope, type AbortCause } from './abort-scope.js';
import { scopes, type Scope } from './runtime-scopes.js';
import type { StallGate } from './stall-gate.js';

export class ComputeAttempt {
  readonly abortScope = new AbortScope();
  /** The body was called. */
  launched = false;
  /** The outcome was reported, or is not wanted any more. */
  over = false;
  bodySettled = false;
  timer: Timer | null = null;

  constructor(
    /** Names the operation on this node: runId, key, occurrence. */
    readonly id: string,
    readonly epoch: number,
    readonly number: number,
    readonly timeoutMs: number,
    readonly label: string,
    readonly scopeOf: (attempt: ComputeAttempt) => Scope,
    readonly body: () => unknown,
    /** Whether its outcome is known by now; then it never starts, and whoever made it has let go of it. */
    readonly isSettled: (attempt: ComputeAttempt) => boolean,
    readonly done: (attempt: ComputeAttempt, failed: boolean, outcome: unknown) => void,
  ) {}

  /** Asks the body to stop; its outcome still counts (cancel). */
  abort(cause: AbortCause, message: string): void {
    this.abortScope.abort(cause, message);
  }

  /** Gives the attempt up: the body is asked to stop and its outcome is dropped. */
  drop(cause: AbortCause, message: string): void {
    this.over = true;
    this.timer?.cancel();
    this.abort(cause, message);
  }
}

interface Grace {
  readonly attempt: ComputeAttempt;
  readonly timer: Timer;
}

export class ComputeRunner {
  /** The body that runs for each operation, given up or not. */
  private readonly inFlight = new Map<string, ComputeAttempt>();
  private readonly waiting = new Map<string, Grace>();

  constructor(
    private readonly clock: Clock,
    private readonly gate: Pick<StallGate, 'pass'>,
    private readonly fencedGraceMs: number = 10_000,
  ) {}

  /** Bodies that have not settled, those given up included. */
  get size(): number {
    return this.inFlight.size;
  }

  start(attempt: ComputeAttempt): void {
    if (!this.inFlight.has(attempt.id)) {
      this.enter(attempt);
      return;
    }
    this.waiting.get(attempt.id)?.timer.cancel();
    const timer = this.clock.setTimer(this.fencedGraceMs, () => this.release(attempt.id), { unref: true });
    this.waiting.set(attempt.id, { attempt, timer });
  }

  /** B4. */
  private enter(attempt: ComputeAttempt, wasHeld = false): void {
    let isLate = wasHeld;
    this.gate.pass(() => {
      if (!isLate || attempt.over || !attempt.isSettled(attempt)) this.launch(attempt);
    });
    isLate = true;
  }

  private launch(attempt: ComputeAttempt): void {
    if (attempt.over) return;
    attempt.launched = true;
    this.inFlight.set(attempt.id, attempt);
    if (attempt.timeoutMs > 0) attempt.timer = this.clock.setTimer(attempt.timeoutMs, () => this.timeOut(attempt));
    let outcome: unknown;
    try {
      outcome = scopes.run(attempt.scopeOf(attempt), attempt.body);
    } catch (error) {
      this.settle(attempt, true, error);
      return;
    }
    if (isThenable(outcome)) {
      outcome.then(
        (value) => this.settle(attempt, false, value),
        (error: unknown) => this.settle(attempt, true, error),
      );
    } else this.settle(attempt, false, outcome);
  }

  private settle(attempt: ComputeAttempt, failed: boolean, outcome: unknown): void {
    if (attempt.bodySettled) return;
    attempt.bodySettled = true;
    if (this.inFlight.get(attempt.id) === attempt) this.inFlight.delete(attempt.id);
    this.report(attempt, failed, outcome);
    if (!this.inFlight.has(attempt.id)) this.release(attempt.id);
  }

  private timeOut(attempt: ComputeAttempt): void {
    attempt.abort('timeout', `${attempt.label} did not settle within ${attempt.timeoutMs} ms`);
    this.report(
      attempt,
      true,
      new RaftoralError(
        'COMPUTE_TIMEOUT',
        `${attempt.label} did not settle within its timeout of ${attempt.timeoutMs} ms; raise the timeout, or let the body stop when its abortSignal fires`,
      ),
    );
  }

  private report(attempt: ComputeAttempt, failed: boolean, outcome: unknown): void {
    if (attempt.over) return;
    attempt.over = true;
    attempt.timer?.cancel();
    attempt.done(attempt, failed, outcome);
  }

  /** The older body settled, or its grace is over. */
  private release(id: string): void {
    const grace = this.waiting.get(id);
    if (grace === undefined) return;
    this.waiting.delete(id);
    grace.timer.cancel();
    this.enter(grace.attempt, true);
  }

  /** No body will be waited for any more (shutdown). */
  stop(): void {
    for (const { timer } of this.waiting.values()) timer.cancel();
    this.waiting.clear();
    for (const attempt of this.inFlight.values()) attempt.drop('shutdown', 'this node is shutting down');
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

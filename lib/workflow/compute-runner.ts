/**
 * Runs the compute bodies of one runtime. Owns: their time-outs, and the grace after fencing. Which bodies are at work the whole node knows (computes-in-flight.ts).
 *
 * B1. An attempt reports its outcome at most once; after drop() it reports nothing (R22).
 * B2. A new attempt of the same operation starts on this node only after the older body has settled, or `fencedGraceMs` have passed (R22): also where another cluster began
 *     that, which had the run's slot before.
 * B3. A time-out is measured by the monotonic clock of the node that runs the body (R21).
 * B4. After a long stall of the process no body starts before the group was heard: its run may have another owner (stall-gate.ts). One that was held
 *     back starts only if what was heard meanwhile has no outcome of it.
 * B5. Of two attempts in two epochs the older one is fenced, whichever cluster is late to say so: epochs of a run go on as its slot moves.
 * Source: RULES R20–R22. Tests: test/workflow/compute.spec.ts, slot-moves.spec.ts.
 */
import type { Clock, Timer } from '../cluster/clock.js';
import { RaftoralError } from '../errors/index.js';
import { AbortScope, type AbortCause } from './abort-scope.js';
import { ComputesInFlight, type Flight } from './computes-in-flight.js';
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

export class ComputeRunner {
  /** Bodies of this runtime that have not settled, given up or not. */
  private readonly own = new Set<Flight>();
  /** Attempts that wait for an older body, by operation: what ends the wait. */
  private readonly waiting = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly gate: Pick<StallGate, 'pass'>,
    private readonly fencedGraceMs: number = 10_000,
    /** One for all runtimes of a node. */
    private readonly inFlight: ComputesInFlight = new ComputesInFlight(),
  ) {}

  /** Bodies of this runtime that have not settled, those given up included. */
  get size(): number {
    return this.own.size;
  }

  start(attempt: ComputeAttempt): void {
    if (!this.isHeldUp(attempt)) this.enter(attempt);
  }

  /** B2, B5. */
  private isHeldUp(attempt: ComputeAttempt): boolean {
    const older = this.inFlight.of(attempt.id);
    if (older === undefined) return false;
    if (older.epoch > attempt.epoch) {
      attempt.drop('fenced', 'another cluster, which has the run now, has begun a body in a later epoch');
      return true;
    }
    if (older.epoch < attempt.epoch) older.attempt?.drop('fenced', 'another owner epoch has begun, in the cluster that has the run now');
    this.waiting.get(attempt.id)?.();
    const timer = this.clock.setTimer(
      this.fencedGraceMs,
      () => {
        if (!attempt.over) this.inFlight.giveUp(older);
        released();
      },
      { unref: true },
    );
    const noLonger = this.inFlight.wait(older, () => released());
    const end = (): void => {
      timer.cancel();
      noLonger();
      this.waiting.delete(attempt.id);
    };
    const released = (): void => {
      end();
      this.enter(attempt, true);
    };
    this.waiting.set(attempt.id, end);
    return true;
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
    // Another runtime may have begun a body while this one was held back.
    if (attempt.over || this.isHeldUp(attempt)) return;
    attempt.launched = true;
    const flight = this.inFlight.enter(attempt);
    this.own.add(flight);
    if (attempt.timeoutMs > 0) attempt.timer = this.clock.setTimer(attempt.timeoutMs, () => this.timeOut(attempt));
    let outcome: unknown;
    try {
      outcome = scopes.run(attempt.scopeOf(attempt), attempt.body);
    } catch (error) {
      this.settle(flight, attempt, true, error);
      return;
    }
    if (isThenable(outcome)) {
      outcome.then(
        (value) => this.settle(flight, attempt, false, value),
        (error: unknown) => this.settle(flight, attempt, true, error),
      );
    } else this.settle(flight, attempt, false, outcome);
  }

  private settle(flight: Flight, attempt: ComputeAttempt, failed: boolean, outcome: unknown): void {
    if (attempt.bodySettled) return;
    attempt.bodySettled = true;
    this.own.delete(flight);
    // What the report begins is not held up by this body any more; who waited for it comes after that.
    this.inFlight.giveUp(flight);
    this.report(attempt, failed, outcome);
    this.inFlight.leave(flight);
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

  /** Shutdown: nothing begins any more. What has not settled goes on to hold up other runtimes of the node, until their grace is over. */
  stop(): void {
    for (const end of [...this.waiting.values()]) end();
    for (const flight of this.own) {
      flight.attempt?.drop('shutdown', 'this node is shutting down');
      flight.attempt = null;
    }
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

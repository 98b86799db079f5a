/**
 * What a replica does for a run that its node owns: proposes deterministic checkpoints and sleeps, runs compute bodies, finishes.
 *
 * W1. It acts in epoch e only after its code consumed the event of e and that window drained; then in call order (R17).
 * W2. Every command carries the epoch in which its operation or attempt began here; nothing is re-stamped (R18).
 * W3. Outcomes of bodies of an older epoch are dropped (R22).
 * W4. An attempt is made once in an epoch, as long as the run is in memory: until its outcome is consumed the run is busy (R33), and no timer of an
 *     earlier attempt, consumed late, makes it again.
 * W5. In a frozen slot no attempt begins: its outcome would be refused, and an epoch that comes after, here or in another cluster, makes it anew (R41).
 * Tests: test/workflow/compute.spec.ts, residency.spec.ts, slot-moves.spec.ts.
 */
import { createHash } from 'node:crypto';
import { RaftoralError } from '../errors/index.js';
import { bytesOfText, canonicalText } from './canonical-json.js';
import { CommandKind, type CheckpointCommand, type ComputeResultCommand } from './command.js';
import { backoffMs } from './compute-plan.js';
import { ComputeAttempt } from './compute-runner.js';
import type { Scope } from './runtime-scopes.js';
import { toErrorRecord } from './error-record.js';
import type { AttemptFailedEvent, AttemptStartedEvent, ErrorRecord } from './event.js';
import type { Operation } from './operation.js';
import type { RunCore } from './run-core.js';

const NO_BYTES = new Uint8Array(0);

/** Codes of mistakes in the body's own text: another attempt would make them again. */
const HOPELESS: ReadonlySet<string> = new Set([
  'READ_ONLY_THIS',
  'INSIDE_COMPUTE',
  'OUTSIDE_RUN',
  'NOT_SERIALIZABLE',
  'PAYLOAD_TOO_LARGE',
  'INVALID_ARGUMENT',
]);

export class RunOwner {
  /** The epoch in which this node acts; 0 = it does not. */
  private actingEpoch = 0;
  private finishProposedEpoch = 0;
  /** Computes that were called in the open window. */
  private called: Operation[] = [];
  private readonly attempts = new Set<ComputeAttempt>();
  /** Computes whose outcome was proposed and is not consumed yet, with the number of the attempt. */
  private readonly reported = new Map<Operation, number>();

  constructor(
    private readonly core: RunCore,
    private readonly scopeOf: (attempt: ComputeAttempt, operation: Operation) => Scope,
  ) {}

  private readonly cancelled = (): boolean => this.core.phase === 'stopped';

  /** True while what is proposed now has the epoch that the group holds. */
  private get acting(): boolean {
    return this.actingEpoch !== 0 && this.actingEpoch === this.core.view.epoch;
  }

  /** Work that passivation would lose or repeat: an attempt whose outcome is on its way would be made once more. */
  get busy(): boolean {
    return this.attempts.size !== 0 || this.called.length !== 0 || this.reported.size !== 0;
  }

  // --- called by the execution -----------------------------------------------------------------------------------------

  /** A started or owner-changed event was consumed. */
  ownerConsumed(): void {
    this.actingEpoch = 0;
    this.called = [];
    this.reported.clear();
    for (const operation of this.core.pending.toArray()) {
      operation.announcedAttempt = 0;
      operation.confirmedAttempt = 0;
    }
  }

  /** No window is open: does what became possible. */
  act(): void {
    const { core } = this;
    if (core.owner !== core.environment.nodeId || !core.live || core.replaying) return;
    if (core.view.epoch !== core.epoch || core.view.outcome !== null) return;
    if (this.actingEpoch !== core.epoch) {
      this.actingEpoch = core.epoch;
      this.called = [];
      for (let at = core.pending.first; at !== null; at = at.next) this.perform(at);
    } else if (this.called.length !== 0) {
      const called = this.called;
      this.called = [];
      for (const operation of called) this.startCompute(operation);
    }
    if (core.conclusion !== null) this.finish();
  }

  /** An operation was called, or a deterministic body settled: a resident owner proposes at once. */
  offer(operation: Operation): void {
    if (!this.acting) return;
    if (operation.kind === 'compute') this.called.push(operation);
    else this.perform(operation);
  }

  /** The group has a newer epoch than the one in which bodies began (R22). Called between applies, before the event is consumed. */
  fence(newestEpoch: number): void {
    for (const attempt of this.attempts) {
      if (attempt.epoch < newestEpoch) this.drop(attempt, 'fenced', 'another owner epoch has begun');
    }
  }

  cancel(): void {
    for (const attempt of this.attempts) attempt.abort('cancelled', 'the run was cancelled');
  }

  /** The run needs no body any more. */
  abandon(cause: 'abandoned' | 'stopped' | 'removed' | 'shutdown', message: string): void {
    this.called = [];
    this.reported.clear();
    for (const attempt of this.attempts) this.drop(attempt, cause, message);
  }

  attemptStarted(event: AttemptStartedEvent): void {
    if (event.node !== this.core.environment.nodeId || event.epoch !== this.core.epoch) return;
    const operation = this.core.expected(event.key, event.occurrence);
    if (operation === undefined || operation.settled) return;
    operation.confirmedAttempt = event.attempt;
    if (this.acting) this.startCompute(operation);
  }

  attemptFailed(event: AttemptFailedEvent): void {
    if (this.reported.size === 0) return;
    const operation = this.core.expected(event.key, event.occurrence);
    if (operation !== undefined && event.attempt >= (this.reported.get(operation) ?? Infinity)) this.reported.delete(operation);
  }

  /** A retry timer fired: the next attempt is due. */
  retryDue(operation: Operation): void {
    if (this.acting) this.startCompute(operation);
  }

  /** The operation's result was consumed: a body that still runs is not wanted (its own result came from another attempt). */
  resultConsumed(operation: Operation): void {
    this.reported.delete(operation);
    if (operation.attempt !== null) this.drop(operation.attempt, 'abandoned', 'the operation has a committed result');
  }

  finish(): void {
    const { core } = this;
    const { conclusion, view } = core;
    if (!this.acting || conclusion === null || this.finishProposedEpoch === core.epoch) return;
    this.finishProposedEpoch = core.epoch;
    const head = { runId: view.runId, epoch: core.epoch, consumedWseq: conclusion.consumedWseq, digest: conclusion.digest };
    const bytes = bytesOfText(conclusion.text);
    const oversized = this.oversized(bytes, conclusion.outcome === 'continued' ? 'the input of the next run' : 'the result of the run');
    if (oversized !== null) {
      core.environment.submit({ kind: CommandKind.FINISH, ...head, outcome: 'failed', result: NO_BYTES, error: oversized }, this.cancelled);
    } else if (conclusion.outcome === 'continued') {
      core.environment.submit(
        {
          kind: CommandKind.CONTINUE_AS_NEW,
          ...head,
          newRunId: core.environment.mintRunId(),
          version: view.version,
          input: bytes,
          inputDigest: core.environment.digestOf(bytes),
        },
        this.cancelled,
      );
    } else {
      core.environment.submit(
        { kind: CommandKind.FINISH, ...head, outcome: conclusion.outcome, result: bytes, error: conclusion.error },
        this.cancelled,
      );
    }
  }

  // --- operations -------------------------------------------------------------------------------------------------------

  private perform(operation: Operation): void {
    switch (operation.kind) {
      case 'checkpoint':
        if (operation.ready) this.proposeCheckpoint(operation);
        return;
      case 'sleep':
        this.proposeSleep(operation);
        return;
      case 'compute':
        this.startCompute(operation);
        return;
      case 'signal':
        return;
    }
  }

  /** True when history that this code has not consumed yet may already hold the outcome. */
  private settledAhead(operation: Operation): boolean {
    const { cursor, view } = this.core;
    return cursor < view.history.length && view.settled(operation.key, operation.occurrence);
  }

  private proposeCheckpoint(operation: Operation): void {
    const { core } = this;
    if (operation.proposedEpoch === core.epoch || this.settledAhead(operation)) return;
    operation.proposedEpoch = core.epoch;
    const bytes = operation.error === null ? bytesOfText(operation.valueText) : NO_BYTES;
    const command: CheckpointCommand = {
      kind: CommandKind.CHECKPOINT,
      runId: core.view.runId,
      epoch: core.epoch,
      key: operation.key,
      occurrence: operation.occurrence,
      position: operation.position,
      argumentsDigest: operation.argumentsDigest,
      value: bytes,
      error: operation.error,
    };
    const oversized = operation.error === null ? this.oversized(bytes, `the value of ${operation.label}`) : null;
    core.environment.submit(oversized === null ? command : { ...command, value: NO_BYTES, error: oversized }, this.cancelled);
  }

  private proposeSleep(operation: Operation): void {
    const { core } = this;
    if (operation.proposedEpoch === core.epoch || core.view.sleepSet(operation.key, operation.occurrence) || this.settledAhead(operation))
      return;
    operation.proposedEpoch = core.epoch;
    core.environment.submit(
      {
        kind: CommandKind.SLEEP,
        runId: core.view.runId,
        epoch: core.epoch,
        key: operation.key,
        occurrence: operation.occurrence,
        position: operation.position,
        argumentsDigest: operation.argumentsDigest,
        delayMs: operation.delayMs,
      },
      this.cancelled,
    );
  }

  private startCompute(operation: Operation): void {
    const { core } = this;
    const { view } = core;
    if (operation.settled || !this.acting || operation.attempt !== null || operation.proposedEpoch === core.epoch) return;
    if (view.settled(operation.key, operation.occurrence) || view.retryPending(operation.key, operation.occurrence)) return;
    if (this.isFrozen) return;
    if (operation.error !== null) {
      this.commitResult(operation, core.epoch, 1, '', operation.error); // arguments that R7 refuses
      return;
    }
    const number = view.failedAttempts(operation.key, operation.occurrence) + 1;
    if (number <= (this.reported.get(operation) ?? 0)) return;
    const { child } = operation;
    // A run that waits for a child only waits: no death of its owner is laid to it (R20).
    if (child === null && core.ownerCause === 'down' && operation.confirmedAttempt !== number) {
      if (operation.announcedAttempt === number) return;
      operation.announcedAttempt = number;
      const { key, occurrence } = operation;
      core.environment.submit(
        { kind: CommandKind.ATTEMPT_STARTED, runId: view.runId, epoch: core.epoch, key, occurrence, attempt: number },
        this.cancelled,
      );
      return;
    }
    const attempt: ComputeAttempt = new ComputeAttempt(
      `${view.runId}\n${operation.key}\n${operation.occurrence}`,
      core.epoch,
      number,
      operation.plan!.timeoutMs,
      operation.label,
      (self) => this.scopeOf(self, operation),
      child === null ? this.witnessed(operation, number) : () => child.run(core.environment.children, attempt),
      (self) => this.isSettled(operation, self),
      (self, failed, outcome) => this.attemptDone(operation, self, failed, outcome),
    );
    operation.attempt = attempt;
    this.attempts.add(attempt);
    // The cancel may have been consumed by an owner before this one.
    if (child !== null && core.cancelRequested && operation.position.wseq < core.cancelWseq)
      attempt.abort('cancelled', 'the run was cancelled');
    core.environment.computes.start(attempt);
  }

  /** W5. What is at work goes on: its slot may be this cluster's again before it is done, though under a new epoch. */
  private get isFrozen(): boolean {
    const { environment, view } = this.core;
    return !environment.state.ownsSlotOf(view.workflowId);
  }

  /**
   * An attempt that was held back (B2, B4 of compute-runner.ts): what was applied meanwhile may have its outcome, by a body of an earlier process, or may have
   * frozen its slot.
   */
  private isSettled(operation: Operation, attempt: ComputeAttempt): boolean {
    const { view } = this.core;
    const { key, occurrence } = operation;
    if (!view.settled(key, occurrence) && view.failedAttempts(key, occurrence) < attempt.number && !this.isFrozen) return false;
    this.drop(attempt, 'abandoned', 'the outcome of this attempt is committed, or its slot is on its way to another cluster');
    operation.attempt = null;
    this.startCompute(operation);
    return true;
  }

  private witnessed(operation: Operation, attempt: number): () => unknown {
    const { environment, view, epoch } = this.core;
    const { computeWitness } = environment;
    const body = operation.body!;
    if (computeWitness === undefined) return body;
    const { workflowId, runId, name, version } = view;
    const { key, occurrence } = operation;
    return () => computeWitness({ workflowId, runId, name, version, key, occurrence, attempt, epoch }, body);
  }

  private drop(attempt: ComputeAttempt, cause: 'fenced' | 'abandoned' | 'stopped' | 'removed' | 'shutdown', message: string): void {
    attempt.drop(cause, message);
    this.forget(attempt);
  }

  private forget(attempt: ComputeAttempt): void {
    if (!this.attempts.delete(attempt)) return;
    for (let at = this.core.pending.first; at !== null; at = at.next) if (at.attempt === attempt) at.attempt = null;
  }

  private attemptDone(operation: Operation, attempt: ComputeAttempt, failed: boolean, outcome: unknown): void {
    this.forget(attempt);
    operation.attempt = null;
    if (operation.settled || !this.core.live) return;
    if (!failed) {
      try {
        this.commitResult(operation, attempt.epoch, attempt.number, canonicalText(outcome, `the result of ${operation.label}`), null);
        return;
      } catch (error) {
        outcome = error;
      }
    }
    if (this.core.view.failedAttempts(operation.key, operation.occurrence) >= attempt.number) {
      // This attempt was made twice, and the other one's failure stands: a timer that fired meanwhile found this one at work.
      this.startCompute(operation);
      return;
    }
    const record = toErrorRecord(outcome, operation.child === null ? (this.core.environment.stackOf ?? true) : false);
    const plan = operation.plan!;
    if (attempt.number < plan.attemptsMax && mayTryAgain(operation, record)) {
      this.reported.set(operation, attempt.number);
      this.core.environment.submit(
        {
          kind: CommandKind.ATTEMPT_FAILED,
          runId: this.core.view.runId,
          epoch: attempt.epoch,
          key: operation.key,
          occurrence: operation.occurrence,
          attempt: attempt.number,
          retryDelayMs: backoffMs(plan, attempt.number),
          error: this.bounded(record),
        },
        this.cancelled,
      );
    } else this.commitResult(operation, attempt.epoch, attempt.number, '', this.failure(operation, attempt.number, record));
  }

  private failure(operation: Operation, attempt: number, record: ErrorRecord): ErrorRecord {
    if (operation.child !== null) return this.bounded(record);
    if (record.name === 'RaftoralError' && (record.code === 'COMPUTE_TIMEOUT' || HOPELESS.has(record.code))) return record;
    const message = `${operation.label} failed on attempt ${attempt} of ${operation.plan!.attemptsMax}: ${record.message}`;
    return { name: 'RaftoralError', code: 'COMPUTE_FAILED', message, stack: '', cause: this.bounded(record) };
  }

  private commitResult(operation: Operation, epoch: number, attempt: number, text: string, error: ErrorRecord | null): void {
    operation.proposedEpoch = epoch;
    this.reported.set(operation, attempt);
    const bytes = bytesOfText(text);
    const oversized = error === null ? this.oversized(bytes, `the result of ${operation.label}`) : null;
    const command: ComputeResultCommand = {
      kind: CommandKind.COMPUTE_RESULT,
      runId: this.core.view.runId,
      epoch,
      key: operation.key,
      occurrence: operation.occurrence,
      position: operation.position,
      argumentsDigest: operation.argumentsDigest,
      attempt,
      value: oversized === null ? bytes : NO_BYTES,
      error: oversized ?? error,
    };
    this.core.environment.submit(command, this.cancelled);
  }

  /** The failure that is committed in place of a value above the group's limit (R30), or null. */
  private oversized(bytes: Uint8Array, what: string): ErrorRecord | null {
    const max = this.core.environment.state.limits.payloadBytesMax;
    if (bytes.length <= max) return null;
    return toErrorRecord(
      new RaftoralError(
        'PAYLOAD_TOO_LARGE',
        `${what} has ${bytes.length} bytes, the limit of the group is ${max}; store the bulk elsewhere and pass a reference`,
      ),
      false,
    );
  }

  /** An error's texts count too: above half the limit the stack goes, then causes. */
  private bounded(record: ErrorRecord): ErrorRecord {
    const max = this.core.environment.state.limits.payloadBytesMax / 2;
    if (JSON.stringify(record).length <= max) return record;
    return {
      name: record.name.slice(0, 64),
      message: record.message.slice(0, Math.max(16, Math.floor(max / 4))),
      code: record.code.slice(0, 64),
      stack: '',
      cause: null,
    };
  }
}

function mayTryAgain(operation: Operation, record: ErrorRecord): boolean {
  if (operation.child !== null) return record.code === 'CHILD_FAILED';
  return record.name !== 'NonRetryableError' && !(record.name === 'RaftoralError' && HOPELESS.has(record.code));
}

/** Equal for all attempts of an operation, on whichever node (R21). */
export function idempotencyKeyOf(deployment: string, runId: string, key: string, occurrence: number): string {
  return createHash('sha256')
    .update(JSON.stringify([deployment, runId, key, occurrence]))
    .digest('hex');
}

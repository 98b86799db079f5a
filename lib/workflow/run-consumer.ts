/**
 * What each event does to a run on one replica. Consumes; decides nothing about when.
 *
 * N1. A promise of an operation settles by its event alone, with a fresh decode of the committed bytes (R6, R7).
 * N2. What differs from the committed history stops the run on this replica (R10–R12).
 * N3. A window is opened only by an event on which code can run; the others are consumed without one.
 * Tests: test/workflow/execution.spec.ts, divergence.spec.ts, waiting.spec.ts.
 */
import { decodeCanonical, decodeText, textOfBytes } from './canonical-json.js';
import {
  absentCall,
  compareArguments,
  compareFinish,
  compareKind,
  comparePosition,
  compareValue,
  type OperationRecord,
} from './divergence.js';
import { fromErrorRecord } from './error-record.js';
import {
  EventKind,
  type CheckpointEvent,
  type ComputeResultEvent,
  type FinishedEvent,
  type OwnerChangedEvent,
  type RunEvent,
  type SignalEvent,
  type SleepSetEvent,
  type StartedEvent,
  type TimerFiredEvent,
} from './event.js';
import { Operation } from './operation.js';
import { cancelledError } from './run-calls.js';
import type { RunCore } from './run-core.js';
import type { RunOwner } from './run-owner.js';
import type { SignalHandler, SignalMailbox } from './signal-mailbox.js';

/** Keys of what hasCheckpoint() was answered. */
const RECORD_PREFIX = '$has/';

/** The workflow code, as events set it going. */
export interface WorkflowCode {
  begin(input: unknown): void;
  runHandler(handler: SignalHandler, payload: unknown): void;
  /** Fires the run's abort signal. */
  fireCancel(): void;
  /** The committed finish agrees with what the code did. */
  closed(): void;
}

export class RunConsumer {
  private positionWarned = false;

  constructor(
    private readonly core: RunCore,
    private readonly owner: RunOwner,
    private readonly mailbox: SignalMailbox,
    private readonly variables: { variableCommitted(key: string, text: string): void },
    private readonly code: WorkflowCode,
  ) {}

  private openWindow(event: RunEvent): void {
    const { core } = this;
    core.windowOpen = true;
    core.windowWseq = event.wseq;
    core.windowTimeMs = event.timeMs;
    core.ordinal = 0;
  }

  /** Consumes one event: `core.windowOpen` tells afterwards whether code can run on it. */
  consume(event: RunEvent): void {
    switch (event.kind) {
      case EventKind.STARTED:
        return this.consumeStarted(event);
      case EventKind.CHECKPOINT:
        return this.consumeCheckpoint(event);
      case EventKind.COMPUTE_RESULT:
        return this.consumeComputeResult(event);
      case EventKind.SLEEP_SET:
        return this.consumeSleepSet(event);
      case EventKind.TIMER_FIRED:
        return this.consumeTimer(event);
      case EventKind.SIGNAL:
        return this.consumeSignal(event);
      case EventKind.CANCEL_REQUESTED:
        return this.consumeCancel(event);
      case EventKind.OWNER_CHANGED:
        return this.consumeOwner(event);
      case EventKind.ATTEMPT_STARTED:
        return this.owner.attemptStarted(event);
      case EventKind.FINISHED:
        return this.consumeFinished(event);
      case EventKind.ATTEMPT_FAILED:
        return this.owner.attemptFailed(event);
      case EventKind.DECLINED:
      case EventKind.BLOCKED:
        return;
    }
  }

  private consumeOwner(event: StartedEvent | OwnerChangedEvent): void {
    const { core } = this;
    core.owner = event.owner;
    core.epoch = event.epoch;
    core.ownerBuildId = event.buildId;
    core.ownerCause = event.kind === EventKind.OWNER_CHANGED ? event.cause : null;
    this.owner.ownerConsumed();
    if (event.kind === EventKind.OWNER_CHANGED && event.owner !== 0) this.answerWithoutRecord(event);
  }

  /** R9: an owner of another build never writes the record that was waited for, as its code has its answer already. */
  private answerWithoutRecord(event: OwnerChangedEvent): void {
    const { core } = this;
    if (core.phase !== 'running' || event.buildId === core.environment.buildId) return;
    for (const operation of core.pending.toArray()) {
      const { key, occurrence } = operation;
      if (!key.startsWith(RECORD_PREFIX) || core.liesAhead(key, occurrence)) continue;
      core.answered.set(`${key} ${occurrence}`, false); // the call was live: nothing of the key lay ahead of it
      core.retire(operation);
      if (!core.windowOpen) this.openWindow(event);
      operation.settle(false);
    }
  }

  /** The record of an answer that the code here got without it. */
  private isAnswered(event: CheckpointEvent): boolean {
    const { core } = this;
    const answered = core.answered.get(`${event.key} ${event.occurrence}`);
    if (answered === undefined) return false;
    const committed = textOfBytes(event.value);
    const method = `hasCheckpoint('${event.key.slice(RECORD_PREFIX.length)}')`;
    if (committed !== String(answered)) core.diverge({ method, committed, computed: String(answered) }, event.wseq);
    return true;
  }

  private consumeStarted(event: StartedEvent): void {
    this.consumeOwner(event);
    this.openWindow(event);
    this.code.begin(decodeCanonical(event.input));
  }

  /** The call of a committed operation, compared with what was committed; undefined when the run stopped on it. */
  private recorded(event: OperationRecord): Operation | undefined {
    const { core } = this;
    const operation = core.expected(event.key, event.occurrence);
    if (operation === undefined) {
      core.diverge(absentCall(event, core.waitingFor()), event.wseq);
      return undefined;
    }
    const difference = compareKind(event, operation) ?? compareArguments(event, operation);
    if (difference !== null) {
      core.diverge(difference, event.wseq);
      return undefined;
    }
    const moved = comparePosition(event, operation);
    if (moved === null) return operation;
    if (core.ownerBuildId === this.core.environment.buildId) {
      core.diverge(moved, event.wseq);
      return undefined;
    }
    if (!this.positionWarned) {
      this.positionWarned = true;
      this.core.environment.reporter.warning(
        core.view,
        `${moved.method}: committed was ${moved.committed} by build ${core.ownerBuildId}; here it was ${moved.computed}, by build ${this.core.environment.buildId}`,
      );
    }
    return operation;
  }

  private consumeCheckpoint(event: CheckpointEvent): void {
    const { core } = this;
    const isRecordOfHistory = event.key.startsWith(RECORD_PREFIX);
    if (isRecordOfHistory && this.isAnswered(event)) return;
    const operation = this.recorded(event);
    if (operation === undefined) return;
    const text = textOfBytes(event.value);
    const difference = isRecordOfHistory ? null : compareValue(event, text, operation);
    if (difference !== null) return core.diverge(difference, event.wseq);
    core.retire(operation);
    if (core.phase !== 'running') return;
    this.openWindow(event);
    if (event.error !== null) operation.fail(fromErrorRecord(event.error));
    else {
      if (event.key.startsWith('$var/')) this.variables.variableCommitted(event.key, text);
      operation.settle(decodeText(text));
    }
  }

  private consumeComputeResult(event: ComputeResultEvent): void {
    const operation = this.recorded(event);
    if (operation === undefined) return;
    const { core } = this;
    this.owner.resultConsumed(operation);
    core.retire(operation);
    if (core.phase !== 'running') return;
    this.openWindow(event);
    if (event.error !== null) operation.fail(fromErrorRecord(event.error));
    else operation.settle(decodeCanonical(event.value));
  }

  private consumeSleepSet(event: SleepSetEvent): void {
    const operation = this.recorded(event);
    if (operation !== undefined) operation.dueMs = event.dueMs;
  }

  private consumeTimer(event: TimerFiredEvent): void {
    const { core } = this;
    const operation = core.expected(event.key, event.occurrence);
    if (operation === undefined) {
      if (core.phase === 'running')
        core.diverge(
          {
            method: event.key,
            committed: `timer of '${event.key}' #${event.occurrence}`,
            computed: `no such call; the code ${core.waitingFor()}`,
          },
          event.wseq,
        );
      return;
    }
    if (event.purpose === 'retry') return this.owner.retryDue(operation);
    core.retire(operation);
    if (core.phase !== 'running' || operation.settled) return;
    const waiting = operation.partner;
    if (waiting === null) {
      this.openWindow(event);
      operation.settle(undefined);
    } else if (!waiting.settled) {
      this.mailbox.unwait(waiting.key.slice('$signal/'.length), waiting);
      core.retire(waiting);
      this.openWindow(event);
      waiting.settle(undefined);
    }
  }

  private consumeSignal(event: SignalEvent): void {
    const { core } = this;
    if (core.phase !== 'running') return;
    const receiver = this.mailbox.receive(event.name, event.payload);
    if (receiver === null) return;
    this.openWindow(event);
    const payload = decodeCanonical(event.payload);
    if (!(receiver instanceof Operation)) return this.code.runHandler(receiver, payload);
    core.retire(receiver);
    this.dropTimeout(receiver);
    receiver.settle(payload);
  }

  /** The signal was first: its time-out is not wanted, though its events may still come. */
  private dropTimeout(waiting: Operation): void {
    if (waiting.partner === null) return;
    waiting.partner.settled = true;
    this.core.pending.remove(waiting.partner);
  }

  private consumeCancel(event: RunEvent): void {
    const { core } = this;
    if (core.phase !== 'running') return;
    core.cancelRequested = true;
    core.cancelWseq = event.wseq;
    this.openWindow(event);
    this.owner.cancel();
    const interrupted = core.pending
      .toArray()
      .filter((operation) => operation.kind === 'signal' || (operation.kind === 'sleep' && operation.partner === null));
    core.cancelUndelivered = interrupted.length === 0;
    this.code.fireCancel();
    for (const operation of interrupted) {
      core.pending.remove(operation);
      if (operation.kind === 'signal') {
        this.mailbox.unwait(operation.key.slice('$signal/'.length), operation);
        this.dropTimeout(operation);
      }
      operation.fail(cancelledError());
    }
  }

  private consumeFinished(event: FinishedEvent): void {
    const { core } = this;
    const difference = compareFinish(event, core.conclusion, core.waitingFor(), core.ownerBuildId === this.core.environment.buildId);
    if (difference !== null) return core.diverge(difference, event.wseq);
    this.code.closed();
  }
}

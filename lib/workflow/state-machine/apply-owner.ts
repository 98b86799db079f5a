/**
 * Commands of owners and timers. Pure.
 *
 * A1. A stale epoch, an unknown or closed run, a second value for an operation is ignored: no event, no error (R18, P2).
 * A2. The first outcome of (key, occurrence) wins. A sleep that was set is the operation's only kind; so is a compute that failed once.
 */
import {
  type AttemptFailedCommand,
  type AttemptStartedCommand,
  type CheckpointCommand,
  type ComputeResultCommand,
  type ContinueAsNewCommand,
  type FinishCommand,
  type SleepCommand,
  type TimerFiredCommand,
} from '../command.js';
import { EMPTY } from '../../state-machine/index.js';
import { EventKind, type CancelRequestedEvent, type ErrorRecord, type SignalEvent } from '../event.js';
import type { CommandAnswer } from '../state.js';
import { IGNORED, done, wrongCluster } from './answers.js';
import { beginNext } from './apply-client.js';
import type { GroupState } from './group-state.js';
import { tooLarge } from './limits.js';
import type { OpenOperation } from './operations.js';
import { noteProgress } from './ownership.js';
import type { RunRecord } from './run-record.js';

/** Why a command to a run is not carried out; null if it may be. */
export function runRefusal(state: GroupState, runId: string, run: RunRecord | undefined): CommandAnswer | null {
  // Nobody fetches a closed run to ignore its command: it is enough to know that it may be one.
  if (run === undefined) return state.mayBeEvicted(runId) ? IGNORED.closedRun : IGNORED.unknownRun;
  if (!run.isOpen) return IGNORED.closedRun;
  if (state.slots.owns(run.slot)) return null;
  return wrongCluster(state.groupId, run.workflowId, state.slots.movedTo[run.slot]!, run.runId);
}

function ownerRefusal(
  state: GroupState,
  { runId, epoch }: { readonly runId: string; readonly epoch: number },
  run: RunRecord | undefined,
): CommandAnswer | null {
  const refusal = runRefusal(state, runId, run);
  if (refusal !== null) return refusal;
  // A blocked run has an epoch of its own, in which nobody is the owner.
  return run!.epoch === epoch && run!.owner !== 0 ? null : IGNORED.staleEpoch;
}

export function checkpoint(state: GroupState, command: CheckpointCommand): CommandAnswer {
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  return settleByValue(state, run!, command, EventKind.CHECKPOINT);
}

export function computeResult(state: GroupState, command: ComputeResultCommand): CommandAnswer {
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  return settleByValue(state, run!, command, EventKind.COMPUTE_RESULT);
}

function settleByValue(state: GroupState, run: RunRecord, command: CheckpointCommand | ComputeResultCommand, kind: 2 | 3): CommandAnswer {
  const { epoch, key, occurrence, position, argumentsDigest } = command;
  if (position.wseq > run.history.length) return IGNORED.futureWseq;
  const ledger = run.operations.of(key);
  if (ledger.isSettled(occurrence)) return IGNORED.settled;
  const open = ledger.find(occurrence);
  if (open !== undefined) {
    if (open.sleepTimer !== null) return IGNORED.started;
    dropRetry(state, run, open);
  }
  ledger.settle(occurrence);
  noteProgress(run);
  let { value, error } = command;
  if (value.length > state.limits.payloadBytesMax || error !== null) {
    const failure = tooLarge(state.limits, `The value of operation '${key}' (occurrence ${occurrence})`, value, error);
    if (failure !== null) {
      value = EMPTY;
      error = failure;
    }
  }
  const wseq = run.nextWseq;
  const timeMs = state.logTimeMs;
  if (kind === EventKind.CHECKPOINT) {
    state.append(run, { kind, wseq, timeMs, epoch, key, occurrence, position, argumentsDigest, value, error });
  } else {
    const { attempt } = command as ComputeResultCommand;
    state.append(run, { kind, wseq, timeMs, epoch, key, occurrence, position, argumentsDigest, attempt, value, error });
  }
  return done(run.runId, wseq);
}

function dropRetry(state: GroupState, run: RunRecord, open: OpenOperation): void {
  if (open.retryTimer === null) return;
  state.dropTimer(run, open.retryTimer);
  open.retryTimer = null;
}

export function attemptStarted(state: GroupState, command: AttemptStartedCommand): CommandAnswer {
  const { epoch, key, occurrence, attempt } = command;
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  const ledger = run!.operations.of(key);
  if (ledger.isSettled(occurrence)) return IGNORED.settled;
  const open = ledger.open(occurrence);
  if (open.sleepTimer !== null || attempt <= open.failedAttempts) return IGNORED.started;
  if (open.startedEpoch === epoch && attempt <= open.startedAttempt) return IGNORED.started;
  open.startedEpoch = epoch;
  open.startedAttempt = attempt;
  run!.attemptAwaitsProgress = true;
  const { owner: node, nextWseq: wseq } = run!;
  state.append(run!, { kind: EventKind.ATTEMPT_STARTED, wseq, timeMs: state.logTimeMs, epoch, key, occurrence, attempt, node });
  return done(run!.runId, wseq);
}

export function attemptFailed(state: GroupState, command: AttemptFailedCommand): CommandAnswer {
  const { epoch, key, occurrence, attempt } = command;
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  const ledger = run!.operations.of(key);
  if (ledger.isSettled(occurrence)) return IGNORED.settled;
  const open = ledger.open(occurrence);
  if (open.sleepTimer !== null || attempt <= open.failedAttempts) return IGNORED.started;
  dropRetry(state, run!, open);
  open.failedAttempts = attempt;
  open.retryTimer = state.setTimer(run!, 'retry', command.retryDelayMs, key, occurrence);
  noteProgress(run!);
  const { timerId, dueMs } = open.retryTimer;
  const what = `The error of attempt ${attempt} of '${key}' (occurrence ${occurrence})`;
  const error: ErrorRecord = tooLarge(state.limits, what, EMPTY, command.error) ?? command.error;
  const wseq = run!.nextWseq;
  state.append(run!, {
    kind: EventKind.ATTEMPT_FAILED,
    wseq,
    timeMs: state.logTimeMs,
    epoch,
    key,
    occurrence,
    attempt,
    error,
    timerId,
    dueMs,
  });
  return done(run!.runId, wseq);
}

export function sleep(state: GroupState, command: SleepCommand): CommandAnswer {
  const { epoch, key, occurrence, position, argumentsDigest } = command;
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  if (position.wseq > run!.history.length) return IGNORED.futureWseq;
  const ledger = run!.operations.of(key);
  if (ledger.isSettled(occurrence)) return IGNORED.settled;
  if (ledger.find(occurrence) !== undefined) return IGNORED.started;
  if (run!.cancelWseq > position.wseq) {
    // The cancel interrupts the call before it has an event. Settled, so that the watermark of the key can pass it.
    ledger.settle(occurrence);
    state.touch(run!);
    return IGNORED.cancelled;
  }
  const timer = state.setTimer(run!, 'sleep', command.delayMs, key, occurrence);
  ledger.open(occurrence).sleepTimer = timer;
  noteProgress(run!);
  const { timerId, dueMs } = timer;
  const wseq = run!.nextWseq;
  const event = {
    kind: EventKind.SLEEP_SET,
    wseq,
    timeMs: state.logTimeMs,
    epoch,
    key,
    occurrence,
    position,
    argumentsDigest,
    timerId,
    dueMs,
  } as const;
  state.append(run!, event);
  return done(run!.runId, wseq);
}

export function timerFired(state: GroupState, command: TimerFiredCommand): CommandAnswer {
  const run = state.runs.get(command.runId);
  const refusal = runRefusal(state, command.runId, run);
  if (refusal !== null) return refusal;
  const timer = run!.timers?.get(command.timerId);
  if (timer === undefined) return IGNORED.timerNotPending;
  if (timer.dueMs > state.logTimeMs) return IGNORED.timerNotDue;
  const { timerId, purpose, key, occurrence } = timer;
  state.dropTimer(run!, timer);
  const ledger = run!.operations.of(key);
  if (purpose === 'sleep') ledger.settle(occurrence);
  else ledger.open(occurrence).retryTimer = null;
  const wseq = run!.nextWseq;
  state.append(run!, { kind: EventKind.TIMER_FIRED, wseq, timeMs: state.logTimeMs, timerId, purpose, key, occurrence });
  return done(run!.runId, wseq);
}

/** The end of a run wins over what came after consumedWseq (R29). */
export function finish(state: GroupState, command: FinishCommand): CommandAnswer {
  const { consumedWseq, digest } = command;
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  if (consumedWseq > run!.history.length) return IGNORED.futureWseq;
  const failure = tooLarge(state.limits, `The result of workflow '${run!.workflowId}'`, command.result, command.error);
  const { outcome, result, error } = failure === null ? command : { outcome: 'failed' as const, result: EMPTY, error: failure };
  state.close(run!, { outcome, consumedWseq, result, error, digest, continuedAs: '' });
  return done(run!.runId, run!.history.length);
}

export function continueAsNew(state: GroupState, command: ContinueAsNewCommand): CommandAnswer {
  const { consumedWseq, newRunId, digest, input } = command;
  const run = state.runs.get(command.runId);
  const refusal = ownerRefusal(state, command, run);
  if (refusal !== null) return refusal;
  if (consumedWseq > run!.history.length) return IGNORED.futureWseq;
  if (newRunId === '' || state.runOf(newRunId) !== undefined) return IGNORED.runIdTaken;
  const failure = tooLarge(state.limits, `The input with which workflow '${run!.workflowId}' continues`, input, null);
  if (failure !== null) {
    state.close(run!, { outcome: 'failed', consumedWseq, result: EMPTY, error: failure, digest, continuedAs: '' });
    return done(run!.runId, run!.history.length);
  }
  const leftOver: Array<SignalEvent | CancelRequestedEvent> = [];
  for (const event of run!.history.events(consumedWseq + 1)) {
    if (event.kind === EventKind.SIGNAL || event.kind === EventKind.CANCEL_REQUESTED) leftOver.push(event);
  }
  state.close(run!, { outcome: 'continued', consumedWseq, result: EMPTY, error: null, digest, continuedAs: newRunId });
  beginNext(state, run!, command, leftOver);
  return done(run!.runId, run!.history.length);
}

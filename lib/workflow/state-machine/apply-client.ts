/**
 * Commands of clients: start, signal, cancel, terminate, reset. Pure.
 *
 * A1. A command past its expiry does nothing and is not remembered (R26). One of a slot that is elsewhere is not remembered either: its
 *     answer is the business of the group that owns the slot.
 * A2. Every other answer, refusals included, is given again to the same requestId until its expiry: what was refused once can not take
 *     effect by a duplicate that arrives later.
 */
import type {
  CancelCommand,
  ContinueAsNewCommand,
  ParentRef,
  ResetCommand,
  SignalCommand,
  StartChildCommand,
  StartCommand,
  TerminateCommand,
} from '../command.js';
import { EMPTY } from '../../state-machine/index.js';
import { EventKind, type CancelRequestedEvent, type SignalEvent } from '../event.js';
import { slotOf, workflowIdProblem } from '../slot.js';
import type { CommandAnswer } from '../state.js';
import { done, doneBefore, refused, wrongCluster } from './answers.js';
import type { GroupState } from './group-state.js';
import { tooLargeMessage } from './limits.js';
import { appendBlocked, blockedReasonOf, buildIdOf, changeOwner, firstOwner, isEligible, leastLoaded } from './ownership.js';
import { RequestEntry } from './requests.js';
import { RunRecord, type RunIdentity } from './run-record.js';

type ClientCommand = StartCommand | SignalCommand | CancelCommand | TerminateCommand | ResetCommand;

/** Admits a client command, carries it out by `act`, and keeps the answer for its requestId. */
export function applyClient<C extends ClientCommand>(
  state: GroupState,
  command: C,
  act: (state: GroupState, command: C) => CommandAnswer,
): CommandAnswer {
  const answered = admission(state, command);
  if (answered !== null) return answered;
  const { requestId, expiryMs, workflowId } = command;
  const answer = act(state, command);
  state.requests.remember(new RequestEntry(requestId, expiryMs, command.kind, workflowId, answer));
  return answer;
}

/** The answer to a client command that is not to be carried out: it was before, or it may not be. */
export function admission(state: GroupState, command: ClientCommand | StartChildCommand): CommandAnswer | null {
  const { requestId, expiryMs, workflowId } = command;
  if (requestId === '') return refused('INVALID_ARGUMENT', 'The requestId of a writing call is empty: give one, or leave it out.');
  if (state.logTimeMs > expiryMs) {
    return refused(
      'REQUEST_EXPIRED',
      `Request ${requestId} expired at ${expiryMs} and arrived at ${state.logTimeMs} (log time): this send did nothing. Look whether an earlier one took effect.`,
    );
  }
  const earlier = state.requests.find(requestId, state.logTimeMs);
  if (earlier !== undefined) {
    if (earlier.kind === command.kind && earlier.workflowId === workflowId) return earlier.answer;
    return refused(
      'INVALID_ARGUMENT',
      `Request id ${requestId} was used for another call, on workflow '${earlier.workflowId}': use a new one.`,
    );
  }
  if (!state.slots.owns(slotOf(workflowId))) {
    return wrongCluster(state.groupId, workflowId, state.slots.movedTo[slotOf(workflowId)]!);
  }
  return null;
}

export function start(state: GroupState, command: StartCommand | StartChildCommand, parent: ParentRef | null = null): CommandAnswer {
  const refusal = startRefusal(state, command);
  if (refusal !== null) return refusal;
  const { workflowId, runId, name, version, inputDigest } = command;
  const run = new RunRecord(
    {
      slot: slotOf(workflowId),
      workflowId,
      runId,
      name,
      version,
      inputDigest,
      originDigest: inputDigest,
      startedMs: state.logTimeMs,
      parent,
    },
    state.nextOrder(),
  );
  const owner = firstOwner(state, run, command.ownerPolicy, command.starter, command.leaderHint);
  begin(state, run, { owner, input: command.input, continuedFrom: '' });
  return done(runId, 1);
}

function startRefusal(state: GroupState, command: StartCommand | StartChildCommand): CommandAnswer | null {
  const { workflowId, runId, name, input } = command;
  const problem = workflowIdProblem(workflowId);
  if (problem !== null) return refused('INVALID_WORKFLOW_ID', `'${workflowId}' is no workflow id: ${problem}.`);
  if (runId === '') return refused('INVALID_ARGUMENT', `The start of workflow '${workflowId}' names no run id.`);
  if (input.length > state.limits.payloadBytesMax) {
    return refused('PAYLOAD_TOO_LARGE', tooLargeMessage(`The input of workflow '${workflowId}'`, input.length, state.limits));
  }
  const there = state.currentOf(workflowId);
  if (there !== undefined) {
    const same = there.name === name && (there.inputDigest === command.inputDigest || there.originDigest === command.inputDigest);
    const what = `Workflow '${workflowId}' (${there.name}) is ${there.isOpen ? 'open' : 'retained'} as run ${there.runId}`;
    if (same) return refused('ALREADY_EXISTS', `${what}: attach to it, or choose another id.`, there.runId);
    return refused('CONFLICT', `${what}, with another name or input: choose another id.`, there.runId);
  }
  if (state.runOf(runId) !== undefined) return refused('CONFLICT', `Run id ${runId} is taken by another workflow: mint a new one.`, runId);
  if (state.open.size >= state.limits.openRunsMax) {
    return refused(
      'OVERLOADED',
      `Cluster ${state.groupId} has ${state.open.size} open runs, its limit openRunsMax: retry later with a new requestId.`,
    );
  }
  return null;
}

/** First events of a new run. */
function begin(state: GroupState, run: RunRecord, first: { owner: number; input: Uint8Array; continuedFrom: string }): void {
  const { owner, input, continuedFrom } = first;
  state.startsTotal++;
  run.owner = owner;
  run.ownerBuildId = buildIdOf(state, owner);
  if (owner === 0) {
    run.status = 'blocked';
    run.blockedReason = blockedReasonOf(state, run);
  }
  state.enter(run);
  const { epoch, ownerBuildId: buildId } = run;
  state.append(run, { kind: EventKind.STARTED, wseq: 1, timeMs: state.logTimeMs, input, owner, epoch, buildId, continuedFrom });
  if (run.blockedReason !== null) appendBlocked(state, run, run.blockedReason);
}

/** The next run of a chain (continueAsNew). What the old code had not consumed of signals, and of a cancel, goes with it, in order. */
export function beginNext(
  state: GroupState,
  previous: RunRecord,
  command: ContinueAsNewCommand,
  leftOver: ReadonlyArray<SignalEvent | CancelRequestedEvent>,
): void {
  const { slot, workflowId, name, originDigest, parent } = previous;
  const { newRunId: runId, version, inputDigest } = command;
  const identity: RunIdentity = { slot, workflowId, runId, name, version, inputDigest, originDigest, startedMs: state.logTimeMs, parent };
  const run = new RunRecord(identity, state.nextOrder());
  const owner = isEligible(state, run, previous.owner) ? previous.owner : leastLoaded(state, run);
  begin(state, run, { owner, input: command.input, continuedFrom: previous.runId });
  for (const event of leftOver) {
    if (event.kind === EventKind.CANCEL_REQUESTED) appendCancel(state, run, event.reason);
    else appendSignal(state, run, event.name, event.payload, event.requestId);
  }
}

/** The run that a command names: the given one, else the current one of the id. */
function target(state: GroupState, command: { readonly workflowId: string; readonly runId: string }): RunRecord | CommandAnswer {
  const { workflowId, runId } = command;
  const run = runId === '' ? state.currentOf(workflowId) : state.runOf(runId);
  if (run === undefined || run.workflowId !== workflowId) {
    const what = runId === '' ? `workflow '${workflowId}'` : `run ${runId} of workflow '${workflowId}'`;
    return refused('WORKFLOW_NOT_FOUND', `No ${what} is open or retained: check the id.`);
  }
  if (run.isOpen) return run;
  return refused('WORKFLOW_CLOSED', `Run ${run.runId} of workflow '${workflowId}' is ${run.status}: it takes no more commands.`, run.runId);
}

export function signal(state: GroupState, command: SignalCommand): CommandAnswer {
  const { name, payload, workflowId } = command;
  const run = target(state, command);
  if (!(run instanceof RunRecord)) return run;
  if (payload.length > state.limits.payloadBytesMax) {
    return refused(
      'PAYLOAD_TOO_LARGE',
      tooLargeMessage(`The payload of signal '${name}' to workflow '${workflowId}'`, payload.length, state.limits),
    );
  }
  appendSignal(state, run, name, payload, command.requestId);
  return done(run.runId, run.history.length);
}

function appendSignal(state: GroupState, run: RunRecord, name: string, payload: Uint8Array, requestId: string): void {
  state.append(run, { kind: EventKind.SIGNAL, wseq: run.nextWseq, timeMs: state.logTimeMs, name, payload, requestId });
}

export function cancel(state: GroupState, command: CancelCommand): CommandAnswer {
  const { workflowId, reason } = command;
  const run = target(state, command);
  if (!(run instanceof RunRecord)) return run;
  if (run.cancelWseq !== 0) return doneBefore(run.runId, run.cancelWseq);
  // At most three bytes a UTF-16 unit: an upper bound is enough to keep reasons small.
  if (reason.length * 3 > Math.max(state.limits.payloadBytesMax, 3)) {
    return refused(
      'PAYLOAD_TOO_LARGE',
      tooLargeMessage(`The reason for cancelling workflow '${workflowId}'`, reason.length * 3, state.limits),
    );
  }
  appendCancel(state, run, reason);
  return done(run.runId, run.cancelWseq);
}

/** Interrupts the sleeps of the run: their timers never fire, and the operations are settled by this event. Retries go on. */
function appendCancel(state: GroupState, run: RunRecord, reason: string): void {
  for (const timer of [...(run.timers?.values() ?? [])]) {
    if (timer.purpose !== 'sleep') continue;
    state.dropTimer(run, timer);
    run.operations.of(timer.key).settle(timer.occurrence);
  }
  run.cancelWseq = run.nextWseq;
  state.append(run, { kind: EventKind.CANCEL_REQUESTED, wseq: run.nextWseq, timeMs: state.logTimeMs, reason });
}

export function terminate(state: GroupState, command: TerminateCommand): CommandAnswer {
  const run = target(state, command);
  if (!(run instanceof RunRecord)) return run;
  // Apply can not know what the code had consumed: no signal is called undelivered.
  const consumedWseq = run.history.length;
  state.close(run, { outcome: 'terminated', consumedWseq, result: EMPTY, error: null, digest: 0, continuedAs: '' });
  return done(run.runId, run.history.length);
}

/** Operator: forgets declines and crash suspicion, and chooses again (R19). */
export function reset(state: GroupState, command: ResetCommand): CommandAnswer {
  const run = target(state, command);
  if (!(run instanceof RunRecord)) return run;
  if (run.status !== 'blocked') {
    return refused('NOT_BLOCKED', `Run ${run.runId} of workflow '${run.workflowId}' is not blocked; node ${run.owner} owns it.`, run.runId);
  }
  run.declined = [];
  run.suspectDeaths = 0;
  state.touch(run);
  const owner = leastLoaded(state, run);
  if (owner !== 0) {
    changeOwner(state, run, owner, 'reset', null);
  } else if (run.blockedReason !== 'no-implementation') {
    run.blockedReason = 'no-implementation';
    appendBlocked(state, run, run.blockedReason);
  }
  return done(run.runId, run.history.length);
}

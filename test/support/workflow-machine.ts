/**
 * A workflow state machine under test: builds commands with sensible defaults, stamps them, keeps every event that the sink was told of.
 */
import type { ConfState } from '../../lib/raft/index.js';
import { stampLogTime } from '../../lib/state-machine/index.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import {
  CODEC_LEVEL_MAX,
  CommandKind,
  DEFAULT_LIMITS,
  type DeclineReason,
  type FinishCommand,
  type GroupLimits,
  type MemberHelloCommand,
  type ParentRef,
  type StartChildCommand,
  type StartCommand,
  type WorkflowCommand,
} from '../../lib/workflow/command.js';
import { EventKind, type ErrorRecord, type RunEvent } from '../../lib/workflow/event.js';
import { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { CommandAnswer, RunView } from '../../lib/workflow/state.js';

export const NOTHING = new Uint8Array(0);

export function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function failure(message: string): ErrorRecord {
  return { name: 'Error', message, code: '', stack: '', cause: null };
}

export function conf(voters: readonly number[], more: Partial<ConfState> = {}): ConfState {
  return { voters, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false, ...more };
}

/** Only if it was carried out: its number, else a failing test. */
export function wseqOf(answer: CommandAnswer): number {
  if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer)}`);
  return answer.wseq;
}

/** Code of a refusal, reason of what was ignored, or 'ok'. */
export function fateOf(answer: CommandAnswer): string {
  if (answer.ok) return 'ok';
  return answer.ignored ? `ignored: ${answer.reason}` : answer.code;
}

interface Call {
  readonly key?: string;
  readonly occurrence?: number;
  readonly epoch?: number;
  readonly value?: Uint8Array;
  readonly error?: ErrorRecord | null;
  readonly at?: number;
  readonly attempt?: number;
}

export class MachineUnderTest {
  readonly machine: WorkflowStateMachine;
  readonly events: Array<{ readonly runId: string; readonly event: RunEvent }> = [];
  /** The leader's clock. */
  nowMs = 1_000_000;
  index = 0;
  private requests = 0;

  constructor(
    options: {
      readonly groupId?: number;
      readonly voters?: readonly number[];
      readonly silent?: readonly number[];
      readonly limits?: Partial<GroupLimits>;
    } = {},
  ) {
    const { groupId = 1, voters = [1, 2, 3], silent = [], limits } = options;
    this.machine = new WorkflowStateMachine({ groupId, sink: (run, event) => this.events.push({ runId: run.runId, event }) });
    this.machine.applyMembership(++this.index, conf(voters));
    for (const node of voters) if (!silent.includes(node)) this.hello(node);
    if (limits !== undefined) this.limits(limits);
  }

  apply(command: WorkflowCommand): CommandAnswer {
    const frame = encodeCommand(command, CODEC_LEVEL_MAX);
    stampLogTime(frame, this.nowMs);
    return this.machine.apply(++this.index, 1, frame);
  }

  membership(membership: ConfState): void {
    this.machine.applyMembership(++this.index, membership);
  }

  hello(node: number, more: Partial<MemberHelloCommand> = {}): CommandAnswer {
    const workflows = [{ name: 'order', versions: [1, 2] }];
    return this.apply({
      kind: CommandKind.MEMBER_HELLO,
      node,
      incarnation: 1,
      workflows,
      codecLevelMax: 1,
      buildId: `build-${node}`,
      draining: false,
      ...more,
    });
  }

  limits(limits: Partial<GroupLimits>, expectedRevision: number = this.machine.limitsRevision): CommandAnswer {
    return this.apply({ kind: CommandKind.SET_LIMITS, expectedRevision, limits: { ...DEFAULT_LIMITS, ...limits } });
  }

  down(node: number, incarnation = 1): CommandAnswer {
    return this.apply({ kind: CommandKind.NODE_DOWN, node, incarnation });
  }

  request(): { requestId: string; expiryMs: number } {
    return { requestId: `request-${++this.requests}`, expiryMs: this.nowMs + 600_000 };
  }

  start(workflowId: string, more: Partial<StartCommand> = {}): CommandAnswer {
    return this.apply({
      kind: CommandKind.START,
      ...this.request(),
      workflowId,
      runId: `run-${workflowId}`,
      name: 'order',
      version: 1,
      input: json({ item: 7 }),
      inputDigest: 7,
      ownerPolicy: 'starter',
      starter: 1,
      leaderHint: 2,
      ...more,
    });
  }

  checkpoint(runId: string, call: Call = {}): CommandAnswer {
    return this.apply({
      kind: CommandKind.CHECKPOINT,
      ...this.operation(runId, call),
      value: call.value ?? json('v'),
      error: call.error ?? null,
    });
  }

  computed(runId: string, call: Call = {}): CommandAnswer {
    const { value = json('v'), error = null, attempt = 1 } = call;
    return this.apply({ kind: CommandKind.COMPUTE_RESULT, ...this.operation(runId, call), attempt, value, error });
  }

  attemptStarted(runId: string, call: Call = {}): CommandAnswer {
    const { key = 'k', occurrence = 1, attempt = 1 } = call;
    return this.apply({ kind: CommandKind.ATTEMPT_STARTED, runId, epoch: this.epoch(runId, call), key, occurrence, attempt });
  }

  attemptFailed(runId: string, call: Call & { readonly retryDelayMs?: number } = {}): CommandAnswer {
    const { key = 'k', occurrence = 1, attempt = 1, retryDelayMs = 1000, error } = call;
    const epoch = this.epoch(runId, call);
    return this.apply({
      kind: CommandKind.ATTEMPT_FAILED,
      runId,
      epoch,
      key,
      occurrence,
      attempt,
      retryDelayMs,
      error: error ?? failure('no stock'),
    });
  }

  sleep(runId: string, call: Call & { readonly delayMs?: number } = {}): CommandAnswer {
    return this.apply({ kind: CommandKind.SLEEP, ...this.operation(runId, call), delayMs: call.delayMs ?? 1000 });
  }

  fire(runId: string, timerId: number): CommandAnswer {
    return this.apply({ kind: CommandKind.TIMER_FIRED, runId, timerId });
  }

  finish(runId: string, more: Partial<FinishCommand> = {}): CommandAnswer {
    const epoch = this.epoch(runId, {});
    const consumedWseq = this.run(runId).history.length;
    return this.apply({
      kind: CommandKind.FINISH,
      runId,
      epoch,
      consumedWseq,
      outcome: 'completed',
      result: json('done'),
      error: null,
      digest: 9,
      ...more,
    });
  }

  continueAsNew(
    runId: string,
    more: { readonly newRunId: string; readonly consumedWseq?: number; readonly input?: Uint8Array; readonly version?: number },
  ): CommandAnswer {
    const consumedWseq = more.consumedWseq ?? this.run(runId).history.length;
    const { newRunId, input = json('next'), version = 1 } = more;
    return this.apply({
      kind: CommandKind.CONTINUE_AS_NEW,
      runId,
      epoch: this.epoch(runId, {}),
      consumedWseq,
      newRunId,
      version,
      input,
      inputDigest: 8,
      digest: 9,
    });
  }

  signal(
    workflowId: string,
    more: { readonly runId?: string; readonly name?: string; readonly payload?: Uint8Array; readonly requestId?: string } = {},
  ): CommandAnswer {
    const { runId = '', name = 'go', payload = json(1) } = more;
    const request = this.request();
    return this.apply({
      kind: CommandKind.SIGNAL,
      ...request,
      requestId: more.requestId ?? request.requestId,
      workflowId,
      runId,
      name,
      payload,
    });
  }

  cancel(workflowId: string): CommandAnswer {
    return this.apply({ kind: CommandKind.CANCEL, ...this.request(), workflowId, runId: '', reason: 'enough' });
  }

  terminate(workflowId: string): CommandAnswer {
    return this.apply({ kind: CommandKind.TERMINATE, ...this.request(), workflowId, runId: '' });
  }

  reset(workflowId: string): CommandAnswer {
    return this.apply({ kind: CommandKind.RESET, ...this.request(), workflowId, runId: '' });
  }

  changeOwner(runId: string, to: number, expectedEpoch: number = this.run(runId).epoch): CommandAnswer {
    return this.apply({ kind: CommandKind.CHANGE_OWNER, runId, expectedEpoch, to });
  }

  decline(
    runId: string,
    node: number,
    reason: DeclineReason = 'diverged',
    more: { readonly epoch?: number; readonly incarnation?: number } = {},
  ): CommandAnswer {
    const { epoch = 0, incarnation = 1 } = more;
    return this.apply({ kind: CommandKind.DECLINE, runId, epoch, node, incarnation, reason, message: `node ${node} can not go on` });
  }

  startChild(workflowId: string, parent: Partial<ParentRef> = {}, more: Partial<StartChildCommand> = {}): CommandAnswer {
    const { expiryMs } = this.request();
    const ref: ParentRef = {
      workflowId: 'parent',
      runId: 'run-parent',
      key: '$child/k',
      occurrence: 1,
      token: `token-${workflowId}`,
      onClose: 'cancel',
      ...parent,
    };
    return this.apply({
      kind: CommandKind.START_CHILD,
      requestId: ref.token,
      expiryMs,
      workflowId,
      runId: `run-${workflowId}`,
      name: 'order',
      version: 1,
      input: json({ item: 1 }),
      inputDigest: 5,
      ownerPolicy: 'starter',
      starter: 1,
      leaderHint: 1,
      parent: ref,
      ...more,
    });
  }

  acknowledge(...runIds: string[]): CommandAnswer {
    return this.apply({ kind: CommandKind.ACKNOWLEDGE_CHILD, runIds });
  }

  /** Every member knows all levels, and the group is at the highest. */
  raise(): void {
    for (const node of [1, 2, 3]) this.hello(node, { codecLevelMax: CODEC_LEVEL_MAX });
    this.apply({ kind: CommandKind.RAISE_CODEC_LEVEL, level: CODEC_LEVEL_MAX });
  }

  sweep(cutoffMs: number): CommandAnswer {
    return this.apply({ kind: CommandKind.RETENTION_SWEEP, cutoffMs });
  }

  run(runId: string): RunView {
    const run = this.machine.run(runId);
    if (run === undefined) throw new Error(`no run ${runId}`);
    return run;
  }

  last(runId: string): RunEvent {
    return this.run(runId).history.last()!;
  }

  /** Names of the run's events, in order. */
  kinds(runId: string): string[] {
    return this.run(runId)
      .history.events()
      .map((event) => KIND_NAMES.get(event.kind)!);
  }

  private epoch(runId: string, call: Call): number {
    return call.epoch ?? this.machine.run(runId)?.epoch ?? 1;
  }

  private operation(
    runId: string,
    call: Call,
  ): {
    runId: string;
    epoch: number;
    key: string;
    occurrence: number;
    position: { wseq: number; ordinal: number };
    argumentsDigest: number;
  } {
    const { key = 'k', occurrence = 1, at = 1 } = call;
    return { runId, epoch: this.epoch(runId, call), key, occurrence, position: { wseq: at, ordinal: 0 }, argumentsDigest: 3 };
  }
}

const KIND_NAMES = new Map<number, string>(Object.entries(EventKind).map(([name, kind]) => [kind, name]));

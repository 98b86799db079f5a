/**
 * Random but plausible commands for a workflow state machine, from a seed: starts, owner commands (of right and wrong epochs), signals,
 * deaths, hellos, declines, membership changes, sweeps.
 */
import type { ConfState } from '../../lib/raft/index.js';
import { stampLogTime } from '../../lib/state-machine/index.js';
import { encodeCommand } from '../../lib/workflow/command-codec.js';
import {
  CHILDREN_LEVEL,
  CODEC_LEVEL_MAX,
  CommandKind,
  DEFAULT_LIMITS,
  type DeclineReason,
  type OwnerPolicy,
  type StartCommand,
  type WorkflowCommand,
} from '../../lib/workflow/command.js';
import type { WorkflowStateMachine } from '../../lib/workflow/state-machine.js';
import type { RunView } from '../../lib/workflow/state.js';
import { conf, failure } from './workflow-machine.js';

const POLICIES: readonly OwnerPolicy[] = ['starter', 'leader', 'spread'];
const REASONS: readonly DeclineReason[] = ['diverged', 'foreign-await', 'instantiation-failed', 'over-budget', 'draining'];
const MEMBERSHIPS = [
  conf([1, 2, 3]),
  conf([1, 2, 3, 4, 5]),
  conf([2, 3, 4]),
  conf([1, 2], { votersOutgoing: [1, 2, 3] }),
  conf([1, 3], { learners: [2] }),
];

export function xorshift(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** One entry of the log. */
export type ChaosEntry =
  | { readonly index: number; readonly frame: Uint8Array; readonly membership: null }
  | { readonly index: number; readonly frame: null; readonly membership: ConfState };

export class WorkflowChaos {
  private nowMs = 1_000;
  private serial = 0;
  private index = 0;
  private readonly incarnations = new Map<number, number>();
  private readonly recent: Uint8Array[] = [];

  /**
   * @param prefix of ids of runs and requests: two groups have no run in common.
   * @param mayComeAgain whether a new run may have the id of an earlier one, where that is gone.
   */
  constructor(
    private readonly random: () => number,
    private readonly prefix = '',
    private readonly mayComeAgain: (runId: string) => boolean = () => true,
  ) {}

  /** Applies the next entry to all machines, which must be in the same state. */
  step(machines: readonly WorkflowStateMachine[]): void {
    const { index, frame, membership } = this.next(machines[0]!);
    for (const machine of machines) {
      if (frame === null) machine.applyMembership(index, membership);
      else machine.apply(index, 1, frame);
    }
  }

  /** The next entry, for a machine in the state before it. */
  next(machine: WorkflowStateMachine): ChaosEntry {
    const index = ++this.index;
    if (this.index === 1 || this.below(60) === 0) {
      return { index, frame: null, membership: this.index === 1 ? MEMBERSHIPS[0]! : this.pick(MEMBERSHIPS) };
    }
    this.nowMs += this.below(30) === 0 ? -5 : this.below(200);
    return { index, frame: this.nextFrame(machine), membership: null };
  }

  /** A command as the next entry, now or at a later time. */
  entryOf(command: WorkflowCommand, atMs = 0): ChaosEntry {
    this.nowMs = Math.max(this.nowMs, atMs);
    return { index: ++this.index, frame: this.stamped(encodeCommand(command, CODEC_LEVEL_MAX).slice()), membership: null };
  }

  get appliedIndex(): number {
    return this.index;
  }

  private nextFrame(machine: WorkflowStateMachine): Uint8Array {
    // A frame that is sent again, as it was: a retry, or a duplicate of the network.
    if (this.recent.length > 0 && this.below(8) === 0) return this.stamped(this.pick(this.recent).slice());
    const frame = encodeCommand(this.command(machine), CODEC_LEVEL_MAX);
    this.recent.push(frame);
    if (this.recent.length > 40) this.recent.shift();
    return this.stamped(frame.slice());
  }

  private stamped(frame: Uint8Array): Uint8Array {
    stampLogTime(frame, this.nowMs);
    return frame;
  }

  private command(machine: WorkflowStateMachine): WorkflowCommand {
    const runs = [...machine.openRuns()];
    const roll = this.below(100);
    if (machine.codecLevel >= CHILDREN_LEVEL && this.below(12) === 0) return this.aboutChildren(machine);
    if (roll < 12 || runs.length === 0) return this.below(4) === 0 ? this.hello() : this.start();
    const run = this.pick(runs);
    if (roll < 70) return this.ownerCommand(machine, run);
    return this.otherCommand(machine, run, roll);
  }

  private start(): WorkflowCommand {
    const id = this.below(60);
    return {
      kind: CommandKind.START,
      ...this.request(),
      workflowId: this.below(50) === 0 ? 'bad\u0000id' : `wf-${id}`,
      runId: this.newRunId(30),
      name: 'order',
      version: 1 + this.below(3),
      input: this.value(),
      inputDigest: this.below(3),
      ownerPolicy: this.pick(POLICIES),
      starter: 1 + this.below(5),
      leaderHint: 1 + this.below(5),
    };
  }

  /** Parents are anybody: whoever they are is not this group's business. Children are few, so that starts, ends and acknowledgements of one meet. */
  private aboutChildren(machine: WorkflowStateMachine): WorkflowCommand {
    const held = [...machine.children.held()];
    if (held.length > 0 && this.below(3) === 0)
      return { kind: CommandKind.ACKNOWLEDGE_CHILD, runIds: [this.pick(held).runId, this.someRunId()] };
    const id = this.below(30);
    const token = `child-token-${id}`;
    const key = `$child/k${id}`;
    const parent = { workflowId: `wf-${id}`, runId: this.someRunId(), key, occurrence: 1 + this.below(3), token };
    return {
      ...(this.start() as StartCommand),
      requestId: token,
      kind: CommandKind.START_CHILD,
      workflowId: `wf-${id}`,
      parent: { ...parent, onClose: this.pick(['cancel', 'abandon'] as const) },
    };
  }

  private ownerCommand(machine: WorkflowStateMachine, run: RunView): WorkflowCommand {
    const { runId } = run;
    const epoch = this.below(10) === 0 ? Math.max(0, run.epoch - 1) : run.epoch;
    const key = `k${this.below(3)}`;
    const occurrence = 1 + this.below(12);
    const position = { wseq: 1 + this.below(run.history.length), ordinal: this.below(3) };
    const operation = { runId, epoch, key, occurrence, position, argumentsDigest: this.below(5) };
    const attempt = 1 + this.below(4);
    const error = this.below(4) === 0 ? failure(`e${this.below(9)}`) : null;
    switch (this.below(9)) {
      case 0:
      case 1:
        return { kind: CommandKind.CHECKPOINT, ...operation, value: this.value(), error };
      case 2:
      case 3:
        return { kind: CommandKind.COMPUTE_RESULT, ...operation, attempt, value: this.value(), error };
      case 4:
        return { kind: CommandKind.ATTEMPT_STARTED, runId, epoch, key, occurrence, attempt };
      case 5:
        return {
          kind: CommandKind.ATTEMPT_FAILED,
          runId,
          epoch,
          key,
          occurrence,
          attempt,
          retryDelayMs: this.below(500),
          error: failure('again'),
        };
      case 6:
        return { kind: CommandKind.SLEEP, ...operation, delayMs: this.below(1000) };
      case 7:
        return this.timer(machine, run);
      default:
        return this.ending(run, epoch);
    }
  }

  private timer(machine: WorkflowStateMachine, run: RunView): WorkflowCommand {
    const due = machine.timersDue(this.nowMs, 5);
    if (due.length > 0 && this.below(4) > 0) {
      const { runId, timerId } = this.pick(due);
      return { kind: CommandKind.TIMER_FIRED, runId, timerId };
    }
    return { kind: CommandKind.TIMER_FIRED, runId: run.runId, timerId: 1 + this.below(4) };
  }

  private ending(run: RunView, epoch: number): WorkflowCommand {
    const { runId } = run;
    const consumedWseq = Math.max(0, run.history.length - this.below(4));
    const digest = this.below(100);
    if (this.below(3) > 0)
      return { kind: CommandKind.FINISH, runId, epoch, consumedWseq, outcome: 'completed', result: this.value(), error: null, digest };
    const version = 1 + this.below(3);
    return {
      kind: CommandKind.CONTINUE_AS_NEW,
      runId,
      epoch,
      consumedWseq,
      newRunId: this.newRunId(10),
      version,
      input: this.value(),
      inputDigest: this.below(3),
      digest,
    };
  }

  private otherCommand(machine: WorkflowStateMachine, run: RunView, roll: number): WorkflowCommand {
    const target = this.target(run);
    const node = 1 + this.below(5);
    const incarnation = Math.max(1, this.incarnation(node) - (this.below(10) === 0 ? 1 : 0));
    if (roll < 76) return { kind: CommandKind.SIGNAL, ...this.request(), ...target, name: 'go', payload: this.value() };
    if (roll < 78) return { kind: CommandKind.CANCEL, ...this.request(), ...target, reason: 'enough' };
    if (roll < 79) return { kind: CommandKind.TERMINATE, ...this.request(), ...target };
    if (roll < 81) return { kind: CommandKind.RESET, ...this.request(), ...target };
    if (roll < 85) return { kind: CommandKind.NODE_DOWN, node, incarnation };
    if (roll < 90) return this.hello();
    if (roll < 91) return this.ofLevelTwo(machine);
    if (roll < 95) {
      return {
        kind: CommandKind.DECLINE,
        runId: run.runId,
        epoch: this.pick([0, run.epoch]),
        node,
        incarnation,
        reason: this.pick(REASONS),
        message: 'no',
      };
    }
    if (roll < 97) return { kind: CommandKind.CHANGE_OWNER, runId: run.runId, expectedEpoch: run.epoch, to: node };
    if (roll < 98) return { kind: CommandKind.RETENTION_SWEEP, cutoffMs: this.nowMs - this.below(20_000) };
    const limits = {
      ...DEFAULT_LIMITS,
      payloadBytesMax: 20 + this.below(40),
      openRunsMax: 20 + this.below(40),
      crashSuspectLimit: this.below(4),
    };
    return { kind: CommandKind.SET_LIMITS, expectedRevision: machine.limitsRevision, limits };
  }

  private ofLevelTwo(machine: WorkflowStateMachine): WorkflowCommand {
    const level = machine.codecLevel + 1;
    if (level <= CODEC_LEVEL_MAX && this.below(2) === 0) return { kind: CommandKind.RAISE_CODEC_LEVEL, level };
    if (this.below(3) === 0) return { kind: CommandKind.STATE_CHECK };
    // Once in a while, and rarely done: node ids are reserved before it only.
    if (this.below(40) === 0) return { kind: CommandKind.FOUND_MANAGEMENT, members: [1 + this.below(3), 4 + this.below(2)] };
    // Also where it is too early: apply ignores it.
    return { kind: CommandKind.RESERVE_NODE_ID, token: `token-${this.below(20)}`, above: this.below(50) };
  }

  /** Mostly an open run; one that is closed, swept, or never was, too. */
  private target(run: RunView): { workflowId: string; runId: string } {
    if (this.below(4) > 0) return { workflowId: run.workflowId, runId: this.below(3) === 0 ? run.runId : '' };
    return { workflowId: `wf-${this.below(60)}`, runId: this.below(3) === 0 ? this.someRunId() : '' };
  }

  /** One in so many is not new. */
  private newRunId(one: number): string {
    const earlier = this.below(one) === 0 ? this.someRunId() : null;
    return earlier !== null && this.mayComeAgain(earlier) ? earlier : `${this.prefix}run-${++this.serial}`;
  }

  private someRunId(): string {
    return `${this.prefix}run-${1 + this.below(this.serial + 1)}`;
  }

  private hello(): WorkflowCommand {
    const node = 1 + this.below(5);
    if (this.below(4) === 0) this.incarnations.set(node, this.incarnation(node) + 1);
    const versions = [1, 2, 3].filter(() => this.below(3) > 0);
    const draining = this.below(6) === 0;
    const workflows = [{ name: 'order', versions }];
    return {
      kind: CommandKind.MEMBER_HELLO,
      node,
      incarnation: this.incarnation(node),
      workflows,
      codecLevelMax: CODEC_LEVEL_MAX,
      buildId: `b${this.below(3)}`,
      draining,
    };
  }

  private incarnation(node: number): number {
    return this.incarnations.get(node) ?? 1;
  }

  private request(): { requestId: string; expiryMs: number } {
    return { requestId: `${this.prefix}q-${++this.serial}`, expiryMs: this.nowMs + this.below(10_000) };
  }

  private value(): Uint8Array {
    return new Uint8Array(this.below(70)).fill(65 + this.below(26));
  }

  private below(bound: number): number {
    return this.random() % bound;
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

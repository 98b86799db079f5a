/**
 * The state machine of an execution cluster: the one place where its commands take effect. Pure: no clock, promise or chance; time
 * comes in with the entries, as the leader's stamp.
 *
 * M1. apply() is a function of the state and the entry: every replica decides alike.
 * M2. Nothing that a client or an owner sends makes it throw. What it can not decode halts the group on this node (R31), with group
 *     and index; it is never skipped.
 * M3. A refused or ignored command changes nothing but the log time and, for a client command, the memory of its answer. (An ignored
 *     sleep after a cancel marks its operation as settled: see apply-owner.ts.)
 * Source: RULES R1–R40. Tests: state-machine.*.spec.ts.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import type { ConfState } from '../raft/index.js';
import { readLogTimeStamp, type StateMachine } from '../state-machine/index.js';
import { decodeCommand } from './command-codec.js';
import { CommandKind, type GroupLimits, type WorkflowCommand } from './command.js';
import { slotOf } from './slot.js';
import type { CommandAnswer, EventSink, HelloView, RunView, WorkflowStateView } from './state.js';
import { applyClient, cancel, reset, signal, start, terminate } from './state-machine/apply-client.js';
import { changeOwnerTo, decline, memberHello, nodeDown, raiseCodecLevel, retentionSweep, setLimits } from './state-machine/apply-group.js';
import {
  attemptFailed,
  attemptStarted,
  checkpoint,
  computeResult,
  continueAsNew,
  finish,
  sleep,
  timerFired,
} from './state-machine/apply-owner.js';
import { GroupState } from './state-machine/group-state.js';
import { changeMembership, eligibleNodes } from './state-machine/ownership.js';
import { decodeSnapshot, encodeSnapshot } from './state-machine/snapshot-codec.js';
import type { Timer } from './state-machine/timers.js';

export interface WorkflowStateMachineOptions {
  readonly groupId: number;
  readonly sink?: EventSink;
  /** Remember which runs changed, for takeDirtyRuns(). Whoever asks for it must take them. */
  readonly trackDirty?: boolean;
}

export class WorkflowStateMachine implements StateMachine<CommandAnswer>, WorkflowStateView {
  readonly groupId: number;
  private state: GroupState;

  constructor(options: WorkflowStateMachineOptions) {
    this.groupId = options.groupId;
    this.state = new GroupState(options.groupId);
    this.state.sink = options.sink ?? null;
    this.state.dirty = options.trackDirty === true ? new Set() : null;
  }

  /** Replaces the sink. */
  setSink(sink: EventSink | null): void {
    this.state.sink = sink;
  }

  apply(index: number, _term: number, frame: Uint8Array): CommandAnswer {
    const { state } = this;
    invariant(index > state.appliedIndex, () => `group ${this.groupId} applies ${index} after ${state.appliedIndex}`);
    const command = this.decode(index, frame);
    state.appliedIndex = index;
    state.advanceLogTime(readLogTimeStamp(frame));
    state.requests.forgetExpired(state.logTimeMs);
    return this.carryOut(command);
  }

  check(frame: Uint8Array): void {
    decodeCommand(frame);
  }

  private decode(index: number, frame: Uint8Array): WorkflowCommand {
    try {
      return decodeCommand(frame);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new RaftoralError('GROUP_HALTED', `Group ${this.groupId} can not apply entry ${index}: ${why}`, {
        cause: error,
        details: { groupId: this.groupId, index },
      });
    }
  }

  private carryOut(command: WorkflowCommand): CommandAnswer {
    const { state } = this;
    switch (command.kind) {
      case CommandKind.CHECKPOINT:
        return checkpoint(state, command);
      case CommandKind.COMPUTE_RESULT:
        return computeResult(state, command);
      case CommandKind.ATTEMPT_STARTED:
        return attemptStarted(state, command);
      case CommandKind.ATTEMPT_FAILED:
        return attemptFailed(state, command);
      case CommandKind.SLEEP:
        return sleep(state, command);
      case CommandKind.TIMER_FIRED:
        return timerFired(state, command);
      case CommandKind.DECLINE:
        return decline(state, command);
      case CommandKind.FINISH:
        return finish(state, command);
      case CommandKind.CONTINUE_AS_NEW:
        return continueAsNew(state, command);
      case CommandKind.START:
        return applyClient(state, command, start);
      case CommandKind.SIGNAL:
        return applyClient(state, command, signal);
      case CommandKind.CANCEL:
        return applyClient(state, command, cancel);
      case CommandKind.TERMINATE:
        return applyClient(state, command, terminate);
      case CommandKind.RESET:
        return applyClient(state, command, reset);
      case CommandKind.CHANGE_OWNER:
        return changeOwnerTo(state, command);
      case CommandKind.MEMBER_HELLO:
        return memberHello(state, command);
      case CommandKind.SET_LIMITS:
        return setLimits(state, command);
      case CommandKind.RAISE_CODEC_LEVEL:
        return raiseCodecLevel(state, command);
      case CommandKind.NODE_DOWN:
        return nodeDown(state, command);
      case CommandKind.RETENTION_SWEEP:
        return retentionSweep(state, command);
    }
  }

  applyMembership(index: number, membership: ConfState): void {
    if (index > this.state.appliedIndex) this.state.appliedIndex = index;
    changeMembership(this.state, membership);
  }

  snapshot(): Uint8Array {
    return encodeSnapshot(this.state);
  }

  restore(index: number, bytes: Uint8Array): void {
    const { sink, dirty } = this.state;
    const restored = decodeSnapshot(this.groupId, bytes);
    restored.appliedIndex = index;
    restored.sink = sink;
    if (dirty !== null) {
      restored.dirty = dirty;
      for (const runId of this.state.runs.keys()) dirty.add(runId);
      for (const runId of restored.runs.keys()) dirty.add(runId);
    }
    this.state = restored;
  }

  /** runIds that changed, or were forgotten, since the last call. Empty unless `trackDirty` was given. */
  takeDirtyRuns(): string[] {
    const { dirty } = this.state;
    if (dirty === null) return [];
    const runIds = [...dirty];
    dirty.clear();
    return runIds;
  }

  // --- the read side ------------------------------------------------------------------------------------------------------------

  get appliedIndex(): number {
    return this.state.appliedIndex;
  }

  get logTimeMs(): number {
    return this.state.logTimeMs;
  }

  get codecLevel(): number {
    return this.state.codecLevel;
  }

  get limits(): GroupLimits {
    return this.state.limits;
  }

  get limitsRevision(): number {
    return this.state.limitsRevision;
  }

  get voters(): readonly number[] {
    return this.state.voters;
  }

  get hellos(): ReadonlyMap<number, HelloView> {
    return this.state.hellos;
  }

  get openRunCount(): number {
    return this.state.open.size;
  }

  get closedRunCount(): number {
    return this.state.closed.size;
  }

  run(runId: string): RunView | undefined {
    return this.state.runs.get(runId);
  }

  current(workflowId: string): RunView | undefined {
    return this.state.current.get(workflowId);
  }

  openRuns(): IterableIterator<RunView> {
    return this.state.open.values();
  }

  allRuns(): IterableIterator<RunView> {
    return this.state.runs.values();
  }

  async fetch({ workflowId, runId }: { readonly workflowId: string; readonly runId?: string }): Promise<RunView | undefined> {
    const run = runId === undefined ? this.current(workflowId) : this.run(runId);
    return run?.workflowId === workflowId ? run : undefined;
  }

  async listStored(): Promise<readonly RunView[]> {
    return [];
  }

  hold(): Promise<void> | null {
    return null;
  }

  release(): void {
    // Histories stay in memory where there is no disk.
  }

  ownsSlotOf(workflowId: string): boolean {
    return this.state.slots.owns(slotOf(workflowId));
  }

  defaultVersion(name: string): number | undefined {
    let common: readonly number[] | undefined;
    for (const node of this.state.voters) {
      const versions = this.state.hellos.get(node)?.workflows.get(name);
      if (versions === undefined || versions.length === 0) continue;
      common = common === undefined ? versions : common.filter((version) => versions.includes(version));
    }
    return common?.at(-1);
  }

  isRegistered(name: string, version: number): boolean {
    return this.state.voters.some((node) => this.state.hellos.get(node)?.workflows.get(name)?.includes(version) === true);
  }

  eligible(run: RunView): readonly number[] {
    const record = this.state.runs.get(run.runId);
    return record === undefined ? [] : eligibleNodes(this.state, record);
  }

  nextTimer(): Timer | undefined {
    return this.state.timers.next();
  }

  timersDue(ms: number, limit: number): readonly Timer[] {
    return this.state.timers.due(ms, limit);
  }

  oldestClosedMs(): number | undefined {
    return this.state.closed.oldest()?.closedMs;
  }
}

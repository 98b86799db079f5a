/**
 * The state machine of an execution cluster: the one place where its commands take effect. Pure: no clock, promise or chance; time
 * comes in with the entries, as the leader's stamp.
 *
 * M1. apply() is a function of the state and the entry: every replica decides alike.
 * M2. Nothing that a client or an owner sends makes it throw. What it can not decode halts the group on this node (R31), with group
 *     and index; it is never skipped.
 * M3. A refused or ignored command changes nothing but the log time and, for a client command, the memory of its answer. (An ignored
 *     sleep after a cancel marks its operation as settled: see apply-owner.ts.)
 * M4. Where it is stored in rows (load() was called), closed runs and histories leave memory once they are durable; answers, events and snapshot bytes
 *     are those of a machine that keeps all of it (R27, R32). Without that, nothing leaves.
 * M5. A replica that is found to differ from a majority throws STATE_DIVERGED as it applies that, and halts the group on its node (state-machine/state-check.ts).
 * Source: RULES R1–R40. Tests: state-machine.*.spec.ts.
 */
import { RaftoralError, invariant } from '../errors/index.js';
import type { ConfState } from '../raft/index.js';
import {
  BinaryWriter,
  readLogTimeStamp,
  type RowStateMachine,
  type RunQuery,
  type StateCut,
  type StateImage,
  type StatePosition,
  type StateSource,
  type StoredState,
} from '../state-machine/index.js';
import { decodeCommand } from './command-codec.js';
import { CommandKind, type GroupLimits, type WorkflowCommand } from './command.js';
import { slotOf } from './slot.js';
import type { CommandAnswer, EventSink, ChildrenView, HelloView, RunView, StateCheckView, StateWalk, WorkflowStateView } from './state.js';
import { acknowledgeChildren, startChild } from './state-machine/apply-children.js';
import { refusalWhileDivided, stateCheck, stateHash } from './state-machine/apply-check.js';
import { applyClient, cancel, reset, signal, start, terminate } from './state-machine/apply-client.js';
import {
  changeOwnerTo,
  decline,
  memberHello,
  nodeDown,
  raiseCodecLevel,
  foundManagement,
  reserveNodeId,
  retentionSweep,
  setLimits,
} from './state-machine/apply-group.js';
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
import { applyMove } from './state-machine/apply-move.js';
import { Cut } from './state-machine/cut.js';
import { writeHashedGroup } from './state-machine/group-codec.js';
import { GroupState } from './state-machine/group-state.js';
import { checkGroupPart, imageOf, snapshotOf } from './state-machine/images.js';
import { loadedState } from './state-machine/load.js';
import { changeMembership, eligibleNodes } from './state-machine/ownership.js';
import { decodeSnapshot, encodeSnapshot } from './state-machine/snapshot-codec.js';
import { HashWalk } from './state-machine/hash-walk.js';
import { STATE_PARTS } from './state-machine/state-hash.js';
import { StoredRuns, answered } from './state-machine/stored-runs.js';
import type { Timer } from './state-machine/timers.js';

export interface WorkflowStateMachineOptions {
  readonly groupId: number;
  readonly sink?: EventSink;
  /** The node whose replica this is: it halts when it is found to differ. Absent: that is for others to notice. */
  readonly nodeId?: number;
}

export class WorkflowStateMachine implements RowStateMachine<CommandAnswer>, WorkflowStateView {
  readonly groupId: number;
  private readonly nodeId: number;
  private state: GroupState;
  /** null: all of it is in memory. */
  private stored: StoredRuns | null = null;
  /** The open cut. */
  private openCut: Cut | null = null;
  /** Number of the newest closing that a cut has taken. */
  private closingsCut = 0;

  constructor(options: WorkflowStateMachineOptions) {
    this.groupId = options.groupId;
    this.nodeId = options.nodeId ?? 0;
    this.state = new GroupState(options.groupId);
    this.state.sink = options.sink ?? null;
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
    if (this.openCut !== null || state.walk !== null) this.guard(command);
    const answer = this.carryOut(command);
    if (this.stored !== null) this.stored.applied();
    return answer;
  }

  /**
   * What waits in the open cut is encoded before this command changes it: commands of one run name it. What a command starts, no cut knows yet; those of the whole group
   * tell it themselves, where they change an owner or move a run.
   */
  private guard(command: WorkflowCommand): void {
    if (!('runId' in command)) return;
    const { runs, current } = this.state;
    const run = 'workflowId' in command && command.runId === '' ? current.get(command.workflowId) : runs.get(command.runId);
    if (run !== undefined) this.state.willChange(run);
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
    const refusal = refusalWhileDivided(state, command.kind);
    if (refusal !== null) return refusal;
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
        return applyClient(state, command, (into, given) => start(into, given));
      case CommandKind.START_CHILD:
        return startChild(state, command);
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
      case CommandKind.RESERVE_NODE_ID:
        return reserveNodeId(state, command);
      case CommandKind.FOUND_MANAGEMENT:
        return foundManagement(state, command);
      case CommandKind.STATE_CHECK:
        return this.beginWalk(stateCheck(state));
      case CommandKind.STATE_HASH:
        return this.haltIfDiverged(stateHash(state, command));
      case CommandKind.RETENTION_SWEEP:
        return retentionSweep(state, command);
      case CommandKind.ACKNOWLEDGE_CHILD:
        return acknowledgeChildren(state, command);
      case CommandKind.FREEZE_SLOTS:
      case CommandKind.UNFREEZE_SLOTS:
      case CommandKind.DROP_SLOTS:
      case CommandKind.IMPORT_BEGIN:
      case CommandKind.IMPORT_PART:
      case CommandKind.ACTIVATE_IMPORT:
      case CommandKind.ABORT_IMPORT:
        return applyMove(state, command);
    }
  }

  /** Of the state right behind the check. */
  private beginWalk(answer: CommandAnswer): CommandAnswer {
    const { state } = this;
    if (!answer.ok) return answer;
    const writer = new BinaryWriter();
    writeHashedGroup(writer, state);
    state.walk = new HashWalk({
      index: state.appliedIndex,
      group: writer.finish(),
      open: state.allOpen(),
      lastOrder: state.lastOrder,
      answers: [...state.requests.entries()],
      closed: state.closedHash,
      events: state.chain.value,
      whenDone: (walk) => {
        if (state.walk === walk) state.walk = null;
      },
    });
    return answer;
  }

  /** M5. */
  private haltIfDiverged(answer: CommandAnswer): CommandAnswer {
    const { check, appliedIndex } = this.state;
    if (!answer.ok || this.nodeId === 0 || check.diverged.get(this.nodeId) !== check.index) return answer;
    const own = check.reports.get(this.nodeId)!;
    const right = check.majority()!;
    const parts = STATE_PARTS.filter((_, i) => own[i] !== right[i]);
    throw new RaftoralError(
      'STATE_DIVERGED',
      `The state of cluster ${this.groupId} on node ${this.nodeId} differs from that of a majority at index ${check.index} (${parts.join(', ')}): this replica takes no part any more; replace it (docs/OPERATIONS.md).`,
      { details: { groupId: this.groupId, nodeId: this.nodeId, index: appliedIndex, checkIndex: check.index, parts } },
    );
  }

  applyMembership(index: number, membership: ConfState): void {
    if (index > this.state.appliedIndex) this.state.appliedIndex = index;
    changeMembership(this.state, membership);
  }

  snapshot(): Uint8Array {
    invariant(this.stored === null, () => `group ${this.groupId} is stored in rows: bytesOf() makes its snapshot`);
    return encodeSnapshot(this.state);
  }

  restore(index: number, bytes: Uint8Array): void {
    invariant(this.stored === null, () => `group ${this.groupId} is stored in rows: they are replaced, and loaded`);
    const restored = decodeSnapshot(this.groupId, bytes);
    restored.appliedIndex = index;
    this.replace(restored, null);
  }

  private replace(state: GroupState, source: StateSource | null): void {
    state.sink = this.state.sink;
    this.state = state;
    this.stored?.close();
    this.stored = source === null ? null : new StoredRuns(state, source);
    this.openCut = null;
    this.closingsCut = state.ring?.last ?? 0;
  }

  // --- rows ---------------------------------------------------------------------------------------------------------------------

  load(stored: StoredState, source: StateSource): void {
    this.replace(loadedState(this.groupId, stored), source);
  }

  cut(): StateCut {
    invariant(this.openCut === null, () => `group ${this.groupId}: the cut at ${this.openCut?.index} is not done`);
    if (this.state.ring === null) this.state.storeInRows();
    const cut = new Cut(this.state, this.closingsCut, (done) => this.cutIsDone(done));
    this.openCut = this.state.openCut = cut;
    this.closingsCut = cut.closings;
    return cut;
  }

  private cutIsDone(cut: Cut): void {
    // Another state may have come meanwhile.
    if (this.openCut !== cut) return;
    this.openCut = this.state.openCut = null;
    for (const run of cut.runs) run.durableWseq = run.savedWseq;
    this.stored?.flushed(cut);
  }

  prefetch(frames: readonly Uint8Array[]): Promise<void> | null {
    return this.stored === null ? null : this.stored.prefetch(frames);
  }

  rowsOf(position: StatePosition, bytes: Uint8Array): StateImage {
    const image = imageOf(this.groupId, position, bytes);
    this.stored?.installBegins();
    return image;
  }

  expectRows(_position: StatePosition, group: Uint8Array): void {
    checkGroupPart(this.groupId, group);
    this.stored?.installBegins();
  }

  bytesOf(image: StateImage): Promise<Uint8Array> {
    return snapshotOf(this.groupId, image);
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

  get nodeIdHighest(): number {
    return this.state.nodeIds.highest;
  }

  reservedNodeId(token: string): number | undefined {
    return this.state.nodeIds.reservedBy(token);
  }

  reservedNodeIds(): readonly number[] {
    return Array.from(this.state.nodeIds.reservations(), ([, { nodeId }]) => nodeId);
  }

  /** Runs that began here, as this replica has applied it since its process began: only differences count. */
  get startsTotal(): number {
    return this.state.startsTotal;
  }

  get founders(): readonly number[] {
    return this.state.founders;
  }

  wasRemoved(node: number): boolean {
    return this.state.nodeIds.wasRemoved(node);
  }

  get stateCheck(): StateCheckView {
    return this.state.check.view();
  }

  get isRefusing(): boolean {
    return this.state.check.isRefusing;
  }

  get stateCheckRevision(): number {
    return this.state.check.revision;
  }

  get stateWalk(): StateWalk | null {
    return this.state.walk;
  }

  get openRunCount(): number {
    return this.state.open.size;
  }

  get closedRunCount(): number {
    return this.state.closedCount;
  }

  run(runId: string): RunView | undefined {
    const run = this.state.runs.get(runId);
    return run !== undefined && this.state.staged.has(run) ? undefined : run;
  }

  current(workflowId: string): RunView | undefined {
    return this.state.current.get(workflowId);
  }

  openRuns(): IterableIterator<RunView> {
    return this.state.open.values();
  }

  get isInStartOrder(): boolean {
    return this.state.isInStartOrder;
  }

  *allRuns(): IterableIterator<RunView> {
    const { runs, slots, staged } = this.state;
    // Closed runs stay, unseen, after their slot went.
    for (const run of runs.values()) if (run.isOpen ? !staged.has(run) : slots.shows(run.slot)) yield run;
  }

  takeDeparted(): readonly RunView[] {
    const { departed } = this.state;
    if (departed.length !== 0) this.state.departed = [];
    return departed;
  }

  /** exportedOf(). */
  private get exported(): { readonly state: GroupState; readonly stored: StoredRuns | null } {
    return { state: this.state, stored: this.stored };
  }

  fetch(ref: { readonly workflowId: string; readonly runId?: string }, need: 'last event' | 'all events'): Promise<RunView | undefined> {
    return answered(() => this.stored?.fetch(ref, need) ?? { run: this.runInMemory(ref) }).then(({ run }) => run);
  }

  private runInMemory({ workflowId, runId }: { readonly workflowId: string; readonly runId?: string }): RunView | undefined {
    const run = runId === undefined ? this.current(workflowId) : this.run(runId);
    return run?.workflowId === workflowId ? run : undefined;
  }

  listStored(query: Omit<RunQuery, 'sweptMs'>): Promise<readonly RunView[]> {
    return answered(() => this.stored?.list(query) ?? []);
  }

  hold(runId: string, from = 1): Promise<void> | null {
    return this.stored === null ? null : this.stored.hold(runId, from);
  }

  consumed(runId: string, wseq: number): void {
    this.stored?.consumed(runId, wseq);
  }

  release(runId: string): void {
    this.stored?.release(runId);
  }

  ownsSlotOf(workflowId: string): boolean {
    return this.state.slots.owns(slotOf(workflowId));
  }

  showsSlotOf(workflowId: string): boolean {
    return this.state.slots.shows(slotOf(workflowId));
  }

  slotMovedTo(workflowId: string): number {
    return this.state.slots.movedTo[slotOf(workflowId)]!;
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

  get children(): ChildrenView {
    return this.state.children;
  }

  oldestClosedMs(): number | undefined {
    const oldestMs = this.state.ring === null ? this.state.closed.oldest()?.closedMs : this.state.ring.oldestMs();
    return oldestMs === undefined || oldestMs >= this.state.children.heldSinceMs ? undefined : oldestMs;
  }
}

/** For the mover of a slot move: what the machine holds, as of now. Read only. */
export function exportedOf(machine: WorkflowStateMachine): { readonly state: GroupState; readonly stored: StoredRuns | null } {
  return machine['exported'];
}

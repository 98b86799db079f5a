/**
 * Everything that an execution cluster replicates, with its indexes, and the few moves that all commands are made of. Pure.
 *
 * S1. Indexes follow the runs: each open run stands in `open`, and either in owned[owner] or in `blocked`, unless its slot is frozen; each closed one that is in memory
 *     in `closed`; one that is being imported in `staged` only.
 * S2. current[workflowId] is the open run of the id, else the one that closed last, if that is in memory.
 * S3. Log time never runs backwards (R23).
 * S4. No order depends on the history of the process: runs, requests and keys keep the order of the log, everything else is sorted.
 * S5. Where the state is stored in rows (`ring` is not null), closed runs leave memory once they are durable. apply decides alike whether one is in
 *     memory or was fetched, and never without it: what is neither, and may be on disk, breaks an invariant (R27).
 */
import type { ConfState } from '../../raft/index.js';
import { invariant } from '../../errors/index.js';
import { DEFAULT_LIMITS, STATE_CHECK_LEVEL, type GroupLimits } from '../command.js';
import { EventKind, type RunEvent, type RunOutcome, type ErrorRecord } from '../event.js';
import type { EventSink, HelloView, StateWalk } from '../state.js';
import { Children } from './children.js';
import { ClosedRing } from './closed-ring.js';
import { fingerprintOf } from './fingerprints.js';
import { GroupMoves } from './moves.js';
import { NodeIds } from './node-ids.js';
import { RequestLog } from './requests.js';
import { ClosedRuns } from './retention.js';
import type { RunRecord } from './run-record.js';
import { SlotTable } from './slots.js';
import { StateCheck } from './state-check.js';
import { EventChain, SumHash } from './state-hash.js';
import { Timer, TimerQueue, type TimerPurpose } from './timers.js';

const NO_MEMBERS: ConfState = { voters: [], votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false };

export interface MemberHello extends HelloView {
  down: boolean;
}

/** How a run ended. */
export interface Ending {
  readonly outcome: RunOutcome;
  readonly consumedWseq: number;
  readonly result: Uint8Array;
  readonly error: ErrorRecord | null;
  readonly digest: number;
  readonly continuedAs: string;
}

export class GroupState {
  appliedIndex = 0;
  logTimeMs = 0;
  codecLevel = 1;
  limits: GroupLimits = DEFAULT_LIMITS;
  limitsRevision = 0;
  membership: ConfState = NO_MEMBERS;
  slots: SlotTable;
  readonly hellos = new Map<number, MemberHello>();
  /** Empty below codec level 2. */
  readonly nodeIds = new NodeIds();
  /** The nodes that the management cluster began with; empty: it was not founded. */
  founders: readonly number[] = [];
  /** Nothing was found, and no event stands in it, below codec level 3. */
  readonly check = new StateCheck();
  /** Empty below MOVES_LEVEL. */
  readonly moves = new GroupMoves();
  chain = new EventChain();
  /** None below CHILDREN_LEVEL. */
  readonly children = new Children();

  readonly runs = new Map<string, RunRecord>();
  readonly current = new Map<string, RunRecord>();
  readonly open = new Set<RunRecord>();
  /** Open, and not seen yet: their slots are being imported. */
  readonly staged = new Set<RunRecord>();
  /** Left with their slots, since whoever runs their code asked last. */
  departed: RunRecord[] = [];
  /** `runs` ascends by startedMs. */
  isInStartOrder = true;
  private newestStartMs = 0;
  readonly blocked = new Set<RunRecord>();
  readonly closed = new ClosedRuns();
  readonly timers = new TimerQueue();
  readonly requests = new RequestLog();

  sink: EventSink | null = null;

  /** Every closed run, those on disk only among them; null where nothing is stored in rows. */
  ring: ClosedRing | null = null;
  /** Runs that changed since the last cut, each once. */
  dirty: RunRecord[] = [];
  /** The cut, and the walk of the state hash, under way. */
  openCut: { willChange(run: RunRecord): void } | null = null;
  walk: (StateWalk & { willChange(run: RunRecord): void }) | null = null;
  /** Closed runs that were fetched for the commands to come, by workflow id (the current one) and by run id; null: looked for, and not there. */
  readonly fetchedCurrent = new Map<string, RunRecord | null>();
  readonly fetchedRuns = new Map<string, RunRecord | null>();
  lastOrder = 0;
  /** Runs that began here, as this replica has applied it; not part of the state. What a snapshot or a move brings did not. */
  startsTotal = 0;

  private readonly owned = new Map<number, Set<RunRecord>>();
  /** Closed runs, where no ring has them. */
  private readonly closedSum = new SumHash();

  constructor(readonly groupId: number) {
    this.slots = SlotTable.initial(groupId);
  }

  /** Voters in force: those of the incoming configuration while it is joint. Ascending. */
  get voters(): readonly number[] {
    return this.membership.voters;
  }

  /** Every id of the configuration in force, the joint parts included. */
  memberIds(): number[] {
    const { voters, votersOutgoing, learners, learnersNext } = this.membership;
    return [...voters, ...votersOutgoing, ...learners, ...learnersNext];
  }

  nextOrder(): number {
    return ++this.lastOrder;
  }

  advanceLogTime(stampMs: number): void {
    if (stampMs > this.logTimeMs) this.logTimeMs = stampMs;
  }

  /** Takes a new run in, before its first event, with its owner already set. */
  enter(run: RunRecord): void {
    this.adopt(run);
    this.checkCounts();
  }

  /** Takes in a run that was read, in the order of their start; where closed ones are among them, indexClosed() must follow. */
  adopt(run: RunRecord): void {
    invariant(!this.runs.has(run.runId), () => `run ${run.runId} is entered twice`);
    this.hold(run);
    if (run.isOpen && this.slots.isImporting(run.slot)) {
      this.staged.add(run);
      return;
    }
    this.makeCurrent(run);
    if (!run.isOpen) return;
    this.open.add(run);
    if (run.parent !== null) this.children.open.add(run);
    if (!this.slots.isFrozen(run.slot)) this.unpark(run);
  }

  private hold(run: RunRecord): void {
    this.runs.set(run.runId, run);
    if (run.startedMs < this.newestStartMs) this.isInStartOrder = false;
    else this.newestStartMs = run.startedMs;
  }

  /** S2. Of what was imported, one that was started before may stand behind; at equal times the one that this group took in last is it, as after a restore. */
  private makeCurrent(run: RunRecord): void {
    const there = this.current.get(run.workflowId);
    if (there === undefined || run.isOpen || (!there.isOpen && closedLater(run, there))) this.current.set(run.workflowId, run);
  }

  /** S2, where open runs went away: closed ones of their ids, of these slots, may stand behind. */
  currentAgain(isMeant: (slot: number) => boolean): void {
    for (const run of this.closed) if (isMeant(run.slot)) this.makeCurrent(run);
  }

  // --- moves of slots ---------------------------------------------------------------------------------------------------------------

  /** Out of the indexes of owners, blocked runs and timers: its slot is frozen. */
  park(run: RunRecord): void {
    if (run.timers !== null) for (const timer of run.timers.values()) this.timers.remove(timer);
    this.unplace(run);
  }

  /** Into them. */
  unpark(run: RunRecord): void {
    if (run.timers !== null) for (const timer of run.timers.values()) this.timers.add(timer);
    this.place(run);
  }

  /** Takes in a new run of a slot that is being imported, without an event yet. */
  stage(run: RunRecord): void {
    this.adopt(run);
    invariant(this.staged.has(run), () => `run ${run.runId} is imported into slot ${run.slot}, which is not being imported`);
  }

  /** All of a run has come, and it is closed: from now on it is retained here. */
  importClosed(run: RunRecord): void {
    this.staged.delete(run);
    run.closedMs = this.logTimeMs;
    this.makeCurrent(run);
    this.number(run);
    this.closed.add(run);
    // Whether it was acknowledged where it comes from is not said: it is asked about here anew.
    if (run.parent !== null) this.children.closed(run, run.parent);
    this.checkCounts();
  }

  /** A run that was imported is one of this group; its owner is still to be chosen. */
  activate(run: RunRecord): void {
    this.willChange(run);
    this.staged.delete(run);
    this.open.add(run);
    if (run.parent !== null) this.children.open.add(run);
    this.makeCurrent(run);
  }

  /** An open run that goes with its slot, or did not come after all. */
  leave(run: RunRecord): void {
    this.willChange(run);
    if (this.open.delete(run)) this.departed.push(run);
    this.children.open.delete(run);
    this.staged.delete(run);
    this.forget(run);
    run.leftMs = this.logTimeMs;
    this.touch(run);
    this.checkCounts();
  }

  /** Open runs, those that are being imported among them. */
  *allOpen(): IterableIterator<RunRecord> {
    yield* this.open;
    yield* this.staged;
  }

  /** Index of closed runs after a restore: they were adopted in the order of their start, and stand here in that of their closing. */
  indexClosed(): void {
    const closed = [...this.runs.values()].filter((run) => !run.isOpen);
    closed.sort((a, b) => (a.closedMs !== b.closedMs ? a.closedMs - b.closedMs : a.order - b.order));
    for (const run of closed) {
      this.closed.add(run);
      if (this.ring === null) this.closedSum.addClosing(run.closedMs, fingerprintOf(run.workflowId), fingerprintOf(run.runId));
    }
    this.checkCounts();
  }

  /** The next event of a run: into its history, then to the sink, unless nobody is to hear of it. */
  append(run: RunRecord, event: RunEvent, isTold = true): void {
    invariant(event.wseq === run.history.length + 1, () => `run ${run.runId}: event ${event.wseq} after ${run.history.length} events`);
    run.history.push(event);
    if (this.codecLevel >= STATE_CHECK_LEVEL) this.chain.add(run.runId, event);
    this.touch(run);
    if (isTold && this.sink !== null) this.sink(run, event);
  }

  /** Before a command changes it: whoever reads the state in slices takes it as it is. */
  willChange(run: RunRecord): void {
    this.openCut?.willChange(run);
    this.walk?.willChange(run);
  }

  /** Hash of the closed runs within retention, in memory or not. */
  get closedHash(): number {
    return this.ring === null ? this.closedSum.value : this.ring.hash;
  }

  touch(run: RunRecord): void {
    if (run.dirty || this.ring === null) return;
    run.dirty = true;
    this.dirty.push(run);
  }

  /** From here on, what changes is remembered for the next cut, which takes all that is there now. */
  storeInRows(): void {
    invariant(this.ring === null, 'the state is stored in rows already');
    this.ring = new ClosedRing();
    this.requests.fresh = [...this.requests.entries()];
    for (const run of this.closed) this.number(run);
    for (const run of this.runs.values()) this.touch(run);
  }

  /** Closed runs within retention, in memory or not. */
  get closedCount(): number {
    return this.ring === null ? this.closed.size : this.ring.size;
  }

  /** Some closed run is on disk only. */
  get hasEvicted(): boolean {
    return this.ring !== null && this.ring.size > this.closed.size;
  }

  /** Closed runs up to this closing are durable: they leave memory. */
  evictThrough(closing: number): RunRecord[] {
    const evicted = this.closed.takeThrough(closing);
    for (const run of evicted) this.forget(run);
    this.checkCounts();
    return evicted;
  }

  isSwept(run: RunRecord): boolean {
    return run.closing !== 0 && this.ring !== null && run.closing <= this.ring.swept;
  }

  /** Current run of an id, in memory or fetched. */
  currentOf(workflowId: string): RunRecord | undefined {
    return this.current.get(workflowId) ?? (this.hasEvicted ? this.fetched(this.fetchedCurrent, workflowId) : undefined);
  }

  /** Run of an id, in memory or fetched. */
  runOf(runId: string): RunRecord | undefined {
    return this.runs.get(runId) ?? (this.hasEvicted ? this.fetched(this.fetchedRuns, runId) : undefined);
  }

  /** May a closed run that is on disk only have this workflow id, or run id? */
  mayBeEvicted(id: string): boolean {
    return this.hasEvicted && this.ring!.mayHave(fingerprintOf(id));
  }

  private fetched(from: ReadonlyMap<string, RunRecord | null>, id: string): RunRecord | undefined {
    const run = from.get(id);
    if (run === undefined) {
      invariant(
        !this.hasEvicted || !this.ring!.has(fingerprintOf(id)),
        () => `group ${this.groupId}: what is on disk of '${id}' was not fetched before apply`,
      );
      return undefined;
    }
    return run === null || this.isSwept(run) ? undefined : run;
  }

  private number(run: RunRecord): void {
    const workflowPrint = fingerprintOf(run.workflowId);
    const runPrint = fingerprintOf(run.runId);
    if (this.ring !== null) run.closing = this.ring.add(run.closedMs, workflowPrint, runPrint);
    else this.closedSum.addClosing(run.closedMs, workflowPrint, runPrint);
  }

  private forget(run: RunRecord): void {
    this.runs.delete(run.runId);
    if (this.current.get(run.workflowId) === run) this.current.delete(run.workflowId);
  }

  ownedCount(node: number): number {
    return this.owned.get(node)?.size ?? 0;
  }

  /** Nodes that own an open run, ascending. */
  owners(): number[] {
    const nodes: number[] = [];
    for (const [node, runs] of this.owned) if (runs.size > 0) nodes.push(node);
    return nodes.sort(ascending);
  }

  /** A copy, in the order in which the runs were started. */
  ownedBy(node: number): RunRecord[] {
    return inOrder(this.owned.get(node) ?? []);
  }

  blockedRuns(): RunRecord[] {
    return inOrder(this.blocked);
  }

  /** Moves an open run to an owner (0 = none; the caller has set status and reason). Indexes only. */
  reown(run: RunRecord, owner: number): void {
    this.unplace(run);
    run.owner = owner;
    this.place(run);
  }

  setTimer(run: RunRecord, purpose: TimerPurpose, delayMs: number, key: string, occurrence: number): Timer {
    const dueMs = Math.min(this.logTimeMs + delayMs, Number.MAX_SAFE_INTEGER);
    const timer = new Timer(dueMs, run.runId, run.nextTimerId++, purpose, key, occurrence);
    (run.timers ??= new Map()).set(timer.timerId, timer);
    this.timers.add(timer);
    return timer;
  }

  dropTimer(run: RunRecord, timer: Timer): void {
    run.timers?.delete(timer.timerId);
    this.timers.remove(timer);
  }

  /** Closes a run: its last event, and nothing of it is pending any more. */
  close(run: RunRecord, ending: Ending): void {
    invariant(run.isOpen, () => `run ${run.runId} closes twice: it is ${run.status}`);
    if (run.timers !== null) for (const timer of run.timers.values()) this.timers.remove(timer);
    run.timers = null;
    run.operations.clear();
    this.unplace(run);
    this.open.delete(run);
    run.status = ending.outcome;
    run.blockedReason = null;
    run.closedMs = this.logTimeMs;
    run.attemptAwaitsProgress = false;
    this.number(run);
    this.closed.add(run);
    if (run.parent !== null) this.children.closed(run, run.parent);
    this.checkCounts();
    const { outcome, consumedWseq, result, error, digest, continuedAs } = ending;
    this.append(run, {
      kind: EventKind.FINISHED,
      wseq: run.nextWseq,
      timeMs: this.logTimeMs,
      outcome,
      consumedWseq,
      result,
      error,
      digest,
      continuedAs,
    });
  }

  /** Forgets closed runs (R28), up to the first child that is held. One that a cut must still write as closed, since a row has it as open, is dirty, and stays so. */
  sweep(cutoffMs: number): void {
    const { heldSinceMs } = this.children;
    for (const run of this.closed.takeUntil(cutoffMs, heldSinceMs)) {
      this.forget(run);
      if (this.ring === null) this.closedSum.removeClosing(run.closedMs, fingerprintOf(run.workflowId), fingerprintOf(run.runId));
    }
    this.ring?.sweep(cutoffMs, heldSinceMs);
    this.checkCounts();
  }

  private place(run: RunRecord): void {
    invariant((run.owner === 0) === (run.status === 'blocked'), () => `run ${run.runId} is ${run.status} under owner ${run.owner}`);
    if (run.owner === 0) {
      this.blocked.add(run);
      return;
    }
    let runs = this.owned.get(run.owner);
    if (runs === undefined) this.owned.set(run.owner, (runs = new Set()));
    runs.add(run);
  }

  private unplace(run: RunRecord): void {
    const runs = run.owner === 0 ? this.blocked : this.owned.get(run.owner);
    invariant(runs !== undefined && runs.delete(run), () => `run ${run.runId} is not in the index of owner ${run.owner}`);
    if (run.owner !== 0 && runs.size === 0) this.owned.delete(run.owner);
  }

  private checkCounts(): void {
    invariant(
      this.open.size + this.staged.size + this.closed.size === this.runs.size,
      () => `${this.open.size} open, ${this.staged.size} imported and ${this.closed.size} closed runs, but ${this.runs.size} in all`,
    );
    invariant(
      this.ring === null || this.ring.size >= this.closed.size,
      () => `${this.closed.size} closed runs are in memory, and the index has ${this.ring!.size}`,
    );
  }
}

function closedLater(a: RunRecord, b: RunRecord): boolean {
  return a.closedMs !== b.closedMs ? a.closedMs > b.closedMs : a.order > b.order;
}

export function ascending(a: number, b: number): number {
  return a - b;
}

function inOrder(runs: Iterable<RunRecord>): RunRecord[] {
  return [...runs].sort((a, b) => a.order - b.order);
}

/**
 * One run, open or closed within retention: its head and its history. Pure. Changed only by apply.
 *
 * N1. The history only grows (R2); what of it is in memory is the business of this node alone.
 * N2. While open, owner is 0 exactly when the run is blocked; the epoch only grows.
 * N3. A closed run has no timers and no ledger; its last event is `finished`.
 * N4. Where runs are stored in rows: durableWseq ≤ savedWseq ≤ history.length, and events after durableWseq are in memory. What stands under
 *     "this node alone" is no part of the state.
 */
import { EMPTY } from '../../state-machine/index.js';
import type { ParentRef } from '../command.js';
import {
  EventKind,
  type BlockedReason,
  type ErrorRecord,
  type FinishedEvent,
  type RunOutcome,
  type RunStatus,
  type SignalEvent,
} from '../event.js';
import type { RunView } from '../state.js';
import { OperationLedger, type OpenOperation } from './operations.js';
import { RunHistory } from './run-history.js';
import type { Timer } from './timers.js';

export interface Decline {
  readonly node: number;
  readonly incarnation: number;
  readonly reason: string;
  readonly message: string;
}

/** What a run is from its start to its end. */
export interface RunIdentity {
  readonly slot: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly inputDigest: number;
  /** Digest of the input that the first run of a chain of continueAsNew was started with: what a repeated start is compared with. */
  readonly originDigest: number;
  readonly startedMs: number;
  /** Of a child. */
  readonly parent: ParentRef | null;
}

const NO_DECLINES: readonly Decline[] = [];

export class RunRecord implements RunView {
  readonly slot: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly inputDigest: number;
  readonly originDigest: number;
  readonly startedMs: number;
  /** Fixed with the run; one that is being imported learns it with its head. */
  parent: ParentRef | null;

  status: RunStatus = 'running';
  blockedReason: BlockedReason | null = null;
  /** On its way here from another cluster, and not whole yet: its head says nothing, and nobody sees it. */
  isPartial = false;
  owner = 0;
  epoch = 1;
  ownerBuildId = '';
  closedMs = 0;
  declined: readonly Decline[] = NO_DECLINES;

  /** wseq of the first cancel request; 0 = none. */
  cancelWseq = 0;
  /** Owners in succession that died after attempt-started, without progress (R20). */
  suspectDeaths = 0;
  /** The owner of this epoch has committed attempt-started, and nothing after it. */
  attemptAwaitsProgress = false;
  nextTimerId = 1;
  /** By id; null while there was none (most runs never sleep). */
  timers: Map<number, Timer> | null = null;
  operations = new OperationLedger();

  // This node alone.

  /** Changed since the last cut. */
  dirty = false;
  /** Taken by the open cut, and not yet written into it. */
  waiting = false;
  /** Somebody runs its code: events from this one on stay in memory. 0: nobody does. */
  heldFrom = 0;
  /** Number of its closing; 0 while open, or where nothing is stored in rows. */
  closing = 0;
  /** Number of the last walk of the state hash that took it. */
  hashedBy = 0;
  /** Events that a cut has taken, and those that are durable. */
  savedWseq = 0;
  durableWseq = 0;
  /** Log time at which it left with its slot, ms; 0: it did not. What rows have of it is not of this group any more. */
  leftMs = 0;

  /** @param order grows with each run that this machine takes in: makes orders deterministic, is not part of the state. */
  constructor(
    identity: RunIdentity,
    readonly order: number,
    readonly history: RunHistory = new RunHistory(),
  ) {
    this.slot = identity.slot;
    this.workflowId = identity.workflowId;
    this.runId = identity.runId;
    this.name = identity.name;
    this.version = identity.version;
    this.inputDigest = identity.inputDigest;
    this.originDigest = identity.originDigest;
    this.startedMs = identity.startedMs;
    this.parent = identity.parent;
  }

  makePartial(): void {
    this.status = 'blocked';
    this.blockedReason = 'no-implementation';
    this.isPartial = true;
  }

  /** Takes over the head of the same run, as it stands where it came from. */
  become(head: RunRecord): void {
    this.parent = head.parent;
    this.status = head.status;
    this.blockedReason = head.blockedReason;
    this.isPartial = head.isPartial;
    this.owner = head.owner;
    this.epoch = head.epoch;
    this.ownerBuildId = head.ownerBuildId;
    this.closedMs = head.closedMs;
    this.declined = head.declined;
    this.cancelWseq = head.cancelWseq;
    this.suspectDeaths = head.suspectDeaths;
    this.attemptAwaitsProgress = head.attemptAwaitsProgress;
    this.nextTimerId = head.nextTimerId;
    this.timers = head.timers;
    this.operations = head.operations;
  }

  get isOpen(): boolean {
    return this.status === 'running' || this.status === 'blocked';
  }

  get nextWseq(): number {
    return this.history.length + 1;
  }

  get finished(): FinishedEvent | null {
    const last = this.history.last();
    return last !== undefined && last.kind === EventKind.FINISHED ? last : null;
  }

  get outcome(): RunOutcome | null {
    return this.status === 'running' || this.status === 'blocked' ? null : this.status;
  }

  get result(): Uint8Array {
    return this.finished?.result ?? EMPTY;
  }

  get error(): ErrorRecord | null {
    return this.finished?.error ?? null;
  }

  get cancelRequested(): boolean {
    return this.cancelWseq !== 0;
  }

  get undelivered(): readonly SignalEvent[] {
    const finished = this.finished;
    if (finished === null || finished.outcome === 'continued') return [];
    return this.history.events(finished.consumedWseq + 1).filter((event): event is SignalEvent => event.kind === EventKind.SIGNAL);
  }

  failedAttempts(key: string, occurrence: number): number {
    return this.openOperation(key, occurrence)?.failedAttempts ?? 0;
  }

  retryPending(key: string, occurrence: number): boolean {
    return (this.openOperation(key, occurrence)?.retryTimer ?? null) !== null;
  }

  settled(key: string, occurrence: number): boolean {
    return !this.isOpen || this.operations.find(key)?.isSettled(occurrence) === true;
  }

  sleepSet(key: string, occurrence: number): boolean {
    return (this.openOperation(key, occurrence)?.sleepTimer ?? null) !== null;
  }

  hasDeclined(node: number, incarnation: number): boolean {
    for (const decline of this.declined) if (decline.node === node && decline.incarnation === incarnation) return true;
    return false;
  }

  private openOperation(key: string, occurrence: number): OpenOperation | undefined {
    return this.operations.find(key)?.find(occurrence);
  }
}

/**
 * What the state machine of an execution cluster lets its readers see, and what it answers. Types only.
 *
 * V1. Readers never change what they are handed; a view is valid until the next apply.
 * V2. Where the state is on disk, result, error and undelivered of a closed run, and any event, are there only if fetch() or hold() brought them.
 */
import type { RaftoralErrorCode } from '../errors/index.js';
import type { GroupLimits, ParentRef } from './command.js';
import type { RunQuery } from '../state-machine/index.js';
import type { BlockedReason, ErrorRecord, RunEvent, RunOutcome, RunStatus, SignalEvent } from './event.js';

/** Answer of apply. Ignored owner commands answer `ignored` (R18): never an error to workflow code. */
export type CommandAnswer =
  | { readonly ok: true; readonly runId: string; readonly wseq: number; readonly existing: boolean }
  | { readonly ok: true; readonly runId: ''; readonly wseq: 0; readonly existing: false } // group commands
  | { readonly ok: false; readonly ignored: true; readonly reason: string }
  | {
      readonly ok: false;
      readonly ignored: false;
      readonly code: RaftoralErrorCode;
      readonly message: string;
      /** For ALREADY_EXISTS and CONFLICT: the run that is in the way. */
      readonly runId: string;
      /** For WRONG_CLUSTER: the cluster that has the slot, or will have it, if that is known. */
      readonly movedTo?: number;
    };

/** Events 1 … length of a run; those from firstInMemory on can be read at once. */
export interface HistoryView {
  readonly length: number;
  /** length + 1: none. */
  readonly firstInMemory: number;
  /** Event `wseq`, which is in memory. */
  event(wseq: number): RunEvent;
  /** The last event, if it is in memory. */
  last(): RunEvent | undefined;
  /** Events from … to, both included, which are in memory; all by default. */
  events(from?: number, to?: number): readonly RunEvent[];
}

/** One run, open or closed within retention. */
export interface RunView {
  readonly slot: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly name: string;
  readonly version: number;
  readonly inputDigest: number;
  readonly status: RunStatus;
  readonly blockedReason: BlockedReason | null;
  readonly owner: number; // 0 = none
  readonly epoch: number;
  /** Build id of the owner of the current epoch. */
  readonly ownerBuildId: string;
  readonly startedMs: number; // log time
  readonly closedMs: number; // log time; 0 while open
  /** The run that started it as its child; null: it is nobody's child. */
  readonly parent: ParentRef | null;
  readonly history: HistoryView;
  readonly outcome: RunOutcome | null;
  readonly result: Uint8Array;
  readonly error: ErrorRecord | null;
  readonly cancelRequested: boolean;
  /** Signals of a closed run that its code had not consumed when it ended (R29). Empty while open, after terminate, and where the next run of the chain took them over. */
  readonly undelivered: readonly SignalEvent[];
  readonly declined: ReadonlyArray<{
    readonly node: number;
    readonly incarnation: number;
    readonly reason: string;
    readonly message: string;
  }>;
  /** Attempts that were committed as failed for an operation whose result is open; 0 if none. */
  failedAttempts(key: string, occurrence: number): number;
  /** A retry timer is pending for this operation. */
  retryPending(key: string, occurrence: number): boolean;
  /** The applied history holds the outcome of this operation (checkpoint, compute result, fired or cancelled sleep). True for every operation of a closed run. */
  settled(key: string, occurrence: number): boolean;
  /** A sleep timer is pending for this operation; false again once it is settled. */
  sleepSet(key: string, occurrence: number): boolean;
}

/** A closed child whose result its parent may still ask for (R28). */
export interface HeldChildView {
  readonly runId: string;
  readonly workflowId: string;
  readonly closedMs: number;
  readonly parent: ParentRef;
}

/** Runs of this group that have a parent. */
export interface ChildrenView {
  readonly open: ReadonlySet<RunView>;
  /** In the order of their closing. */
  held(): Iterable<HeldChildView>;
  readonly heldCount: number;
}

export interface HelloView {
  readonly node: number;
  readonly incarnation: number;
  readonly buildId: string;
  readonly draining: boolean;
  readonly down: boolean;
  readonly codecLevelMax: number;
  readonly workflows: ReadonlyMap<string, readonly number[]>; // name → versions, ascending
}

/** A hash under way. */
export interface StateWalk {
  readonly index: number;
  /** Takes at most so many runs or answers; true: it is done. */
  next(most: number): boolean;
  readonly parts: readonly number[];
}

/** What the replicas know of each other's state (docs/adr/0053). */
export interface StateCheckView {
  /** Of the last check; 0: there was none. */
  readonly index: number;
  /** Log time. */
  readonly atMs: number;
  /** Those that it asked. */
  readonly voters: readonly number[];
  /** Nodes that have answered. */
  readonly reported: readonly number[];
  /** `open`: too few have answered. `conflict`: no majority agrees. */
  readonly outcome: 'open' | 'agreed' | 'conflict';
  /** Two answers differ, whatever the outcome. */
  readonly isDiffering: boolean;
  /** Of the last check that a majority agreed on; 0: none. */
  readonly agreedIndex: number;
  /** Members that were found to differ: they have stopped. */
  readonly diverged: readonly number[];
  /** The group refuses commands: since some check no majority has agreed. */
  readonly isRefusing: boolean;
  /** What a person must look at, in one sentence; null while nothing is known to differ. */
  readonly problem: string | null;
}

/** The read side of the workflow state machine, as the runtime and the client use it. */
export interface WorkflowStateView {
  /** Of the entry that was applied last, or is being applied. */
  readonly appliedIndex: number;
  readonly logTimeMs: number;
  readonly codecLevel: number;
  readonly limits: GroupLimits;
  readonly limitsRevision: number;
  readonly voters: readonly number[];
  readonly hellos: ReadonlyMap<number, HelloView>;
  /** The highest node id that was ever used or given out here; 0 below codec level 2. */
  readonly nodeIdHighest: number;
  /** The id that a token was given by RESERVE_NODE_ID, while it is remembered. */
  reservedNodeId(token: string): number | undefined;
  /** Ids that were given to tokens which are still remembered. */
  reservedNodeIds(): readonly number[];
  /** The nodes that the management cluster began with, by FOUND_MANAGEMENT; empty: it was not founded. */
  readonly founders: readonly number[];
  /** True for a node that was a member, and is none any more: its id is never used again (R42). */
  wasRemoved(node: number): boolean;
  readonly stateCheck: StateCheckView;
  /** No majority of the replicas agrees: commands are refused. */
  readonly isRefusing: boolean;
  /** Another number whenever stateCheck has changed. */
  readonly stateCheckRevision: number;
  /** The hash that this replica was asked for and has not finished; null: there is none. */
  readonly stateWalk: StateWalk | null;
  readonly openRunCount: number;
  readonly closedRunCount: number;
  run(runId: string): RunView | undefined;
  /** The current run of an id: the open one, else the last closed one within retention. */
  current(workflowId: string): RunView | undefined;
  openRuns(): IterableIterator<RunView>;
  /** False: some run stands in allRuns() behind one that was started later, since it came from another cluster. */
  readonly isInStartOrder: boolean;
  /** Every run that is in memory, in the order in which they were started here or came: all open ones, and those closed ones that are not on disk. */
  allRuns(): IterableIterator<RunView>;
  /**
   * A run by id, or the current one of a workflow id, from memory or from disk; `need` says which of its events are to be in memory. undefined:
   * neither open nor retained. What comes from disk is a copy, as of this call. Rejects with STORAGE_DAMAGED.
   */
  fetch(ref: { readonly workflowId: string; readonly runId?: string }, need: 'last event' | 'all events'): Promise<RunView | undefined>;
  /**
   * Closed runs that match, by (startedMs, runId): all of them, also those that are in memory too, so that none is missed that leaves memory meanwhile.
   * Open ones are all in memory (openRuns()). What comes from disk has no events in memory. Empty where the state is kept in memory only.
   */
  listStored(query: Omit<RunQuery, 'sweptMs'>): Promise<readonly RunView[]>;
  /**
   * Keeps the history of an open run from event `from` (default: the first) on in memory until release(): somebody runs its code. Answers null if it is there, else a promise
   * that resolves when it has been read; it resolves also if the run was closed or replaced in between.
   */
  hold(runId: string, from?: number): Promise<void> | null;
  /** The code of a run that is held has consumed events up to `wseq`: they are not held any more. */
  consumed(runId: string, wseq: number): void;
  release(runId: string): void;
  ownsSlotOf(workflowId: string): boolean;
  /** The slot is owned, or frozen on its way to another cluster: a local look shows what was so at some moment. */
  showsSlotOf(workflowId: string): boolean;
  /** The cluster that the slot went to, or is going to; 0: not known here. */
  slotMovedTo(workflowId: string): number;
  /** Runs that left with their slots since the last call: their code is not run here any more. */
  takeDeparted(): readonly RunView[];
  /** The highest version that every voter whose hello names any version of this workflow has registered; undefined if there is none. */
  defaultVersion(name: string): number | undefined;
  /** True when some voter's hello has it. */
  isRegistered(name: string, version: number): boolean;
  /** Nodes that may own a run now (R14), ascending. */
  eligible(run: RunView): readonly number[];
  /** The next timer to fire by (dueMs, runId, timerId), or undefined. */
  nextTimer(): { readonly dueMs: number; readonly runId: string; readonly timerId: number } | undefined;
  /** All timers that are due at `ms`, at most `limit`. */
  timersDue(ms: number, limit: number): ReadonlyArray<{ readonly dueMs: number; readonly runId: string; readonly timerId: number }>;
  readonly children: ChildrenView;
  /** Closing log time of the oldest closed run that a sweep may take, or undefined. */
  oldestClosedMs(): number | undefined;
}

/** Called synchronously inside apply, once per new event of a run; must only take note. */
export type EventSink = (run: RunView, event: RunEvent) => void;

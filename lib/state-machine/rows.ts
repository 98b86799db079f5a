/**
 * What a replicated state machine looks like on disk: one part of the group, and rows that are written when they changed (R32, R34).
 *
 * O1. Storage looks at the named columns only; every `Uint8Array` is the state machine's own, versioned format.
 * O2. A cut is the state at one applied index, whatever is applied while it is being written: rows are handed out in slices, and the state
 *     machine encodes a run before it changes it.
 * O3. `order` numbers the runs of a group on this node in the order of their start. It is local to the file: a snapshot may bring other numbers.
 * Types only.
 */
import type { ConfState } from '../raft/index.js';
import type { StateMachine } from './state-machine.js';

/** A position of the log, with the membership in force there. */
export interface StatePosition {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
}

export interface TimerRow {
  readonly timerId: number;
  /** Log time, ms. */
  readonly dueMs: number;
  readonly purpose: string;
  readonly key: string;
  readonly occurrence: number;
}

/** Head of one run, with the columns that lists and lookups go by. */
export interface RunRow {
  /** From 1. */
  readonly order: number;
  readonly runId: string;
  readonly workflowId: string;
  readonly name: string;
  readonly version: number;
  readonly status: string;
  /** Node id; 0 = none. */
  readonly owner: number;
  /** Log time, ms. */
  readonly startedMs: number;
  /** Log time, ms; 0 while open. */
  readonly closedMs: number;
  /** wseq of the last event. */
  readonly events: number;
  readonly head: Uint8Array;
  /** All that are pending: they replace those of the row before. */
  readonly timers: readonly TimerRow[];
}

/** Events fromWseq … toWseq of one run. Ranges of a run follow each other without gap. */
export interface HistoryRow {
  readonly order: number;
  readonly fromWseq: number;
  readonly toWseq: number;
  readonly events: Uint8Array;
}

/** Answers to client commands. Deleted as a whole once `lastExpiryMs` is below the cut's `requestsExpiredMs`. */
export interface RequestRow {
  /** From 1, ascending; unique in the group. */
  readonly sequence: number;
  readonly lastExpiryMs: number;
  readonly requests: Uint8Array;
}

/** Fingerprints of closed runs, oldest first. Deleted as a whole once `lastClosedMs` is at or below the cut's `sweptMs`. */
export interface ClosedIndexRow {
  /** From 1, ascending; unique in the group. */
  readonly sequence: number;
  readonly lastClosedMs: number;
  readonly entries: Uint8Array;
}

export interface RunSlice {
  readonly runs: readonly RunRow[];
  readonly history: readonly HistoryRow[];
}

/** What a flush writes, as one transaction (O2). */
export interface StateCut {
  /** Applied index of the cut. */
  readonly index: number;
  /** The group's own part: everything but runs, answers and fingerprints. */
  readonly group: Uint8Array;
  /** New answers, and new fingerprints, since the last cut. */
  readonly requests: readonly RequestRow[];
  readonly closed: readonly ClosedIndexRow[];
  /** Answers whose expiry is below are forgotten. */
  readonly requestsExpiredMs: number;
  /** Runs that closed at or before are swept (R28): their rows may be deleted, at leisure. 0 = none. */
  readonly sweptMs: number;
  /** The next changed runs, at most `runsMax`, with their new events; null when there are no more. A run stands in one slice only. */
  next(runsMax: number): RunSlice | null;
  /** All of it is durable. */
  done(): void;
}

/** What a node finds of a group at its start, in memory: heads of open runs only; histories and closed runs are fetched when they are needed. */
export interface StoredState {
  readonly position: StatePosition;
  /** Empty: the initial state. */
  readonly group: Uint8Array;
  /** Ascending by sequence. */
  readonly requests: readonly RequestRow[];
  readonly closed: readonly ClosedIndexRow[];
  /** Ascending by order. */
  readonly openRuns: readonly RunRow[];
  /** Highest order ever used in this file. */
  readonly lastOrder: number;
}

/**
 * Rows of an image. The history of a run stands behind it: in its slice, or in those that follow, before the next run; by wseq. Answers and
 * fingerprints ascend by sequence, behind all runs.
 */
export interface ImageSlice extends RunSlice {
  readonly requests: readonly RequestRow[];
  readonly closed: readonly ClosedIndexRow[];
}

/** A whole stored state, read in slices at one position while the file is written on (O2 holds for it too). */
export interface StateImage {
  readonly position: StatePosition;
  readonly group: Uint8Array;
  readonly runCount: number;
  /** What its rows weigh, roughly, bytes; 0: not known. */
  readonly bytesAbout: number;
  /** The next rows; null when there are no more. The runs come first, open and closed, ascending by order, each with its whole history. */
  next(): Promise<ImageSlice | null>;
  /** The same rows from the beginning, in a reading of its own: equal to the last byte. Ends with this image. */
  again(): StateImage;
  close(): Promise<void>;
}

export interface RunQuery {
  readonly name?: string;
  readonly version?: number;
  readonly statuses?: readonly string[];
  /** Exclusive bounds of startedMs. */
  readonly startedAfterMs?: number;
  readonly startedBeforeMs?: number;
  /** Exclusive; in order of (startedMs, runId), runIds compared as UTF-8. */
  readonly after?: { readonly startedMs: number; readonly runId: string };
  /** Runs that closed at or before count as absent (R28). */
  readonly sweptMs: number;
  readonly limit: number;
}

/** Closed runs of a workflow id, or of a run id; `statuses`: of those only. */
export type ClosedRunsQuery = ({ readonly workflowId: string } | { readonly runId: string }) & { readonly statuses?: readonly string[] };

/** Reads of one group's durable state, as of some flush. Rejects with STORAGE_DAMAGED, naming file, group and row. */
export interface StateSource {
  /** Rows that hold events fromWseq … toWseq, ascending; the first and last may hold more. */
  history(range: { readonly order: number; readonly fromWseq: number; readonly toWseq: number }): Promise<readonly HistoryRow[]>;
  /**
   * Closed runs, ascending by order: the newest by (closedMs, order), and as many others as the store likes: a chain of continueAsNew leaves thousands, and
   * one is enough. Swept ones may be among them.
   */
  closedRuns(query: ClosedRunsQuery): Promise<readonly RunRow[]>;
  /** Open and closed runs by (startedMs, runId). */
  list(query: RunQuery): Promise<readonly RunRow[]>;
}

/** A state machine that is stored row by row. One that is not is stored as its group part alone, by snapshot() and restore(). */
export interface RowStateMachine<Result = unknown> extends StateMachine<Result> {
  /** One at a time: the one before is done(), or the state was replaced. */
  cut(): StateCut;
  /** At the start, and when rows were replaced: replaces everything. Throws STORAGE_DAMAGED. `source` is asked from now on. */
  load(stored: StoredState, source: StateSource): void;
  /**
   * Fetches what apply() of these frames will need and is not in memory (R27). null: nothing. Until the frames are applied, nothing else is.
   */
  prefetch(frames: readonly Uint8Array[]): Promise<void> | null;
  /**
   * A received snapshot as rows, numbered from 1. Throws MALFORMED_FRAME. Once they are durable, load() is called with them: until then what is
   * read may be of either.
   */
  rowsOf(position: StatePosition, bytes: Uint8Array): StateImage;
  /** The same for one that comes as rows, whose group part this is. Throws what is against it; nothing has been written then. */
  expectRows(position: StatePosition, group: Uint8Array): void;
  /** The snapshot of a stored state: the bytes that snapshot() would have had at its position. Closes the image. */
  bytesOf(image: StateImage): Promise<Uint8Array>;
}

/**
 * A flush of the state: what changed since the last one, as it is at one applied index (R32, R34). Pure.
 *
 * C1. The group's part and the fingerprints are taken at once; runs wait, and are encoded slice by slice. A command that is about to change a run that
 *     waits has it encoded first (willChange), so that the cut stays at its index whatever is applied meanwhile. A command of one run names it; those
 *     of the whole group change owners only, and ownership.ts tells of each.
 * C2. A run stands in one slice, once, with its events since the last cut.
 * C3. A run that no row knows, and that is gone again, is left out. One that left with its slot is written as such: its rows are deleted with those of that time.
 */
import { invariant } from '../../errors/index.js';
import {
  BinaryWriter,
  type ClosedIndexRow,
  type HistoryRow,
  type RequestRow,
  type RunRow,
  type RunSlice,
  type StateCut,
} from '../../state-machine/index.js';
import { writeGroup, writeGroupRow } from './group-codec.js';
import type { GroupState } from './group-state.js';
import { closedRowsOf, requestRowCount, requestRowsOf } from './index-rows.js';
import type { RequestEntry } from './requests.js';
import type { RunRecord } from './run-record.js';
import { appendHistoryRows, leftRowOf, runRowOf } from './run-row.js';

interface RunRows {
  readonly run: RunRow;
  readonly history: readonly HistoryRow[];
}

export class Cut implements StateCut {
  readonly index: number;
  readonly group: Uint8Array;
  readonly closed: readonly ClosedIndexRow[];
  readonly requestsExpiredMs: number;
  readonly sweptMs: number;
  /** Number of the newest closing that is in this cut, or in one before. */
  readonly closings: number;
  readonly runs: readonly RunRecord[];

  private readonly answers: readonly RequestEntry[];
  private readonly firstSequence: number;
  private requestRows: readonly RequestRow[] | null = null;
  private at = 0;
  private early: RunRows[] = [];

  /** @param closedBefore number of the newest closing that is in the cut before. */
  constructor(
    state: GroupState,
    closedBefore: number,
    private readonly whenDone: (cut: Cut) => void,
  ) {
    const { requests } = state;
    const ring = state.ring!;
    this.index = state.appliedIndex;
    this.answers = requests.fresh!;
    this.firstSequence = requests.lastSequence + 1;
    requests.lastSequence += requestRowCount(this.answers.length);
    requests.fresh = [];
    this.requestsExpiredMs = requests.forgottenMs;
    this.closed = closedRowsOf(ring, closedBefore);
    this.closings = ring.last;
    this.sweptMs = ring.sweptMs(state.logTimeMs);
    this.group = groupRowOf(state);
    this.runs = state.dirty.filter((run) => run.savedWseq > 0 || (run.leftMs === 0 && !state.isSwept(run)));
    for (const run of state.dirty) run.dirty = false;
    for (const run of this.runs) run.waiting = true;
    state.dirty = [];
  }

  /** Encoded when they are asked for: answers do not change. */
  get requests(): readonly RequestRow[] {
    this.requestRows ??= requestRowsOf(this.answers, this.firstSequence);
    return this.requestRows;
  }

  next(runsMax: number): RunSlice | null {
    invariant(runsMax > 0, () => `a slice of ${runsMax} runs`);
    const rows = this.early.splice(0, runsMax);
    while (rows.length < runsMax && this.at < this.runs.length) {
      const run = this.runs[this.at++]!;
      if (run.waiting) rows.push(this.encode(run));
    }
    if (rows.length === 0) return null;
    return { runs: rows.map(({ run }) => run), history: rows.flatMap(({ history }) => history) };
  }

  /** C1. */
  willChange(run: RunRecord): void {
    if (run.waiting) this.early.push(this.encode(run));
  }

  done(): void {
    invariant(this.at === this.runs.length && this.early.length === 0, () => `the cut at ${this.index} is done before it was read`);
    this.whenDone(this);
  }

  private encode(run: RunRecord): RunRows {
    run.waiting = false;
    const history: HistoryRow[] = [];
    if (run.leftMs !== 0) return { run: leftRowOf(run), history };
    appendHistoryRows(history, run, run.savedWseq + 1, run.history.length);
    run.savedWseq = run.history.length;
    return { run: runRowOf(run), history };
  }
}

function groupRowOf(state: GroupState): Uint8Array {
  const { requests } = state;
  const ring = state.ring!;
  const writer = new BinaryWriter();
  writeGroupRow(writer, {
    requestSequence: requests.lastSequence,
    forgottenMs: requests.forgottenMs,
    forgottenId: requests.forgottenId,
    closings: ring.last,
    sweptClosings: ring.swept,
    newestSweptMs: ring.newestSweptMs,
  });
  writeGroup(writer, state);
  return writer.finish();
}

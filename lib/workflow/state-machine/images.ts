/**
 * Between rows and snapshots (format version 1): what one says, the other says (S3). Pure.
 *
 * I1. bytesOf() of the rows of a state is the snapshot of that state; rowsOf() of a snapshot numbers runs, closings and answers from 1.
 * I2. Heads, events and answers have the same form in both: they are copied, not made anew.
 * I3. Rows of runs that were swept, or left with their slots, may still be on disk: they count as absent, by the number of their closing or by their status.
 */
import { RaftoralError, invariant } from '../../errors/index.js';
import {
  BinaryReader,
  BinaryWriter,
  type HistoryRow,
  type ImageSlice,
  type RunRow,
  type RunSlice,
  type StateImage,
  type StatePosition,
} from '../../state-machine/index.js';
import { ClosedRing } from './closed-ring.js';
import { damaged } from './damage.js';
import { fingerprintOf } from './fingerprints.js';
import { readGroup, readGroupRow, writeGroup, writeGroupRow } from './group-codec.js';
import { GroupState } from './group-state.js';
import { closedRowsOf, requestRowsOf, requestsOf } from './index-rows.js';
import { changeMembership } from './ownership.js';
import { RequestLog, type RequestEntry } from './requests.js';
import type { RunRecord } from './run-record.js';
import { appendHistoryRows, hasLeft, openHistoryRow, readHeadStart, runRowOf } from './run-row.js';
import { beginSnapshot, encodeSnapshot, readSnapshot, seal, writeRequests } from './snapshot-codec.js';
import { readRun, type RunBounds } from './snapshot-run.js';

const RUNS_PER_SLICE = 64;

/** In the order of closing; those that closed at the same time, in that of their start. */
interface Closing {
  readonly closedMs: number;
  readonly order: number;
  readonly workflowPrint: number;
  readonly runPrint: number;
}

/** Numbers the closed runs of a snapshot: order of a run → number of its closing. */
export class Closings {
  readonly ring = new ClosedRing();
  private readonly found: Closing[] = [];
  private readonly numbers: number[] = [];

  note(run: RunRecord): void {
    const { closedMs, order, workflowId, runId } = run;
    this.found.push({ closedMs, order, workflowPrint: fingerprintOf(workflowId), runPrint: fingerprintOf(runId) });
  }

  number(): void {
    this.found.sort((a, b) => (a.closedMs !== b.closedMs ? a.closedMs - b.closedMs : a.order - b.order));
    for (const { closedMs, order, workflowPrint, runPrint } of this.found) {
      this.numbers[order] = this.ring.add(closedMs, workflowPrint, runPrint);
    }
    this.found.length = 0;
  }

  of(run: RunRecord): number {
    return this.numbers[run.order] ?? 0;
  }
}

/** Throws MALFORMED_FRAME. */
export function imageOf(groupId: number, position: StatePosition, bytes: Uint8Array): StateImage {
  const closings = new Closings();
  const starts: number[] = [];
  const answers: RequestEntry[] = [];
  const state = readSnapshot(groupId, bytes, () => ({
    run(run: RunRecord, bounds: RunBounds) {
      starts.push(bounds.start);
      if (!run.isOpen) closings.note(run);
    },
    keepsHistory: () => false,
    runsEnd: () => closings.number(),
    request: (entry) => answers.push(entry),
  }));
  const requests = requestRowsOf(answers, 1);
  const closed = closedRowsOf(closings.ring, 0);
  const group = groupRow(state, requests.length, closings.ring);
  const runsFrom = (at: number, to: number): RunSlice => sliceOf(bytes, starts.slice(at, to), at + 1, closings);
  const image = (): StateImage => {
    let at = 0;
    let isEnded = false;
    return {
      position,
      group,
      runCount: starts.length,
      bytesAbout: bytes.length,
      async next(): Promise<ImageSlice | null> {
        if (isEnded) return null;
        if (at === starts.length) {
          isEnded = true;
          return { runs: [], history: [], requests, closed };
        }
        const from = at;
        at = Math.min(at + RUNS_PER_SLICE, starts.length);
        return { ...runsFrom(from, at), requests: [], closed: [] };
      },
      again: image,
      async close() {
        isEnded = true;
      },
    };
  };
  return image();
}

/** What is against rows with this group part, as a state of this build. Throws MALFORMED_FRAME. */
export function checkGroupPart(groupId: number, part: Uint8Array): void {
  if (part.length === 0) return;
  const reader = new BinaryReader('group row').open(part);
  readGroupRow(reader);
  readGroup(reader, groupId);
  reader.end();
}

/** Nothing was ever applied to the group but its membership. */
export function emptyState(groupId: number, { confState }: StatePosition): GroupState {
  const state = new GroupState(groupId);
  changeMembership(state, confState);
  return state;
}

function groupRow(state: GroupState, requestSequence: number, ring: ClosedRing): Uint8Array {
  const writer = new BinaryWriter();
  const closings = ring.last;
  writeGroupRow(writer, { requestSequence, forgottenMs: 0, forgottenId: '', closings, sweptClosings: 0, newestSweptMs: 0 });
  writeGroup(writer, state);
  return writer.finish();
}

function sliceOf(bytes: Uint8Array, starts: readonly number[], firstOrder: number, closings: Closings): RunSlice {
  const runs: RunRow[] = [];
  const history: HistoryRow[] = [];
  for (const [i, start] of starts.entries()) {
    const { run } = readRun(new BinaryReader('snapshot').open(bytes, start), firstOrder + i, () => true);
    run.closing = closings.of(run);
    runs.push(runRowOf(run));
    appendHistoryRows(history, run, 1, run.history.length);
  }
  return { runs, history };
}

/** Closes the image. Rejects with STORAGE_DAMAGED. */
export async function snapshotOf(groupId: number, image: StateImage): Promise<Uint8Array> {
  try {
    if (image.group.length === 0) return encodeSnapshot(emptyState(groupId, image.position));
    const reader = new BinaryReader('group row').open(image.group);
    const numbers = readGroupRow(reader);
    const head = new BinaryWriter();
    beginSnapshot(head);
    head.raw(image.group.subarray(reader.offset));
    const runs = new RunsWriter(groupId, numbers.sweptClosings);
    const requests = new RequestLog();
    requests.forgottenMs = numbers.forgottenMs;
    requests.forgottenId = numbers.forgottenId;
    for (let slice = await image.next(); slice !== null; slice = await image.next()) {
      runs.add(slice);
      for (const row of slice.requests) requests.take(requestsOf(row));
    }
    const runBytes = runs.finish();
    head.uint(runs.count, 'runs');
    const tail = new BinaryWriter();
    writeRequests(tail, { requests });
    return seal(concat([head.finish(), runBytes, tail.finish()]));
  } catch (error) {
    throw damaged(groupId, `a row of its state at ${image.position.index}`, error);
  } finally {
    await image.close();
  }
}

class RunsWriter {
  count = 0;
  private readonly writer = new BinaryWriter();
  private readonly reader = new BinaryReader('history row');
  private lastOrder = 0;
  /** Its history is being added; null: the last one is left out. */
  private run: RunRow | null = null;
  private events = 0;
  private lastWseq = 0;

  constructor(
    private readonly groupId: number,
    private readonly sweptClosings: number,
  ) {}

  add(slice: RunSlice): void {
    const { history } = slice;
    let at = this.addHistory(history, 0);
    for (const run of slice.runs) {
      this.beginRun(run);
      at = this.addHistory(history, at);
    }
    if (at < history.length) throw this.damaged(history[at]!, history[at]!.fromWseq);
  }

  finish(): Uint8Array {
    this.endRun();
    return this.writer.finish();
  }

  private beginRun(run: RunRow): void {
    this.endRun();
    invariant(run.order > this.lastOrder, () => `run ${run.order} of an image follows ${this.lastOrder}`);
    this.lastOrder = run.order;
    if (hasLeft(run)) return;
    const { closing, events, offset } = readHeadStart(new BinaryReader('run row').open(run.head));
    if (closing !== 0 && closing <= this.sweptClosings) return;
    this.count++;
    this.run = run;
    this.events = events;
    this.lastWseq = 0;
    this.writer.raw(run.head.subarray(offset));
    this.writer.uint(events, 'history');
  }

  /** Rows of the run at hand, from `at` on. Returns where they end. */
  private addHistory(rows: readonly HistoryRow[], at: number): number {
    const { run, reader } = this;
    for (; at < rows.length && rows[at]!.order === this.lastOrder; at++) {
      if (run === null) continue;
      const row = rows[at]!;
      const runId = openHistoryRow(reader, row);
      if (row.fromWseq !== this.lastWseq + 1 || runId !== run.runId) throw this.damaged(run, row.fromWseq);
      this.writer.raw(row.events.subarray(reader.offset));
      this.lastWseq = row.toWseq;
    }
    return at;
  }

  private endRun(): void {
    const { run } = this;
    this.run = null;
    if (run !== null && this.lastWseq !== this.events) throw this.damaged(run, this.lastWseq + 1);
  }

  private damaged(of: { readonly order: number; readonly runId?: string }, wseq: number): RaftoralError {
    return new RaftoralError(
      'STORAGE_DAMAGED',
      `Group ${this.groupId}: event ${wseq} of run ${of.runId ?? `number ${of.order}`} is not where its row of history was to be.`,
      { details: { groupId: this.groupId, runId: of.runId, wseq } },
    );
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

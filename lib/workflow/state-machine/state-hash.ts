/**
 * The hash of what an execution cluster replicates, at one applied index (docs/adr/0053). Pure.
 *
 * H1. Equal states have equal hashes, wherever the replica keeps its rows and whatever is in memory: what belongs to one node alone (residency, order numbers,
 *     rows, cuts) is not in it.
 * H2. Five parts, so that a difference can be named: the group's own part; heads of open runs; remembered answers; fingerprints of closed runs; and every
 *     event that was appended since the codec level allows checks, as a chain.
 * H3. Runs and answers are summed: the order in which they are visited does not matter. A run that is about to change is taken first (as in cut.ts), so the
 *     hash is that of its index whatever is applied meanwhile.
 * H4. Against faults, not against forgers: 53 bits a part, murmur3.
 * Tests: state-hash.spec.ts.
 */
import { BinaryWriter } from '../../state-machine/index.js';
import type { RunEvent } from '../event.js';
import { writeEvent } from '../event-codec.js';
import { ID_BYTES_MAX } from '../record-codec.js';
import { finalMix, mixBlock, murmur3x86_32 } from '../slot.js';
import type { RequestEntry } from './requests.js';
import type { RunRecord } from './run-record.js';
import { writeRequest } from './snapshot-request.js';
import { writeRunHead } from './snapshot-run.js';

/** In the order in which a report has them: append only. */
export const STATE_PARTS = ['group', 'open runs', 'answers', 'closed runs', 'events'] as const;

const SEED_LOW = 0x243f6a88;
const SEED_HIGH = 0x85a308d3;
const WORD = 0x1_0000_0000;
const HIGH_BITS = 21;

const writer = new BinaryWriter();

/** Two words as one safe integer. */
function fold(low: number, high: number): number {
  return (high >>> (32 - HIGH_BITS)) * WORD + (low >>> 0);
}

/** Of bytes: a safe integer. */
export function hashOfBytes(bytes: Uint8Array): number {
  return fold(murmur3x86_32(bytes, SEED_LOW), murmur3x86_32(bytes, SEED_HIGH));
}

/** A multiset, as the sum of the hashes of what is in it. */
export class SumHash {
  private low = 0;
  private high = 0;
  private count = 0;

  /** What was written into the shared writer. */
  addWritten(): void {
    const bytes = writer.written();
    this.add(murmur3x86_32(bytes, SEED_LOW), murmur3x86_32(bytes, SEED_HIGH));
  }

  addClosing(closedMs: number, workflowPrint: number, runPrint: number): void {
    this.closing(closedMs, workflowPrint, runPrint, 1);
  }

  removeClosing(closedMs: number, workflowPrint: number, runPrint: number): void {
    this.closing(closedMs, workflowPrint, runPrint, -1);
  }

  get value(): number {
    const low = finalMix(mixBlock(mixBlock(SEED_LOW, this.low), this.count));
    return fold(low, finalMix(mixBlock(mixBlock(SEED_HIGH, this.high), this.count)));
  }

  private closing(closedMs: number, workflowPrint: number, runPrint: number, sign: 1 | -1): void {
    const low = mixNumber(mixNumber(mixNumber(SEED_LOW, closedMs), workflowPrint), runPrint);
    const high = mixNumber(mixNumber(mixNumber(SEED_HIGH, runPrint), workflowPrint), closedMs);
    this.count += sign;
    this.low = (this.low + sign * finalMix(low)) | 0;
    this.high = (this.high + sign * finalMix(high)) | 0;
  }

  private add(low: number, high: number): void {
    this.count++;
    this.low = (this.low + low) | 0;
    this.high = (this.high + high) | 0;
  }
}

const numberScratch = new DataView(new ArrayBuffer(8));

/** Log times have fractions of a millisecond. */
function mixNumber(hash: number, value: number): number {
  numberScratch.setFloat64(0, value, true);
  return mixBlock(mixBlock(hash, numberScratch.getInt32(0, true)), numberScratch.getInt32(4, true));
}

/** The events of all runs, in the order of the log. Part of the replicated state. */
export class EventChain {
  constructor(
    private low = 0,
    private high = 0,
  ) {}

  get value(): number {
    return fold(this.low, this.high);
  }

  get words(): readonly [number, number] {
    return [this.low >>> 0, this.high >>> 0];
  }

  add(runId: string, event: RunEvent): void {
    writer.reset();
    writer.id(runId, 'runId', ID_BYTES_MAX);
    writeEvent(writer, event);
    const low = murmur3x86_32(writer.written(), this.low);
    this.low = low;
    this.high = finalMix(mixBlock(this.high, low));
  }
}

/** What a walk takes at its index. */
export interface HashedState {
  readonly index: number;
  /** Encoded. */
  readonly group: Uint8Array;
  readonly open: Iterable<RunRecord>;
  /** Highest `order` of a run at the index. */
  readonly lastOrder: number;
  readonly answers: readonly RequestEntry[];
  readonly closed: number;
  readonly events: number;
  /** It needs to be told of no change any more. */
  readonly whenDone: (walk: HashWalk) => void;
}

/** Of one state, in slices. */
export class HashWalk {
  readonly index: number;
  private static walks = 0;
  private readonly number = ++HashWalk.walks;
  private readonly runs: Iterator<RunRecord>;
  private readonly lastOrder: number;
  private answers: readonly RequestEntry[];
  private answersAt = 0;
  private readonly runSum = new SumHash();
  private readonly answerSum = new SumHash();
  private readonly group: number;
  private readonly closed: number;
  private readonly events: number;
  private hasRuns = true;
  private readonly whenDone: (walk: HashWalk) => void;

  constructor(state: HashedState) {
    this.index = state.index;
    this.runs = state.open[Symbol.iterator]();
    this.lastOrder = state.lastOrder;
    this.answers = state.answers;
    this.group = hashOfBytes(state.group);
    this.closed = state.closed;
    this.events = state.events;
    this.whenDone = state.whenDone;
  }

  /** H3. What was closed at the index is hashed by its fingerprints; a command may still name it. */
  willChange(run: RunRecord): void {
    if (!run.isOpen || run.order > this.lastOrder || run.hashedBy === this.number) return;
    run.hashedBy = this.number;
    writer.reset();
    writeRunHead(writer, run);
    writer.uint(run.history.length, 'history');
    this.runSum.addWritten();
  }

  /** Takes at most so many runs or answers. True: there are no more, and `parts` is there. */
  next(most: number): boolean {
    let left = most;
    for (; this.hasRuns && left > 0; left--) {
      const { done, value } = this.runs.next();
      if (done === true) this.hasRuns = false;
      else this.willChange(value);
    }
    for (; !this.hasRuns && this.answersAt < this.answers.length && left > 0; left--) {
      writer.reset();
      writeRequest(writer, this.answers[this.answersAt++]!);
      this.answerSum.addWritten();
    }
    const isDone = !this.hasRuns && this.answersAt === this.answers.length;
    if (isDone) {
      this.answers = [];
      this.answersAt = 0;
      this.whenDone(this);
    }
    return isDone;
  }

  /** By STATE_PARTS. */
  get parts(): readonly number[] {
    return [this.group, this.runSum.value, this.answerSum.value, this.closed, this.events];
  }
}

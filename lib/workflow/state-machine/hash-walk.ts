/**
 * The hash of a state (state-hash.ts), taken in slices while apply goes on. Pure.
 *
 * K1. A run that is about to change is taken first (as in cut.ts), so the hash is that of its index whatever is applied meanwhile. What was started later is left out.
 * Tests: state-check.spec.ts, ../state-machine.rows-property.spec.ts.
 */
import { BinaryWriter } from '../../state-machine/index.js';
import type { RequestEntry } from './requests.js';
import type { RunRecord } from './run-record.js';
import { writeRequest } from './snapshot-request.js';
import { writeRunHead } from './snapshot-run.js';
import { SumHash, hashOfBytes } from './state-hash.js';

const writer = new BinaryWriter();

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

  /** K1. What was closed at the index is hashed by its fingerprints; a command may still name it. */
  willChange(run: RunRecord): void {
    if (!run.isOpen || run.order > this.lastOrder || run.hashedBy === this.number) return;
    run.hashedBy = this.number;
    writer.reset();
    writeRunHead(writer, run);
    writer.uint(run.history.length, 'history');
    this.runSum.addBytes(writer.written());
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
      this.answerSum.addBytes(writer.written());
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

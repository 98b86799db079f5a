/**
 * What stays in memory of every closed run within retention, also of those whose record is on disk only: when it closed, and the
 * fingerprints of its ids, in the order of closing (R27, R28). Pure.
 *
 * G1. Runs are numbered by their closing, from 1, on this node: `last` is the number of the newest one, `swept` that of the newest one that
 *     was forgotten. Those between stand here, without gap.
 * G2. closedMs never shrinks from one to the next: a sweep takes a prefix. By number, and not by time, it is known who was swept: a run may close at
 *     the very log time up to which others were swept.
 * G3. sweptMs is a time for the disk to delete by: no run that is here, or is still to come, closed at or before it.
 * G4. 24 bytes a run, in chunks.
 * Tests: closed-ring.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import { FingerprintSet } from './fingerprints.js';

const CHUNK_RUNS = 4096;
const FIELDS = 3;

export interface ClosedEntry {
  readonly closedMs: number;
  readonly workflowPrint: number;
  readonly runPrint: number;
}

export class ClosedRing {
  private readonly prints: FingerprintSet;
  private chunks: Float64Array[] = [];
  /** Places of the first chunk that were given up. */
  private skipped = 0;
  private lastNumber: number;
  private sweptNumber: number;
  private deletableMs = 0;
  private newestMs: number;

  /**
   * @param lastSweptMs closedMs of the newest run that was swept; 0 = none.
   * @param expected runs that will be added soon.
   */
  constructor(
    swept = 0,
    private lastSweptMs = 0,
    expected = 0,
  ) {
    this.prints = new FingerprintSet(2 * expected);
    this.sweptNumber = swept;
    this.lastNumber = swept;
    this.newestMs = lastSweptMs;
  }

  get size(): number {
    return this.lastNumber - this.sweptNumber;
  }

  get last(): number {
    return this.lastNumber;
  }

  get swept(): number {
    return this.sweptNumber;
  }

  get newestSweptMs(): number {
    return this.lastSweptMs;
  }

  /** closedMs of the newest closing, swept or not. */
  get latestMs(): number {
    return this.newestMs;
  }

  /** Of the arrays. */
  get bytes(): number {
    return this.prints.bytes + this.chunks.length * CHUNK_RUNS * FIELDS * 8;
  }

  /** G3, as of a log time. 0 = none. */
  sweptMs(logTimeMs: number): number {
    if (this.lastSweptMs < logTimeMs && (this.size === 0 || this.oldestMs()! > this.lastSweptMs)) this.deletableMs = this.lastSweptMs;
    return this.deletableMs;
  }

  oldestMs(): number | undefined {
    return this.size === 0 ? undefined : this.chunks[0]![this.skipped * FIELDS];
  }

  /** May this be an id of a closed run? */
  has(fingerprint: number): boolean {
    return this.prints.has(fingerprint);
  }

  /** The number of the closing. */
  add(closedMs: number, workflowPrint: number, runPrint: number): number {
    const place = this.skipped + this.size;
    const at = (place % CHUNK_RUNS) * FIELDS;
    if (at === 0) this.chunks.push(new Float64Array(CHUNK_RUNS * FIELDS));
    const chunk = this.chunks[Math.floor(place / CHUNK_RUNS)]!;
    invariant(this.newestMs <= closedMs, () => `a run closes at ${closedMs}, after one that closed at ${this.newestMs}`);
    this.newestMs = closedMs;
    chunk[at] = closedMs;
    chunk[at + 1] = workflowPrint;
    chunk[at + 2] = runPrint;
    this.prints.add(workflowPrint);
    this.prints.add(runPrint);
    return ++this.lastNumber;
  }

  entry(number: number): ClosedEntry {
    invariant(number > this.sweptNumber && number <= this.lastNumber, () => `closing ${number} is not in ${this.swept}..${this.last}`);
    const place = this.skipped + number - this.sweptNumber - 1;
    const chunk = this.chunks[Math.floor(place / CHUNK_RUNS)]!;
    const at = (place % CHUNK_RUNS) * FIELDS;
    return { closedMs: chunk[at]!, workflowPrint: chunk[at + 1]!, runPrint: chunk[at + 2]! };
  }

  /** Forgets all that closed at or before. */
  sweep(cutoffMs: number): void {
    while (this.size > 0) {
      const chunk = this.chunks[0]!;
      const at = this.skipped * FIELDS;
      const closedMs = chunk[at]!;
      if (closedMs > cutoffMs) return;
      this.prints.remove(chunk[at + 1]!);
      this.prints.remove(chunk[at + 2]!);
      this.lastSweptMs = closedMs;
      this.sweptNumber++;
      if (++this.skipped < CHUNK_RUNS) continue;
      this.chunks.shift();
      this.skipped = 0;
    }
  }
}

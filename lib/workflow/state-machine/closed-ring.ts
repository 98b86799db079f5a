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
 * G5. What was loaded at the start goes into the set bit by bit, with the questions: until all is in, every id may be one of a closed run. A million
 *     runs take a fifth of a second to index, and a start waits for none of it.
 * Tests: closed-ring.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import { FingerprintSet } from './fingerprints.js';
import { SumHash } from './state-hash.js';

const CHUNK_RUNS = 4096;
/** G5. Indexed with each question and each closing, well below 1 ms. */
const INDEX_CHUNKS = 1;

/** `prints`: of each run that of its workflow id, then that of its run id. */
interface Chunk {
  readonly closedMs: Float64Array;
  readonly prints: Float64Array;
}

export interface ClosedEntry {
  readonly closedMs: number;
  readonly workflowPrint: number;
  readonly runPrint: number;
}

export class ClosedRing {
  private readonly prints: FingerprintSet;
  /** Of those that are in the set. */
  private readonly indexedSum = new SumHash();
  private chunks: Chunk[] = [];
  /** Places of the first chunk that were given up. */
  private skipped = 0;
  private lastNumber: number;
  private sweptNumber: number;
  private deletableMs = 0;
  private newestMs: number;
  /** Those up to this number, as far as they are not swept, are in the set. */
  private indexedNumber: number;

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
    this.indexedNumber = swept;
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
    return this.prints.bytes + this.chunks.length * CHUNK_RUNS * 3 * 8;
  }

  /** G3, as of a log time. 0 = none. */
  sweptMs(logTimeMs: number): number {
    if (this.lastSweptMs < logTimeMs && (this.size === 0 || this.oldestMs()! > this.lastSweptMs)) this.deletableMs = this.lastSweptMs;
    return this.deletableMs;
  }

  oldestMs(): number | undefined {
    return this.size === 0 ? undefined : this.chunks[0]!.closedMs[this.skipped];
  }

  /** May this be an id of a closed run? Always, while not all is indexed (G5). */
  mayHave(fingerprint: number): boolean {
    this.index(INDEX_CHUNKS);
    return this.indexedNumber < this.lastNumber || this.prints.has(fingerprint);
  }

  /** The same, exactly (but P1 of fingerprints.ts): what is left is indexed first. */
  has(fingerprint: number): boolean {
    this.index(Infinity);
    return this.prints.has(fingerprint);
  }

  /** A hash of those that stand here; what is left is indexed first. */
  get hash(): number {
    this.index(Infinity);
    return this.indexedSum.value;
  }

  /** The number of the closing. */
  add(closedMs: number, workflowPrint: number, runPrint: number): number {
    const isIndexed = this.indexedNumber === this.lastNumber;
    this.append(closedMs, workflowPrint, runPrint);
    if (isIndexed) {
      this.prints.add(workflowPrint);
      this.prints.add(runPrint);
      this.indexedSum.addClosing(closedMs, workflowPrint, runPrint);
      this.indexedNumber = this.lastNumber;
    } else this.index(INDEX_CHUNKS);
    return this.lastNumber;
  }

  /**
   * As add(), at the start, of many: they are indexed later.
   * @param entries of each run closedMs, which never shrinks, and the two fingerprints.
   */
  load(entries: Float64Array): void {
    invariant(
      this.skipped === 0 && this.indexedNumber === this.sweptNumber,
      () => `closed runs are loaded behind ${this.indexedNumber - this.sweptNumber} that were added`,
    );
    if (entries.length === 0) return;
    invariant(this.newestMs <= entries[0]!, () => `a run closes at ${entries[0]}, after one that closed at ${this.newestMs}`);
    let place = this.size;
    for (let i = 0; i < entries.length; i += 3, place++) {
      const at = place % CHUNK_RUNS;
      const { closedMs, prints } = at === 0 ? this.addChunk() : this.chunks[this.chunks.length - 1]!;
      closedMs[at] = entries[i]!;
      prints[2 * at] = entries[i + 1]!;
      prints[2 * at + 1] = entries[i + 2]!;
    }
    this.lastNumber = this.sweptNumber + place;
    this.newestMs = entries[entries.length - 3]!;
  }

  /** The next ones go into the set, of so many chunks. */
  private index(chunks: number): void {
    if (this.indexedNumber === this.lastNumber) return;
    const arrays: Float64Array[] = [];
    const end = this.skipped + this.size;
    let place = this.skipped + this.indexedNumber - this.sweptNumber;
    while (place < end && arrays.length < chunks) {
      const at = Math.floor(place / CHUNK_RUNS);
      const to = Math.min(end, (at + 1) * CHUNK_RUNS);
      const { closedMs, prints } = this.chunks[at]!;
      arrays.push(prints.subarray(2 * (place % CHUNK_RUNS), 2 * (to - at * CHUNK_RUNS)));
      for (let i = place - at * CHUNK_RUNS; place < to; i++, place++) {
        this.indexedSum.addClosing(closedMs[i]!, prints[2 * i]!, prints[2 * i + 1]!);
      }
    }
    this.prints.addAll(arrays);
    this.indexedNumber = this.sweptNumber + place - this.skipped;
  }

  private append(closedMs: number, workflowPrint: number, runPrint: number): void {
    const place = this.skipped + this.size;
    const at = place % CHUNK_RUNS;
    if (at === 0) this.addChunk();
    const chunk = this.chunks[Math.floor(place / CHUNK_RUNS)]!;
    invariant(this.newestMs <= closedMs, () => `a run closes at ${closedMs}, after one that closed at ${this.newestMs}`);
    this.newestMs = closedMs;
    chunk.closedMs[at] = closedMs;
    chunk.prints[2 * at] = workflowPrint;
    chunk.prints[2 * at + 1] = runPrint;
    this.lastNumber++;
  }

  private addChunk(): Chunk {
    const chunk = { closedMs: new Float64Array(CHUNK_RUNS), prints: new Float64Array(2 * CHUNK_RUNS) };
    this.chunks.push(chunk);
    return chunk;
  }

  entry(number: number): ClosedEntry {
    invariant(number > this.sweptNumber && number <= this.lastNumber, () => `closing ${number} is not in ${this.swept}..${this.last}`);
    const place = this.skipped + number - this.sweptNumber - 1;
    const { closedMs, prints } = this.chunks[Math.floor(place / CHUNK_RUNS)]!;
    const at = place % CHUNK_RUNS;
    return { closedMs: closedMs[at]!, workflowPrint: prints[2 * at]!, runPrint: prints[2 * at + 1]! };
  }

  /** Forgets all that closed at or before, and before `beforeMs`. */
  sweep(cutoffMs: number, beforeMs = Number.POSITIVE_INFINITY): void {
    while (this.size > 0) {
      const chunk = this.chunks[0]!;
      const closedMs = chunk.closedMs[this.skipped]!;
      if (closedMs > cutoffMs || closedMs >= beforeMs) return;
      if (this.sweptNumber === this.indexedNumber) this.indexedNumber++;
      else {
        const workflowPrint = chunk.prints[2 * this.skipped]!;
        const runPrint = chunk.prints[2 * this.skipped + 1]!;
        this.prints.remove(workflowPrint);
        this.prints.remove(runPrint);
        this.indexedSum.removeClosing(closedMs, workflowPrint, runPrint);
      }
      this.lastSweptMs = closedMs;
      this.sweptNumber++;
      if (++this.skipped < CHUNK_RUNS) continue;
      this.chunks.shift();
      this.skipped = 0;
    }
  }
}

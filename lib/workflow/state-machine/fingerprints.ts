/**
 * Fingerprints of workflow ids and run ids, and a multiset of them in typed arrays: which ids may be those of closed runs (R27). Pure.
 *
 * P1. A fingerprint is a safe integer of 52 bits, above 0. Equal texts have equal ones; that different ones may too costs a look at the disk only.
 * P2. The set never denies what it holds, and holds each value as often as it was added and not removed: a chain of continueAsNew adds one id
 *     again and again, and still takes one place.
 * P3. 8 bytes a place, filled at most to three quarters, in 64 tables that grow one by one: no command pays for moving all of them. Without a value there
 *     is none: a node may host a thousand groups, and most of them may have no closed run.
 * P4. Many at once go in table by table. Each print lies at a random place, and a table fits into a processor's cache, where all of them do not.
 * Tests: fingerprints.spec.ts.
 */
import { invariant } from '../../errors/index.js';
import { utf8 } from '../../state-machine/index.js';
import { murmur3x86_32 } from '../slot.js';

const SEED_LOW = 0x5bd1e995;
const SEED_HIGH = 0x27d4eb2f;
const HIGH_BITS = 20;
const WORD = 0x1_0000_0000;
/** Longer than nearly every id. */
const asciiScratch = new Uint8Array(256);

/** P1. Fixed for the format: fingerprints stand in rows. */
export function fingerprintOf(id: string): number {
  const length = asciiLength(id);
  const bytes = length < 0 ? utf8(id) : asciiScratch;
  const bytesLength = length < 0 ? bytes.length : length;
  const low = murmur3x86_32(bytes, SEED_LOW, bytesLength);
  const high = murmur3x86_32(bytes, SEED_HIGH, bytesLength) >>> (32 - HIGH_BITS);
  return high * WORD + low || 1;
}

/** Writes a short ASCII text into the scratch; -1 if it is none. */
function asciiLength(text: string): number {
  if (text.length > asciiScratch.length) return -1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return -1;
    asciiScratch[i] = unit;
  }
  return text.length;
}

const SHARD_BITS = 6;
const SHARDS = 1 << SHARD_BITS;
const CAPACITY_MIN = 16;
/** A count stands in the 12 bits above the high word; what is more, in a map. */
const COUNT_UNIT = 1 << HIGH_BITS;
const HIGH_MASK = COUNT_UNIT - 1;
const COUNT_MAX = 0xfff;

/** Of every table without a value: one place, which is free. Whoever adds makes room first. */
const NO_WORDS = new Uint32Array(1);

/** Open addressing with linear probing; a place with count 0 is free. */
class Table {
  private low = NO_WORDS;
  private high = NO_WORDS;
  private used = 0;

  /** @param firstCapacity of the first room that is made. */
  constructor(private firstCapacity: number) {}

  get bytes(): number {
    return this.used === 0 ? 0 : this.low.byteLength + this.high.byteLength;
  }

  has(low: number, high: number): boolean {
    return this.high[this.placeOf(low, high)]! >>> HIGH_BITS !== 0;
  }

  /** Adds one; false if the count is full. */
  add(low: number, high: number): boolean {
    let at = this.placeOf(low, high);
    const there = this.high[at]!;
    if (there >>> HIGH_BITS === COUNT_MAX) return false;
    if (there >>> HIGH_BITS !== 0) {
      this.high[at] = there + COUNT_UNIT;
      return true;
    }
    if ((this.used + 1) * 4 > this.low.length * 3) {
      this.resize(this.used === 0 ? this.firstCapacity : this.low.length * 2);
      at = this.placeOf(low, high);
    }
    this.low[at] = low;
    this.high[at] = high + COUNT_UNIT;
    this.used++;
    return true;
  }

  /** Takes one away; false if there is none. */
  remove(low: number, high: number): boolean {
    const at = this.placeOf(low, high);
    const there = this.high[at]!;
    if (there >>> HIGH_BITS === 0) return false;
    if (there >>> HIGH_BITS > 1) {
      this.high[at] = there - COUNT_UNIT;
      return true;
    }
    this.used--;
    if (this.used === 0) {
      this.low = this.high = NO_WORDS;
      this.firstCapacity = CAPACITY_MIN;
      return true;
    }
    this.free(at);
    if (this.low.length > CAPACITY_MIN && this.used * 8 < this.low.length) this.resize(this.low.length / 2);
    return true;
  }

  /** Moves back what probing had pushed beyond the place, so that no search ends too early. */
  private free(at: number): void {
    const { low, high } = this;
    const mask = low.length - 1;
    let hole = at;
    for (let next = (hole + 1) & mask; high[next]! >>> HIGH_BITS !== 0; next = (next + 1) & mask) {
      const home = low[next]! & mask;
      // It may move if its home is not within (hole, next].
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      low[hole] = low[next]!;
      high[hole] = high[next]!;
      hole = next;
    }
    low[hole] = 0;
    high[hole] = 0;
  }

  private placeOf(low: number, high: number): number {
    const mask = this.low.length - 1;
    let at = low & mask;
    for (;;) {
      const there = this.high[at]!;
      if (there >>> HIGH_BITS === 0 || (this.low[at] === low && (there & HIGH_MASK) === high)) return at;
      at = (at + 1) & mask;
    }
  }

  private resize(capacity: number): void {
    const { low, high } = this;
    this.low = new Uint32Array(capacity);
    this.high = new Uint32Array(capacity);
    for (let i = 0; i < low.length; i++) {
      if (high[i]! >>> HIGH_BITS === 0) continue;
      const at = this.placeOf(low[i]!, high[i]! & HIGH_MASK);
      this.low[at] = low[i]!;
      this.high[at] = high[i]!;
    }
  }
}

/** Prints that are sorted at once: 4 MB of words. Enough for each table to get thousands at a time. */
const SORTED_MAX = 1 << 19;

/** The words of all values of the arrays, by the table that they belong to. `ends`: zeroes. */
function sortByTable(arrays: readonly Float64Array[], ends: Uint32Array, low: Uint32Array, high: Uint32Array): void {
  for (const prints of arrays) for (let i = 0; i < prints.length; i++) ends[Math.floor(prints[i]! / WORD) & (SHARDS - 1)]!++;
  for (let shard = 1; shard < SHARDS; shard++) ends[shard]! += ends[shard - 1]!;
  for (const prints of arrays) {
    for (let i = 0; i < prints.length; i++) {
      const print = prints[i]!;
      const highWord = Math.floor(print / WORD);
      const at = --ends[highWord & (SHARDS - 1)]!;
      low[at] = print >>> 0;
      high[at] = highWord;
    }
  }
}

export class FingerprintSet {
  /** null: nothing was added. */
  private tables: readonly Table[] | null = null;
  private readonly firstCapacity: number;
  /** Counts above COUNT_MAX: by how much. */
  private readonly more = new Map<number, number>();

  /** @param expected how many will be added soon: a table that gets its first has room for its share of them. */
  constructor(expected = 0) {
    let capacity = CAPACITY_MIN;
    while (capacity * 3 * SHARDS < expected * 4) capacity *= 2;
    this.firstCapacity = capacity;
  }

  /** Of the tables. */
  get bytes(): number {
    return this.tables === null ? 0 : this.tables.reduce((sum, table) => sum + table.bytes, 0);
  }

  has(fingerprint: number): boolean {
    if (this.tables === null) return false;
    const high = Math.floor(fingerprint / WORD);
    return this.tables[high & (SHARDS - 1)]!.has(fingerprint >>> 0, high);
  }

  add(fingerprint: number): void {
    this.put(fingerprint >>> 0, Math.floor(fingerprint / WORD));
  }

  /** P4. All values of all arrays. */
  addAll(arrays: readonly Float64Array[]): void {
    const ends = new Uint32Array(SHARDS);
    let low = new Uint32Array(0);
    let high = low;
    for (let from = 0; from < arrays.length;) {
      let to = from;
      let count = 0;
      do count += arrays[to++]!.length;
      while (to < arrays.length && count + arrays[to]!.length <= SORTED_MAX);
      if (low.length < count) [low, high] = [new Uint32Array(count), new Uint32Array(count)];
      ends.fill(0);
      sortByTable(arrays.slice(from, to), ends, low, high);
      for (let i = 0; i < count; i++) this.put(low[i]!, high[i]!);
      from = to;
    }
  }

  private put(low: number, high: number): void {
    this.tables ??= Array.from({ length: SHARDS }, () => new Table(this.firstCapacity));
    if (this.tables[high & (SHARDS - 1)]!.add(low, high)) return;
    const fingerprint = high * WORD + low;
    this.more.set(fingerprint, (this.more.get(fingerprint) ?? 0) + 1);
  }

  remove(fingerprint: number): void {
    const more = this.more.get(fingerprint);
    if (more !== undefined) {
      if (more === 1) this.more.delete(fingerprint);
      else this.more.set(fingerprint, more - 1);
      return;
    }
    const high = Math.floor(fingerprint / WORD);
    const removed = this.tables !== null && this.tables[high & (SHARDS - 1)]!.remove(fingerprint >>> 0, high);
    invariant(removed, () => `fingerprint ${fingerprint} is removed, and was not added`);
  }
}

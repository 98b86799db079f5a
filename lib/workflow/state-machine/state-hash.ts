/**
 * The hash of what an execution cluster replicates, at one applied index (docs/adr/0053). Pure.
 *
 * H1. Equal states have equal hashes, wherever the replica keeps its rows and whatever is in memory: what belongs to one node alone (residency, order numbers,
 *     rows, cuts) is not in it.
 * H2. Five parts, so that a difference can be named: the group's own part; heads of open runs; remembered answers; fingerprints of closed runs; and every
 *     event that was appended since the codec level allows checks, as a chain.
 * H3. Runs and answers are summed (hash-walk.ts): the order in which they are visited does not matter.
 * H4. Against faults, not against forgers: 53 bits a part, murmur3.
 * Tests: state-check.spec.ts.
 */
import { BinaryWriter } from '../../state-machine/index.js';
import type { RunEvent } from '../event.js';
import { writeEvent } from '../event-codec.js';
import { ID_BYTES_MAX } from '../record-codec.js';
import { finalMix, mixBlock, murmur3x86_32 } from '../slot.js';

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

  addBytes(bytes: Uint8Array): void {
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

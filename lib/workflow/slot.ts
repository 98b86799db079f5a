/**
 * Workflow ids and their slots. Pure. Fixed for the format: never change it (R40).
 *
 * L1. slot = murmur3_x86_32(UTF-8 of the workflow id, seed 0) >>> 20, one of 4096.
 * L2. A workflow id is 1 to 256 bytes of well-formed UTF-8 without control characters (Cc: U+0000–U+001F, U+007F–U+009F), compared
 *     byte for byte: no normalisation, no case folding.
 * Source: RULES R40; MurmurHash3 by Austin Appleby (public domain), the x86 32-bit variant. Tests: slot.spec.ts.
 */
import { isWellFormed, utf8 } from '../state-machine/index.js';

export const SLOT_COUNT = 4096;
export const WORKFLOW_ID_BYTES_MAX = 256;

/** Slots first … first + count - 1. */
export interface SlotRange {
  readonly first: number;
  readonly count: number;
}

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** A global is slow to reach inside a test runner's module context, and every digest is made of this. */
const { imul } = Math;

const asciiScratch = new Uint8Array(WORKFLOW_ID_BYTES_MAX);

/** MurmurHash3_x86_32 of the first `length` bytes, as an unsigned 32-bit number. */
export function murmur3x86_32(bytes: Uint8Array, seed: number, length: number = bytes.length): number {
  const blocksEnd = length & ~3;
  let hash = seed | 0;
  for (let i = 0; i < blocksEnd; i += 4) {
    const block = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash = mixBlock(hash, block);
  }
  if (blocksEnd < length) hash ^= scramble(tailBlock(bytes, blocksEnd, length));
  return finalMix(hash ^ length) >>> 0;
}

/** The last one to three bytes. */
export function tailBlock(bytes: Uint8Array, from: number, end: number): number {
  let tail = bytes[from]!;
  if (from + 1 < end) tail |= bytes[from + 1]! << 8;
  if (from + 2 < end) tail |= bytes[from + 2]! << 16;
  return tail;
}

export function scramble(block: number): number {
  const mixed = imul(block, C1);
  return imul((mixed << 15) | (mixed >>> 17), C2);
}

export function mixBlock(hash: number, block: number): number {
  const mixed = hash ^ scramble(block);
  return (imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

export function finalMix(hash: number): number {
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** 0 … 4095. */
export function slotOf(workflowId: string): number {
  return hashOfText(workflowId) >>> 20;
}

function hashOfText(text: string): number {
  const length = text.length;
  if (length > WORKFLOW_ID_BYTES_MAX) return murmur3x86_32(utf8(text), 0);
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return murmur3x86_32(utf8(text), 0);
    asciiScratch[i] = unit;
  }
  return murmur3x86_32(asciiScratch, 0, length);
}

/** Why `workflowId` is none, as the end of a sentence; null when it is one. */
export function workflowIdProblem(workflowId: string): string | null {
  if (workflowId === '') return 'it is empty';
  // A UTF-16 unit takes at most three bytes, so only a long id has to be measured.
  if (workflowId.length > WORKFLOW_ID_BYTES_MAX) return `it has more than ${WORKFLOW_ID_BYTES_MAX} bytes`;
  for (let i = 0; i < workflowId.length; i++) {
    const unit = workflowId.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit <= 0x9f)) {
      return `it has the control character U+${unit.toString(16).toUpperCase().padStart(4, '0')} at position ${i}`;
    }
  }
  if (!isWellFormed(workflowId)) return 'it has a lone surrogate and so is not well-formed UTF-8';
  if (workflowId.length * 3 > WORKFLOW_ID_BYTES_MAX) {
    const bytes = utf8(workflowId).length;
    if (bytes > WORKFLOW_ID_BYTES_MAX) return `it has ${bytes} bytes, more than ${WORKFLOW_ID_BYTES_MAX}`;
  }
  return null;
}

export function isInRanges(ranges: readonly SlotRange[], slot: number): boolean {
  return ranges.some(({ first, count }) => slot >= first && slot < first + count);
}

export function isWorkflowId(workflowId: string): boolean {
  return workflowIdProblem(workflowId) === null;
}

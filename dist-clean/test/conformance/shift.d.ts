/**
 * Shifted variants of interaction scripts: every log index at or above the bootstrap index is raised by a constant.
 * Raft is translation-invariant, so the outcome must be the same; a core that squeezes indices into 32 bits, or rounds them, fails.
 */
import { type Directive } from './datadriven.js';
/** Reads `4294967296`, `2^32`, `2^53-1000`. */
export declare function parseShift(text: string): number;
/** The script with all its indices raised by `shift`; the payloads of entries stay as they are. */
export declare function shiftScript(directives: readonly Directive[], shift: number): Directive[];

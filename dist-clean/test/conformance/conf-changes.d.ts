/** Reads `v1 l2 r3 u4` into conf changes. */
import { type ConfChangeSingle } from '../../lib/raft/index.js';
export declare function parseChanges(text: string): ConfChangeSingle[];

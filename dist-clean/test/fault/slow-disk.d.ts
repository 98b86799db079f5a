/** Syncs that take up to 200 ms: the node gets slow, it stays whole, and it goes on answering; killed in that state it loses nothing. */
import { type FaultCase } from './fault-case.js';
export declare const slowDiskCase: FaultCase;

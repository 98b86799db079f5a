/**
 * Bringing up a core from its storage. Pure.
 * BT1. Term, vote and commit come back exactly as they were stored; a commit index outside of the log stops the node.
 * BT2. A node starts as a follower without a leader.
 * BT3. What the state machine has applied was committed, even if the stored commit index has not caught up; an applied index
 *      past the end of the log means that the log was lost, and stops the node.
 * Source: Raft thesis §3.8, §3.4.
 */
import { type ResolvedConfig } from './config.js';
import { RaftCore } from './core.js';
export declare function startCore(config: ResolvedConfig): RaftCore;

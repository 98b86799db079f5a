/**
 * The leader: takes acknowledgements, keeps the peers going, checks its quorum. Pure.
 * LE1. An acknowledgement moves `match` only forward and never past the own log; a rejection that is stale moves nothing.
 * LE2. A leader without an active quorum for an election timeout steps down (check-quorum).
 * LE3. While a transfer is in progress nothing is proposed; it ends after one election timeout at the latest.
 * Source: Raft thesis §3.5, §3.10, §6.2, §6.4.
 */
import type { RaftCore } from './core.js';
import { type Message, StepResult } from './types.js';
export declare function stepLeader(core: RaftCore, message: Message): StepResult;
export declare function tickLeader(core: RaftCore): void;

/**
 * Leadership transfer, at the leader. Pure.
 * TL1. Only to a voter other than the leader, and only once its log is as long as the leader's.
 * TL2. A second request for the same target does not extend the timeout; one for another target replaces the first.
 * Source: Raft thesis §3.10.
 */
import type { RaftCore } from './core.js';
import type { Progress } from './progress.js';
export declare function handleTransferRequest(core: RaftCore, target: Progress): void;
export declare function sendTimeoutNow(core: RaftCore, to: number): void;

/**
 * Linearizable reads: registering, confirming, answering. Pure.
 * D1. A leader answers no read before it has committed an entry of its own term.
 * D2. Safe mode: a read is answered once a quorum has acknowledged its round. Lease mode: at once.
 * D3. Waiting reads are bounded by `pendingReadsMax`; what exceeds it is refused or dropped, and traced.
 * Source: Raft thesis §6.4.
 */
import type { RaftCore } from './core.js';
import { Message, ReadResult, type Entry } from './types.js';
/** A read request at the leader, its own or a forwarded one. */
export declare function readOnLeader(core: RaftCore, request: Message): ReadResult;
/** The first entry of the term was committed: reads that came before it may proceed. */
export declare function releasePostponedReads(core: RaftCore): void;
/** A quorum may have confirmed more rounds: after an acknowledgement, or after the configuration changed. */
export declare function releaseConfirmedReads(core: RaftCore): void;
/** A follower passes the read on to the leader it knows. */
export declare function forwardRead(core: RaftCore, from: number, entries: Entry[]): ReadResult;

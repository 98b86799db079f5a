/**
 * The leader's side of replication: appends, heartbeats, snapshots to peers, and the commit index. Pure.
 * A1. A peer gets entries only after a position that the leader still knows; else a snapshot, and only if it was heard lately.
 * A2. A heartbeat carries no commit index beyond what the peer is known to have.
 * A3. Only an entry of the leader's own term is committed by counting replicas.
 * Source: Raft thesis §3.5, §3.6.2, §5.2, §10.2.1.
 */
import type { RaftCore } from './core.js';
import { type Progress } from './progress.js';
import { type Entry } from './types.js';
/** Sends an append with whatever entries there are, even none. */
export declare function sendAppend(core: RaftCore, peer: Progress): void;
/** Sends an append if the peer's flow allows it. Returns whether anything was sent. */
export declare function maybeSendAppend(core: RaftCore, peer: Progress, sendIfEmpty: boolean): boolean;
/** Sends everything that the peer's flow allows, without an empty append. */
export declare function sendRemaining(core: RaftCore, peer: Progress): void;
export declare function broadcastAppend(core: RaftCore): void;
/** Heartbeats to all, asking them to confirm the read round (0 = none). */
export declare function broadcastHeartbeat(core: RaftCore, readRound: number): void;
/** Advances the commit index to what a quorum holds. Returns whether it moved. */
export declare function maybeCommit(core: RaftCore): boolean;
/**
 * Appends fresh entries of the current term that follow the last index. Returns false, with nothing changed, if they exceed the
 * limit of uncommitted bytes. The leader's own acknowledgement is sent to itself, and arrives once the entries are durable.
 */
export declare function appendOwn(core: RaftCore, entries: Entry[]): boolean;
/** Entries with this payload size were applied. */
export declare function reduceUncommitted(core: RaftCore, bytes: number): void;

/**
 * Reads that wait for a quorum to confirm the leader. Pure.
 * O1. Every read gets a round of its own, from a counter that only rises. Acknowledgements name the round, so a response to an
 *     older request, even one with the same context of the caller, never confirms a newer read.
 * O2. An acknowledgement of round r confirms every read with a round up to r, and no other.
 * O3. `index` of a read is the commit index when it was registered.
 * Source: Raft thesis §6.4. The rounds answer etcd-io/raft#397 and etcd#20418 (caller's context reused in a retry).
 */
import type { Message } from './types.js';
export interface PendingRead {
    readonly round: number;
    readonly index: number;
    readonly request: Message;
}
export declare class ReadOnly {
    /** Reads that wait for a quorum, by ascending round. */
    waiting: PendingRead[];
    /** Requests that wait for the first commit of the leader's term. */
    postponed: Message[];
    /** Round of the latest read ever registered. Not reset with the term. */
    lastRound: number;
    get count(): number;
    /** Registers a read and returns its round. */
    add(index: number, request: Message): number;
    /** Round of the last waiting read, 0 if none waits. */
    lastWaitingRound(): number;
    /** Takes out the reads with a round up to `round`. */
    takeConfirmed(round: number): PendingRead[];
    takePostponed(): Message[];
    reset(): void;
}

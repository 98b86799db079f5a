/**
 * Replaces a leader whose node is known to be gone, without waiting for an election timeout. One per group and node.
 *
 * E1. Live voters take turns, by id, a turn each slot; the first one's is at once. So the lowest live voter campaigns first, and where its log is too
 *     short the next one's turn is near; two seldom meet. Within its turn it asks a few times: the others hear of the death a moment later or sooner.
 * E2. It asks by pre-vote (the core's): where the others still hear the leader nothing comes of it, and no term changes.
 * E3. Who finds that the term moved leaves a real election alone for a while, each time longer. Who is asked by one of an earlier turn, whose log is
 *     long enough, lets it have its election first: on a busy machine a slot is short, and two candidates of three would split the vote.
 * E4. It ends when a leader is known or the lost one is heard again; after `SLOTS_FAST` slots it goes on at the pace of ticks.
 * Source: openraft#2080, hashicorp/raft#606 and #609 (what it must not do). Tests: test/cluster/liveness.spec.ts, failover.spec.ts.
 */
import { type RawNode } from '../raft/index.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { HostServices } from './host-services.js';
export interface FastElectionContext {
    readonly raw: RawNode;
    readonly host: HostServices;
    isDown(node: number): boolean;
    wantFlush(): void;
    changed(): void;
}
export declare class FastElection implements DeadlineItem {
    private readonly context;
    dueAt: number;
    heapIndex: number;
    private lost;
    private isDue;
    private seenTerm;
    private slots;
    private electionSlots;
    private asks;
    constructor(context: FastElectionContext);
    /** The leader's node is gone. Takes note. */
    begin(leader: number): void;
    /** The node is back. */
    returned(node: number): void;
    /** A voter asks for a pre-vote. */
    asked(by: number, lastIndex: number): void;
    end(): void;
    onDue(): void;
    /** In a turn. */
    flush(): void;
    private campaign;
    /** The own place among those who take turns; -1 for none. Who is no voter of the configuration that decides keeps out of it. */
    private rank;
    private liveVoters;
    private wait;
}

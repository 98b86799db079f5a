/**
 * Ticking of one group: hibernation and waking (R39), a fast election after the leader's node died, and the watch over a leader's clock (R23).
 *
 * L1. A hibernating group does not tick; any work, message (but a late heartbeat answer), or loss or return of a member wakes it.
 * L2. A leader that wakes says so at once, so that nobody counts the silence against it.
 * L3. When the leader's node is down, or says that the group halted there, the live voters campaign in turn (fast-election.ts).
 * L4. A sole voter has nobody to wait for: it campaigns in its first turn.
 * L5. A leader whose clock runs ahead of the voters' median hands over, at most once per election timeout.
 * L6. A member on which the group halted counts as down for this group, whatever else its node does, until another process of it is heard.
 * Tests: test/cluster/liveness.spec.ts.
 */
import type { RawNode } from '../raft/index.js';
import type { DeadlineItem } from './deadline-heap.js';
import type { HostServices } from './host-services.js';
export interface LivenessContext {
    readonly groupId: number;
    readonly raw: RawNode;
    readonly host: HostServices;
    readonly nextDeadlineMs: (() => number) | undefined;
    isIdle(): boolean;
    appliedIndex(): number;
    wantFlush(): void;
    changed(): void;
}
export declare class GroupLiveness implements DeadlineItem {
    private readonly context;
    /** The wake-up call before the next state timer. */
    dueAt: number;
    heapIndex: number;
    private asleep;
    private idleTicks;
    private mustSpeak;
    private isSoleBeginner;
    private readonly unreachable;
    private readonly election;
    /** Incarnation of the process that said so, by node. */
    private readonly halted;
    private skewTicks;
    constructor(context: LivenessContext);
    get isHibernating(): boolean;
    /** Takes no part in this group at the moment. */
    isDown(node: number): boolean;
    /** Another process of that node has another group. */
    private isHalted;
    /** A member says that the group halted there. Returns false if that is known. */
    peerHalted(peer: number): boolean;
    /** The host drives the group from now on. */
    begin(): void;
    /** The group did something: it is not idle. */
    worked(): void;
    /** In or out of a turn. */
    wake(): void;
    onDue(): void;
    followToSleep(): void;
    peerDown(peer: number): void;
    peerUp(peer: number): void;
    preVoteAsked(by: number, lastIndex: number): void;
    leadershipChanged(): void;
    stop(): void;
    /** In a turn. */
    flush(): void;
    /** In a turn, unless the group hibernates. */
    tick(): void;
    private isTimeToSleep;
    private sleep;
    private watchClock;
}

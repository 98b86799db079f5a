/**
 * Holds back what can not be taken back (bodies with side effects) after this process stood still for so long that others may have taken over its
 * runs, until the group confirmed what it has committed meanwhile.
 *
 * G1. Nothing passes while the count of long stalls is above the one that the last confirmation saw; a stall that goes on counts already.
 * G2. It is confirmed by a read index: a quorum was heard after the stall, and what it committed is applied here. Owner changes among it have fenced
 *     what was held back (R22), which whoever held it back looks at.
 * G3. It asks again until it has an answer; the group's own end ends it.
 * Tests: stall-gate.spec.ts, test/workflow/failover.spec.ts.
 */
import type { Clock } from '../cluster/clock.js';
import type { RaftGroup } from '../cluster/group.js';
export declare class StallGate {
    private readonly group;
    private readonly clock;
    private confirmedStalls;
    private held;
    private isAsking;
    private isStopped;
    private retry;
    constructor(group: Pick<RaftGroup, 'longStalls' | 'readIndex'>, clock: Clock);
    /** Runs `act` now, or once the group was heard. */
    pass(act: () => void): void;
    stop(): void;
    private ask;
    private askAgain;
    private confirmed;
}

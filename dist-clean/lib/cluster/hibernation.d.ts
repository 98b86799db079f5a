/**
 * When a group may stop ticking (R39). Pure: a verdict on what the leader knows.
 *
 * H1. Only the leader declares it, and only when every live member holds the whole log, all of it is applied, and a majority is alive.
 * H2. A dead member does not prevent it: its return wakes the group.
 * H3. No state timer may be due soon: the group would be woken at once.
 */
import { type RawNode } from '../raft/index.js';
export interface HibernationView {
    readonly raw: RawNode;
    readonly appliedIndex: number;
    /** Nothing of this node waits: proposals, reads, snapshots, membership changes. */
    readonly isIdle: boolean;
    isDown(node: number): boolean;
    /** Time until the next timer of the state machine, ms. */
    readonly nextDeadlineMs: number;
    readonly deadlineMsMin: number;
}
export declare function mayHibernate(view: HibernationView): boolean;

/**
 * A node that is to end takes no more runs, and hands its own to others that can go on with them.
 *
 * D1. It ends when no other node could take a run from this one any more, when the node is no member any more, or when the time is up.
 */
import type { Clock } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { WorkflowRuntime } from './workflow/runtime.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';
export interface Draining {
    readonly group: RaftGroup<CommandAnswer>;
    readonly state: WorkflowStateView;
    readonly workflows: {
        readonly runtime: Pick<WorkflowRuntime, 'drain' | 'ended'>;
    };
}
/** `timeoutMs`: ms at most. */
export declare function drain({ group, state, workflows }: Draining, clock: Clock, timeoutMs: number): Promise<void>;

/**
 * What the execution cluster of this node offers to those who join: the group, and ids out of its state.
 */
import type { RaftGroup } from './cluster/group.js';
import type { JoinedGroup } from './cluster/joining/joining-port.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';
export declare function joinedGroupOf(group: RaftGroup<CommandAnswer>, state: WorkflowStateView): JoinedGroup;

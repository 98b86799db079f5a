/**
 * What the execution cluster of this node offers to those who join: the group, and ids out of its state.
 */
import type { RaftGroup } from './cluster/group.js';
import type { JoinedGroup } from './cluster/joining/joining-port.js';
import { RaftoralError } from './errors/index.js';
import { encodeCommand } from './workflow/command-codec.js';
import { CommandKind } from './workflow/command.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';

export function joinedGroupOf(group: RaftGroup<CommandAnswer>, state: WorkflowStateView): JoinedGroup {
  return {
    group,
    wasRemoved: (nodeId) => state.wasRemoved(nodeId),
    async reserve(token, above, timeoutMs) {
      const frame = encodeCommand({ kind: CommandKind.RESERVE_NODE_ID, token, above }, state.codecLevel);
      const { result } = await group.propose(frame, { deadlineMs: timeoutMs });
      const nodeId = state.reservedNodeId(token);
      if (nodeId !== undefined) return nodeId;
      const why = !result.ok && result.ignored ? result.reason : 'it was forgotten at once';
      throw new RaftoralError('JOIN_REFUSED', `cluster ${group.groupId} has no node id to give: ${why}`, { details: { reason: 'no-id' } });
    },
  };
}

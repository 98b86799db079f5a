import { RaftoralError } from './errors/index.js';
import { encodeCommand } from './workflow/command-codec.js';
import { CommandKind } from './workflow/command.js';
export function joinedGroupOf(group, state) {
    return {
        group,
        wasRemoved: (nodeId) => state.wasRemoved(nodeId),
        async reserve(token, above, timeoutMs) {
            const frame = encodeCommand({ kind: CommandKind.RESERVE_NODE_ID, token, above }, state.codecLevel);
            const { result } = await group.propose(frame, { deadlineMs: timeoutMs });
            const nodeId = state.reservedNodeId(token);
            if (nodeId !== undefined)
                return nodeId;
            const why = !result.ok && result.ignored ? result.reason : 'it was forgotten at once';
            throw new RaftoralError('JOIN_REFUSED', `cluster ${group.groupId} has no node id to give: ${why}`, { details: { reason: 'no-id' } });
        },
    };
}
//# sourceMappingURL=raftoral.joined-group.js.map
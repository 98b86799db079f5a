/**
 * What the group that new nodes join offers to them: the group, and ids out of its state. That is cluster 1, or, in a deployment of two layers, the management cluster.
 */
import type { RaftGroup } from './cluster/group.js';
import type { JoinedGroup } from './cluster/joining/joining-port.js';
import { isMember } from './cluster/membership-rules.js';
import { RaftoralError } from './errors/index.js';
import { encodeTopologyCommand, TopologyKind, UNKNOWN_NODE_INFO, type TopologyAnswer, type TopologyView } from './management/index.js';
import { encodeCommand } from './workflow/command-codec.js';
import { CommandKind } from './workflow/command.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';

export function joinedGroupOf(group: RaftGroup<CommandAnswer>, state: WorkflowStateView): JoinedGroup {
  return {
    layers: 1,
    group,
    wasRemoved: (nodeId) => state.wasRemoved(nodeId),
    async reserve({ token, above }, timeoutMs) {
      const frame = encodeCommand({ kind: CommandKind.RESERVE_NODE_ID, token, above }, state.codecLevel);
      const { result } = await group.propose(frame, { deadlineMs: timeoutMs });
      const nodeId = state.reservedNodeId(token);
      if (nodeId !== undefined) return nodeId;
      if (state.founders.length > 0)
        throw new RaftoralError('NO_LEADER', 'the deployment is getting its management cluster, which gives ids from now on; retry');
      const why = !result.ok && result.ignored ? result.reason : 'it was forgotten at once';
      throw new RaftoralError('JOIN_REFUSED', `cluster ${group.groupId} has no node id to give: ${why}`, { details: { reason: 'no-id' } });
    },
  };
}

/** Of cluster 0: a node is known by its id as soon as it has one, and says itself what it is once it follows; it gets nothing to host until then. */
export function managedGroupOf(group: RaftGroup<TopologyAnswer>, topology: () => TopologyView): JoinedGroup {
  return {
    layers: 2,
    group,
    wasRemoved(nodeId) {
      const { deployment, nodes, nodeIdHighest } = topology();
      if (deployment === '') return false;
      const known = nodes.get(nodeId);
      return known === undefined ? nodeId <= nodeIdHighest : known.state === 'left';
    },
    async reserve({ token, above, isClient }, timeoutMs) {
      const { codecLevel } = topology();
      const info = isClient ? { ...UNKNOWN_NODE_INFO, role: 'client' as const } : UNKNOWN_NODE_INFO;
      const command = { kind: TopologyKind.ADD_NODE, deployment: '', token, above, info } as const;
      const { result } = await group.propose(encodeTopologyCommand(command, codecLevel), { deadlineMs: timeoutMs });
      if (result.ok) return result.id;
      if (result.reason === 'not-founded')
        throw new RaftoralError('NO_LEADER', `${result.message} It comes from the leader of cluster 0; retry`);
      throw new RaftoralError('JOIN_REFUSED', `the management cluster has no node id to give: ${result.message}`, {
        details: { reason: result.reason },
      });
    },
  };
}

/** What a leader said of a new member reaches that one by its log a little later. Resolves then, or once the group is over here. */
export function untilMember(group: RaftGroup, nodeId: number): Promise<void> {
  if (isMember(group.membership, nodeId)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      unsubscribe();
      resolve();
    };
    const unsubscribe = group.subscribe({
      onMembership: (membership) => {
        if (isMember(membership, nodeId)) done();
      },
      onRemoved: done,
      onHalted: done,
    });
  });
}

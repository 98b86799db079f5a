/**
 * Which nodes run workflow code, by what the topology knows of them. Pure.
 *
 * C1. A node of role `full` that has registered a workflow runs code. As long as nobody has registered any, every node of role `full` counts: nothing is known yet.
 * C2. Whoever leaves, or is taken out by hand, is not the last voter that runs code: every run of the cluster would stand still. Who is down, is drained or is to leave
 *     is no other one. One that is down itself runs nothing: without it no more stands still than does already.
 * Tests: code.spec.ts.
 */
import type { NodeInfo } from '../command.js';
import type { ClusterView, TopologyView } from '../state.js';

type Nodes = Pick<TopologyView, 'nodes'>;

/** Whether a node runs code, by a topology that does not change meanwhile. False of one that nobody knows. */
export function codeRunners({ nodes }: Nodes): (node: number) => boolean {
  const isAnyRegistered = [...nodes.values()].some(({ state, info }) => state !== 'left' && hasRegistered(info));
  return (node) => {
    const info = nodes.get(node)?.info;
    return info !== undefined && (isAnyRegistered ? hasRegistered(info) : info.role === 'full');
  };
}

/** C2. False as well where the node is no voter, and where it has registered nothing. */
export function isLastVoterWithCode({ nodes }: Nodes, { members }: Pick<ClusterView, 'members'>, node: number): boolean {
  const replaced = new Set(members.map(({ replaces }) => replaces));
  const isVoter = members.some((member) => member.node === node && member.state === 'voter');
  const own = nodes.get(node);
  if (!isVoter || own === undefined || own.state === 'down' || !hasRegistered(own.info)) return false;
  return !members.some((member) => {
    const record = nodes.get(member.node);
    const stays = member.node !== node && member.state === 'voter' && !replaced.has(member.node);
    return stays && record?.state === 'active' && hasRegistered(record.info);
  });
}

function hasRegistered({ role, workflows }: NodeInfo): boolean {
  return role === 'full' && workflows.length > 0;
}

/**
 * The node as operators see it: reports of its parts, and the membership calls of its execution cluster.
 *
 * A1. Reports are local and answered at any time; what the node has not got yet is 0, empty or null.
 */
import type { MembersReport, NodeAdministration, NodeReport, NodesReport } from './client/administration-port.js';
import { reportMembers, reportNode } from './client/node-report.js';
import type { RaftoralNode } from './raftoral.node.js';
import { RaftoralTopology } from './raftoral.topology.js';

export class RaftoralAdministration implements NodeAdministration {
  readonly topology = new RaftoralTopology(() => (this.node.hasManagement ? this.node.management : null));

  constructor(private readonly node: RaftoralNode) {}

  status(): NodeReport {
    const { node } = this;
    const { failure, progress, live } = node.nodeStatus();
    return reportNode({
      nodeId: node.nodeId,
      deployment: node.deployment,
      incarnation: node.incarnation,
      state: node.phase,
      progress,
      failure,
      address: this.address(),
      host: node.hostStatus(),
      live,
      ...(node.hasManagement ? { liveInManagement: [...node.management.liveNodes()] } : {}),
      addresses: node.network?.addresses() ?? [],
      connections: node.network?.peers() ?? [],
      runs: new Map((node.clusters?.all() ?? []).map(({ clusterId, state }) => [clusterId, state])),
    });
  }

  members(): MembersReport {
    const { group, network } = this.node;
    return reportMembers({ group: group.status(), live: group.livePeers(), addresses: network?.addresses() ?? [] });
  }

  nodes(): NodesReport {
    const { deployment, nodeId, network } = this.node;
    return { deployment, nodeId, nodes: network?.addresses() ?? [] };
  }

  addLearner(nodeId: number): Promise<void> {
    return this.node.group.addLearner(nodeId);
  }

  promote(nodeId: number): Promise<void> {
    return this.node.group.promote(nodeId);
  }

  remove(nodeId: number): Promise<void> {
    return this.node.group.remove(nodeId);
  }

  replace({ lost, replacement }: { readonly lost: number; readonly replacement: number }): Promise<void> {
    return this.node.group.replace(lost, replacement);
  }

  transferLeadership(to: number): Promise<void> {
    return this.node.group.transferLeadership(to);
  }

  leave(): Promise<void> {
    return this.node.leave();
  }

  isServing(): boolean {
    const { running, failure, progress, groups } = this.node.nodeStatus();
    return (
      running &&
      failure === null &&
      progress === null &&
      (groups.length > 0 || this.node.hasManagement || this.node.isClient) &&
      groups.every(({ leaderId }) => leaderId !== 0)
    );
  }

  private address(): string | null {
    const address = this.node.network?.advertised ?? '';
    return address === '' ? null : address;
  }
}

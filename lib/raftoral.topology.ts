/**
 * The topology as operators see it: reports and calls of the management of this node.
 *
 * A1. Without a management cluster every call is refused, and says how to get one.
 */
import type { DecidedOn, PlanReport, TopologyAdministration, TopologyReport } from './client/topology-administration-port.js';
import { reportPlan, reportTopology } from './client/topology-report.js';
import { RaftoralError } from './errors/index.js';
import type { ManagementService } from './management/management-service.js';

export class RaftoralTopology implements TopologyAdministration {
  /** @param management null: this deployment has none, or this node does not follow it yet. */
  constructor(private readonly management: () => ManagementService | null) {}

  report(): TopologyReport {
    const service = this.service();
    return reportTopology({ topology: service.topology, live: service.liveNodes(), leader: service.leaderId });
  }

  async plan(): Promise<PlanReport> {
    return reportPlan(await this.service().plan());
  }

  async createCluster({
    decidedOn,
    ...cluster
  }: {
    readonly members?: readonly number[];
    readonly targetSize?: number;
    readonly metadata?: Readonly<Record<string, string>>;
  } & DecidedOn): Promise<number> {
    return this.service().runtime.createCluster(cluster, optionsOf(decidedOn));
  }

  async retireCluster({
    clusterId,
    isUndone,
    decidedOn,
  }: { readonly clusterId: number; readonly isUndone: boolean } & DecidedOn): Promise<void> {
    await this.service().runtime.setClusterState(clusterId, isUndone ? 'active' : 'retiring', optionsOf(decidedOn));
  }

  async destroyCluster({ clusterId, decidedOn }: { readonly clusterId: number } & DecidedOn): Promise<void> {
    await this.service().runtime.destroyCluster(clusterId, optionsOf(decidedOn));
  }

  async associate({
    clusterId,
    nodeId,
    replaces = 0,
    decidedOn,
  }: { readonly clusterId: number; readonly nodeId: number; readonly replaces?: number } & DecidedOn): Promise<void> {
    await this.service().runtime.associate({ clusterId, node: nodeId, replaces }, optionsOf(decidedOn));
  }

  async disassociate({ clusterId, nodeId, decidedOn }: { readonly clusterId: number; readonly nodeId: number } & DecidedOn): Promise<void> {
    await this.service().runtime.disassociate({ clusterId, node: nodeId }, optionsOf(decidedOn));
  }

  async setMetadata({
    clusterId,
    decidedOn,
    ...change
  }: {
    readonly clusterId: number;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly targetSize?: number;
  } & DecidedOn): Promise<void> {
    await this.service().runtime.setMetadata(clusterId, change, optionsOf(decidedOn));
  }

  async abortMove({ moveId }: { readonly moveId: number }): Promise<void> {
    await this.service().runtime.abortMove(moveId);
  }

  async drainNode({ nodeId, isUndone, decidedOn }: { readonly nodeId: number; readonly isUndone: boolean } & DecidedOn): Promise<void> {
    await this.service().runtime.setNodeState(nodeId, isUndone ? 'active' : 'draining', optionsOf(decidedOn));
  }

  async removeNode({ nodeId, decidedOn }: { readonly nodeId: number } & DecidedOn): Promise<void> {
    await this.service().runtime.removeNode(nodeId, optionsOf(decidedOn));
  }

  private service(): ManagementService {
    const service = this.management();
    if (service !== null) return service;
    throw new RaftoralError(
      'TOPOLOGY_REFUSED',
      'This node follows no management cluster: the deployment has cluster 1 alone, the node has not joined yet, or it is of role client (ask another node). Members of cluster 1 are changed by the calls of the membership.',
      { details: { reason: 'not-founded' } },
    );
  }
}

function optionsOf(decidedOn: number | undefined): DecidedOn {
  return decidedOn === undefined ? {} : { decidedOn };
}

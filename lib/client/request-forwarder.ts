/**
 * Finds the service that answers for a workflow: slot → cluster → the service of that cluster on this node.
 *
 * Q1. Every call of the client passes here, so that a deployment of many clusters needs no other client.
 * Q2. A cluster that this node does not host, not yet or not any more, is NOT_MEMBER with the cluster in the details: a retryable, typed answer.
 * Q3. Whoever wants all clusters of this node may ask before it hosts one, and hears of each once.
 */
import { concat, defer, from, Subject, type Observable } from 'rxjs';
import { RaftoralError } from '../errors/index.js';
import type { SlotMap } from '../cluster/slot-map-port.js';
import type { ListFilter, ListPage, WorkflowService } from '../workflow/service.js';

/** Separates the cluster from that cluster's own cursor in the cursor of list(). */
const CURSOR_SEPARATOR = ':';

export class RequestForwarder {
  private readonly services = new Map<number, WorkflowService>();
  private readonly attached = new Subject<WorkflowService>();
  /** The clusters that this node hosts, and each that it comes to host; completes when the node ends. */
  readonly services$: Observable<WorkflowService> = defer(() => concat(from(this.hosted()), this.attached));

  constructor(private readonly slots: SlotMap) {}

  /** From now on this node answers for the service's cluster. Called when the node starts. */
  attach(service: WorkflowService): void {
    this.services.set(service.clusterId, service);
    this.attached.next(service);
  }

  /** This node is no member of that cluster any more. */
  detach(clusterId: number): void {
    this.services.delete(clusterId);
  }

  /** No cluster comes any more: the node ends. What is attached goes on answering, with SHUTTING_DOWN. */
  close(): void {
    this.attached.complete();
  }

  /** The service for a workflow id that exists, or that the caller chose. */
  forWorkflow(workflowId: string): WorkflowService {
    return this.forCluster(this.slots.clusterOf(workflowId));
  }

  /** The service that mints the id of a new workflow. */
  forNewWorkflow(): WorkflowService {
    return this.forCluster(this.slots.clusterForNewWorkflow());
  }

  forCluster(clusterId: number): WorkflowService {
    const service = this.services.get(clusterId);
    if (service !== undefined) return service;
    throw new RaftoralError('NOT_MEMBER', `This node does not host cluster ${clusterId}, or has not started yet; ask a node that does.`, {
      details: { clusterId },
    });
  }

  /** Clusters that this node hosts, ascending. */
  hosted(): readonly WorkflowService[] {
    return [...this.services.values()].sort((a, b) => a.clusterId - b.clusterId);
  }

  /** As hosted(), for who wants to hear of all: NOT_MEMBER while this node hosts none. */
  forAll(): readonly WorkflowService[] {
    const services = this.hosted();
    return services.length === 0 ? [this.forCluster(this.slots.clusterIds()[0]!)] : services;
  }

  /** One page of the runs of all clusters, cluster after cluster; the cursor says where the next page begins. */
  async list(filter: ListFilter): Promise<ListPage> {
    const clusterIds = this.slots.clusterIds();
    const { clusterId, inner } = this.readCursor(filter.cursor, clusterIds);
    const { cursor: _, ...rest } = filter;
    const page = await this.forCluster(clusterId).list(inner === '' ? rest : { ...rest, cursor: inner });
    if (page.next !== null) return { items: page.items, next: `${clusterId}${CURSOR_SEPARATOR}${page.next}` };
    const following = clusterIds[clusterIds.indexOf(clusterId) + 1];
    return { items: page.items, next: following === undefined ? null : `${following}${CURSOR_SEPARATOR}` };
  }

  private readCursor(cursor: string | undefined, clusterIds: readonly number[]): { clusterId: number; inner: string } {
    if (cursor === undefined) return { clusterId: clusterIds[0]!, inner: '' };
    const separator = cursor.indexOf(CURSOR_SEPARATOR);
    const clusterId = Number(cursor.slice(0, separator));
    if (separator < 1 || !clusterIds.includes(clusterId))
      throw new RaftoralError(
        'INVALID_ARGUMENT',
        `list(): the cursor ${JSON.stringify(cursor)} is not one that list() returned; pass \`next\` of the page before.`,
        {
          details: { argument: 'cursor' },
        },
      );
    return { clusterId, inner: cursor.slice(separator + 1) };
  }
}

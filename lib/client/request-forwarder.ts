/**
 * Finds the service that answers for a workflow: slot → cluster → the service of that cluster, on this node or by way of one that hosts it.
 *
 * Q1. Every call of the client passes here, so that a deployment of many clusters needs no other client.
 * Q2. Without routes (a deployment of one cluster, or before the topology is known) a cluster that this node does not host, not yet or not any more, is
 *     NOT_MEMBER with the cluster in the details: a retryable, typed answer. What is hosted is called directly, without anything in between.
 * Q3. With routes (`route()`) a call finds a member, whatever this node hosts (docs/adr/0064), and this node answers what others forward to it.
 * Q4. Whoever wants all clusters of this node may ask before it hosts one, and hears of each once.
 * Q5. After close() what is under way elsewhere ends at once, and whatever comes later too (A6 of call-router.ts).
 */
import { concat, defer, from, Subject, type Observable } from 'rxjs';
import type { Clock } from '../cluster/clock.js';
import type { Random } from '../cluster/random.js';
import type { SlotMap } from '../cluster/slot-map-port.js';
import { slotOf } from '../workflow/slot.js';
import type { CountFilter, ListFilter, ListPage, PlacementPolicy, RunCount, StartOptions, WorkflowService } from '../workflow/service.js';
import { ENGINE_BUDGET, type CallBudgetOptions } from './call-budget.js';
import { CallRouter, notHosted } from './call-router.js';
import { CallServer } from './call-server.js';
import { MemberNotes } from './member-notes.js';
import { countAll, listAll } from './merged-list.js';
import { Placement } from './placement.js';
import { RoutedService, type RoutedServiceParts } from './routed-service.js';
import type { NodeCalls, RoutingSource } from './routing-port.js';
import type { RoutingTable } from './routing-table.js';
import { serveRoutes } from './topology-routes.js';

export interface RoutingParts {
  readonly calls: NodeCalls;
  readonly routes: RoutingSource;
  readonly clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  readonly random: Pick<Random, 'uuid'>;
  /** Deadline of calls that name none, ms. */
  readonly requestTimeoutMs: number;
  /** Where workflows begin whose id the engine makes. Default `round-robin`. */
  readonly placement?: PlacementPolicy;
  /** Open workflows of a cluster, as far as this node has heard. */
  readonly load?: (clusterId: number) => number | undefined;
  /** Calls to other nodes that may be under way. */
  readonly budget?: CallBudgetOptions;
  /** The same of what workflows ask of each other. */
  readonly engineBudget?: CallBudgetOptions;
}

interface Routing {
  readonly routes: RoutingSource;
  readonly placement: Placement;
  readonly service: RoutedServiceParts;
  /** For what workflows ask of each other. */
  readonly engine: RoutedServiceParts;
}

/** A start, with the ids that it has from now on, and who carries it out. */
export interface PlacedStart {
  readonly service: WorkflowService;
  readonly options: StartOptions;
}

export class RequestForwarder {
  private readonly services = new Map<number, WorkflowService>();
  private readonly attached = new Subject<WorkflowService>();
  private routing: Routing | null = null;
  private isClosed = false;
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

  /** Calls go to where the routes say, and calls of other nodes are answered here. Once, when the node starts. */
  route(parts: RoutingParts): void {
    const {
      calls,
      routes,
      clock,
      random,
      requestTimeoutMs,
      placement: policy = 'round-robin',
      load = () => undefined,
      budget = {},
      engineBudget = ENGINE_BUDGET,
    } = parts;
    const hosted = (clusterId: number): WorkflowService | undefined => this.services.get(clusterId);
    const notes = new MemberNotes(() => clock.monotonic());
    const partsWith = (own: CallBudgetOptions): RoutedServiceParts => {
      const router = new CallRouter({ calls, routes, notes, clock, requestTimeoutMs, budget: own, hosted });
      if (this.isClosed) router.close();
      return { router, notes, nodeId: calls.nodeId, clock, random, requestTimeoutMs, hosted };
    };
    serveRoutes(calls, routes);
    new CallServer({ calls, routes, clock, hosted });
    this.routing = {
      routes,
      placement: new Placement({
        random,
        policy,
        isHosted: (clusterId) => this.services.has(clusterId),
        load,
        monotonic: () => clock.monotonic(),
      }),
      service: partsWith(budget),
      engine: partsWith(engineBudget),
    };
  }

  /** No cluster comes any more, and nobody else is asked (Q5): the node ends. What is attached goes on answering, with SHUTTING_DOWN. */
  close(): void {
    this.isClosed = true;
    this.routing?.service.router.close();
    this.routing?.engine.router.close();
    this.attached.complete();
  }

  /** The service for a workflow id that exists, or that the caller chose. */
  forWorkflow(workflowId: string): WorkflowService {
    return this.serviceFor(workflowId, this.routing?.service);
  }

  /** As forWorkflow(), for what workflows ask of each other: how many calls of users are under way does not matter. */
  forEngine(workflowId: string): WorkflowService {
    return this.serviceFor(workflowId, this.routing?.engine);
  }

  private serviceFor(workflowId: string, parts: RoutedServiceParts | undefined): WorkflowService {
    if (parts === undefined) return this.hostedService(this.slots.clusterOf(workflowId));
    const slot = slotOf(workflowId);
    return new RoutedService(parts, (table) => (table === null ? this.slots.clusterOf(workflowId) : table.ownerOf(slot)));
  }

  /** Who carries out a start. Where it names no workflow id, and there is a choice of clusters, the id is made here. */
  forStart(options: StartOptions): PlacedStart {
    const { workflowId, requestId } = options;
    if (workflowId !== undefined) return { service: this.forWorkflow(workflowId), options };
    if (this.routing === null) return { service: this.hostedService(this.slots.clusterForNewWorkflow()), options };
    const { placement, routes, service } = this.routing;
    const id =
      requestId === undefined ? placement.mint(routes.table(), options.placement) : Placement.idFor(requestId, () => service.random.uuid());
    return { service: this.forWorkflow(id), options: { ...options, workflowId: id, requestId: requestId ?? id } };
  }

  forCluster(clusterId: number): WorkflowService {
    return this.routing === null ? this.hostedService(clusterId) : this.routed(this.routing, clusterId);
  }

  /** Clusters that this node hosts, ascending. */
  hosted(): readonly WorkflowService[] {
    return [...this.services.values()].sort((a, b) => a.clusterId - b.clusterId);
  }

  /** As hosted(), for who wants to hear of all: NOT_MEMBER while this node hosts none. */
  forAll(): readonly WorkflowService[] {
    const services = this.hosted();
    return services.length === 0 ? [this.hostedService(this.slots.clusterIds()[0]!)] : services;
  }

  /** One page of the runs of all clusters, in the order of their starts. */
  list(filter: ListFilter): Promise<ListPage> {
    return listAll(this.everyCluster(), filter);
  }

  count(filter: CountFilter): Promise<RunCount> {
    return countAll(this.everyCluster(), filter);
  }

  private everyCluster(): readonly WorkflowService[] {
    const { routing } = this;
    const table: RoutingTable | null = routing?.routes.table() ?? null;
    if (routing === null || table === null) return this.slots.clusterIds().map((clusterId) => this.hostedService(clusterId));
    return [...table.clusters.keys()].map((clusterId) => this.routed(routing, clusterId));
  }

  private routed({ service }: Routing, clusterId: number): WorkflowService {
    return new RoutedService(service, () => clusterId);
  }

  private hostedService(clusterId: number): WorkflowService {
    const service = this.services.get(clusterId);
    if (service !== undefined) return service;
    throw notHosted(clusterId);
  }
}

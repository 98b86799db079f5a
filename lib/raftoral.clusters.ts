/**
 * The execution clusters that this node hosts: each a state machine, its group, a workflow runtime and its service. Owns what is hosted, and the order of opening
 * and closing.
 *
 * C1. One opening or closing of a cluster at a time; what is asked for meanwhile waits for it.
 * C2. What is open answers by the forwarder. A cluster that closes is taken from there first, then its runtime stops, then its group ends; its rows stay.
 * C3. Clusters share host, transport and storage, and nothing else: what fails in one of them is its own.
 */
import type { RequestForwarder } from './client/request-forwarder.js';
import type { NodeCalls } from './client/routing-port.js';
import type { Clock } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { NodeIdentity } from './cluster/joining/joining-port.js';
import { isMember } from './cluster/membership-rules.js';
import type { RaftHost } from './cluster/raft-host.js';
import { drain } from './raftoral.drain.js';
import type { StateMachine } from './state-machine/index.js';
import { EventTap } from './workflow/event-tap.js';
import type { WorkflowRuntime } from './workflow/runtime.js';
import type { WorkflowService } from './workflow/service.js';
import { WorkflowStateMachine } from './workflow/state-machine.js';
import type { CommandAnswer } from './workflow/state.js';

/** The execution cluster that a deployment begins with; 0 is the management cluster. */
export const EXECUTION_CLUSTER_ID = 1;

export type NodeHost = Pick<
  RaftHost,
  | 'start'
  | 'stop'
  | 'handOver'
  | 'status'
  | 'onCrashed'
  | 'incarnation'
  | 'createGroup'
  | 'closeGroup'
  | 'destroyGroup'
  | 'storedGroups'
  | 'request'
  | 'tell'
  | 'handle'
>;

/** Requests between nodes, as whoever forwards calls, or moves slots, makes them. */
export function nodeCallsOf(nodeId: number, host: Pick<NodeHost, 'request' | 'handle'>): NodeCalls {
  return {
    nodeId,
    request: (to, method, body, timeoutMs) => host.request(to, method, body, timeoutMs),
    handle: (method, handler) => host.handle(method, handler),
  };
}

export interface GroupRequest {
  readonly host: NodeHost;
  readonly groupId: number;
  readonly stateMachine: StateMachine<CommandAnswer>;
  /** ms until the state machine's next timer; Infinity for none. */
  readonly nextDeadlineMs: () => number;
  /** Voters of the group where nothing of it is stored; empty: this node waits to be added. */
  readonly members: readonly number[];
}

export type GroupFactory = (request: GroupRequest) => Promise<RaftGroup<CommandAnswer>>;

export interface ServiceRequest {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly tap: EventTap;
  readonly deployment: string;
  /** Of this start of the node. */
  readonly incarnation: number;
}

export interface WorkflowParts {
  readonly runtime: Pick<WorkflowRuntime, 'start' | 'stop' | 'drain' | 'resume' | 'ended'>;
  readonly service: WorkflowService;
}

export type ServiceFactory = (request: ServiceRequest) => WorkflowParts;

/** `outside`: in no membership that this replica knows. `removed`: the others can do without it. */
export type ClusterStanding = 'outside' | 'member' | 'removed';

export interface HostedCluster {
  readonly clusterId: number;
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly workflows: WorkflowParts;
}

export interface ExecutionClustersParts {
  readonly identity: NodeIdentity;
  readonly host: NodeHost;
  readonly clock: Clock;
  readonly makeGroup: GroupFactory;
  readonly makeService: ServiceFactory;
  readonly forwarder: Pick<RequestForwarder, 'attach' | 'detach'>;
  /** Throws once the node stops. */
  checkStarting(): void;
  /** A cluster is there, and does not answer yet. */
  opened?(cluster: HostedCluster): void;
  standingChanged?(clusterId: number, standing: ClusterStanding): void;
}

export class ExecutionClusters {
  private readonly hosted = new Map<number, HostedCluster>();
  private readonly standings = new Map<number, ClusterStanding>();
  private readonly changing = new Map<number, Promise<unknown>>();

  constructor(private readonly parts: ExecutionClustersParts) {}

  /** null: this node does not host it now. */
  get(clusterId: number): HostedCluster | null {
    return this.hosted.get(clusterId) ?? null;
  }

  /** Ascending by id. */
  all(): readonly HostedCluster[] {
    return [...this.hosted.values()].sort((a, b) => a.clusterId - b.clusterId);
  }

  /** Those that this node is a member of, as far as their logs have told it. */
  memberships(): readonly number[] {
    const { nodeId } = this.parts.identity;
    return this.all().flatMap(({ clusterId, group }) => (isMember(group.membership, nodeId) ? [clusterId] : []));
  }

  /** True for a replica that is of no use to its group, and never was, or is not any more. */
  isOutside(clusterId: number): boolean {
    return this.standings.get(clusterId) !== 'member';
  }

  /** It was a member, as this replica knows, and is not any more. */
  isRemoved(clusterId: number): boolean {
    return this.standings.get(clusterId) === 'removed';
  }

  /** @param members of its first membership, where nothing of it is stored; empty: this node waits to be added. */
  open(clusterId: number, members: readonly number[]): Promise<HostedCluster> {
    return this.change(clusterId, async () => this.hosted.get(clusterId) ?? (await this.openNow(clusterId, members)));
  }

  /**
   * Side by side, so that what is stored of them is read for many at once.
   * Resolves once all are open; rejects with the first error, and not before the others are open or have failed.
   */
  async openAll(clusterIds: readonly number[], members: readonly number[]): Promise<void> {
    const results = await Promise.allSettled(clusterIds.map((clusterId) => this.open(clusterId, members)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** C2. */
  close(clusterId: number): Promise<void> {
    return this.change(clusterId, async () => {
      this.end(clusterId);
      await this.parts.host.closeGroup(clusterId);
    });
  }

  /** As close(), and nothing of it stays. Also of a cluster that is stored here and not open. */
  destroy(clusterId: number): Promise<void> {
    return this.change(clusterId, async () => {
      this.end(clusterId);
      await this.parts.host.destroyGroup(clusterId);
    });
  }

  /** Nobody answers for it here any more; its group goes on. */
  detach(clusterId: number): void {
    this.parts.forwarder.detach(clusterId);
  }

  /** All of them at once. @param timeoutMs at most. */
  async drain(timeoutMs: number): Promise<void> {
    await Promise.all(this.all().map((cluster) => drain(cluster, this.parts.clock, timeoutMs)));
  }

  /** A drain came to nothing. */
  resume(): void {
    for (const { workflows } of this.hosted.values()) workflows.runtime.resume();
  }

  /** The node ends. Who waits gets SHUTTING_DOWN. */
  stop(): void {
    for (const { workflows } of this.hosted.values()) workflows.runtime.stop();
  }

  private async openNow(clusterId: number, members: readonly number[]): Promise<HostedCluster> {
    const { identity, host, clock, makeGroup, makeService, forwarder, checkStarting, opened } = this.parts;
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId: clusterId, nodeId: identity.nodeId, sink: tap.sink });
    const nextDeadlineMs = (): number => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(clock.now(), state.logTimeMs);
    const group = await makeGroup({ host, groupId: clusterId, stateMachine: state, nextDeadlineMs, members });
    checkStarting();
    const workflows = makeService({ group, state, tap, deployment: identity.deployment, incarnation: host.incarnation });
    const cluster: HostedCluster = { clusterId, group, state, workflows };
    this.hosted.set(clusterId, cluster);
    this.watch(cluster);
    opened?.(cluster);
    workflows.runtime.start();
    forwarder.attach(workflows.service);
    return cluster;
  }

  private watch({ clusterId, group }: HostedCluster): void {
    const { nodeId } = this.parts.identity;
    const now = (standing: ClusterStanding): void => {
      if (this.standings.get(clusterId) === standing) return;
      this.standings.set(clusterId, standing);
      this.parts.standingChanged?.(clusterId, standing);
    };
    now(isMember(group.membership, nodeId) ? 'member' : 'outside');
    group.subscribe({
      // That it is gone is said by onRemoved, once the others can do without it.
      onMembership: (membership) => {
        if (isMember(membership, nodeId)) now('member');
      },
      onRemoved: () => now('removed'),
    });
  }

  private end(clusterId: number): void {
    const cluster = this.hosted.get(clusterId);
    if (cluster === undefined) return;
    this.standings.delete(clusterId);
    this.parts.forwarder.detach(clusterId);
    this.hosted.delete(clusterId);
    cluster.workflows.runtime.stop();
  }

  /** C1. */
  private change<T>(clusterId: number, work: () => Promise<T>): Promise<T> {
    const before = this.changing.get(clusterId) ?? Promise.resolve();
    const done = before.then(work, work);
    this.changing.set(clusterId, done);
    const forget = (): void => {
      if (this.changing.get(clusterId) === done) this.changing.delete(clusterId);
    };
    done.then(forget, forget);
    return done;
  }
}

/**
 * The management cluster (cluster 0) on this node, and what hangs on it: its service, the founding in cluster 1's log, the execution clusters that the topology gives to
 * this node, and how others join through it.
 *
 * G1. Cluster 0 is founded once, in the log of cluster 1 (docs/adr/0061): this node proposes that when it leads cluster 1 and was asked for two layers, and opens group 0 when
 *     it has applied it, whoever asked. It begins with voters that are alive, as far as there are enough.
 * G2. Execution clusters go on without cluster 0, and it without them: what is stored here is opened at the start, whatever can be heard of the topology.
 * G3. One that is no member of cluster 0 any more has left the deployment.
 * G4. Slots move between clusters that nodes host: whoever leads the source carries a move out (docs/adr/0063).
 */
import { sumOfKnown } from './client/placement.js';
import type { RequestForwarder } from './client/request-forwarder.js';
import { LocalRoutes } from './client/topology-routes.js';
import type { Clock, Timer } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { JoinedGroup, NodeIdentity } from './cluster/joining/joining-port.js';
import type { Logger } from './cluster/logger.js';
import { isMember } from './cluster/membership-rules.js';
import type { Random } from './cluster/random.js';
import { RaftoralError } from './errors/index.js';
import type { ManagementSettings, RaftoralSettings } from './interfaces/settings.js';
import {
  ClusterFollower,
  TopologyStateMachine,
  type FirstCluster,
  type ManagementNode,
  type ManagementService,
  type TopologyAnswer,
} from './management/index.js';
import { EXECUTION_CLUSTER_ID, nodeCallsOf, type ExecutionClusters, type HostedCluster, type NodeHost } from './raftoral.clusters.js';
import { managedGroupOf } from './raftoral.joined-group.js';
import { encodeCommand } from './workflow/command-codec.js';
import { CommandKind, MANAGEMENT_LEVEL } from './workflow/command.js';
import { SlotMover } from './workflow/slot-move/mover.js';

export const MANAGEMENT_CLUSTER_ID = 0;
/** After a founding that was refused or got lost. */
const FOUND_AGAIN_MS = 500;
/** Before a cluster is begun here: longer would hold up what else is to be opened and closed. */
const CONFIRM_TIMEOUT_MS = 1_000;

export interface ManagementRequest {
  readonly node: ManagementNode;
  readonly group: RaftGroup<TopologyAnswer>;
  readonly state: TopologyStateMachine;
  readonly seeds: readonly number[];
  readonly addresses: readonly string[];
  readonly firstCluster: () => FirstCluster | null;
}

/** Makes the service over group 0, once there is one. */
export type ManagementFactory = (request: ManagementRequest) => ManagementService;

export interface ManagementLayerParts {
  readonly identity: NodeIdentity;
  readonly host: NodeHost;
  readonly clusters: ExecutionClusters;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: ManagementSettings;
  readonly makeManagement: ManagementFactory;
  readonly forwarder: Pick<RequestForwarder, 'route'>;
  readonly random: Random;
  /** Where workflows begin whose id the engine makes. */
  readonly placement: RaftoralSettings['placement'];
  readonly requestTimeoutMs: number;
  readonly addresses: () => readonly string[];
  /** Nodes whose addresses are known: who joins has heard of those, and is a member of nothing yet. */
  readonly knownNodes: () => readonly number[];
}

export class ManagementLayer {
  readonly joined: JoinedGroup;
  private readonly follower: ClusterFollower;
  private readonly mover: SlotMover;

  private constructor(
    private readonly parts: ManagementLayerParts,
    readonly group: RaftGroup<TopologyAnswer>,
    readonly service: ManagementService,
  ) {
    const { identity, clusters, host, clock, logger } = parts;
    this.joined = managedGroupOf(group, () => service.topology);
    this.mover = new SlotMover(nodeCallsOf(identity.nodeId, host), clock, (clusterId) => clusters.get(clusterId));
    this.follower = new ClusterFollower({
      nodeId: identity.nodeId,
      topology: () => service.topology,
      clusters: {
        ids: () => clusters.all().map(({ clusterId }) => clusterId),
        stored: () => host.storedGroups(),
        isOutside: (clusterId) => clusters.isOutside(clusterId),
        isRemoved: (clusterId) => clusters.isRemoved(clusterId),
        open: (clusterId, members) => clusters.open(clusterId, members),
        close: (clusterId) => clusters.close(clusterId),
        destroy: (clusterId) => clusters.destroy(clusterId),
      },
      clock,
      logger,
      confirm: () => service.runtime.sync({ timeoutMs: CONFIRM_TIMEOUT_MS }),
      ask: (clusterId, nodes) => clusters.get(clusterId)?.group.askWhetherRemoved(nodes),
    });
  }

  /** @param founders the first members, where nothing of group 0 is stored; without this node: it waits to be added. */
  static async open(parts: ManagementLayerParts, founders: readonly number[]): Promise<ManagementLayer> {
    const { host, identity, clusters, makeManagement, addresses, knownNodes } = parts;
    const state = new TopologyStateMachine();
    const isFounder = founders.includes(identity.nodeId);
    const group = await host.createGroup<TopologyAnswer>({
      groupId: MANAGEMENT_CLUSTER_ID,
      stateMachine: state,
      ...(isFounder ? { members: founders } : { join: true }),
    });
    const first = clusters.get(EXECUTION_CLUSTER_ID);
    const service = makeManagement({
      node: managementNodeOf(parts),
      group,
      state,
      seeds: [...new Set([...membersOf(group), ...founders, ...(first === null ? [] : membersOf(first.group)), ...knownNodes()])],
      addresses: addresses(),
      firstCluster: () => firstClusterOf(clusters.get(EXECUTION_CLUSTER_ID)),
    });
    const layer = new ManagementLayer(parts, group, service);
    service.start();
    try {
      await layer.begin();
    } catch (error) {
      await layer.stop();
      throw error;
    }
    return layer;
  }

  private async begin(): Promise<void> {
    const { host, clusters } = this.parts;
    this.route();
    this.service.onTopology(() => this.follower.review());
    this.group.subscribe({ onRestored: () => this.follower.review(), onMembership: () => this.follower.review() });
    await clusters.openAll(
      host.storedGroups().filter((id) => id !== MANAGEMENT_CLUSTER_ID),
      [],
    );
    this.follower.review();
  }

  /** From now on any call finds a node that answers it, and this node answers what others forward to it. */
  private route(): void {
    const { identity, host, clock, random, forwarder, requestTimeoutMs, placement } = this.parts;
    const routes = new LocalRoutes(this.service);
    forwarder.route({
      calls: nodeCallsOf(identity.nodeId, host),
      routes,
      clock,
      random,
      requestTimeoutMs,
      placement,
      load: (clusterId) => this.loadOf(clusterId, routes),
    });
  }

  /** Exact for what this node hosts; else what gossip says of the members, which may lead other clusters too: a guess. */
  private loadOf(clusterId: number, routes: LocalRoutes): number | undefined {
    const hosted = this.parts.clusters.get(clusterId);
    if (hosted !== null) return hosted.state.openRunCount;
    return sumOfKnown((routes.table()?.membersOf(clusterId) ?? []).map((node) => this.service.openWorkflowsLedBy(node)));
  }

  /** This node is in no membership of an execution cluster any more, or came to be in one. */
  reviewClusters(): void {
    this.follower.review();
  }

  get isMember(): boolean {
    return isMember(this.group.membership, this.parts.identity.nodeId);
  }

  async stop(): Promise<void> {
    this.mover.stop();
    await this.follower.stop();
    await this.service.stop();
  }
}

/** G1. Proposes the founding, and tells when it is applied. */
export class ManagementFounding {
  private isUnderWay = false;
  private isDone = false;
  private retry: Timer | null = null;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly cluster: HostedCluster,
    /** null: this node asks for nothing. */
    private readonly settings: ManagementSettings | null,
    private readonly clock: Clock,
    private readonly founded: (founders: readonly number[]) => void,
  ) {
    const review = (): void => this.review();
    this.unsubscribe = cluster.group.subscribe({ onApplied: review, onRestored: review, onLeadership: review, onMembership: review });
  }

  review(): void {
    const { cluster, settings } = this;
    const { state, group } = cluster;
    if (this.isDone) return;
    if (state.founders.length > 0) {
      this.stop();
      this.founded(state.founders);
      return;
    }
    if (settings === null || this.isUnderWay || !group.isLeader || state.codecLevel < MANAGEMENT_LEVEL) return;
    const { voters, votersOutgoing } = group.membership;
    if (votersOutgoing.length > 0 || voters.length === 0) return;
    this.isUnderWay = true;
    const members = foundersOf(voters, group.livePeers(), settings.policy.managementVoters);
    group.propose(encodeCommand({ kind: CommandKind.FOUND_MANAGEMENT, members }, state.codecLevel)).then(
      ({ result }) => this.ended(result.ok),
      () => this.ended(false),
    );
  }

  stop(): void {
    this.isDone = true;
    this.retry?.cancel();
    this.unsubscribe();
  }

  private ended(isOk: boolean): void {
    this.isUnderWay = false;
    if (this.isDone) return;
    if (isOk) return this.review();
    this.retry?.cancel();
    this.retry = this.clock.setTimer(FOUND_AGAIN_MS, () => this.review(), { unref: true });
  }
}

/** The lowest ids among those that are alive; a dead one may never come back, and without a majority of the founders nobody could be put in its place. */
function foundersOf(voters: readonly number[], live: readonly number[], count: number): number[] {
  const isDead = (node: number): number => Number(!live.includes(node));
  const ranked = [...voters].sort((a, b) => isDead(a) - isDead(b) || a - b);
  return ranked.slice(0, count).sort((a, b) => a - b);
}

function managementNodeOf({ identity, host, clusters }: ManagementLayerParts): ManagementNode {
  return {
    nodeId: identity.nodeId,
    deployment: identity.deployment,
    incarnation: host.incarnation,
    request: (to, method, body, timeoutMs) => host.request(to, method, body, timeoutMs),
    tell: (to, method, body) => host.tell(to, method, body),
    handle: (method, handler) => host.handle(method, handler),
    groups: () => clusters.all().map(({ group, state }) => ({ group, openWorkflows: state.openRunCount, startsTotal: state.startsTotal })),
  };
}

/** Nodes that were given an id and are no members yet are among them: else a node that was joining would be unknown. */
function firstClusterOf(cluster: HostedCluster | null): FirstCluster | null {
  if (cluster === null || cluster.state.founders.length === 0) return null;
  const { group, state } = cluster;
  const { voters } = group.membership;
  const nodes = [...new Set([...membersOf(group), ...state.reservedNodeIds()])].filter((node) => !state.wasRemoved(node));
  return { nodes: nodes.sort((a, b) => a - b), voters: [...voters], nodeIdHighest: state.nodeIdHighest };
}

function membersOf({ membership }: Pick<RaftGroup, 'membership'>): readonly number[] {
  const { voters, votersOutgoing, learners, learnersNext } = membership;
  return [...new Set([...voters, ...votersOutgoing, ...learners, ...learnersNext])];
}

/** For who asks before there is a layer. */
export function noManagement(nodeId: number): RaftoralError {
  return new RaftoralError(
    'NOT_MEMBER',
    `node ${nodeId} has no management cluster: the deployment has cluster 1 alone, or this node has not heard of more yet; give the option management`,
  );
}

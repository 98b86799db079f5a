/**
 * The engine of this node: identity, host, execution clusters, management cluster. Injectable, for status and for the cluster's own membership
 * calls (`node.group.addLearner(4)`, `node.leave()`); made by RaftoralModule, started and stopped by the orchestrator alone.
 *
 * N1. start() waits for this node's own storage and transport; a node whose identity stands in its files, or in its configuration, waits for no quorum. One
 *     that is to get an identity waits until it is a member; on the application's own HTTP server, which listens later, it gets there in the background.
 * N2. stop() hands over what it leads, then drains, within `shutdown.drainTimeoutMs`: the node takes no more runs and hands its own to others that can. Then
 *     waiters are rejected with SHUTTING_DOWN and streams complete, so that an HTTP server behind it can close. It stays a member.
 * N3. A started node keeps its process alive until stop(), as a listening server does: an application context without one would otherwise end
 *     in the middle of its workflows, because the engine's own timers do not hold the loop.
 * N4. leave() drains, hands over, is removed by the leader, and says so on disk, in this order: whatever ends it half-way, the next start finds out.
 * N5. What fails in start() leaves nothing open.
 * N6. Where the deployment has two layers (raftoral.management.ts), a member is who is a member of cluster 0, also before that one is open here; else, who is one of cluster 1.
 *     `group`, `state` and `service` are those of cluster 1 in any case, where this node hosts it; all others are in `clusters`.
 * N7. A node of role `client` is a member of nothing (raftoral.client-layer.ts): it has arrived once it can forward.
 */
import type { Timer } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { HostStatus } from './cluster/host-status.js';
import { FIRST_NODE_ID, NodeMembership, type EstablishedIdentity } from './cluster/joining/node-membership.js';
import type { JoinedGroup, NodeIdentity } from './cluster/joining/joining-port.js';
import { isMember } from './cluster/membership-rules.js';
import type { NodeStatus, NodeStatusSource } from './cluster/status-port.js';
import { RaftoralError, invariant, isRaftoralError } from './errors/index.js';
import { ClientLayer } from './raftoral.client-layer.js';
import { EXECUTION_CLUSTER_ID, ExecutionClusters, type HostedCluster, type NodeHost } from './raftoral.clusters.js';
import { departFrom, hasStayed, leftForGood } from './raftoral.departure.js';
import { joinedGroupOf, untilMember } from './raftoral.joined-group.js';
import { MANAGEMENT_CLUSTER_ID, ManagementFounding, ManagementLayer, noManagement } from './raftoral.management.js';
import { nodeMembershipOf } from './raftoral.membership.js';
import { defaultManagement } from './raftoral.management-options.js';
import type { NodePhase, RaftoralNodeParts } from './raftoral.node-parts.js';
import { nodeStatusOf } from './raftoral.node-status.js';
import { LEFT_NOTE } from './storage/node-notes.js';
import { REJOIN_NEEDS_NEW_ID } from './storage/storage.js';
import { isNetworkTransport, type NetworkTransport } from './transport/network-transport-port.js';
import type { WorkflowService } from './workflow/service.js';
import type { WorkflowStateView } from './workflow/state.js';

/** A timer that is only there to be pending; about 24 days, the longest that Node takes in one piece. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;

export class RaftoralNode implements NodeStatusSource {
  /** Called once this node is no member any more, for good: by leave(), or because it was removed. Whoever owns the process may end it. */
  onLeft: (() => void) | null = null;
  private host: NodeHost | null = null;
  private identity: NodeIdentity | null = null;
  private membership: NodeMembership | null = null;
  private execution: ExecutionClusters | null = null;
  /** All that was stored is open. */
  private isRunning = false;
  private founding: ManagementFounding | null = null;
  /** There are two layers, open here or about to be (N6). */
  private isManaged = false;
  /** null: cluster 1 alone, as far as this node knows, or not open yet. */
  private layer: ManagementLayer | null = null;
  private layerOpening: Promise<void> | null = null;
  /** null: it is no client (N7), or has no identity yet. */
  private client: ClientLayer | null = null;
  /** The group by which this node is a member of the deployment (N6). */
  private joined: JoinedGroup | null = null;
  private stopping: Promise<void> | null = null;
  private leaving: Promise<void> | null = null;
  private keepAlive: Timer | null = null;
  private isJoining = false;
  private hasLeft = false;
  private isStopped = false;
  private failure: RaftoralError | null = null;

  constructor(private readonly parts: RaftoralNodeParts) {}

  /** 0 before the node has an identity. */
  get nodeId(): number {
    return this.identity?.nodeId ?? this.parts.settings.nodeId;
  }

  /** '' before the node has an identity. */
  get deployment(): string {
    return this.identity?.deployment ?? this.parts.settings.deployment;
  }

  get phase(): NodePhase {
    if (this.hasLeft) return 'left';
    if (this.isStopped) return 'stopped';
    if (this.stopping !== null) return 'stopping';
    if (this.isJoining) return 'joining';
    return this.isRunning ? 'running' : 'starting';
  }

  /** The Raft group of execution cluster 1 on this node: status and membership calls. */
  get group(): RaftGroup {
    return this.firstCluster().group;
  }

  /** What this node has applied of execution cluster 1. Read only, and valid until the next apply. */
  get state(): WorkflowStateView {
    return this.firstCluster().state;
  }

  /** As `state`; null before the node hosts the cluster. */
  get hosted(): WorkflowStateView | null {
    return this.clusters?.get(EXECUTION_CLUSTER_ID)?.state ?? null;
  }

  /** The execution clusters that this node hosts; null before the node has an identity. */
  get clusters(): ExecutionClusters | null {
    return this.execution;
  }

  /** The management cluster on this node. Throws NOT_MEMBER where there is none. */
  get management(): ManagementLayer['service'] {
    if (this.layer === null) throw noManagement(this.nodeId);
    return this.layer.service;
  }

  get hasManagement(): boolean {
    return this.layer !== null;
  }

  /** N7. */
  get isClient(): boolean {
    return this.parts.settings.management?.role === 'client';
  }

  /** Everything that can be asked of execution cluster 1 on this node. */
  get service(): WorkflowService {
    return this.firstCluster().workflows.service;
  }

  /** null where the nodes share a process. */
  get network(): NetworkTransport | null {
    return isNetworkTransport(this.parts.transport) ? this.parts.transport : null;
  }

  async start(): Promise<void> {
    try {
      await this.startUp();
    } catch (error) {
      // N5. Nest calls no shutdown hook when the boot fails.
      await this.stop();
      throw error;
    }
  }

  /** Safe to call twice, and on a node that never started. */
  async stop(): Promise<void> {
    this.stopping ??= this.drainAndStop();
    await this.stopping;
  }

  /**
   * Ends the membership of this node for good (N4). Rejects with MEMBERSHIP_REFUSED for the last voter, for the last one that runs code (in two layers), and where the
   * others would have no majority: the node then goes on as before.
   */
  async leave(): Promise<void> {
    this.leaving ??= this.leaveNow(this.started()).finally(() => (this.leaving = null));
    await this.leaving;
  }

  nodeStatus(): NodeStatus {
    return nodeStatusOf({
      nodeId: this.nodeId,
      host: this.host?.status() ?? null,
      clusters: this.clusters,
      isManaged: this.isManaged,
      isStopping: this.stopping !== null,
      hasLeft: this.hasLeft,
      failure: this.failure?.message ?? null,
      progress: this.progress,
    });
  }

  /** What it is at while it starts or joins; null else. */
  get progress(): string | null {
    if (this.stopping !== null || this.hasLeft) return null;
    return this.isJoining ? (this.membership?.progress ?? 'joins a cluster') : null;
  }

  hostStatus(): HostStatus | null {
    return this.host?.status() ?? null;
  }

  /** Of this start of the node; 0 before it has an identity. */
  get incarnation(): number {
    return this.host?.incarnation ?? 0;
  }

  // --- the start ------------------------------------------------------------------------------------------------------------------

  private async startUp(): Promise<void> {
    const { settings, notes } = this.parts;
    const { cluster, deployment, nodeId } = settings;
    const { network } = this;
    if (network !== null) this.membership = nodeMembershipOf(this.parts, network);
    if (cluster.isStatic) {
      const left = await notes.read(LEFT_NOTE);
      if (left?.['nodeId'] === nodeId) throw leftForGood(nodeId, deployment);
      await this.membership?.open();
      await this.run({ deployment, nodeId }, settings.members);
      if (this.membership !== null) this.arrived(this.membership);
      return;
    }
    if (this.membership === null)
      throw new RaftoralError(
        'INVALID_CONFIGURATION',
        'RaftoralModule: transport: a node that gets its id from a cluster needs a transport that reaches other processes',
        {
          details: { option: 'transport' },
        },
      );
    const found = await this.membership.found();
    await this.membership.open();
    if (found !== null) return this.startAgain(this.membership, found);
    // Who begins a deployment waits for nobody; it starts.
    this.isJoining = !settings.cluster.bootstrap;
    const arriving = this.join(this.membership);
    if (settings.transport === null || settings.transport.listen !== null) return arriving;
    // The application's own server listens after this hook.
    this.holdProcess();
    void this.inBackground(arriving);
  }

  /** With the identity of its files. */
  private async startAgain(membership: NodeMembership, found: NodeIdentity): Promise<void> {
    try {
      // Id 1 is given to the node that begins, and to no other: if it ended before its first entry, nothing of the group is stored.
      await this.run(found, found.nodeId === FIRST_NODE_ID ? [FIRST_NODE_ID] : []);
    } catch (error) {
      if (!isRaftoralError(error, 'REJOIN_REFUSED') || error.details['reason'] !== REJOIN_NEEDS_NEW_ID) throw error;
      this.isJoining = true;
      await this.enter(membership, await membership.reserve(found.deployment));
      return;
    }
    if (this.client !== null) {
      this.isJoining = true;
      return void this.inBackground(this.arriveAsClient(membership, this.client));
    }
    const { membership: members } = this.joinedGroup().group;
    if (members.voters.includes(found.nodeId) || (this.layer !== null && isMember(members, found.nodeId))) this.arrived(membership);
    else {
      this.isJoining = !isMember(members, found.nodeId);
      void this.inBackground(this.admit(membership, found));
    }
  }

  private async join(membership: NodeMembership): Promise<void> {
    const established = await membership.establish();
    const { isFirst, deployment, nodeId } = established;
    this.isJoining = !isFirst;
    if (!isFirst) return this.enter(membership, established);
    await this.run({ deployment, nodeId }, [nodeId]);
    this.arrived(membership);
  }

  private async enter(membership: NodeMembership, { layers, ...identity }: EstablishedIdentity): Promise<void> {
    await this.run({ deployment: identity.deployment, nodeId: identity.nodeId }, [], layers === 2);
    if (this.client !== null) await this.arriveAsClient(membership, this.client);
    else await this.admit(membership, identity);
  }

  private async arriveAsClient(membership: NodeMembership, client: ClientLayer): Promise<void> {
    await client.arrive();
    this.isJoining = false;
    membership.arrived();
  }

  private async admit(membership: NodeMembership, identity: NodeIdentity): Promise<void> {
    try {
      // That there are two layers by now may be news.
      if ((await membership.admit(identity.nodeId)) === 2) await this.openLayer([]);
    } catch (error) {
      if (isRaftoralError(error, 'JOIN_REFUSED') && error.details['reason'] === 'removed') {
        await this.expelled();
        throw leftForGood(identity.nodeId, identity.deployment);
      }
      throw error;
    }
    await untilMember(this.joinedGroup().group, identity.nodeId);
    this.arrived(membership);
  }

  private arrived(membership: NodeMembership): void {
    this.isJoining = false;
    membership.arrived();
    const identity = this.identity!;
    void this.inBackground(
      membership
        .watchStanding(() => this.joinedGroup(), identity.nodeId)
        .then(async (isRemoved) => {
          if (!isRemoved) return;
          await this.expelled();
          throw leftForGood(identity.nodeId, identity.deployment);
        }),
    );
  }

  /**
   * Host, groups and runtimes under this identity.
   * @param members of cluster 1, where nothing is stored.
   * @param isManaged there are two layers: this node joins the management cluster, and execution clusters come to it.
   */
  private async run(identity: NodeIdentity, members: readonly number[], isManaged = false): Promise<void> {
    const { clock, makeHost, makeGroup, makeService, forwarder } = this.parts;
    this.throwIfStopping();
    const host = makeHost(identity);
    try {
      await host.start();
    } catch (error) {
      await host.stop();
      throw error;
    }
    this.host = host;
    this.identity = identity;
    host.onCrashed = () => {
      this.membership?.close();
      this.keepAlive?.cancel();
    };
    await this.membership?.identified(identity);
    const clusters = new ExecutionClusters({
      identity,
      host,
      clock,
      makeGroup,
      makeService,
      forwarder,
      checkStarting: () => this.throwIfStopping(),
      opened: (cluster) => this.clusterOpened(cluster),
      standingChanged: (clusterId, standing) => this.standingChanged(clusterId, standing),
    });
    this.execution = clusters;
    const stored = host.storedGroups();
    if (this.isClient) {
      const { addresses, knownNodes } = this;
      this.client = ClientLayer.of(this.parts, { identity, host, addresses, knownNodes, removed: () => this.removed() });
    }
    this.isManaged = isManaged || stored.includes(MANAGEMENT_CLUSTER_ID);
    // Where there are two layers, cluster 1 is one of many: it may have ended long ago, and is never begun again.
    if (this.client === null) {
      if (!this.isManaged || stored.includes(EXECUTION_CLUSTER_ID)) await clusters.open(EXECUTION_CLUSTER_ID, members);
      if (this.isManaged) await this.openLayer([]);
    }
    this.isRunning = true;
    if (this.keepAlive === null) this.holdProcess();
  }

  private readonly addresses = (): readonly string[] =>
    this.network === null || this.network.advertised === '' ? [] : [this.network.advertised];
  private readonly knownNodes = (): readonly number[] => this.network?.addresses().map(({ nodeId }) => nodeId) ?? [];

  private clusterOpened(cluster: HostedCluster): void {
    if (cluster.clusterId !== EXECUTION_CLUSTER_ID) return;
    const { settings, clock } = this.parts;
    if (!this.isManaged) this.setJoined(joinedGroupOf(cluster.group, cluster.state));
    this.founding?.stop();
    this.founding = new ManagementFounding(
      cluster,
      settings.management,
      clock,
      (founders) => void this.inBackground(this.openLayer(founders)),
    );
    this.founding.review();
  }

  private standingChanged(clusterId: number, standing: 'outside' | 'member' | 'removed'): void {
    // A layer that is about to open looks at all standings then.
    if (this.isManaged) this.layer?.reviewClusters();
    else if (standing === 'removed' && clusterId === EXECUTION_CLUSTER_ID) this.removed();
  }

  /** Group 0 on this node, once. */
  private openLayer(founders: readonly number[]): Promise<void> {
    this.isManaged = true;
    this.layerOpening ??= this.openLayerNow(founders);
    return this.layerOpening;
  }

  private async openLayerNow(founders: readonly number[]): Promise<void> {
    const { logger, settings } = this.parts;
    const identity = this.identity!;
    this.throwIfStopping();
    const layer = await ManagementLayer.open(
      {
        ...this.parts,
        identity,
        host: this.host!,
        clusters: this.execution!,
        settings: settings.management ?? defaultManagement(),
        placement: settings.placement,
        requestTimeoutMs: settings.requestTimeoutMs,
        addresses: this.addresses,
        knownNodes: this.knownNodes,
      },
      founders,
    );
    this.layer = layer;
    if (this.stopping !== null) return layer.stop();
    this.setJoined(layer.joined);
    layer.group.subscribe({ onRemoved: () => this.removed() });
    logger.log('info', `node ${identity.nodeId}: the deployment has two layers; the management cluster is open on this node`);
  }

  private setJoined(joined: JoinedGroup): void {
    this.joined = joined;
    this.membership?.desk.hosts(joined);
  }

  /** By the group that makes this node a member (N6). In two layers a node that leaves has one thing to say still, and may be needed again by then (L4 of raftoral.departure.ts). */
  private removed(): void {
    const { leaving } = this;
    const unlessItStays = (error?: unknown): Promise<void> | undefined => (hasStayed(error) ? undefined : this.expelled());
    void this.inBackground(this.layer === null || leaving === null ? this.expelled() : leaving.then(unlessItStays, unlessItStays));
  }

  /** What goes on beside the application: its failure is the node's, and is seen in status, health and log. */
  private async inBackground(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (isRaftoralError(error, 'SHUTTING_DOWN')) return;
      this.isJoining = false;
      this.failure = isRaftoralError(error)
        ? error
        : new RaftoralError('INVARIANT_VIOLATED', `the membership of this node stopped: ${String(error)}`, { cause: error });
      this.parts.logger.log('error', this.failure.message);
    }
  }

  // --- the end --------------------------------------------------------------------------------------------------------------------

  /** This node is no member any more, and never will be under this id. */
  private async expelled(): Promise<void> {
    const { identity } = this;
    if (this.hasLeft || identity === null) return;
    this.hasLeft = true;
    this.isJoining = false;
    for (const { clusterId } of this.execution?.all() ?? []) this.execution?.detach(clusterId);
    await this.parts.notes.write(LEFT_NOTE, { format: 1, ...identity });
    this.onLeft?.();
  }

  private async leaveNow(clusters: ExecutionClusters): Promise<void> {
    const { clock, logger, settings } = this.parts;
    const { shutdown, requestTimeoutMs: removeTimeoutMs } = settings;
    const { nodeId, layer, client } = this;
    await client?.leave();
    await departFrom({ nodeId, clusters, layer, clock, logger, drainTimeoutMs: shutdown.drainTimeoutMs, removeTimeoutMs });
    await this.expelled();
  }

  private readonly holdProcess = (): void => {
    this.keepAlive = this.parts.clock.setTimer(KEEP_ALIVE_MS, this.holdProcess);
  };

  private started(): ExecutionClusters {
    if (this.isRunning) return this.execution!;
    const why =
      this.progress === null ? 'has not started yet; use it after the application’s bootstrap' : `is no member yet: it ${this.progress}`;
    throw new RaftoralError('NOT_MEMBER', `Node ${this.nodeId} ${why}.`);
  }

  private firstCluster(): HostedCluster {
    const hosted = this.started().get(EXECUTION_CLUSTER_ID);
    if (hosted !== null) return hosted;
    throw new RaftoralError('NOT_MEMBER', `Node ${this.nodeId} does not host cluster ${EXECUTION_CLUSTER_ID}; ask a node that does.`, {
      details: { clusterId: EXECUTION_CLUSTER_ID },
    });
  }

  private joinedGroup(): JoinedGroup {
    invariant(this.joined !== null, () => `node ${this.nodeId} has no group that makes it a member`);
    return this.joined;
  }

  private throwIfStopping(): void {
    if (this.stopping !== null) throw new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
  }

  private async drainAndStop(): Promise<void> {
    const { execution } = this;
    this.membership?.close();
    this.founding?.stop();
    // Whoever opens it has heard of its failure.
    await this.layerOpening?.catch(() => undefined);
    await this.layer?.stop();
    await this.client?.stop();
    if (execution !== null) {
      // Before the runs: else the pause of their new owners would become one with that of the new leader.
      await this.host?.handOver();
      if (this.parts.settings.shutdown.drainTimeoutMs > 0 && !this.hasLeft)
        await execution.drain(this.parts.settings.shutdown.drainTimeoutMs);
      execution.stop();
    }
    this.parts.forwarder.close();
    // The host stops the transport, once it has started it.
    if (this.host !== null) await this.host.stop();
    else if (this.membership?.isListening === true) await this.parts.transport.stop();
    this.isStopped = true;
    this.keepAlive?.cancel();
  }
}

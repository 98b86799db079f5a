/**
 * The engine of this node: identity, host, execution cluster, workflow runtime. Injectable, for status and for the cluster's own membership
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
 */
import type { RequestForwarder } from './client/request-forwarder.js';
import type { Clock, Timer } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { HostStatus } from './cluster/host-status.js';
import { FIRST_NODE_ID, NodeMembership } from './cluster/joining/node-membership.js';
import type { JoinedGroup, NodeIdentity } from './cluster/joining/joining-port.js';
import type { Logger } from './cluster/logger.js';
import { isMember } from './cluster/membership-rules.js';
import type { RaftHost } from './cluster/raft-host.js';
import type { Random } from './cluster/random.js';
import type { NodeStatus, NodeStatusSource } from './cluster/status-port.js';
import { RaftoralError, isRaftoralError } from './errors/index.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import { drain } from './raftoral.drain.js';
import { joinedGroupOf } from './raftoral.joined-group.js';
import type { StateMachine } from './state-machine/index.js';
import { LEFT_NOTE, type NodeNotes } from './storage/node-notes.js';
import { REJOIN_NEEDS_NEW_ID, type RaftStorage } from './storage/storage.js';
import { isNetworkTransport, type NetworkTransport } from './transport/network-transport-port.js';
import type { Transport } from './transport/transport.js';
import { EventTap } from './workflow/event-tap.js';
import type { WorkflowRuntime } from './workflow/runtime.js';
import type { WorkflowService } from './workflow/service.js';
import { WorkflowStateMachine } from './workflow/state-machine.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';

/** A timer that is only there to be pending; about 24 days, the longest that Node takes in one piece. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;
/** Between two attempts to be removed while another change is under way. */
const LEAVE_PAUSE_MS = 100;

/** The one execution cluster of a deployment; 0 stays free for management. */
export const EXECUTION_CLUSTER_ID = 1;

export type NodeHost = Pick<RaftHost, 'start' | 'stop' | 'handOver' | 'status' | 'onCrashed' | 'incarnation' | 'createGroup'>;
/** Makes the host once the node has an identity. */
export type HostFactory = (identity: NodeIdentity) => NodeHost;

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

export interface RaftoralNodeParts {
  readonly settings: RaftoralSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly storage: RaftStorage;
  readonly notes: NodeNotes;
  readonly makeHost: HostFactory;
  readonly makeGroup: GroupFactory;
  readonly makeService: ServiceFactory;
  readonly forwarder: RequestForwarder;
}

interface Running {
  readonly identity: NodeIdentity;
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly workflows: WorkflowParts;
  readonly joined: JoinedGroup;
}

export type NodePhase = 'starting' | 'joining' | 'running' | 'stopping' | 'stopped' | 'left';

export class RaftoralNode implements NodeStatusSource {
  /** Called once this node is no member any more, for good: by leave(), or because it was removed. Whoever owns the process may end it. */
  onLeft: (() => void) | null = null;
  private host: NodeHost | null = null;
  private identity: NodeIdentity | null = null;
  private membership: NodeMembership | null = null;
  private running: Running | null = null;
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
    return this.running === null ? 'starting' : 'running';
  }

  /** The Raft group of execution cluster 1 on this node: status and membership calls. */
  get group(): RaftGroup {
    return this.started().group;
  }

  /** What this node has applied of execution cluster 1. Read only, and valid until the next apply. */
  get state(): WorkflowStateView {
    return this.started().state;
  }

  /** As `state`; null before the node hosts the cluster. */
  get hosted(): WorkflowStateView | null {
    return this.running?.state ?? null;
  }

  /** Everything that can be asked of execution cluster 1 on this node. */
  get service(): WorkflowService {
    return this.started().workflows.service;
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
   * Ends the membership of this node for good (N4). Rejects with MEMBERSHIP_REFUSED for the last voter, and where the others would have no majority: the
   * node then goes on as before.
   */
  async leave(): Promise<void> {
    this.leaving ??= this.leaveNow(this.started()).finally(() => (this.leaving = null));
    await this.leaving;
  }

  nodeStatus(): NodeStatus {
    const status = this.host?.status();
    const groups = status?.groups ?? [];
    const halted = groups.find((group) => group.halted !== null);
    // Whoever left is over as well, and nothing is wrong with that.
    const ended = this.hasLeft ? null : (this.running?.workflows.runtime.ended?.message ?? status?.failure ?? null);
    const over = halted === undefined || this.hasLeft ? ended : `cluster ${halted.groupId}: ${halted.halted}`;
    const failure = this.failure?.message ?? over;
    const check = this.running?.state.stateCheck;
    return {
      nodeId: this.nodeId,
      running: status?.state === 'running' && this.stopping === null && !this.hasLeft,
      failure,
      progress: this.progress,
      alarm: check?.problem ?? null,
      isDivided: check?.isRefusing === true,
      live: this.running === null ? [] : this.running.group.livePeers(),
      groups,
    };
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
    if (network !== null) this.membership = this.makeMembership(network);
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
    const { group } = this.running!;
    if (group.membership.voters.includes(found.nodeId)) this.arrived(membership);
    else {
      this.isJoining = !isMember(group.membership, found.nodeId);
      void this.inBackground(this.admit(membership, found));
    }
  }

  private async join(membership: NodeMembership): Promise<void> {
    const { isFirst, ...identity } = await membership.establish();
    this.isJoining = !isFirst;
    if (!isFirst) return this.enter(membership, identity);
    await this.run(identity, [identity.nodeId]);
    this.arrived(membership);
  }

  private async enter(membership: NodeMembership, identity: NodeIdentity): Promise<void> {
    await this.run({ deployment: identity.deployment, nodeId: identity.nodeId }, []);
    await this.admit(membership, identity);
  }

  private async admit(membership: NodeMembership, identity: NodeIdentity): Promise<void> {
    try {
      await membership.admit(identity.nodeId);
    } catch (error) {
      if (isRaftoralError(error, 'JOIN_REFUSED') && error.details['reason'] === 'removed') {
        await this.expelled();
        throw leftForGood(identity.nodeId, identity.deployment);
      }
      throw error;
    }
    await this.untilMember(identity.nodeId);
    this.arrived(membership);
  }

  private arrived(membership: NodeMembership): void {
    this.isJoining = false;
    membership.arrived();
    const { joined, identity } = this.running!;
    void this.inBackground(
      membership.watchStanding(joined, identity.nodeId).then(async (isRemoved) => {
        if (!isRemoved) return;
        await this.expelled();
        throw leftForGood(identity.nodeId, identity.deployment);
      }),
    );
  }

  /** What the leader said reaches this node by its log a little later. */
  private untilMember(nodeId: number): Promise<void> {
    const { group } = this.running!;
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

  /** Host, group and runtime under this identity. */
  private async run(identity: NodeIdentity, members: readonly number[]): Promise<void> {
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
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId: EXECUTION_CLUSTER_ID, nodeId: identity.nodeId, sink: tap.sink });
    const nextDeadlineMs = (): number => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - Math.max(clock.now(), state.logTimeMs);
    const group = await makeGroup({ host, groupId: EXECUTION_CLUSTER_ID, stateMachine: state, nextDeadlineMs, members });
    this.throwIfStopping();
    const workflows = makeService({ group, state, tap, deployment: identity.deployment, incarnation: host.incarnation });
    const joined = joinedGroupOf(group, state);
    this.running = { identity, group, state, workflows, joined };
    this.membership?.desk.hosts(joined);
    group.subscribe({ onRemoved: () => void this.inBackground(this.expelled()) });
    workflows.runtime.start();
    forwarder.attach(workflows.service);
    if (this.keepAlive === null) this.holdProcess();
  }

  private makeMembership(network: NetworkTransport): NodeMembership {
    const { settings, storage, notes, clock, random, logger } = this.parts;
    const { bootstrap, bootstrapExpect, seeds, votersMax, replaces, isStatic } = settings.cluster;
    const rejoinEmpty = settings.storage.type === 'sqlite' && settings.storage.rejoinEmpty;
    const deployment = isStatic ? '' : settings.deployment;
    return new NodeMembership({
      settings: { bootstrap, bootstrapExpect, seeds, votersMax, replaces, deployment, rejoinEmpty },
      network,
      storage,
      notes,
      clock,
      random,
      logger,
      resolve: (seed) => network.resolve(seed),
    });
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
    this.parts.forwarder.detach(EXECUTION_CLUSTER_ID);
    await this.parts.notes.write(LEFT_NOTE, { format: 1, ...identity });
    this.onLeft?.();
  }

  private async leaveNow(running: Running): Promise<void> {
    const { group, workflows, identity } = running;
    const { voters } = group.membership;
    if (voters.length === 1 && voters[0] === identity.nodeId) {
      throw new RaftoralError(
        'MEMBERSHIP_REFUSED',
        `node ${identity.nodeId} is the last voter of cluster ${group.groupId}: with it the cluster ends; promote another node first, or stop this one`,
        { details: { reason: 'last-voter', node: identity.nodeId } },
      );
    }
    await drain(running, this.parts.clock, this.parts.settings.shutdown.drainTimeoutMs);
    try {
      await this.removeSelf(running);
    } catch (error) {
      workflows.runtime.resume();
      throw error;
    }
    await this.expelled();
  }

  private async removeSelf({ group, state, identity: { nodeId } }: Running): Promise<void> {
    const { clock, settings } = this.parts;
    const until = clock.monotonic() + settings.requestTimeoutMs;
    const wasMember = isMember(group.membership, nodeId) || state.wasRemoved(nodeId);
    for (;;) {
      try {
        return await group.remove(nodeId);
      } catch (error) {
        // NOT_MEMBER: it is removed, and heard so from its own log first.
        if (isRaftoralError(error, 'NOT_MEMBER')) return;
        const reason = isRaftoralError(error, 'MEMBERSHIP_REFUSED') ? error.details['reason'] : '';
        // Somebody else removed it meanwhile.
        if (reason === 'unknown-node' && wasMember) return;
        if (reason !== 'under-way' || clock.monotonic() >= until) throw error;
      }
      await new Promise<void>((resolve) => clock.setTimer(LEAVE_PAUSE_MS, resolve));
    }
  }

  private readonly holdProcess = (): void => {
    this.keepAlive = this.parts.clock.setTimer(KEEP_ALIVE_MS, this.holdProcess);
  };

  private started(): Running {
    if (this.running !== null) return this.running;
    const why =
      this.progress === null ? 'has not started yet; use it after the application’s bootstrap' : `is no member yet: it ${this.progress}`;
    throw new RaftoralError('NOT_MEMBER', `Node ${this.nodeId} ${why}.`);
  }

  private throwIfStopping(): void {
    if (this.stopping !== null) throw new RaftoralError('SHUTTING_DOWN', `node ${this.nodeId} is shutting down; ask another node`);
  }

  private async drainAndStop(): Promise<void> {
    const { running } = this;
    this.membership?.close();
    if (running !== null) {
      // Before the runs: else the pause of their new owners would become one with that of the new leader.
      await this.host?.handOver();
      if (this.parts.settings.shutdown.drainTimeoutMs > 0 && !this.hasLeft)
        await drain(running, this.parts.clock, this.parts.settings.shutdown.drainTimeoutMs);
      running.workflows.runtime.stop();
    }
    this.parts.forwarder.close();
    // The host stops the transport, once it has started it.
    if (this.host !== null) await this.host.stop();
    else if (this.membership?.isListening === true) await this.parts.transport.stop();
    this.isStopped = true;
    this.keepAlive?.cancel();
  }
}

function leftForGood(nodeId: number, deployment: string): RaftoralError {
  return new RaftoralError(
    'NODE_LEFT',
    `node ${nodeId} left deployment ${deployment} or was removed from it, and its id is never used again; start with an empty folder, or with rejoinEmpty, and join under a new id`,
    { details: { nodeId, deployment } },
  );
}

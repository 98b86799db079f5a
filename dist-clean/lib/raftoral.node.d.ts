/**
 * The engine of this node: identity, host, execution cluster, workflow runtime. Injectable, for status and for the cluster's own membership
 * calls (`node.group.addLearner(4)`, `node.leave()`); made by RaftoralModule, started and stopped by the orchestrator alone.
 *
 * N1. start() waits for this node's own storage and transport; a node whose identity stands in its files, or in its configuration, waits for no quorum. One
 *     that is to get an identity waits until it is a member; on the application's own HTTP server, which listens later, it gets there in the background.
 * N2. stop() drains first, within `shutdown.drainTimeoutMs`: the node takes no more runs and hands its own to others that can. Then
 *     waiters are rejected with SHUTTING_DOWN and streams complete, so that an HTTP server behind it can close. It stays a member.
 * N3. A started node keeps its process alive until stop(), as a listening server does: an application context without one would otherwise end
 *     in the middle of its workflows, because the engine's own timers do not hold the loop.
 * N4. leave() drains, hands over, is removed by the leader, and says so on disk, in this order: whatever ends it half-way, the next start finds out.
 * N5. What fails in start() leaves nothing open.
 */
import type { RequestForwarder } from './client/request-forwarder.js';
import type { Clock } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { HostStatus } from './cluster/host-status.js';
import type { ResolveAddress } from './cluster/joining/contacts.js';
import type { NodeIdentity } from './cluster/joining/joining-port.js';
import type { Logger } from './cluster/logger.js';
import type { RaftHost } from './cluster/raft-host.js';
import type { Random } from './cluster/random.js';
import type { NodeStatus, NodeStatusSource } from './cluster/status-port.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import type { StateMachine } from './state-machine/index.js';
import { type NodeNotes } from './storage/node-notes.js';
import { type RaftStorage } from './storage/storage.js';
import { type NetworkTransport } from './transport/network-transport-port.js';
import type { Transport } from './transport/transport.js';
import { EventTap } from './workflow/event-tap.js';
import type { WorkflowRuntime } from './workflow/runtime.js';
import type { WorkflowService } from './workflow/service.js';
import { WorkflowStateMachine } from './workflow/state-machine.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';
/** The one execution cluster of a deployment; 0 stays free for management. */
export declare const EXECUTION_CLUSTER_ID = 1;
export type NodeHost = Pick<RaftHost, 'start' | 'stop' | 'status' | 'onCrashed' | 'incarnation' | 'createGroup'>;
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
    /** A seed → the addresses that it stands for. Default: itself. */
    readonly resolve?: ResolveAddress;
    readonly makeHost: HostFactory;
    readonly makeGroup: GroupFactory;
    readonly makeService: ServiceFactory;
    readonly forwarder: RequestForwarder;
}
export type NodePhase = 'starting' | 'joining' | 'running' | 'stopping' | 'stopped' | 'left';
export declare class RaftoralNode implements NodeStatusSource {
    private readonly parts;
    /** Called once this node is no member any more, for good: by leave(), or because it was removed. Whoever owns the process may end it. */
    onLeft: (() => void) | null;
    private host;
    private identity;
    private membership;
    private running;
    private stopping;
    private leaving;
    private keepAlive;
    private isJoining;
    private hasLeft;
    private isStopped;
    private failure;
    constructor(parts: RaftoralNodeParts);
    /** 0 before the node has an identity. */
    get nodeId(): number;
    /** '' before the node has an identity. */
    get deployment(): string;
    get phase(): NodePhase;
    /** The Raft group of execution cluster 1 on this node: status and membership calls. */
    get group(): RaftGroup;
    /** What this node has applied of execution cluster 1. Read only, and valid until the next apply. */
    get state(): WorkflowStateView;
    /** As `state`; null before the node hosts the cluster. */
    get hosted(): WorkflowStateView | null;
    /** Everything that can be asked of execution cluster 1 on this node. */
    get service(): WorkflowService;
    /** null where the nodes share a process. */
    get network(): NetworkTransport | null;
    start(): Promise<void>;
    /** Safe to call twice, and on a node that never started. */
    stop(): Promise<void>;
    /**
     * Ends the membership of this node for good (N4). Rejects with MEMBERSHIP_REFUSED for the last voter, and where the others would have no majority: the
     * node then goes on as before.
     */
    leave(): Promise<void>;
    nodeStatus(): NodeStatus;
    /** What it is at while it starts or joins; null else. */
    get progress(): string | null;
    hostStatus(): HostStatus | null;
    /** Of this start of the node; 0 before it has an identity. */
    get incarnation(): number;
    private startUp;
    /** With the identity of its files. */
    private startAgain;
    private join;
    private enter;
    private admit;
    private arrived;
    /** What the leader said reaches this node by its log a little later. */
    private untilMember;
    /** Host, group and runtime under this identity. */
    private run;
    private makeMembership;
    /** What goes on beside the application: its failure is the node's, and is seen in status, health and log. */
    private inBackground;
    /** This node is no member any more, and never will be under this id. */
    private expelled;
    private leaveNow;
    private removeSelf;
    private readonly holdProcess;
    private started;
    private throwIfStopping;
    private drainAndStop;
}

/**
 * The engine of this node: host, execution cluster, workflow runtime. Injectable, for status and for the cluster's own membership
 * calls (`node.group.addLearner(4)`); made by RaftoralModule, started and stopped by the orchestrator alone.
 *
 * N1. start() waits for nothing but this node's own storage and transport: a boot never waits for a quorum.
 * N2. stop() drains first, within `shutdown.drainTimeoutMs`: the node takes no more runs and hands its own to others that can. Then
 *     waiters are rejected with SHUTTING_DOWN and streams complete, so that an HTTP server behind it can close.
 * N3. A started node keeps its process alive until stop(), as a listening server does: an application context without one would otherwise end
 *     in the middle of its workflows, because the engine's own timers do not hold the loop.
 */
import type { Clock, Timer } from './cluster/clock.js';
import type { RaftGroup } from './cluster/group.js';
import type { RaftHost } from './cluster/raft-host.js';
import type { NodeStatus, NodeStatusSource } from './cluster/status-port.js';
import type { RequestForwarder } from './client/request-forwarder.js';
import { RaftoralError } from './errors/index.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import type { StateMachine } from './state-machine/index.js';
import { EventTap } from './workflow/event-tap.js';
import type { WorkflowRuntime } from './workflow/runtime.js';
import type { WorkflowService } from './workflow/service.js';
import { WorkflowStateMachine } from './workflow/state-machine.js';
import type { CommandAnswer, WorkflowStateView } from './workflow/state.js';

/** A timer that is only there to be pending; about 24 days, the longest that Node takes in one piece. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;

/** The one execution cluster of a deployment; 0 stays free for management. */
export const EXECUTION_CLUSTER_ID = 1;

export interface GroupRequest {
  readonly groupId: number;
  readonly stateMachine: StateMachine<CommandAnswer>;
  /** ms until the state machine's next timer; Infinity for none. */
  readonly nextDeadlineMs: () => number;
}

export type GroupFactory = (request: GroupRequest) => Promise<RaftGroup<CommandAnswer>>;

export interface ServiceRequest {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly tap: EventTap;
}

export interface WorkflowParts {
  readonly runtime: Pick<WorkflowRuntime, 'start' | 'stop' | 'drain' | 'ended'>;
  readonly service: WorkflowService;
}

export type ServiceFactory = (request: ServiceRequest) => WorkflowParts;

export interface RaftoralNodeParts {
  readonly settings: RaftoralSettings;
  readonly clock: Clock;
  readonly host: Pick<RaftHost, 'start' | 'stop' | 'status' | 'onCrashed'>;
  readonly makeGroup: GroupFactory;
  readonly makeService: ServiceFactory;
  readonly forwarder: RequestForwarder;
}

interface Running {
  readonly group: RaftGroup<CommandAnswer>;
  readonly state: WorkflowStateMachine;
  readonly workflows: WorkflowParts;
}

export class RaftoralNode implements NodeStatusSource {
  readonly nodeId: number;
  private running: Running | null = null;
  private stopping: Promise<void> | null = null;
  private keepAlive: Timer | null = null;

  constructor(private readonly parts: RaftoralNodeParts) {
    this.nodeId = parts.settings.nodeId;
  }

  /** The Raft group of execution cluster 1 on this node: status and membership calls. */
  get group(): RaftGroup {
    return this.started().group;
  }

  /** What this node has applied of execution cluster 1. Read only, and valid until the next apply. */
  get state(): WorkflowStateView {
    return this.started().state;
  }

  /** Everything that can be asked of execution cluster 1 on this node. */
  get service(): WorkflowService {
    return this.started().workflows.service;
  }

  async start(): Promise<void> {
    const { host, clock, makeGroup, makeService, forwarder } = this.parts;
    await host.start();
    host.onCrashed = () => this.keepAlive?.cancel();
    const tap = new EventTap();
    const state = new WorkflowStateMachine({ groupId: EXECUTION_CLUSTER_ID, sink: tap.sink });
    const nextDeadlineMs = (): number => (state.nextTimer()?.dueMs ?? Number.POSITIVE_INFINITY) - clock.now();
    const group = await makeGroup({ groupId: EXECUTION_CLUSTER_ID, stateMachine: state, nextDeadlineMs });
    const workflows = makeService({ group, state, tap });
    this.running = { group, state, workflows };
    workflows.runtime.start();
    forwarder.attach(workflows.service);
    this.holdProcess();
  }

  /** Safe to call twice, and on a node that never started. */
  async stop(): Promise<void> {
    this.stopping ??= this.drainAndStop();
    await this.stopping;
  }

  nodeStatus(): NodeStatus {
    const { groups, alarm, state } = this.parts.host.status();
    const halted = groups.find((group) => group.halted !== null);
    const failure =
      halted === undefined ? (this.running?.workflows.runtime.ended?.message ?? alarm) : `cluster ${halted.groupId}: ${halted.halted}`;
    return { nodeId: this.nodeId, running: state === 'running' && this.stopping === null, failure, groups };
  }

  private readonly holdProcess = (): void => {
    this.keepAlive = this.parts.clock.setTimer(KEEP_ALIVE_MS, this.holdProcess);
  };

  private started(): Running {
    if (this.running !== null) return this.running;
    throw new RaftoralError('NOT_MEMBER', `Node ${this.nodeId} has not started yet; use it after the application's bootstrap.`);
  }

  private async drainAndStop(): Promise<void> {
    const { running } = this;
    if (running !== null) {
      if (this.parts.settings.shutdown.drainTimeoutMs > 0) await this.drain(running);
      running.workflows.runtime.stop();
    }
    await this.parts.host.stop();
    this.keepAlive?.cancel();
  }

  /** Resolves when no other node could take a run from this one any more, or when the time is up. */
  private async drain({ group, state, workflows }: Running): Promise<void> {
    const hasRunToHandOver = (): boolean => {
      for (const run of state.openRuns())
        if (run.owner === this.nodeId && state.eligible(run).some((node) => node !== this.nodeId)) return true;
      return false;
    };
    if (!hasRunToHandOver() || workflows.runtime.ended !== null) return;
    await new Promise<void>((resolve) => {
      let timer: Timer | null = null;
      const done = (): void => {
        timer?.cancel();
        unsubscribe();
        resolve();
      };
      const unsubscribe = group.subscribe({
        onApplied: () => {
          if (!hasRunToHandOver()) done();
        },
        onRemoved: done,
        onHalted: done,
      });
      timer = this.parts.clock.setTimer(this.parts.settings.shutdown.drainTimeoutMs, done);
      workflows.runtime.drain();
    });
  }
}

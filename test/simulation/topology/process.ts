/**
 * One start of a process of the deployment: the node as the module makes it (identity, joining, clusters, management, forwarding, moves of slots), over a simulated disk or
 * memory, the simulated network, and virtual time. Owns the wiring, and what the oracle is shown of it.
 *
 * P1. Every state machine is watched, every event of a run is seen inside apply, every command of an owner before it is sent.
 */
import { RequestForwarder } from '../../../lib/client/request-forwarder.js';
import type { RaftGroup } from '../../../lib/cluster/group.js';
import type { GroupOptions } from '../../../lib/cluster/hosted-groups.js';
import { RaftHost } from '../../../lib/cluster/raft-host.js';
import type { RaftNode } from '../../../lib/cluster/raft-node.js';
import { SingleClusterSlotMap } from '../../../lib/cluster/slot-map-port.js';
import { isRaftoralError } from '../../../lib/errors/index.js';
import type { RaftoralModuleOptions } from '../../../lib/interfaces/options.js';
import { ManagementService, type TopologyAnswer } from '../../../lib/management/index.js';
import type { GroupFactory, ServiceFactory } from '../../../lib/raftoral.clusters.js';
import type { ManagementFactory } from '../../../lib/raftoral.management.js';
import { resolveSettings } from '../../../lib/raftoral.module-definition.js';
import { RaftoralNode } from '../../../lib/raftoral.node.js';
import type { HostFactory } from '../../../lib/raftoral.node-parts.js';
import type { NodeNotes } from '../../../lib/storage/node-notes.js';
import type { RaftStorage } from '../../../lib/storage/storage.js';
import type { SeededRandom } from '../../../lib/testing/seeded-random.js';
import type { VirtualNode } from '../../../lib/testing/virtual-time.js';
import { ComputesInFlight } from '../../../lib/workflow/computes-in-flight.js';
import type { WorkflowDefinition } from '../../../lib/workflow/definition.js';
import { WorkflowRegistry } from '../../../lib/workflow/registry.js';
import type { RuntimeReporter } from '../../../lib/workflow/run-environment.js';
import { WorkflowRuntimeService } from '../../../lib/workflow/runtime-service.js';
import { WorkflowRuntime } from '../../../lib/workflow/runtime.js';
import { WorkflowStateMachine } from '../../../lib/workflow/state-machine.js';
import type { Journal } from '../journal.js';
import { watchSubmits } from '../workflow-tenant.js';
import type { AddressedTransport } from './network.js';
import type { TopologyOracle } from './oracle.js';
import type { TopologyPlan } from './plan.js';

export interface ProcessOptions {
  readonly name: string;
  /** One of the lives of `name`, for people. */
  readonly life: string;
  readonly cluster: RaftoralModuleOptions['cluster'];
  readonly plan: TopologyPlan;
  readonly role: 'full' | 'voter-only';
  /** Clusters that it hosts at most. */
  readonly capacity: number;
  readonly zone: string;
  readonly virtual: VirtualNode;
  readonly random: SeededRandom;
  readonly storage: RaftStorage;
  readonly notes: NodeNotes;
  readonly transport: AddressedTransport;
  readonly journal: Journal;
  readonly oracle: TopologyOracle;
  readonly sabotage?: (machine: WorkflowStateMachine) => void;
  /** Of the workflows that it runs; called once it has an identity. */
  readonly workflows: (process: TopologyProcess) => readonly WorkflowDefinition[];
}

/** A group on this node, as its host has it. */
export interface OpenGroup {
  readonly group: RaftNode<unknown>;
  /** null: the management cluster. */
  readonly state: WorkflowStateMachine | null;
}

export class TopologyProcess {
  readonly node: RaftoralNode;
  readonly forwarder = new RequestForwarder(new SingleClusterSlotMap(1));
  readonly groups = new Map<number, OpenGroup>();
  management: ManagementService | null = null;
  private managementGroup: RaftGroup<TopologyAnswer> | null = null;
  private readonly runtimes: WorkflowRuntime[] = [];
  private definitions: readonly WorkflowDefinition[] | null = null;

  constructor(readonly options: ProcessOptions) {
    const { name, virtual: clock, storage, notes, transport, journal } = options;
    // One stream for all parts, as in a process: a cluster that is closed and opened again mints no run id twice.
    const random = options.random.fork('engine');
    const { plan } = options;
    const settings = resolveSettings({
      cluster: options.cluster,
      buildId: 'topology',
      requestTimeoutMs: 2_000,
      raft: {
        tickMs: plan.tickMs,
        electionTimeoutTicks: 10,
        heartbeatTimeoutTicks: 2,
        snapshotEntriesMax: plan.snapshotEntriesMax,
        compactionKeepEntries: plan.compactionKeepEntries,
        stateFlushEntriesMax: plan.stateFlushEntriesMax,
      },
      runs: { residentRunsMax: plan.residentRunsMax },
      shutdown: { drainTimeoutMs: 500 },
      management: { ...managementOptions(plan), role: options.role, capacity: options.capacity, zone: options.zone },
    } as RaftoralModuleOptions);
    const logger = {
      isDebug: false,
      log: (level: string, text: string): void => {
        options.oracle.onLog(text);
        journal.write(() => `${name} ${level}: ${text}`);
      },
    };
    const makeHost: HostFactory = ({ nodeId, deployment }) =>
      new WatchedHost(this, {
        nodeId,
        deployment,
        incarnation: 1, // proposed: a disk knows better, and an id in memory is used once
        clock,
        scheduler: clock,
        random,
        storage,
        transport,
        logger,
        tuning: {
          ...settings.raft,
          ...settings.proposals,
          requestTimeoutMs: settings.requestTimeoutMs,
          maxClockSkewMs: settings.maxClockSkewMs,
        },
        onAlarm: (text) => journal.write(() => `${name} alarm: ${text}`),
      });
    const makeGroup: GroupFactory = ({ host, groupId, stateMachine, nextDeadlineMs, members }) =>
      host.createGroup({ groupId, stateMachine, nextDeadlineMs, ...(members.length === 0 ? { join: true } : { members }) });
    const computesInFlight = new ComputesInFlight();
    const makeService: ServiceFactory = ({ group, state, tap, deployment, incarnation }) => {
      state.setSink((run, event) => {
        options.oracle.workflows.onEvent(this.nodeId, run, event);
        tap.sink(run, event);
      });
      const runtime = new WorkflowRuntime({
        group: watchSubmits(group, options.oracle.workflows),
        state,
        tap,
        registry: new WorkflowRegistry(options.role === 'full' ? this.workflows() : []),
        clock,
        scheduler: clock,
        random,
        incarnation,
        deployment,
        computesInFlight,
        buildId: 'topology',
        limits: settings.limits,
        residentRunsMax: settings.runs.residentRunsMax,
        residentBytesMax: settings.runs.residentBytesMax,
        subscriberBufferMax: settings.events.subscriberBufferMax,
        stateChecks: { everyMs: 400, entriesMin: 20, openMsMax: 2_000 },
        // Committed bytes: they are to follow from the seed alone.
        stackOf: () => 'at a body of the simulation',
        reporter: this.reporter(),
        computeWitness: ({ runId, key, occurrence, attempt, epoch }, body) => {
          const { workflows } = options.oracle;
          const operation = `${key} #${occurrence}`;
          workflows.onAttempt(options.life, runId, operation, attempt, epoch);
          return workflows.watchBody(options.life, runId, operation, clock.monotonic(), body);
        },
        serviceOf: (workflowId) => this.forwarder.forEngine(workflowId),
      });
      this.runtimes.push(runtime);
      return { runtime, service: new WorkflowRuntimeService(runtime, settings.requestTimeoutMs) };
    };
    const makeManagement: ManagementFactory = ({ addresses, ...request }) => {
      const { zone, labels, capacity, role, policy, roundEveryMs } = settings.management!;
      const workflows = role === 'full' ? new WorkflowRegistry(this.workflows()).list() : [];
      const info = { incarnation: 0, addresses, zone, labels, capacity, role, codecLevelMax: 1, workflows };
      const parts = { clock, scheduler: clock, random, logger, policy, info, roundEveryMs };
      this.managementGroup = request.group;
      return (this.management = new ManagementService({ ...request, ...parts, gossip: GOSSIP, askTimeoutMs: 500 }));
    };
    this.node = new RaftoralNode({
      settings,
      clock,
      scheduler: clock,
      random,
      logger,
      transport,
      storage,
      notes,
      makeHost,
      makeGroup,
      makeService,
      makeManagement,
      forwarder: this.forwarder,
    });
  }

  get name(): string {
    return this.options.name;
  }

  /** 0 before it has an identity. */
  get nodeId(): number {
    return this.node.nodeId;
  }

  get virtual(): VirtualNode {
    return this.options.virtual;
  }

  /** Cluster 0 on this node, for commands that only the cluster manager sends otherwise. */
  get topologyGroup(): RaftGroup<TopologyAnswer> | null {
    return this.managementGroup;
  }

  leads(groupId: number): boolean {
    return this.groups.get(groupId)?.group.isLeader === true;
  }

  /** The execution groups that are open. */
  get executions(): ReadonlyArray<[number, { readonly group: RaftNode<unknown>; readonly state: WorkflowStateMachine }]> {
    return [...this.groups].flatMap(([groupId, { group, state }]) =>
      state === null ? [] : [[groupId, { group, state }] as const],
    ) as never;
  }

  /** The process has died: who waits in it is told, as nobody else would. */
  died(): void {
    for (const runtime of this.runtimes) runtime.stop();
  }

  private workflows(): readonly WorkflowDefinition[] {
    return (this.definitions ??= this.options.workflows(this));
  }

  private reporter(): RuntimeReporter {
    const { oracle, journal, name } = this.options;
    return {
      diverged: (run, wseq, method, committed, computed) => {
        const text = `at ${wseq} in ${method}: committed ${committed}, computed ${computed}`;
        journal.write(() => `${name}: ${run.workflowId} diverged ${text}`);
        oracle.workflows.onDiverged(this.nodeId, run.runId, run.name, text);
      },
      stopped: (run, reason, message) => {
        journal.write(() => `${name}: ${run.name} ${run.workflowId} stopped, ${reason}: ${message}`);
        if (reason === 'foreign-await' || reason === 'instantiation-failed')
          oracle.note('P7', `${name} stopped ${run.name} ${run.workflowId}, ${reason}: ${message}`);
      },
      rejection: (run, reason) => journal.write(() => `${name}: ${run?.workflowId ?? 'no run'} left a rejection: ${String(reason)}`),
      replicasDiffer: (message) => oracle.note('state hash', message),
      warning: (run, message) => journal.write(() => `${name}: ${run?.workflowId ?? 'no run'}: ${message}`),
    };
  }
}

/** A death is noticed in seconds, not in half a minute. */
const GOSSIP = {
  probeIntervalMs: 200,
  probeTimeoutMs: 100,
  gossipIntervalMs: 100,
  suspicionMultiplier: 3,
  suspicionMaxMultiplier: 3,
  joinIntervalMs: 300,
  exchangeIntervalMs: 3_000,
};

function managementOptions({ policy, roundEveryMs }: TopologyPlan): Record<string, unknown> {
  const { managementVoters, ...rest } = policy;
  return { ...rest, voters: managementVoters, roundEveryMs };
}

/** Shows every group that is opened to the oracle. */
class WatchedHost extends RaftHost {
  constructor(
    private readonly process: TopologyProcess,
    options: ConstructorParameters<typeof RaftHost>[0],
  ) {
    super(options);
  }

  override async createGroup<Result>(options: GroupOptions<Result>): Promise<RaftNode<Result>> {
    const { groupId, stateMachine } = options;
    const { process } = this;
    const { oracle, journal, name } = process.options;
    const state = stateMachine instanceof WorkflowStateMachine ? stateMachine : null;
    if (state !== null) process.options.sabotage?.(state);
    state?.setSink((run, event) => oracle.workflows.onEvent(this.nodeId, run, event));
    const group = await super.createGroup({ ...options, stateMachine: oracle.observe(groupId, this.nodeId, stateMachine) });
    process.groups.set(groupId, { group: group as RaftNode<unknown>, state });
    group.subscribe({
      onLeadership: ({ isLeader, term, leaderId }) => {
        journal.write(() => `${name}, group ${groupId}: node ${this.nodeId} ${isLeader ? 'leads' : `follows ${leaderId}`} in term ${term}`);
        if (isLeader) oracle.leads(groupId, term, this.nodeId);
      },
      onMembership: ({ voters, votersOutgoing, learners }) =>
        journal.write(
          () => `${name}, group ${groupId}: voters ${voters.join()} from ${votersOutgoing.join()}, learners ${learners.join()}`,
        ),
      onHalted: (reason) => {
        if (!process.virtual.alive || isRaftoralError(reason, 'SHUTTING_DOWN')) return;
        oracle.note('P8', `group ${groupId} halted on node ${this.nodeId}: ${reason.stack ?? reason.message}`);
      },
      onRemoved: () => journal.write(`${name}, group ${groupId}: node ${this.nodeId} was removed`),
      onRestored: (index) => {
        journal.write(`${name}, group ${groupId}: restored to ${index}`);
        oracle.counts.restores++;
      },
    });
    return group;
  }

  override async closeGroup(groupId: number): Promise<void> {
    this.process.groups.delete(groupId);
    await super.closeGroup(groupId);
  }

  override async destroyGroup(groupId: number): Promise<void> {
    this.process.groups.delete(groupId);
    await super.destroyGroup(groupId);
  }
}

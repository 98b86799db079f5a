/**
 * The module: every part of the engine as a provider, in the order in which they need each other.
 *
 * M1. Global, imported once, in the root module; a second forRoot() in one application is DUPLICATE_MODULE.
 * M2. Every part stands behind an exported token or class, and is overridable before the boot; nothing starts in a constructor.
 */
import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import type { NodeAdministration } from './client/administration-port.js';
import type { ControlApi } from './client/control-port.js';
import { ControlService } from './client/control-service.js';
import { RequestForwarder } from './client/request-forwarder.js';
import { RaftoralEvents } from './client/raftoral-events.js';
import { WorkflowClient } from './client/workflow-client.js';
import { SystemClock, type Clock } from './cluster/clock.js';
import type { Logger } from './cluster/logger.js';
import { RaftHost } from './cluster/raft-host.js';
import { SystemRandom, type Random } from './cluster/random.js';
import { EventLoopScheduler, type Scheduler } from './cluster/scheduler.js';
import { SingleClusterSlotMap, type SlotMap } from './cluster/slot-map-port.js';
import { RaftoralError } from './errors/index.js';
import { RaftoralHealthIndicator } from './health/raftoral-health-indicator.js';
import type { RaftoralModuleOptions } from './interfaces/options.js';
import type { RaftoralSettings } from './interfaces/settings.js';
import { ManagementService } from './management/index.js';
import { RaftoralAdministration } from './raftoral.administration.js';
import { EXECUTION_CLUSTER_ID, type GroupFactory, type ServiceFactory } from './raftoral.clusters.js';
import { RaftoralExplorer } from './raftoral.explorer.js';
import { RaftoralLogger } from './raftoral.logger.js';
import type { ManagementFactory } from './raftoral.management.js';
import { defaultManagement } from './raftoral.management-options.js';
import { readWorkflowIdentity } from './raftoral.metadata-accessor.js';
import { ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, OPTIONS_TYPE, resolveSettings } from './raftoral.module-definition.js';
import { RaftoralNode } from './raftoral.node.js';
import type { HostFactory } from './raftoral.node-parts.js';
import { RaftoralOrchestrator } from './raftoral.orchestrator.js';
import { LoggingReporter } from './raftoral.reporter.js';
import {
  RAFTORAL_ADMINISTRATION,
  RAFTORAL_CLOCK,
  RAFTORAL_COMPUTE_OVERRIDE,
  RAFTORAL_CONTROL,
  RAFTORAL_GROUP_FACTORY,
  RAFTORAL_HOST_FACTORY,
  RAFTORAL_INCARNATION,
  RAFTORAL_LOGGER,
  RAFTORAL_MANAGEMENT_FACTORY,
  RAFTORAL_NODE_TRANSPORT,
  RAFTORAL_NOTES,
  RAFTORAL_OPTIONS,
  RAFTORAL_RANDOM,
  RAFTORAL_REGISTRY,
  RAFTORAL_SCHEDULER,
  RAFTORAL_SERVICE_FACTORY,
  RAFTORAL_SETTINGS,
  RAFTORAL_SLOT_MAP,
  RAFTORAL_STORAGE,
  RAFTORAL_TRANSPORT,
} from './raftoral.tokens.js';
import { NodeTransport } from './raftoral.transport.js';
import { MemoryRaftStorage } from './storage/memory.js';
import { MemoryNodeNotes, type NodeNotes } from './storage/node-notes.js';
import { FileNodeNotes } from './storage/notes/file-notes.js';
import type { RaftStorage } from './storage/storage.js';
import { SqliteRaftStorage } from './storage/typeorm/sqlite-storage.js';
import { InProcessNetwork } from './transport/in-process.js';
import type { Transport } from './transport/transport.js';
import { ComputesInFlight } from './workflow/computes-in-flight.js';
import { WorkflowRegistry } from './workflow/registry.js';
import type { ComputeOverride } from './workflow/run-environment.js';
import { WorkflowRuntimeService } from './workflow/runtime-service.js';
import { WorkflowRuntime } from './workflow/runtime.js';

/** What meets the machine. */
const ADAPTERS: Provider[] = [
  { provide: RAFTORAL_CLOCK, useFactory: () => new SystemClock() },
  { provide: RAFTORAL_RANDOM, useFactory: () => new SystemRandom() },
  { provide: RAFTORAL_SCHEDULER, useFactory: () => new EventLoopScheduler() },
  { provide: RAFTORAL_LOGGER, useFactory: () => new RaftoralLogger() },
  { provide: RAFTORAL_STORAGE, useFactory: makeStorage, inject: [RAFTORAL_SETTINGS, RAFTORAL_LOGGER] },
  { provide: RAFTORAL_NOTES, useFactory: makeNotes, inject: [RAFTORAL_SETTINGS] },
  // Proposed: a store that lasts raises it above every one before (R13), a volatile one takes a new node id anyway (R42).
  { provide: RAFTORAL_INCARNATION, useFactory: (clock: Clock) => Math.floor(clock.now()), inject: [RAFTORAL_CLOCK] },
  {
    provide: RAFTORAL_NODE_TRANSPORT,
    useFactory: makeNodeTransport,
    inject: [
      RAFTORAL_SETTINGS,
      RAFTORAL_CLOCK,
      RAFTORAL_SCHEDULER,
      RAFTORAL_RANDOM,
      RAFTORAL_LOGGER,
      { token: HttpAdapterHost, optional: true },
    ],
  },
  { provide: RAFTORAL_TRANSPORT, useFactory: makeTransport, inject: [RAFTORAL_SETTINGS, RAFTORAL_NODE_TRANSPORT] },
];

const ENGINE: Provider[] = [
  { provide: RAFTORAL_COMPUTE_OVERRIDE, useValue: null },
  {
    provide: RAFTORAL_HOST_FACTORY,
    useFactory: makeHostFactory,
    inject: [
      RAFTORAL_SETTINGS,
      RAFTORAL_INCARNATION,
      RAFTORAL_CLOCK,
      RAFTORAL_SCHEDULER,
      RAFTORAL_RANDOM,
      RAFTORAL_STORAGE,
      RAFTORAL_TRANSPORT,
      RAFTORAL_LOGGER,
    ],
  },
  {
    provide: RAFTORAL_GROUP_FACTORY,
    useFactory: (): GroupFactory => (request) => {
      const { host, groupId, stateMachine, nextDeadlineMs, members } = request;
      return host.createGroup({ groupId, stateMachine, nextDeadlineMs, ...(members.length === 0 ? { join: true } : { members }) });
    },
  },
  {
    provide: RAFTORAL_SERVICE_FACTORY,
    useFactory: makeServiceFactory,
    inject: [
      RAFTORAL_SETTINGS,
      RAFTORAL_REGISTRY,
      RAFTORAL_CLOCK,
      RAFTORAL_SCHEDULER,
      RAFTORAL_RANDOM,
      RAFTORAL_LOGGER,
      RAFTORAL_COMPUTE_OVERRIDE,
      RequestForwarder,
    ],
  },
  {
    provide: RAFTORAL_MANAGEMENT_FACTORY,
    useFactory: makeManagementFactory,
    inject: [RAFTORAL_SETTINGS, RAFTORAL_REGISTRY, RAFTORAL_CLOCK, RAFTORAL_SCHEDULER, RAFTORAL_RANDOM, RAFTORAL_LOGGER],
  },
  {
    provide: RaftoralNode,
    useFactory: (
      settings: RaftoralSettings,
      clock: Clock,
      random: Random,
      logger: Logger,
      transport: Transport,
      storage: RaftStorage,
      notes: NodeNotes,
      makeHost: HostFactory,
      makeGroup: GroupFactory,
      makeService: ServiceFactory,
      makeManagement: ManagementFactory,
      forwarder: RequestForwarder,
      scheduler: Scheduler,
    ) => {
      const adapters = { clock, random, scheduler, logger, transport, storage, notes };
      return new RaftoralNode({ settings, ...adapters, makeHost, makeGroup, makeService, makeManagement, forwarder });
    },
    inject: [
      RAFTORAL_SETTINGS,
      RAFTORAL_CLOCK,
      RAFTORAL_RANDOM,
      RAFTORAL_LOGGER,
      RAFTORAL_TRANSPORT,
      RAFTORAL_STORAGE,
      RAFTORAL_NOTES,
      RAFTORAL_HOST_FACTORY,
      RAFTORAL_GROUP_FACTORY,
      RAFTORAL_SERVICE_FACTORY,
      RAFTORAL_MANAGEMENT_FACTORY,
      RequestForwarder,
      RAFTORAL_SCHEDULER,
    ],
  },
  {
    provide: RAFTORAL_ADMINISTRATION,
    useFactory: (node: RaftoralNode): NodeAdministration => new RaftoralAdministration(node),
    inject: [RaftoralNode],
  },
  {
    provide: RAFTORAL_CONTROL,
    useFactory: (forwarder: RequestForwarder, administration: NodeAdministration, clock: Clock, random: Random): ControlApi =>
      new ControlService({ forwarder, administration, clock, random }),
    inject: [RequestForwarder, RAFTORAL_ADMINISTRATION, RAFTORAL_CLOCK, RAFTORAL_RANDOM],
  },
];

const FACE: Provider[] = [
  {
    provide: RaftoralExplorer,
    useFactory: (discovery: DiscoveryService, modules: ModulesContainer) => new RaftoralExplorer(discovery, modules),
    inject: [DiscoveryService, ModulesContainer],
  },
  {
    provide: RAFTORAL_REGISTRY,
    useFactory: (explorer: RaftoralExplorer) => new WorkflowRegistry(explorer.explore()),
    inject: [RaftoralExplorer],
  },
  { provide: RAFTORAL_SLOT_MAP, useFactory: () => new SingleClusterSlotMap(EXECUTION_CLUSTER_ID) },
  { provide: RequestForwarder, useFactory: (slots: SlotMap) => new RequestForwarder(slots), inject: [RAFTORAL_SLOT_MAP] },
  {
    provide: WorkflowClient,
    useFactory: (forwarder: RequestForwarder) => new WorkflowClient(forwarder, readWorkflowIdentity),
    inject: [RequestForwarder],
  },
  { provide: RaftoralEvents, useFactory: (forwarder: RequestForwarder) => new RaftoralEvents(forwarder), inject: [RequestForwarder] },
  {
    provide: RaftoralHealthIndicator,
    useFactory: (node: RaftoralNode, clock: Clock, scheduler: Scheduler, { health }: RaftoralSettings) =>
      new RaftoralHealthIndicator(node, clock, scheduler, health),
    inject: [RaftoralNode, RAFTORAL_CLOCK, RAFTORAL_SCHEDULER, RAFTORAL_SETTINGS],
  },
  {
    provide: RaftoralOrchestrator,
    useFactory: (explorer: RaftoralExplorer, node: RaftoralNode, transport: NodeTransport | null, control: ControlApi) =>
      new RaftoralOrchestrator(explorer, node, transport, control),
    inject: [RaftoralExplorer, RaftoralNode, RAFTORAL_NODE_TRANSPORT, RAFTORAL_CONTROL],
  },
];

const PROVIDERS: Provider[] = [
  { provide: RAFTORAL_SETTINGS, useFactory: (options: RaftoralModuleOptions) => resolveSettings(options), inject: [RAFTORAL_OPTIONS] },
  ...ADAPTERS,
  ...ENGINE,
  ...FACE,
];

const EXPORTS = PROVIDERS.map((provider) => (typeof provider === 'function' ? provider : provider.provide));

@Global()
@Module({})
export class RaftoralModule extends ConfigurableModuleClass {
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    return withProviders(super.forRoot(options));
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return withProviders(super.forRootAsync(options));
  }
}

function withProviders(module: DynamicModule): DynamicModule {
  return {
    ...module,
    imports: [...(module.imports ?? []), DiscoveryModule],
    providers: [...(module.providers ?? []), ...PROVIDERS],
    exports: [...(module.exports ?? []), RAFTORAL_OPTIONS, ...EXPORTS],
  };
}

function makeStorage({ storage }: RaftoralSettings, logger: Logger): RaftStorage {
  if (storage.type === 'memory') return new MemoryRaftStorage();
  const { path, rejoinEmpty } = storage;
  return new SqliteRaftStorage({ path, rejoinEmpty, logger });
}

async function makeNodeTransport(
  settings: RaftoralSettings,
  clock: Clock,
  scheduler: Scheduler,
  random: Random,
  logger: Logger,
  host: HttpAdapterHost | undefined,
): Promise<NodeTransport | null> {
  const { transport } = settings;
  return transport === null ? null : NodeTransport.make({ ...settings, transport }, host, { clock, scheduler, random, logger });
}

function makeTransport(settings: RaftoralSettings, nodeTransport: NodeTransport | null): Transport {
  if (nodeTransport !== null) return nodeTransport.network;
  if (settings.network !== null) return settings.network.createTransport();
  // A cluster of one needs nobody to talk to.
  if (settings.members.length === 1) return new InProcessNetwork().createTransport();
  throw new RaftoralError(
    'INVALID_CONFIGURATION',
    'RaftoralModule: transport: give gRPC or HTTP, or, as `network`, an InProcessNetwork that all nodes share, or override the provider RAFTORAL_TRANSPORT.',
    { details: { option: 'transport' } },
  );
}

function makeNotes({ storage }: RaftoralSettings): NodeNotes {
  return storage.type === 'memory' ? new MemoryNodeNotes() : new FileNodeNotes(storage.path);
}

function makeHostFactory(
  settings: RaftoralSettings,
  incarnation: number,
  clock: Clock,
  scheduler: Scheduler,
  random: Random,
  storage: RaftStorage,
  transport: Transport,
  logger: Logger,
): HostFactory {
  const { raft, proposals, requestTimeoutMs, maxClockSkewMs } = settings;
  return ({ nodeId, deployment }) =>
    new RaftHost({
      nodeId,
      deployment,
      incarnation,
      clock,
      scheduler,
      random,
      storage,
      transport,
      logger,
      tuning: { ...raft, ...proposals, requestTimeoutMs, maxClockSkewMs },
      onAlarm: (text, fields) => logger.log('error', text, fields),
    });
}

function makeServiceFactory(
  settings: RaftoralSettings,
  registry: WorkflowRegistry,
  clock: Clock,
  scheduler: Scheduler,
  random: Random,
  logger: Logger,
  computeOverride: ComputeOverride | null,
  forwarder: RequestForwarder,
): ServiceFactory {
  // Nothing is registered, so that no run is ever this node's to run.
  const known = settings.management?.role === 'voter-only' ? new WorkflowRegistry([]) : registry;
  const computesInFlight = new ComputesInFlight();
  return ({ group, state, tap, deployment, incarnation }) => {
    const runtime = new WorkflowRuntime({
      group,
      state,
      tap,
      registry: known,
      clock,
      scheduler,
      random,
      incarnation,
      deployment,
      computesInFlight,
      limits: settings.limits,
      residentRunsMax: settings.runs.residentRunsMax,
      residentBytesMax: settings.runs.residentBytesMax,
      subscriberBufferMax: settings.events.subscriberBufferMax,
      stateChecks: settings.stateChecks,
      reporter: new LoggingReporter(logger),
      serviceOf: (workflowId) => forwarder.forEngine(workflowId),
      ...(computeOverride === null ? {} : { computeOverride }),
      ...(settings.buildId === null ? {} : { buildId: settings.buildId }),
    });
    return { runtime, service: new WorkflowRuntimeService(runtime, settings.requestTimeoutMs) };
  };
}

function makeManagementFactory(
  settings: RaftoralSettings,
  registry: WorkflowRegistry,
  clock: Clock,
  scheduler: Scheduler,
  random: Random,
  logger: Logger,
): ManagementFactory {
  const { zone, labels, capacity, role, policy, roundEveryMs } = settings.management ?? defaultManagement();
  return ({ addresses, ...request }) => {
    const workflows = role === 'full' ? registry.list() : [];
    // Incarnation and codec level are the service's to fill in.
    const info = { incarnation: 0, addresses, zone, labels, capacity, role, codecLevelMax: 1, workflows };
    return new ManagementService({ ...request, clock, scheduler, random, logger, policy, info, roundEveryMs });
  };
}

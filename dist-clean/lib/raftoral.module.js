var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
/**
 * The module: every part of the engine as a provider, in the order in which they need each other.
 *
 * M1. Global, imported once, in the root module; a second forRoot() in one application is DUPLICATE_MODULE.
 * M2. Every part stands behind an exported token or class, and is overridable before the boot; nothing starts in a constructor.
 */
import { Global, Module } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ControlService } from './client/control-service.js';
import { RequestForwarder } from './client/request-forwarder.js';
import { RaftoralEvents } from './client/raftoral-events.js';
import { WorkflowClient } from './client/workflow-client.js';
import { SystemClock } from './cluster/clock.js';
import { RaftHost } from './cluster/raft-host.js';
import { SystemRandom } from './cluster/random.js';
import { EventLoopScheduler } from './cluster/scheduler.js';
import { SingleClusterSlotMap } from './cluster/slot-map-port.js';
import { RaftoralError } from './errors/index.js';
import { RaftoralHealthIndicator } from './health/raftoral-health-indicator.js';
import { RaftoralAdministration } from './raftoral.administration.js';
import { RaftoralExplorer } from './raftoral.explorer.js';
import { RaftoralLogger } from './raftoral.logger.js';
import { readWorkflowIdentity } from './raftoral.metadata-accessor.js';
import { ConfigurableModuleClass, resolveSettings } from './raftoral.module-definition.js';
import { EXECUTION_CLUSTER_ID, RaftoralNode } from './raftoral.node.js';
import { RaftoralOrchestrator } from './raftoral.orchestrator.js';
import { LoggingReporter } from './raftoral.reporter.js';
import { RAFTORAL_ADMINISTRATION, RAFTORAL_CLOCK, RAFTORAL_COMPUTE_OVERRIDE, RAFTORAL_CONTROL, RAFTORAL_GROUP_FACTORY, RAFTORAL_HOST_FACTORY, RAFTORAL_INCARNATION, RAFTORAL_LOGGER, RAFTORAL_NODE_TRANSPORT, RAFTORAL_NOTES, RAFTORAL_OPTIONS, RAFTORAL_RANDOM, RAFTORAL_REGISTRY, RAFTORAL_SCHEDULER, RAFTORAL_SERVICE_FACTORY, RAFTORAL_SETTINGS, RAFTORAL_SLOT_MAP, RAFTORAL_STORAGE, RAFTORAL_TRANSPORT, } from './raftoral.tokens.js';
import { NodeTransport } from './raftoral.transport.js';
import { MemoryRaftStorage } from './storage/memory.js';
import { MemoryNodeNotes } from './storage/node-notes.js';
import { FileNodeNotes } from './storage/notes/file-notes.js';
import { SqliteRaftStorage } from './storage/typeorm/sqlite-storage.js';
import { InProcessNetwork } from './transport/in-process.js';
import { resolveByDns } from './transport/peer/seeds.js';
import { WorkflowRegistry } from './workflow/registry.js';
import { WorkflowRuntimeService } from './workflow/runtime-service.js';
import { WorkflowRuntime } from './workflow/runtime.js';
/** What meets the machine. */
const ADAPTERS = [
    { provide: RAFTORAL_CLOCK, useFactory: () => new SystemClock() },
    { provide: RAFTORAL_RANDOM, useFactory: () => new SystemRandom() },
    { provide: RAFTORAL_SCHEDULER, useFactory: () => new EventLoopScheduler() },
    { provide: RAFTORAL_LOGGER, useFactory: () => new RaftoralLogger() },
    { provide: RAFTORAL_STORAGE, useFactory: makeStorage, inject: [RAFTORAL_SETTINGS, RAFTORAL_LOGGER] },
    { provide: RAFTORAL_NOTES, useFactory: makeNotes, inject: [RAFTORAL_SETTINGS] },
    // Proposed: a store that lasts raises it above every one before (R13), a volatile one takes a new node id anyway (R42).
    { provide: RAFTORAL_INCARNATION, useFactory: (clock) => Math.floor(clock.now()), inject: [RAFTORAL_CLOCK] },
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
const ENGINE = [
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
        useFactory: () => (request) => {
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
        ],
    },
    {
        provide: RaftoralNode,
        useFactory: (settings, clock, random, logger, transport, storage, notes, makeHost, makeGroup, makeService, forwarder) => {
            const parts = { settings, clock, random, logger, transport, storage, notes, makeHost, makeGroup, makeService, forwarder };
            // Names are only resolved where there is a network: a test's addresses stand for themselves.
            return new RaftoralNode(settings.transport === null ? parts : { ...parts, resolve: resolveByDns });
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
            RequestForwarder,
        ],
    },
    {
        provide: RAFTORAL_ADMINISTRATION,
        useFactory: (node) => new RaftoralAdministration(node),
        inject: [RaftoralNode],
    },
    {
        provide: RAFTORAL_CONTROL,
        useFactory: (forwarder, administration, clock, random) => new ControlService({ forwarder, administration, clock, random }),
        inject: [RequestForwarder, RAFTORAL_ADMINISTRATION, RAFTORAL_CLOCK, RAFTORAL_RANDOM],
    },
];
const FACE = [
    {
        provide: RaftoralExplorer,
        useFactory: (discovery, modules) => new RaftoralExplorer(discovery, modules),
        inject: [DiscoveryService, ModulesContainer],
    },
    {
        provide: RAFTORAL_REGISTRY,
        useFactory: (explorer) => new WorkflowRegistry(explorer.explore()),
        inject: [RaftoralExplorer],
    },
    { provide: RAFTORAL_SLOT_MAP, useFactory: () => new SingleClusterSlotMap(EXECUTION_CLUSTER_ID) },
    { provide: RequestForwarder, useFactory: (slots) => new RequestForwarder(slots), inject: [RAFTORAL_SLOT_MAP] },
    {
        provide: WorkflowClient,
        useFactory: (forwarder) => new WorkflowClient(forwarder, readWorkflowIdentity),
        inject: [RequestForwarder],
    },
    { provide: RaftoralEvents, useFactory: (forwarder) => new RaftoralEvents(forwarder), inject: [RequestForwarder] },
    {
        provide: RaftoralHealthIndicator,
        useFactory: (node, clock, scheduler, { health }) => new RaftoralHealthIndicator(node, clock, scheduler, health),
        inject: [RaftoralNode, RAFTORAL_CLOCK, RAFTORAL_SCHEDULER, RAFTORAL_SETTINGS],
    },
    {
        provide: RaftoralOrchestrator,
        useFactory: (explorer, node, transport, control) => new RaftoralOrchestrator(explorer, node, transport, control),
        inject: [RaftoralExplorer, RaftoralNode, RAFTORAL_NODE_TRANSPORT, RAFTORAL_CONTROL],
    },
];
const PROVIDERS = [
    { provide: RAFTORAL_SETTINGS, useFactory: (options) => resolveSettings(options), inject: [RAFTORAL_OPTIONS] },
    ...ADAPTERS,
    ...ENGINE,
    ...FACE,
];
const EXPORTS = PROVIDERS.map((provider) => (typeof provider === 'function' ? provider : provider.provide));
let RaftoralModule = class RaftoralModule extends ConfigurableModuleClass {
    static forRoot(options) {
        return withProviders(super.forRoot(options));
    }
    static forRootAsync(options) {
        return withProviders(super.forRootAsync(options));
    }
};
RaftoralModule = __decorate([
    Global(),
    Module({})
], RaftoralModule);
export { RaftoralModule };
function withProviders(module) {
    return {
        ...module,
        imports: [...(module.imports ?? []), DiscoveryModule],
        providers: [...(module.providers ?? []), ...PROVIDERS],
        exports: [...(module.exports ?? []), RAFTORAL_OPTIONS, ...EXPORTS],
    };
}
function makeStorage({ storage }, logger) {
    if (storage.type === 'memory')
        return new MemoryRaftStorage();
    const { path, rejoinEmpty } = storage;
    return new SqliteRaftStorage({ path, rejoinEmpty, logger });
}
async function makeNodeTransport(settings, clock, scheduler, random, logger, host) {
    const { transport } = settings;
    return transport === null ? null : NodeTransport.make({ ...settings, transport }, host, { clock, scheduler, random, logger });
}
function makeTransport(settings, nodeTransport) {
    if (nodeTransport !== null)
        return nodeTransport.network;
    if (settings.network !== null)
        return settings.network.createTransport();
    // A cluster of one needs nobody to talk to.
    if (settings.members.length === 1)
        return new InProcessNetwork().createTransport();
    throw new RaftoralError('INVALID_CONFIGURATION', 'RaftoralModule: transport: give gRPC or HTTP, or, as `network`, an InProcessNetwork that all nodes share, or override the provider RAFTORAL_TRANSPORT.', { details: { option: 'transport' } });
}
function makeNotes({ storage }) {
    return storage.type === 'memory' ? new MemoryNodeNotes() : new FileNodeNotes(storage.path);
}
function makeHostFactory(settings, incarnation, clock, scheduler, random, storage, transport, logger) {
    const { raft, proposals, requestTimeoutMs, maxClockSkewMs } = settings;
    return ({ nodeId, deployment }) => new RaftHost({
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
function makeServiceFactory(settings, registry, clock, scheduler, random, logger, computeOverride) {
    return ({ group, state, tap, deployment, incarnation }) => {
        const runtime = new WorkflowRuntime({
            group,
            state,
            tap,
            registry,
            clock,
            scheduler,
            random,
            incarnation,
            deployment,
            limits: settings.limits,
            residentRunsMax: settings.runs.residentRunsMax,
            residentBytesMax: settings.runs.residentBytesMax,
            subscriberBufferMax: settings.events.subscriberBufferMax,
            reporter: new LoggingReporter(logger),
            ...(computeOverride === null ? {} : { computeOverride }),
            ...(settings.buildId === null ? {} : { buildId: settings.buildId }),
        });
        return { runtime, service: new WorkflowRuntimeService(runtime, settings.requestTimeoutMs) };
    };
}
//# sourceMappingURL=raftoral.module.js.map
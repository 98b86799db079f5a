/**
 * Starts and stops the engine with the application. Owns the only lifecycle hooks of the package, and their order:
 *
 *   onModuleInit               every provider exists: the dependencies of the workflow classes are resolved
 *   onApplicationBootstrap     clients are answered; identity, storage, transport, group and runtime start; before the HTTP server listens
 *   beforeApplicationShutdown  drain, then stop; before the HTTP server closes, so that no open stream holds it up
 *
 * O1. RaftoralModule is global, so Nest calls it first on the way up and last on the way down: hooks of the application may use
 *     the client in onApplicationBootstrap, and until their own beforeApplicationShutdown has ended.
 * O2. The hooks of a shutdown run on app.close(), and on signals only after app.enableShutdownHooks(): that is the application's choice.
 */
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleInit } from '@nestjs/common';
import type { ControlApi } from './client/control-port.js';
import type { RaftoralExplorer } from './raftoral.explorer.js';
import type { RaftoralNode } from './raftoral.node.js';
import type { NodeTransport } from './raftoral.transport.js';
export declare class RaftoralOrchestrator implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
    private readonly explorer;
    private readonly node;
    private readonly transport;
    private readonly control;
    constructor(explorer: RaftoralExplorer, node: RaftoralNode, transport: NodeTransport | null, control: ControlApi);
    onModuleInit(): Promise<void>;
    onApplicationBootstrap(): Promise<void>;
    beforeApplicationShutdown(): Promise<void>;
}

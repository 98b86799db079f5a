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

export class RaftoralOrchestrator implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly explorer: RaftoralExplorer,
    private readonly node: RaftoralNode,
    private readonly transport: NodeTransport | null,
    private readonly control: ControlApi,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.explorer.prepare();
  }

  async onApplicationBootstrap(): Promise<void> {
    try {
      this.transport?.serve(this.control);
      await this.node.start();
    } catch (error) {
      this.transport?.close();
      throw error;
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.node.stop();
    this.transport?.close();
  }
}

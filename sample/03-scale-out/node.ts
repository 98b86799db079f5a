/**
 * One node: a process of its own, with the orders API of sample 01, its files and its port for the other nodes. All nine run this very file. Nothing in it says which
 * cluster the node is in, or how many there are: the cluster manager finds that out.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RaftoralExceptionFilter, RaftoralHealthIndicator, type RaftoralModuleOptions } from '../../lib/index.js';
import { AppModule } from '../01-orders/app.module.js';
import { RemoteWarehouse } from '../02-three-processes/remote-warehouse.js';
import { FleetController } from './fleet.controller.js';
import type { NodeSettings } from './node-settings.js';

const READY_EVERY_MS = 50;
const settings = JSON.parse(process.argv[2]!) as NodeSettings;

function optionsOf({ listen, seeds, storagePath, peerSecret }: NodeSettings): RaftoralModuleOptions {
  return {
    cluster: seeds.length === 0 ? { bootstrap: true } : { seeds },
    transport: { type: 'grpc', listen },
    security: { peerSecret },
    storage: { type: 'sqlite', path: storagePath },
    // `management: {}` is enough. Here everything goes faster than one would want it to in production, so that there is something to see.
    management: {
      roundEveryMs: 500,
      nodeDownAfterMs: 3_000,
      // Load that one cluster can carry, and that three are worth: nothing is split, nothing merged.
      openWorkflowsMax: 150,
    },
  };
}

async function main(): Promise<void> {
  const { name, httpPort, warehouseUrl } = settings;
  class NodeModule {}
  Module({
    imports: [AppModule.forNode(optionsOf(settings), new RemoteWarehouse(warehouseUrl, name))],
    controllers: [FleetController],
  })(NodeModule);
  const app = await NestFactory.create(NodeModule, { logger: ['error', 'warn'], forceCloseConnections: true });
  app.useGlobalFilters(new RaftoralExceptionFilter());
  app.enableShutdownHooks();
  await app.listen(httpPort, '127.0.0.1');
  const health = app.get(RaftoralHealthIndicator);
  while ((await health.isReady()).raftoral.status !== 'up') await new Promise((resolve) => void setTimeout(resolve, READY_EVERY_MS));
  process.send?.('ready');
}

// Whoever started this process is gone: nobody would ever stop it.
process.once('disconnect', () => process.exit(1));
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

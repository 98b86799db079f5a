/**
 * One node: a process of its own, with its orders API, its files and its port for the other nodes. All three run this very file, with nothing
 * but addresses between them. Tells its parent when it is ready, and when orders of a dead node go on.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { RaftoralEvents, RaftoralExceptionFilter, RaftoralHealthIndicator } from '../../lib/index.js';
import { AppModule } from '../01-orders/app.module.js';
import { RemoteWarehouse } from './remote-warehouse.js';
const READY_EVERY_MS = 20;
const settings = JSON.parse(process.argv[2]);
function tell(message) {
    process.send?.(message);
}
async function main() {
    const { name, listen, seeds, httpPort, storagePath, peerSecret, warehouseUrl } = settings;
    const module = AppModule.forNode({
        cluster: { bootstrapExpect: seeds.length + 1, seeds },
        transport: { type: 'grpc', listen },
        security: { peerSecret },
        storage: { type: 'sqlite', path: storagePath },
    }, new RemoteWarehouse(warehouseUrl, name));
    const app = await NestFactory.create(module, { logger: ['error', 'warn'], forceCloseConnections: true });
    app.useGlobalFilters(new RaftoralExceptionFilter());
    app.enableShutdownHooks();
    await app.listen(httpPort, '127.0.0.1');
    watch(app.get(RaftoralEvents)); // what this node hosts is known once it has started
    const health = app.get(RaftoralHealthIndicator);
    while ((await health.isReady()).raftoral.status !== 'up')
        await new Promise((resolve) => void setTimeout(resolve, READY_EVERY_MS));
    tell({ type: 'ready' });
}
/** The first thing that is committed of an order after it has changed hands. */
function watch(events) {
    const moved = new Set();
    events.all$.subscribe((item) => {
        if (item.type !== 'event')
            return;
        const { kind } = item.event;
        if (kind === 'owner-changed' && item.event.cause === 'down')
            moved.add(item.runId);
        else if ((kind === 'checkpoint' || kind === 'compute-result') && moved.delete(item.runId))
            tell({ type: 'resumed', atMs: Date.now() });
    });
}
// Whoever started this process is gone: nobody would ever stop it.
process.once('disconnect', () => process.exit(1));
main().catch((error) => {
    console.error(error);
    process.exit(1);
});
//# sourceMappingURL=node.js.map
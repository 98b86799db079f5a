/**
 * `npm run sample:processes`: 1,000 orders through three processes with files and gRPC between them; one is killed with SIGKILL halfway, and started
 * again. Ends with 1 if any order was lost or decided twice.
 */
import { runFeed } from '../01-orders/feed-run.js';
import { tableOf } from '../01-orders/feed-table.js';
import { readOrders } from '../01-orders/orders-file.js';
import { ProcessCluster } from './cluster.js';
const DOWN_MS = 1_000;
async function main() {
    const orders = readOrders();
    console.log('three processes start, and agree on a cluster of their own …');
    const started = performance.now();
    const cluster = await ProcessCluster.boot();
    console.log(`${orders.length} orders through ${cluster.nodes.map(({ url }) => url).join(', ')}, ready after ${Math.round(performance.now() - started)} ms`);
    const step = Math.ceil(orders.length / 10);
    const restarts = [];
    const restartLater = async (nodeId) => {
        await new Promise((resolve) => void setTimeout(resolve, DOWN_MS));
        await cluster.restart(nodeId);
        console.log(`  ----- node ${nodeId} is back -----`);
    };
    const report = await runFeed(cluster, orders, {
        onProgress: (finished, total) => {
            if (finished % step === 0 || finished === total)
                console.log(`  ${String(finished).padStart(5)} of ${total}`);
        },
        onCrash: (nodeId, open) => {
            console.log(`  ----- node ${nodeId} is killed (SIGKILL); ${open} open orders are its own -----`);
            restarts.push(restartLater(nodeId));
        },
    });
    await Promise.all(restarts);
    const resumed = cluster.resumedAfterMs;
    console.log(`\n${tableOf(report, [['from the kill to the next checkpoint of its orders', resumed === null ? 'none' : `${resumed} ms`]])}\n`);
    for (const finding of report.findings)
        console.log(`  ! ${finding}`);
    await cluster.close();
    process.exit(report.lost === 0 && report.decidedTwice === 0 && report.findings.length === 0 && resumed !== null ? 0 : 1);
}
main().catch((error) => {
    console.error(error);
    process.exit(1);
});
//# sourceMappingURL=main.js.map
/** `npm run sample:orders`: 1,000 orders through three nodes, one of which is killed halfway. Ends with 1 if any was lost or decided twice. */
import { DEFAULT_PORTS, OrderCluster, PortTakenError } from './cluster.js';
import { tableOf } from './feed-table.js';
import { runFeed } from './feed-run.js';
import { readOrders } from './orders-file.js';
async function bootCluster() {
    try {
        return await OrderCluster.boot(DEFAULT_PORTS);
    }
    catch (error) {
        if (!(error instanceof PortTakenError))
            throw error;
        console.log(`${error.message}; free ports are taken instead`);
        return OrderCluster.boot(DEFAULT_PORTS.map(() => 0));
    }
}
async function main() {
    const orders = readOrders();
    const cluster = await bootCluster();
    console.log(`${orders.length} orders through ${cluster.nodes.map((node) => node.url).join(', ')}`);
    const step = Math.ceil(orders.length / 10);
    const report = await runFeed(cluster, orders, {
        onProgress: (finished, total) => {
            if (finished % step === 0 || finished === total)
                console.log(`  ${String(finished).padStart(5)} of ${total}`);
        },
        onCrash: (nodeId, open) => console.log(`  ----- node ${nodeId} is killed; ${open} open orders are its own -----`),
    });
    console.log(`\n${tableOf(report)}\n`);
    for (const finding of report.findings)
        console.log(`  ! ${finding}`);
    await cluster.close();
    // The killed node can not clear its timers, as a dead process could not; so the end is said aloud.
    process.exit(report.lost === 0 && report.decidedTwice === 0 && report.findings.length === 0 ? 0 : 1);
}
main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
//# sourceMappingURL=feed.js.map
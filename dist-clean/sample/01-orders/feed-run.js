/**
 * Feeds orders through HTTP, kills a node halfway, and takes stock: from the answers over HTTP, and independently from the
 * warehouse's own books.
 */
import { HttpJson } from './http-json.js';
import { INITIAL_STOCK } from './warehouse.js';
const FINAL = new Set(['completed', 'confirmed', 'out_of_stock', 'failed', 'cancelled', 'terminated']);
const GIVE_UP_MS = 60_000;
const PAUSE_MS = 25;
const UNDER_WAY_MIN = 5;
export async function runFeed(cluster, orders, options = {}) {
    const feed = new Feed(cluster, orders, options);
    return feed.run();
}
class Feed {
    cluster;
    orders;
    options;
    http = new HttpJson();
    ends = new Map();
    takenBy = new Map();
    finishTimes = [];
    victim;
    next = 0;
    crashedAt = Number.POSITIVE_INFINITY;
    openOnCrashedNode = 0;
    constructor(cluster, orders, options) {
        this.cluster = cluster;
        this.orders = orders;
        this.options = options;
        this.victim = cluster.nodes[0];
    }
    async run() {
        const started = performance.now();
        await Promise.all(Array.from({ length: this.options.concurrency ?? 192 }, (_, worker) => this.work(worker)));
        this.http.close();
        return this.report((performance.now() - started) / 1000);
    }
    /** One client: takes the next order, posts it to the next node, and waits for its end. */
    async work(worker) {
        for (let turn = worker; this.next < this.orders.length; turn++) {
            const order = this.orders[this.next++];
            if (this.isWorstMoment())
                this.crashOnce();
            const end = await this.follow(order, turn);
            if (end === undefined)
                continue;
            this.ends.set(order.orderId, end);
            this.finishTimes.push(performance.now());
            this.options.onProgress?.(this.ends.size, this.orders.length);
        }
    }
    /** Posts and asks, of one node after another while they refuse or are gone, until the order has ended. */
    async follow(order, turn) {
        const deadline = performance.now() + GIVE_UP_MS;
        for (let attempt = turn; performance.now() < deadline; attempt++) {
            const node = this.cluster.nodes[attempt % this.cluster.nodes.length];
            try {
                if (!this.takenBy.has(order.orderId)) {
                    // The same order posted twice is the same workflow, so posting again after a broken connection is safe.
                    await this.http.post(`${node.url}/orders`, order);
                    this.takenBy.set(order.orderId, node.nodeId);
                }
                const view = (await this.http.get(`${node.url}/orders/${order.orderId}?wait=2000`));
                if (FINAL.has(view.status))
                    return view;
            }
            catch {
                await pause();
            }
        }
        return undefined;
    }
    /** Halfway, as soon as the node has reservations under way that the cluster knows nothing of yet; at two thirds in any case. */
    isWorstMoment() {
        if (this.crashedAt !== Number.POSITIVE_INFINITY)
            return false;
        const share = this.next / this.orders.length;
        return share > 2 / 3 || (share > 1 / 2 && this.cluster.reservationsUnderWay(this.victim.nodeId) >= UNDER_WAY_MIN);
    }
    crashOnce() {
        this.openOnCrashedNode = [...this.takenBy].filter(([orderId, node]) => node === this.victim.nodeId && !this.ends.has(orderId)).length;
        this.crashedAt = performance.now();
        this.cluster.crash(this.victim.nodeId);
        this.options.onCrash?.(this.victim.nodeId, this.openOnCrashedNode);
    }
    report(seconds) {
        const ends = [...this.ends.values()];
        const count = (status) => ends.filter((end) => end.status === status).length;
        const audit = auditBooks(this.cluster.warehouse, this.orders, this.ends);
        return {
            orders: this.orders.length,
            confirmed: count('confirmed'),
            outOfStock: count('out_of_stock'),
            failed: count('failed'),
            lost: this.orders.length - count('confirmed') - count('out_of_stock') - count('failed'),
            decidedTwice: audit.decidedTwice,
            repeatedReservations: audit.repeats,
            seconds,
            ordersPerSecond: this.orders.length / seconds,
            longestGapMs: longestGapAfter(this.crashedAt, this.finishTimes),
            crashedNode: this.victim.nodeId,
            openOnCrashedNode: this.openOnCrashedNode,
            findings: audit.findings,
        };
    }
}
function pause() {
    return new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
}
function longestGapAfter(crashedAt, finishTimes) {
    const later = [crashedAt, ...finishTimes.filter((time) => time > crashedAt).sort((a, b) => a - b)];
    return Math.max(0, ...later.slice(1).map((time, index) => time - later[index]));
}
const STATUS_OF_ANSWER = { reserved: 'confirmed', out_of_stock: 'out_of_stock', unknown_item: 'failed' };
/** Compares what clients were told with what the warehouse wrote down, order by order and item by item. */
export function auditBooks(warehouse, orders, ends) {
    const findings = [];
    const byOrder = new Map();
    for (const entry of warehouse.entries())
        byOrder.set(entry.orderId, [...(byOrder.get(entry.orderId) ?? []), entry]);
    let decidedTwice = 0;
    for (const order of orders) {
        const entries = byOrder.get(order.orderId) ?? [];
        const told = ends.get(order.orderId)?.status;
        if (entries.length > 1) {
            decidedTwice++;
            findings.push(`order ${order.orderId}: the books hold ${entries.length} reservations under different keys`);
        }
        else if (entries.length === 1 && told !== undefined && told !== STATUS_OF_ANSWER[entries[0].answer]) {
            decidedTwice++;
            findings.push(`order ${order.orderId}: the client was told ${told}, the books say ${entries[0].answer}`);
        }
        else if (entries.length === 0 && told !== undefined)
            findings.push(`order ${order.orderId}: the client was told ${told}, the books know nothing of it`);
    }
    for (const [itemId, initial] of Object.entries(INITIAL_STOCK)) {
        const reserved = warehouse.entries().filter((entry) => entry.itemId === itemId && entry.answer === 'reserved');
        const sum = reserved.reduce((total, entry) => total + entry.quantity, 0);
        if (initial - sum !== warehouse.stockOf(itemId))
            findings.push(`item ${itemId}: ${initial} − ${sum} reserved is not the ${warehouse.stockOf(itemId)} that are left`);
    }
    return { decidedTwice, repeats: warehouse.entries().reduce((total, entry) => total + entry.repeats, 0), findings };
}
//# sourceMappingURL=feed-run.js.map
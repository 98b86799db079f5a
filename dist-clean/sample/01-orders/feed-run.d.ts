import type { OrderInput } from './order.js';
import type { OrderView } from './orders.controller.js';
import { type Warehouse } from './warehouse.js';
export interface FeedReport {
    readonly orders: number;
    readonly confirmed: number;
    readonly outOfStock: number;
    readonly failed: number;
    /** Accepted or asked for, and without an end. Must be 0. */
    readonly lost: number;
    /** Reserved under two different keys, or told otherwise than the books say. Must be 0. */
    readonly decidedTwice: number;
    /** Calls that the warehouse saw again under the same idempotency key: P3, "at least once". */
    readonly repeatedReservations: number;
    readonly seconds: number;
    readonly ordersPerSecond: number;
    /** Longest time without a finished order from the crash on, ms. */
    readonly longestGapMs: number;
    readonly crashedNode: number;
    /** Orders that were open at that moment and owned by that node. */
    readonly openOnCrashedNode: number;
    /** What does not agree, in words; empty when all is well. */
    readonly findings: readonly string[];
}
/** A node as the feed knows it: a name of its own for it, and where it listens. */
export interface FedNode {
    readonly nodeId: number;
    readonly url: string;
}
/** Nodes that take orders, one of which can be killed. */
export interface FedCluster {
    /** Those that run. */
    readonly nodes: readonly FedNode[];
    readonly warehouse: Pick<Warehouse, 'entries' | 'stockOf'>;
    /** Reservations that the warehouse has made for this node, and the node has not heard of yet. */
    reservationsUnderWay(nodeId: number): number;
    /** As `kill -9`. */
    crash(nodeId: number): void;
}
export interface FeedOptions {
    readonly concurrency?: number;
    /** Called after each finished order. */
    onProgress?(finished: number, total: number): void;
    onCrash?(nodeId: number, openOrders: number): void;
}
export declare function runFeed(cluster: FedCluster, orders: readonly OrderInput[], options?: FeedOptions): Promise<FeedReport>;
interface Audit {
    readonly decidedTwice: number;
    readonly repeats: number;
    readonly findings: readonly string[];
}
/** Compares what clients were told with what the warehouse wrote down, order by order and item by item. */
export declare function auditBooks(warehouse: Pick<Warehouse, 'entries' | 'stockOf'>, orders: readonly OrderInput[], ends: ReadonlyMap<string, Pick<OrderView, 'status'>>): Audit;
export {};

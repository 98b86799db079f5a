/**
 * Feeds orders through HTTP, kills a node halfway, and takes stock: from the answers over HTTP, and independently from the
 * warehouse's own books.
 */
import { HttpJson } from './http-json.js';
import type { OrderInput } from './order.js';
import type { OrderView } from './orders.controller.js';
import { INITIAL_STOCK, type BookEntry, type Warehouse } from './warehouse.js';

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

const FINAL = new Set(['completed', 'confirmed', 'out_of_stock', 'failed', 'cancelled', 'terminated']);
const GIVE_UP_MS = 60_000;
const PAUSE_MS = 25;
const UNDER_WAY_MIN = 5;

export async function runFeed(cluster: FedCluster, orders: readonly OrderInput[], options: FeedOptions = {}): Promise<FeedReport> {
  const feed = new Feed(cluster, orders, options);
  return feed.run();
}

class Feed {
  private readonly http = new HttpJson();
  private readonly ends = new Map<string, OrderView>();
  private readonly takenBy = new Map<string, number>();
  private readonly finishTimes: number[] = [];
  private readonly victim: FedNode;
  private next = 0;
  private crashedAt = Number.POSITIVE_INFINITY;
  private openOnCrashedNode = 0;

  constructor(
    private readonly cluster: FedCluster,
    private readonly orders: readonly OrderInput[],
    private readonly options: FeedOptions,
  ) {
    this.victim = cluster.nodes[0]!;
  }

  async run(): Promise<FeedReport> {
    const started = performance.now();
    await Promise.all(Array.from({ length: this.options.concurrency ?? 192 }, (_, worker) => this.work(worker)));
    this.http.close();
    return this.report((performance.now() - started) / 1000);
  }

  /** One client: takes the next order, posts it to the next node, and waits for its end. */
  private async work(worker: number): Promise<void> {
    for (let turn = worker; this.next < this.orders.length; turn++) {
      const order = this.orders[this.next++]!;
      if (this.isWorstMoment()) this.crashOnce();
      const end = await this.follow(order, turn);
      if (end === undefined) continue;
      this.ends.set(order.orderId, end);
      this.finishTimes.push(performance.now());
      this.options.onProgress?.(this.ends.size, this.orders.length);
    }
  }

  /** Posts and asks, of one node after another while they refuse or are gone, until the order has ended. */
  private async follow(order: OrderInput, turn: number): Promise<OrderView | undefined> {
    const deadline = performance.now() + GIVE_UP_MS;
    for (let attempt = turn; performance.now() < deadline; attempt++) {
      const node = this.cluster.nodes[attempt % this.cluster.nodes.length]!;
      try {
        if (!this.takenBy.has(order.orderId)) {
          // The same order posted twice is the same workflow, so posting again after a broken connection is safe.
          await this.http.post(`${node.url}/orders`, order);
          this.takenBy.set(order.orderId, node.nodeId);
          if (this.isWorstMoment()) this.crashOnce();
        }
        const view = (await this.http.get(`${node.url}/orders/${order.orderId}?wait=2000`)) as OrderView;
        if (FINAL.has(view.status)) return view;
      } catch {
        await pause();
      }
    }
    return undefined;
  }

  /**
   * Halfway, as soon as the node has reservations under way that the cluster knows nothing of yet; from two thirds on as soon as it has taken an order that has not
   * ended; with the last order in any case.
   */
  private isWorstMoment(): boolean {
    if (this.crashedAt !== Number.POSITIVE_INFINITY) return false;
    const share = this.next / this.orders.length;
    if (share > 1 / 2 && this.cluster.reservationsUnderWay(this.victim.nodeId) >= UNDER_WAY_MIN) return true;
    return (share > 2 / 3 && this.openOnVictim() > 0) || share >= 1;
  }

  private openOnVictim(): number {
    return [...this.takenBy].filter(([orderId, node]) => node === this.victim.nodeId && !this.ends.has(orderId)).length;
  }

  private crashOnce(): void {
    this.openOnCrashedNode = this.openOnVictim();
    this.crashedAt = performance.now();
    this.cluster.crash(this.victim.nodeId);
    this.options.onCrash?.(this.victim.nodeId, this.openOnCrashedNode);
  }

  private report(seconds: number): FeedReport {
    const ends = [...this.ends.values()];
    const count = (status: string): number => ends.filter((end) => end.status === status).length;
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

function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
}

function longestGapAfter(crashedAt: number, finishTimes: readonly number[]): number {
  const later = [crashedAt, ...finishTimes.filter((time) => time > crashedAt).sort((a, b) => a - b)];
  return Math.max(0, ...later.slice(1).map((time, index) => time - later[index]!));
}

interface Audit {
  readonly decidedTwice: number;
  readonly repeats: number;
  readonly findings: readonly string[];
}

const STATUS_OF_ANSWER = { reserved: 'confirmed', out_of_stock: 'out_of_stock', unknown_item: 'failed' } as const;

/** Compares what clients were told with what the warehouse wrote down, order by order and item by item. */
export function auditBooks(
  warehouse: Pick<Warehouse, 'entries' | 'stockOf'>,
  orders: readonly OrderInput[],
  ends: ReadonlyMap<string, Pick<OrderView, 'status'>>,
): Audit {
  const findings: string[] = [];
  const byOrder = new Map<string, BookEntry[]>();
  for (const entry of warehouse.entries()) byOrder.set(entry.orderId, [...(byOrder.get(entry.orderId) ?? []), entry]);
  let decidedTwice = 0;
  for (const order of orders) {
    const entries = byOrder.get(order.orderId) ?? [];
    const told = ends.get(order.orderId)?.status;
    if (entries.length > 1) {
      decidedTwice++;
      findings.push(`order ${order.orderId}: the books hold ${entries.length} reservations under different keys`);
    } else if (entries.length === 1 && told !== undefined && told !== STATUS_OF_ANSWER[entries[0]!.answer]) {
      decidedTwice++;
      findings.push(`order ${order.orderId}: the client was told ${told}, the books say ${entries[0]!.answer}`);
    } else if (entries.length === 0 && told !== undefined)
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

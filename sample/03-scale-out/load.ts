/**
 * Clients that bring orders to any node and wait for their end at any node, for as long as they are wanted; and the stock-taking afterwards.
 *
 * L1. An order counts from the moment it is sent: whatever its answer, it has to end as what it should (P1), and its goods are to be reserved once (P3, P5).
 * L2. What ran is told by the answers (one order, one run id, for ever) and, independently, by the warehouse's own books.
 */
import { auditBooks } from '../01-orders/feed-run.js';
import { generateOrders } from '../01-orders/generate-orders.js';
import { HttpJson } from '../01-orders/http-json.js';
import type { OrderInput } from '../01-orders/order.js';
import type { OrderView } from '../01-orders/orders.controller.js';
import type { Warehouse } from '../01-orders/warehouse.js';
import type { FleetNode } from './fleet.js';

/** Each has one order at a time. */
const CLIENTS = 90;
const ORDERS_MAX = 50_000;
/** An order rests 1 to so many seconds, so that it is open while the ground moves below it. */
const REST_SECONDS_MAX = 5;
const PAUSE_MS = 50;
/** For what is open once no more is sent. */
const PATIENCE_MS = 120_000;
const RATE_MS = 5_000;
const FINAL = new Set(['confirmed', 'out_of_stock', 'failed', 'cancelled', 'terminated']);

export interface LoadFigures {
  readonly sent: number;
  readonly ended: number;
  /** Ends per second, over the last seconds. */
  readonly perSecond: number;
}

export interface LoadReport {
  readonly orders: number;
  readonly confirmed: number;
  readonly outOfStock: number;
  readonly failed: number;
  /** Must be 0. */
  readonly lost: number;
  /** Must be 0. */
  readonly runTwice: number;
  /** Calls that the warehouse saw again under the same idempotency key: P3, "at least once". */
  readonly repeatedReservations: number;
  /** Without any order that ended, ms. */
  readonly longestGapMs: number;
  /** What does not agree, in words; empty when all is well. */
  readonly findings: readonly string[];
}

export class Load {
  private readonly http = new HttpJson();
  private readonly orders = generateOrders(ORDERS_MAX);
  private readonly runIds = new Map<string, Set<string>>();
  private readonly ends = new Map<string, OrderView>();
  private readonly endTimes: number[] = [];
  private readonly findings: string[] = [];
  private clients: ReadonlyArray<Promise<void>> = [];
  private sent = 0;
  private turn = 0;
  private giveUpAt = Infinity;
  private isStopping = false;

  /** @param nodes to which orders may be brought at the moment. */
  constructor(private readonly nodes: () => readonly FleetNode[]) {}

  start(): void {
    this.clients = Array.from({ length: CLIENTS }, () => this.work());
  }

  /** Sends nothing more. Resolves when all that was sent has ended, or nobody believes in it any longer. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.giveUpAt = performance.now() + PATIENCE_MS;
    await Promise.all(this.clients);
    this.http.close();
  }

  /** Whatever became of them. */
  abandon(): void {
    this.isStopping = true;
    this.giveUpAt = -Infinity;
    this.http.close();
  }

  get figures(): LoadFigures {
    const since = performance.now() - RATE_MS;
    let recent = 0;
    while (recent < this.endTimes.length && this.endTimes.at(-1 - recent)! > since) recent++;
    return { sent: this.sent, ended: this.ends.size, perSecond: (recent * 1_000) / RATE_MS };
  }

  /** After stop(). */
  report(warehouse: Pick<Warehouse, 'entries' | 'stockOf'>): LoadReport {
    const sent = this.orders.slice(0, this.sent);
    const audit = auditBooks(warehouse, sent, this.ends);
    const lost = sent.filter(({ orderId }) => !this.ends.has(orderId));
    const twice = [...this.runIds].filter(([, ids]) => ids.size > 1);
    const count = (status: string): number => [...this.ends.values()].filter((end) => end.status === status).length;
    return {
      orders: sent.length,
      confirmed: count('confirmed'),
      outOfStock: count('out_of_stock'),
      failed: count('failed'),
      lost: lost.length,
      runTwice: Math.max(audit.decidedTwice, twice.length),
      repeatedReservations: audit.repeats,
      longestGapMs: Math.max(0, ...this.endTimes.slice(1).map((time, i) => time - this.endTimes[i]!)),
      findings: [
        ...this.findings,
        ...lost.map(({ orderId }) => `order ${orderId} was ${this.runIds.has(orderId) ? 'accepted' : 'sent'}, and has no end`),
        ...twice.map(([orderId, ids]) => `order ${orderId} has several runs: ${[...ids].join(', ')}`),
        ...audit.findings,
      ],
    };
  }

  /** One client: an order after the other. */
  private async work(): Promise<void> {
    while (!this.isStopping && this.sent < this.orders.length) {
      const number = this.sent++;
      await this.follow({ ...this.orders[number]!, restSeconds: 1 + (number % REST_SECONDS_MAX) });
    }
  }

  /** Posts and asks, of one node after the other while they refuse or are gone, until the order has ended. */
  private async follow(order: OrderInput): Promise<void> {
    const { orderId } = order;
    while (performance.now() < this.giveUpAt) {
      const nodes = this.nodes();
      const { url } = nodes[this.turn++ % nodes.length]!;
      try {
        if (!this.runIds.has(orderId)) {
          // The same order posted twice is the same workflow, so posting again after a broken connection is safe.
          this.note(orderId, (await this.http.post(`${url}/orders`, order)) as OrderView);
          continue; // and asks another node
        }
        const view = (await this.http.get(`${url}/orders/${orderId}?wait=2000`)) as OrderView;
        this.note(orderId, view);
        if (!FINAL.has(view.status)) continue;
        this.ends.set(orderId, view);
        this.endTimes.push(performance.now());
        return;
      } catch (error) {
        const { message } = error as Error;
        if (this.runIds.has(orderId) && message.includes(': 404 '))
          this.findings.push(`order ${orderId} was accepted, and then: ${message}`);
        await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  private note(orderId: string, { runId }: Pick<OrderView, 'runId'>): void {
    const known = this.runIds.get(orderId);
    if (known === undefined) this.runIds.set(orderId, new Set([runId]));
    else known.add(runId);
  }
}

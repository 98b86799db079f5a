import { InventoryService } from './inventory.service.js';
import type { OrderInput, OrderOutput } from './order.js';
export declare class ProcessOrder {
    private readonly inventory;
    private status;
    constructor(inventory: InventoryService);
    run(order: OrderInput): Promise<OrderOutput>;
    /** Deterministic: every replica computes it, the owner commits it. */
    recordStatus(status: string): Promise<string>;
    /** A side effect: the owner runs it, all replicas get its result. Should the owner die, the next one calls with the same key. */
    reserve(order: OrderInput): Promise<'reserved' | 'out_of_stock' | 'unknown_item'>;
    /** Answered by any node, and never changes anything. */
    currentStatus(): string;
}

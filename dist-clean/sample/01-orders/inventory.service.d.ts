import { WarehouseConnection, type ReservationAnswer } from './warehouse.js';
export declare class InventoryService {
    private readonly warehouse;
    constructor(warehouse: WarehouseConnection);
    /** Takes effect once per idempotency key, however often it is called. */
    reserve(orderId: string, itemId: string, quantity: number, idempotencyKey: string): Promise<ReservationAnswer>;
}

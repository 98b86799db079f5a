/** An ordinary Nest service; that a workflow calls it makes no difference to it. */
import { Inject, Injectable } from '@nestjs/common';
import { WarehouseConnection, type ReservationAnswer } from './warehouse.js';

@Injectable()
export class InventoryService {
  constructor(@Inject(WarehouseConnection) private readonly warehouse: WarehouseConnection) {}

  /** Takes effect once per idempotency key, however often it is called. */
  async reserve(orderId: string, itemId: string, quantity: number, idempotencyKey: string): Promise<ReservationAnswer> {
    return this.warehouse.reserve({ orderId, itemId, quantity, idempotencyKey });
  }
}

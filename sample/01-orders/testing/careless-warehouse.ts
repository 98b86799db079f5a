/**
 * A warehouse with a mistake that no ordinary test finds: it takes no notice of the idempotency key, so a call that comes again is another
 * reservation. Nothing is wrong until an owner dies between the reservation and the commit of its result. Compare warehouse.ts.
 */
import { Warehouse, type ReservationAnswer } from '../warehouse.js';

export class CarelessWarehouse extends Warehouse {
  private calls = 0;

  override reserve(request: Parameters<Warehouse['reserve']>[0]): ReservationAnswer {
    return super.reserve({ ...request, idempotencyKey: `call ${++this.calls}` });
  }
}

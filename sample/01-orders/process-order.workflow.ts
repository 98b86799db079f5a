/** The workflow: every node runs this code, in step; only the owner of a run reserves. */
import { Checkpoint, CheckpointCompute, context, idempotencyKey, Workflow, WorkflowQuery } from '../../lib/index.js';
import { InventoryService } from './inventory.service.js';
import type { OrderInput, OrderOutput } from './order.js';

@Workflow('process_order', 1)
export class ProcessOrder {
  private status = 'new';

  constructor(private readonly inventory: InventoryService) {}

  async run(order: OrderInput): Promise<OrderOutput> {
    if (order.restSeconds !== undefined) {
      this.status = await this.recordStatus('resting');
      await context().sleep(order.restSeconds * 1_000);
    }
    this.status = await this.recordStatus('processing');
    const answer = await this.reserve(order);
    if (answer === 'unknown_item') throw new Error(`there is no item '${order.itemId}'`);
    const status = answer === 'reserved' ? 'confirmed' : 'out_of_stock';
    this.status = await this.recordStatus(status);
    return { orderId: order.orderId, status };
  }

  /** Deterministic: every replica computes it, the owner commits it. */
  @Checkpoint('status')
  async recordStatus(status: string): Promise<string> {
    return status;
  }

  /** A side effect: the owner runs it, all replicas get its result. Should the owner die, the next one calls with the same key. */
  @CheckpointCompute('reserve', { timeout: '5s', retry: { maxAttempts: 5, initialDelay: '20ms' } })
  async reserve(order: OrderInput): Promise<'reserved' | 'out_of_stock' | 'unknown_item'> {
    return this.inventory.reserve(order.orderId, order.itemId, order.quantity, idempotencyKey());
  }

  /** Answered by any node, and never changes anything. */
  @WorkflowQuery()
  currentStatus(): string {
    return this.status;
  }
}

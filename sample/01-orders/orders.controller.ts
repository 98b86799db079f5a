/** HTTP: any node answers for any order. */
import { BadRequestException, Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Sse, type MessageEvent } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import { isRaftoralError, WorkflowClient, type RunDescription, type WorkflowHandle } from '../../lib/index.js';
import { workflowIdOf, type OrderInput, type OrderOutput } from './order.js';
import { ProcessOrder } from './process-order.workflow.js';

export interface OrderView {
  readonly orderId: string;
  /** What the order's workflow says while it runs; then how it ended. */
  readonly status: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The node that owns the run. */
  readonly owner: number;
  readonly error?: string;
}

const WAIT_MS_MAX = 30_000;
const REST_SECONDS_MAX = 24 * 3_600;

@Controller('orders')
export class OrdersController {
  constructor(private readonly workflows: WorkflowClient) {}

  /** Accepts an order: once this has answered, the order is never lost. The same order posted again is the same workflow. */
  @Post()
  @HttpCode(202)
  async create(
    @Body() body: unknown,
    @Headers('idempotency-key') requestId?: string,
  ): Promise<{ orderId: string; workflowId: string; runId: string }> {
    const order = readOrder(body);
    const handle = await this.workflows.start(ProcessOrder, order, {
      workflowId: workflowIdOf(order.orderId),
      onExisting: 'attach',
      ...(requestId === undefined ? {} : { requestId }),
    });
    return { orderId: order.orderId, workflowId: handle.workflowId, runId: handle.runId };
  }

  /** How the order stands. `?wait=ms` waits that long for it to end. */
  @Get(':id')
  async find(@Param('id') orderId: string, @Query('wait') wait?: string): Promise<OrderView> {
    const handle = this.workflows.getHandle(ProcessOrder, workflowIdOf(orderId));
    if (wait !== undefined) await this.waitForEnd(handle, readWait(wait));
    return this.view(orderId, handle);
  }

  /** Everything that happens to the order, as server-sent events, from the beginning (or from Last-Event-ID) to its end. */
  @Sse(':id/events')
  async events(@Param('id') orderId: string, @Headers('last-event-id') lastEventId?: string): Promise<Observable<MessageEvent>> {
    const { runId } = await this.workflows.getHandle(ProcessOrder, workflowIdOf(orderId)).describe();
    const handle = this.workflows.getHandle(ProcessOrder, workflowIdOf(orderId), runId);
    return handle
      .eventsAfter(Number(lastEventId) || 0)
      .pipe(
        map((item) =>
          item.type === 'event' ? { id: String(item.wseq), type: item.event.kind, data: item.event } : { type: item.type, data: item },
        ),
      );
  }

  private async view(orderId: string, handle: WorkflowHandle<typeof ProcessOrder>): Promise<OrderView> {
    const run = await handle.describe();
    const common = { orderId, workflowId: run.workflowId, runId: run.runId, owner: run.owner };
    if (run.status === 'completed') return { ...common, status: (await handle.result()).status };
    if (run.status !== 'running') return { ...common, status: run.status, ...(run.error === null ? {} : { error: run.error.message }) };
    try {
      return { ...common, status: await handle.query('currentStatus') };
    } catch (error) {
      // It ended between the two questions.
      if (isRaftoralError(error, 'WORKFLOW_CLOSED')) return this.view(orderId, handle);
      throw error;
    }
  }

  private async waitForEnd(
    handle: WorkflowHandle<typeof ProcessOrder>,
    timeoutMs: number,
  ): Promise<OrderOutput | RunDescription | undefined> {
    try {
      return await handle.result({ timeoutMs });
    } catch (error) {
      if (isRaftoralError(error, 'OUTCOME_UNKNOWN') || isRaftoralError(error, 'WORKFLOW_FAILED')) return undefined;
      throw error;
    }
  }
}

function readOrder(body: unknown): OrderInput {
  const { orderId, itemId, quantity, restSeconds } = (body ?? {}) as Partial<OrderInput>;
  if (typeof orderId !== 'string' || orderId === '') throw new BadRequestException('orderId must be a non-empty text');
  if (typeof itemId !== 'string' || itemId === '') throw new BadRequestException('itemId must be a non-empty text');
  if (!Number.isSafeInteger(quantity) || quantity! < 1) throw new BadRequestException('quantity must be a whole number of 1 or more');
  if (restSeconds === undefined) return { orderId, itemId, quantity: quantity! };
  if (!Number.isSafeInteger(restSeconds) || restSeconds < 1 || restSeconds > REST_SECONDS_MAX)
    throw new BadRequestException(`restSeconds must be a whole number from 1 to ${REST_SECONDS_MAX}`);
  return { orderId, itemId, quantity: quantity!, restSeconds };
}

function readWait(text: string): number {
  const ms = Number(text);
  if (!Number.isSafeInteger(ms) || ms < 1 || ms > WAIT_MS_MAX)
    throw new BadRequestException(`wait must be 1 to ${WAIT_MS_MAX} milliseconds`);
  return ms;
}

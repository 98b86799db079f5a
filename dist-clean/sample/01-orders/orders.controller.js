var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
var __param = (this && this.__param) || function (paramIndex, decorator) {
    return function (target, key) { decorator(target, key, paramIndex); }
};
/** HTTP: any node answers for any order. */
import { BadRequestException, Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Sse } from '@nestjs/common';
import { map } from 'rxjs';
import { isRaftoralError, WorkflowClient } from '../../lib/index.js';
import { workflowIdOf } from './order.js';
import { ProcessOrder } from './process-order.workflow.js';
const WAIT_MS_MAX = 30_000;
const REST_SECONDS_MAX = 24 * 3_600;
let OrdersController = class OrdersController {
    workflows;
    constructor(workflows) {
        this.workflows = workflows;
    }
    /** Accepts an order: once this has answered, the order is never lost. The same order posted again is the same workflow. */
    async create(body, requestId) {
        const order = readOrder(body);
        const handle = await this.workflows.start(ProcessOrder, order, {
            workflowId: workflowIdOf(order.orderId),
            onExisting: 'attach',
            ...(requestId === undefined ? {} : { requestId }),
        });
        return { orderId: order.orderId, workflowId: handle.workflowId, runId: handle.runId };
    }
    /** How the order stands. `?wait=ms` waits that long for it to end. */
    async find(orderId, wait) {
        const handle = this.workflows.getHandle(ProcessOrder, workflowIdOf(orderId));
        if (wait !== undefined)
            await this.waitForEnd(handle, readWait(wait));
        return this.view(orderId, handle);
    }
    /** Everything that happens to the order, as server-sent events, from the beginning (or from Last-Event-ID) to its end. */
    async events(orderId, lastEventId) {
        const { runId } = await this.workflows.getHandle(ProcessOrder, workflowIdOf(orderId)).describe();
        const handle = this.workflows.getHandle(ProcessOrder, workflowIdOf(orderId), runId);
        return handle
            .eventsAfter(Number(lastEventId) || 0)
            .pipe(map((item) => item.type === 'event' ? { id: String(item.wseq), type: item.event.kind, data: item.event } : { type: item.type, data: item }));
    }
    async view(orderId, handle) {
        const run = await handle.describe();
        const common = { orderId, workflowId: run.workflowId, runId: run.runId, owner: run.owner };
        if (run.status === 'completed')
            return { ...common, status: (await handle.result()).status };
        if (run.status !== 'running')
            return { ...common, status: run.status, ...(run.error === null ? {} : { error: run.error.message }) };
        try {
            return { ...common, status: await handle.query('currentStatus') };
        }
        catch (error) {
            // It ended between the two questions.
            if (isRaftoralError(error, 'WORKFLOW_CLOSED'))
                return this.view(orderId, handle);
            throw error;
        }
    }
    async waitForEnd(handle, timeoutMs) {
        try {
            return await handle.result({ timeoutMs });
        }
        catch (error) {
            if (isRaftoralError(error, 'OUTCOME_UNKNOWN') || isRaftoralError(error, 'WORKFLOW_FAILED'))
                return undefined;
            throw error;
        }
    }
};
__decorate([
    Post(),
    HttpCode(202),
    __param(0, Body()),
    __param(1, Headers('idempotency-key')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object, String]),
    __metadata("design:returntype", Promise)
], OrdersController.prototype, "create", null);
__decorate([
    Get(':id'),
    __param(0, Param('id')),
    __param(1, Query('wait')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String]),
    __metadata("design:returntype", Promise)
], OrdersController.prototype, "find", null);
__decorate([
    Sse(':id/events'),
    __param(0, Param('id')),
    __param(1, Headers('last-event-id')),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String, String]),
    __metadata("design:returntype", Promise)
], OrdersController.prototype, "events", null);
OrdersController = __decorate([
    Controller('orders'),
    __metadata("design:paramtypes", [WorkflowClient])
], OrdersController);
export { OrdersController };
function readOrder(body) {
    const { orderId, itemId, quantity, restSeconds } = (body ?? {});
    if (typeof orderId !== 'string' || orderId === '')
        throw new BadRequestException('orderId must be a non-empty text');
    if (typeof itemId !== 'string' || itemId === '')
        throw new BadRequestException('itemId must be a non-empty text');
    if (!Number.isSafeInteger(quantity) || quantity < 1)
        throw new BadRequestException('quantity must be a whole number of 1 or more');
    if (restSeconds === undefined)
        return { orderId, itemId, quantity: quantity };
    if (!Number.isSafeInteger(restSeconds) || restSeconds < 1 || restSeconds > REST_SECONDS_MAX)
        throw new BadRequestException(`restSeconds must be a whole number from 1 to ${REST_SECONDS_MAX}`);
    return { orderId, itemId, quantity: quantity, restSeconds };
}
function readWait(text) {
    const ms = Number(text);
    if (!Number.isSafeInteger(ms) || ms < 1 || ms > WAIT_MS_MAX)
        throw new BadRequestException(`wait must be 1 to ${WAIT_MS_MAX} milliseconds`);
    return ms;
}
//# sourceMappingURL=orders.controller.js.map
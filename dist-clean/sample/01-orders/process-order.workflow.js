var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** The workflow: every node runs this code, in step; only the owner of a run reserves. */
import { Checkpoint, CheckpointCompute, context, idempotencyKey, Workflow, WorkflowQuery } from '../../lib/index.js';
import { InventoryService } from './inventory.service.js';
let ProcessOrder = class ProcessOrder {
    inventory;
    status = 'new';
    constructor(inventory) {
        this.inventory = inventory;
    }
    async run(order) {
        if (order.restSeconds !== undefined) {
            this.status = await this.recordStatus('resting');
            await context().sleep(order.restSeconds * 1_000);
        }
        this.status = await this.recordStatus('processing');
        const answer = await this.reserve(order);
        if (answer === 'unknown_item')
            throw new Error(`there is no item '${order.itemId}'`);
        const status = answer === 'reserved' ? 'confirmed' : 'out_of_stock';
        this.status = await this.recordStatus(status);
        return { orderId: order.orderId, status };
    }
    /** Deterministic: every replica computes it, the owner commits it. */
    async recordStatus(status) {
        return status;
    }
    /** A side effect: the owner runs it, all replicas get its result. Should the owner die, the next one calls with the same key. */
    async reserve(order) {
        return this.inventory.reserve(order.orderId, order.itemId, order.quantity, idempotencyKey());
    }
    /** Answered by any node, and never changes anything. */
    currentStatus() {
        return this.status;
    }
};
__decorate([
    Checkpoint('status'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], ProcessOrder.prototype, "recordStatus", null);
__decorate([
    CheckpointCompute('reserve', { timeout: '5s', retry: { maxAttempts: 5, initialDelay: '20ms' } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", Promise)
], ProcessOrder.prototype, "reserve", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", String)
], ProcessOrder.prototype, "currentStatus", null);
ProcessOrder = __decorate([
    Workflow('process_order', 1),
    __metadata("design:paramtypes", [InventoryService])
], ProcessOrder);
export { ProcessOrder };
//# sourceMappingURL=process-order.workflow.js.map
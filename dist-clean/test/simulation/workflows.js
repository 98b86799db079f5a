var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/**
 * The workflows of the simulation. Each ends with a result that follows from its input alone, so that every acknowledged start has one
 * right answer, whatever happened on the way.
 */
import { Checkpoint, CheckpointCompute } from '../../lib/decorators/checkpoint.decorator.js';
import { WorkflowQuery } from '../../lib/decorators/workflow-query.decorator.js';
import { WorkflowSignal } from '../../lib/decorators/workflow-signal.decorator.js';
import { Workflow } from '../../lib/decorators/workflow.decorator.js';
import { context, idempotencyKey } from '../../lib/workflow/context.js';
/** A service outside, with a state of its own: a repeated key has no second effect. */
export class Inventory {
    effects = new Map();
    calls = [];
    repeated = 0;
    reserve(call, quantity) {
        this.calls.push(call);
        const known = this.effects.get(call.key);
        if (known !== undefined) {
            this.repeated++;
            return known;
        }
        this.effects.set(call.key, quantity);
        return quantity;
    }
}
/** A line after the other: checkpoint, compute with retries, durable pause. Result: the sum of all lines. */
let Order = class Order {
    surroundings;
    status = 'new';
    total = 0;
    constructor(surroundings) {
        this.surroundings = surroundings;
    }
    async run(input) {
        const paid = context().checkpoint('paid', 0);
        for (const [line, quantity] of input.lines.entries()) {
            this.status = await this.record(`line ${line}`);
            const reserved = await this.reserve(line, quantity, input);
            this.total = await paid.update((sum) => sum + reserved);
            if (input.pauseMs > 0)
                await context().sleep(input.pauseMs);
        }
        this.status = await this.record('done');
        return { total: this.total, status: this.status };
    }
    async record(status) {
        return status;
    }
    async reserve(line, quantity, input) {
        const { info } = context();
        await this.surroundings.sleep(input.bodyMs);
        if (info.attempt <= input.failures)
            throw new Error(`line ${line} fails at attempt ${info.attempt}`);
        const { inventory, nodeId } = this.surroundings;
        return inventory.reserve({ runId: info.runId, operation: `reserve/${line}`, key: idempotencyKey(), nodeId }, quantity);
    }
    progress() {
        return this.total;
    }
};
__decorate([
    Checkpoint('status'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Order.prototype, "record", null);
__decorate([
    CheckpointCompute('reserve', { timeout: '2s', retry: { maxAttempts: 1000, initialDelay: 20, factor: 1.5, maxDelay: 200 } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Number, Number, Object]),
    __metadata("design:returntype", Promise)
], Order.prototype, "reserve", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Number)
], Order.prototype, "progress", null);
Order = __decorate([
    Workflow('order', 1),
    __metadata("design:paramtypes", [Object])
], Order);
export { Order };
/** Waits for signals with distinct numbers. Result: the numbers, sorted. */
let Collector = class Collector {
    seen = [];
    async run(input) {
        while (this.seen.length < input.count)
            await context().sleep(40);
        return { seen: [...this.seen].sort((a, b) => a - b) };
    }
    add(payload) {
        this.seen.push(payload.number);
    }
    seenCount() {
        return this.seen.length;
    }
};
__decorate([
    WorkflowSignal('add'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Object]),
    __metadata("design:returntype", void 0)
], Collector.prototype, "add", null);
__decorate([
    WorkflowQuery('seen'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", Number)
], Collector.prototype, "seenCount", null);
Collector = __decorate([
    Workflow('collector', 1)
], Collector);
export { Collector };
/** Operations at the same time, and a race that either side may win. Result: the sum, which does not depend on the order. */
let Fan = class Fan {
    surroundings;
    constructor(surroundings) {
        this.surroundings = surroundings;
    }
    async run(input) {
        const arrived = [];
        const started = context().now();
        const parts = input.values.map(async (value, at) => {
            const part = await this.part(value, at);
            arrived.push(part);
            return part;
        });
        await Promise.race([Promise.all(parts), context().sleep(input.raceMs)]);
        await this.mark(`${arrived.join()} ${context().random() < 0.5} ${context().uuid()} ${context().now() >= started}`);
        const sum = (await Promise.all(parts)).reduce((a, b) => a + b, 0);
        await this.mark(arrived.join());
        return { sum, order: arrived.length === input.values.length };
    }
    async part(value, at) {
        await this.surroundings.sleep((at * 13) % 40);
        return value;
    }
    async mark(text) {
        return text;
    }
};
__decorate([
    CheckpointCompute('part'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Number, Number]),
    __metadata("design:returntype", Promise)
], Fan.prototype, "part", null);
__decorate([
    Checkpoint('mark'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Fan.prototype, "mark", null);
Fan = __decorate([
    Workflow('fan', 1),
    __metadata("design:paramtypes", [Object])
], Fan);
export { Fan };
/** One run after the other under one id. Result: how many. */
let Chain = class Chain {
    async run(input) {
        const counted = await this.count(input.done + 1);
        if (input.left === 0)
            return { done: counted };
        return context().continueAsNew({ left: input.left - 1, done: counted });
    }
    async count(value) {
        return value;
    }
};
__decorate([
    Checkpoint('count'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [Number]),
    __metadata("design:returntype", Promise)
], Chain.prototype, "count", null);
Chain = __decorate([
    Workflow('chain', 1)
], Chain);
export { Chain };
/** Fails for good: its compute has no attempt left. */
let Doomed = class Doomed {
    async run() {
        await context().compute('fail', () => Promise.reject(new Error('no such item')), { retry: { maxAttempts: 2, initialDelay: 10 } });
        throw new Error('not reached');
    }
};
Doomed = __decorate([
    Workflow('doomed', 1)
], Doomed);
export { Doomed };
/** Waits until it is cancelled. */
let Waiter = class Waiter {
    async run() {
        await context().waitForSignal('never');
    }
};
Waiter = __decorate([
    Workflow('waiter', 1)
], Waiter);
export { Waiter };
/** Behaves in its own way on one node: must be detected there or everywhere else (P7). Goes on until it is told to stop. */
let Divergent = class Divergent {
    surroundings;
    isStopping = false;
    constructor(surroundings) {
        this.surroundings = surroundings;
    }
    async run() {
        while (!this.isStopping) {
            await context().sleep(30);
            await this.decide(this.surroundings.isOdd ? 'odd' : 'even');
        }
    }
    async decide(value) {
        return value;
    }
    stop() {
        this.isStopping = true;
    }
};
__decorate([
    Checkpoint('decide'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Divergent.prototype, "decide", null);
__decorate([
    WorkflowSignal('stop'),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", void 0)
], Divergent.prototype, "stop", null);
Divergent = __decorate([
    Workflow('divergent', 1),
    __metadata("design:paramtypes", [Object])
], Divergent);
export { Divergent };
//# sourceMappingURL=workflows.js.map
var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var __metadata = (this && this.__metadata) || function (k, v) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") return Reflect.metadata(k, v);
};
/** An application that `raftoral start --app` runs in a test: one workflow, and what it injects. */
import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { CheckpointCompute, Workflow, WorkflowClient, WorkflowQuery, context } from '@raftoral/nestjs';
let Stock = class Stock {
    client;
    // The client of the very engine that runs here: only there if both use the same copy of the package.
    constructor(client) {
        this.client = client;
    }
    take(item) {
        if (item === 'none')
            throw new Error('out of stock');
        return `${item}-taken`;
    }
};
Stock = __decorate([
    Injectable(),
    __metadata("design:paramtypes", [WorkflowClient])
], Stock);
let Order = class Order {
    stock;
    state = 'new';
    constructor(stock) {
        this.stock = stock;
    }
    async run(input) {
        this.state = await this.take(input.item);
        const paid = await context().waitForSignal('paid');
        return { state: this.state, paid };
    }
    async take(item) {
        return this.stock.take(item);
    }
    current() {
        return this.state;
    }
};
__decorate([
    CheckpointCompute('take', { retry: { maxAttempts: 1 } }),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", [String]),
    __metadata("design:returntype", Promise)
], Order.prototype, "take", null);
__decorate([
    WorkflowQuery(),
    __metadata("design:type", Function),
    __metadata("design:paramtypes", []),
    __metadata("design:returntype", String)
], Order.prototype, "current", null);
Order = __decorate([
    Workflow('order', 1),
    __metadata("design:paramtypes", [Stock])
], Order);
export { Order };
let AppModule = class AppModule {
};
AppModule = __decorate([
    Module({ providers: [Stock, Order] })
], AppModule);
export { AppModule };
//# sourceMappingURL=cli-application.js.map
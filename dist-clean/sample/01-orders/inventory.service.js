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
/** An ordinary Nest service; that a workflow calls it makes no difference to it. */
import { Inject, Injectable } from '@nestjs/common';
import { WarehouseConnection } from './warehouse.js';
let InventoryService = class InventoryService {
    warehouse;
    constructor(warehouse) {
        this.warehouse = warehouse;
    }
    /** Takes effect once per idempotency key, however often it is called. */
    async reserve(orderId, itemId, quantity, idempotencyKey) {
        return this.warehouse.reserve({ orderId, itemId, quantity, idempotencyKey });
    }
};
InventoryService = __decorate([
    Injectable(),
    __param(0, Inject(WarehouseConnection)),
    __metadata("design:paramtypes", [WarehouseConnection])
], InventoryService);
export { InventoryService };
//# sourceMappingURL=inventory.service.js.map
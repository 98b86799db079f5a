var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") r = Reflect.decorate(decorators, target, key, desc);
    else for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
var OrdersModule_1;
/** The application's own module: nothing in it knows of nodes or clusters. */
import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { InventoryService } from './inventory.service.js';
import { OrdersController } from './orders.controller.js';
import { ProcessOrder } from './process-order.workflow.js';
import { WarehouseConnection } from './warehouse.js';
let OrdersModule = OrdersModule_1 = class OrdersModule {
    static forWarehouse(connection) {
        return {
            module: OrdersModule_1,
            imports: [TerminusModule.forRoot()],
            controllers: [OrdersController, HealthController],
            providers: [InventoryService, ProcessOrder, { provide: WarehouseConnection, useValue: connection }],
        };
    }
};
OrdersModule = OrdersModule_1 = __decorate([
    Module({})
], OrdersModule);
export { OrdersModule };
//# sourceMappingURL=orders.module.js.map
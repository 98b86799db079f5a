/** The application's own module: nothing in it knows of nodes or clusters. */
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { InventoryService } from './inventory.service.js';
import { OrdersController } from './orders.controller.js';
import { ProcessOrder } from './process-order.workflow.js';
import { WarehouseConnection } from './warehouse.js';

@Module({})
export class OrdersModule {
  static forWarehouse(connection: Pick<WarehouseConnection, 'reserve'>): DynamicModule {
    return {
      module: OrdersModule,
      imports: [TerminusModule.forRoot()],
      controllers: [OrdersController, HealthController],
      providers: [InventoryService, ProcessOrder, { provide: WarehouseConnection, useValue: connection }],
    };
  }
}

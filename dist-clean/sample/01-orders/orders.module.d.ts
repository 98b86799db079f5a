/** The application's own module: nothing in it knows of nodes or clusters. */
import { type DynamicModule } from '@nestjs/common';
import { WarehouseConnection } from './warehouse.js';
export declare class OrdersModule {
    static forWarehouse(connection: Pick<WarehouseConnection, 'reserve'>): DynamicModule;
}

/** One node: an ordinary Nest application that imports RaftoralModule. */
import { Module, type DynamicModule } from '@nestjs/common';
import { RaftoralModule, type RaftoralModuleOptions } from '../../lib/index.js';
import { OrdersModule } from './orders.module.js';
import type { WarehouseConnection } from './warehouse.js';

@Module({})
export class AppModule {
  static forNode(options: RaftoralModuleOptions, connection: Pick<WarehouseConnection, 'reserve'>): DynamicModule {
    return { module: AppModule, imports: [RaftoralModule.forRoot(options), OrdersModule.forWarehouse(connection)] };
  }
}

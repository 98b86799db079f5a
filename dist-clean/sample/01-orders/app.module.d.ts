/** One node: an ordinary Nest application that imports RaftoralModule. */
import { type DynamicModule } from '@nestjs/common';
import { type RaftoralModuleOptions } from '../../lib/index.js';
import type { WarehouseConnection } from './warehouse.js';
export declare class AppModule {
    static forNode(options: RaftoralModuleOptions, connection: Pick<WarehouseConnection, 'reserve'>): DynamicModule;
}

/**
 * The commands as providers of one Nest module.
 */
import { type DynamicModule } from '@nestjs/common';
import { type CliEnvironment } from './environment.js';
export declare class CliModule {
    static over(environment: CliEnvironment): DynamicModule;
}

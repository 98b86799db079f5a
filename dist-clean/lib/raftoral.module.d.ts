/**
 * The module: every part of the engine as a provider, in the order in which they need each other.
 *
 * M1. Global, imported once, in the root module; a second forRoot() in one application is DUPLICATE_MODULE.
 * M2. Every part stands behind an exported token or class, and is overridable before the boot; nothing starts in a constructor.
 */
import { type DynamicModule } from '@nestjs/common';
import { ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, OPTIONS_TYPE } from './raftoral.module-definition.js';
export declare class RaftoralModule extends ConfigurableModuleClass {
    static forRoot(options: typeof OPTIONS_TYPE): DynamicModule;
    static forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule;
}

import type { RaftoralModuleOptions } from './interfaces/options.js';
import type { RaftoralSettings } from './interfaces/settings.js';
/** `alwaysTransient`: each forRoot() makes a module of its own, so a second one is seen (DUPLICATE_MODULE), whatever its options. */
export declare const ConfigurableModuleClass: import("@nestjs/common").ConfigurableModuleCls<RaftoralModuleOptions, "forRoot", "createRaftoralOptions", {}>, OPTIONS_TYPE: RaftoralModuleOptions & Partial<{}>, ASYNC_OPTIONS_TYPE: import("@nestjs/common").ConfigurableModuleAsyncOptions<RaftoralModuleOptions, "createRaftoralOptions"> & Partial<{}>;
/** Fills in the defaults. Throws INVALID_CONFIGURATION with every wrong option in `details.problems`. */
export declare function resolveSettings(options: RaftoralModuleOptions): RaftoralSettings;

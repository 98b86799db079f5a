import type { DynamicModule, Type } from '@nestjs/common';
import { RaftoralModule, RaftoralNode } from '../../index.js';
export type ApplicationModule = Type | DynamicModule;
export interface Engine {
    readonly RaftoralModule: typeof RaftoralModule;
    readonly RaftoralNode: typeof RaftoralNode;
}
export interface Application {
    readonly module: ApplicationModule;
    readonly engine: Engine;
}
/** The engine of this program: for a node without an application. */
export declare const OWN_ENGINE: Engine;
/** Throws a UsageError that says what is wrong with the file. What the file itself throws while it is loaded is its `cause`. */
export declare function loadApplication(spec: string, folder: string): Promise<Application>;

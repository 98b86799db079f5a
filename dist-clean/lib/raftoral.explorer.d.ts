import { DiscoveryService, ModulesContainer } from '@nestjs/core';
import type { WorkflowDefinition } from './workflow/definition.js';
export declare class RaftoralExplorer {
    private readonly discovery;
    private readonly modules;
    private found;
    private readonly makers;
    constructor(discovery: DiscoveryService, modules: ModulesContainer);
    /** The definitions of all workflow classes. Throws INVALID_WORKFLOW_DEFINITION or DUPLICATE_MODULE. */
    explore(): readonly WorkflowDefinition[];
    /** Resolves what the classes want injected. Rejects with INVALID_WORKFLOW_DEFINITION that names class and dependency. */
    prepare(): Promise<void>;
    private create;
    private refuseSecondModule;
}

import type { WorkflowDefinition } from '../../lib/workflow/definition.js';
export declare function definitionOf<Args extends unknown[]>(target: new (...args: Args) => object, ...args: Args): WorkflowDefinition;

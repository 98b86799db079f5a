/**
 * Reads a decorated class into a workflow definition, or says all that is wrong with it. Reads metadata only; makes nothing.
 *
 * A1. Every problem of a class is told at once, each in one sentence that names class and method.
 * A2. The prototype chain counts: a method of a base class is a method of the workflow; an override that lost its decorator is a problem.
 * Tests: raftoral.metadata-accessor.spec.ts.
 */
import 'reflect-metadata';
import type { WorkflowDefinition } from './workflow/definition.js';
type Constructor = Function & {
    readonly prototype: object;
};
export interface WorkflowReading {
    /** All that a definition needs but the way to make an instance; null when there are problems. */
    readonly definition: Omit<WorkflowDefinition, 'create'> | null;
    readonly problems: readonly string[];
}
/** True when the class itself carries @Workflow. */
export declare function isWorkflowClass(target: unknown): target is Constructor;
/** Name and version of a workflow class; undefined for any other value. */
export declare function readWorkflowIdentity(target: unknown): {
    readonly name: string;
    readonly version: number;
} | undefined;
/** Reads a class for which isWorkflowClass() is true. */
export declare function readWorkflowClass(target: Constructor): WorkflowReading;
export {};
